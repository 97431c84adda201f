package views

import (
	"errors"
	"strings"
	"time"

	"cashier/api/till"
	"cashier/ui"
	"cashier/ui/words"
)

// status is where the payment stands, what that means, and what to tell the
// customer.
func (p *payment) status(width int) []string {
	var lines []string
	put := func(s standing) {
		for _, l := range wrap(signed(s.tone, s.title), width) {
			l = p.Theme.Tone(s.tone, l)
			if s.tone == ui.Good || s.tone == ui.Unsure {
				l = p.Theme.Strong(l)
			}
			lines = append(lines, l)
		}
		if p.counts() {
			lines = append(lines, p.Progress(width, p.Now().Sub(p.left()), p.window()))
		}
		for _, t := range s.paragraphs {
			if t != "" {
				lines = append(lines, wrap(t, width)...)
			}
		}
	}
	switch rule := p.ruled(); {
	case !p.over && p.attempt == 0:
		put(standing{ui.Wait, p.T("state.intent"), []string{p.T("paying.recording")}})
	case !p.over:
		put(standing{ui.Wait, p.T("state.sent"), []string{p.T("paying.sent")}})
	case rule != nil:
		put(standing{ui.Bad, p.T("paying.ruled"), []string{p.ruleSentence(rule), p.T("paying.ruled-do")}})
	case p.unrecorded != nil && (paid(p.unrecorded.Transaction.State) || p.unrecorded.Transaction.State == till.Refunded):
		put(standing{ui.Bad, p.T("state.paid.unrecorded", "reference", spoken(p.reference)),
			[]string{p.T("paying.unrecorded-do", "problem", p.problem(p.unrecorded.Err))}})
	case p.unrecorded != nil && errors.Is(p.unrecorded.Err, till.ErrNoWord):
		put(standing{ui.Unsure, p.T("state.unknown"), []string{p.T("paying.no-word", "reference", spoken(p.reference))}})
	case p.unrecorded != nil:
		put(standing{ui.Unsure, p.T("state.unknown"), []string{
			p.T("paying.half-recorded", "reference", spoken(p.reference), "problem", p.problem(p.unrecorded.Err))}})
	case p.err != nil:
		put(standing{ui.Bad, p.T("state.unsent"), []string{p.paymentTrouble(p.err)}})
	case p.read:
		put(p.standing(p.tx))
		lines = append(lines, p.alarmLines(p.tx, width)...)
		if refunds := p.refundLines(p.tx, width); len(refunds) > 0 {
			lines = append(append(lines, ""), refunds...)
		}
		if r := string(p.tx.ProviderReference); r != "" && !p.tx.State.Open() {
			lines = append(lines, p.T("paying.bank-reference", "reference", r))
		}
	}
	return lines
}

// left is when the request left, as well as it is known.
func (p *payment) left() time.Time {
	if pay := p.tx.Payment; pay != nil && !pay.LeftAt.IsZero() {
		return pay.LeftAt
	}
	return p.began
}

// counts reports whether the window's time runs.
func (p *payment) counts() bool {
	switch {
	case !p.own || p.unrecorded != nil:
		return false
	case !p.over:
		return p.attempt > 0
	}
	switch p.tx.State {
	case till.Sent, till.Pending, till.Unknown:
		return p.err == nil
	}
	return false
}

// foot is how the asking goes on.
func (p *payment) foot(width int) []string {
	var lines []string
	if !p.last.DownSince.IsZero() && p.open() {
		for _, l := range wrap(signed(ui.Unsure, p.T("state.link.down", "time", p.Words.Clock(p.last.DownSince))), width) {
			lines = append(lines, p.Theme.Tone(ui.Unsure, l))
		}
	}
	if p.last.Err != nil && p.unrecorded == nil && aside(p.last.Err) {
		for _, l := range wrap(signed(ui.Bad, p.paymentTrouble(p.last.Err)), width) {
			lines = append(lines, p.Theme.Tone(ui.Bad, l))
		}
	}
	if line := p.asking(); line != "" {
		for _, l := range wrap(line, width) {
			lines = append(lines, p.Theme.Dim(l))
		}
	}
	if len(lines) > 0 {
		lines = append([]string{""}, lines...)
	}
	return lines
}

// asking is the line of the last and the next question, and of what comes at
// the window's end.
func (p *payment) asking() string {
	if !p.over || !p.read || p.ruled() != nil {
		return ""
	}
	now := p.Now()
	var parts []string
	if at := p.last.CheckedAt; !at.IsZero() && p.tx.State.Open() {
		parts = append(parts, p.T("paying.asked", "ago", p.ago(now.Sub(at))))
	}
	switch {
	case p.last.Checking || p.work.Running():
		parts = append(parts, p.T("paying.asking-now"))
	case !p.last.Next.IsZero() && p.last.Next.Sub(now) < time.Hour:
		parts = append(parts, p.T("paying.next-check", "in", p.ago(max(p.last.Next.Sub(now)+time.Second-time.Nanosecond, time.Second))))
	case !p.last.Next.IsZero():
		parts = append(parts, p.T("paying.next-at", "at", p.when(p.last.Next)))
	}
	if pay := p.tx.Payment; p.counts() && pay != nil && now.Sub(p.left()) < p.window() {
		end := words.Key("paying.then-cancel")
		if pay.SaidDone || pay.Proof != nil || pay.NoCancel {
			end = "paying.then-park"
		}
		parts = append(parts, p.T(end, "at", p.Words.Duration(p.window())))
	}
	return strings.Join(parts, " · ")
}

// story is the last of the timeline, as much as there is room for.
func (p *payment) story(width, room int) []string {
	if len(p.events) == 0 || room < 2 {
		return nil
	}
	lines := p.timeline(p.tx, p.events, width)
	if len(lines) > room {
		lines = append(lines[:1:1], lines[len(lines)-room+1:]...)
	}
	return lines
}
