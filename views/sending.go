package views

import (
	"context"
	"errors"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"cashier/api"
	"cashier/api/till"
	"cashier/ui"
)

// sending is a user id being asked for: the attempts, and how it ended. It may
// be left at any time: the till goes on and the journal has the end.
type sending struct {
	*desk
	reference api.Reference
	courier   api.Courier
	repeat    bool // the record is in the journal already: its own bytes go again

	request  ui.Task
	listener ui.Task
	attempts <-chan api.Attempt

	attempt int // of this call; 0: the first is being recorded
	began   time.Time
	over    bool
	tx      till.Transaction
	err     error

	width, height int
}

// newSending asks for a new user id as soon as it is shown.
func newSending(d *desk, reference api.Reference, c api.Courier) *sending {
	return &sending{desk: d, reference: reference, courier: c}
}

// newRepeat asks again for one that is not settled, with the same bytes.
func newRepeat(d *desk, tx till.Transaction) *sending {
	s := &sending{desk: d, reference: tx.Reference, repeat: true}
	if tx.Courier != nil {
		s.courier = *tx.Courier
	}
	return s
}

type (
	attempted struct{ attempt api.Attempt }
	ended     struct {
		tx  till.Transaction
		err error
	}
)

func (s *sending) Init() tea.Cmd { return s.start() }

func (s *sending) start() tea.Cmd {
	s.attempt, s.over, s.began = 0, false, s.Now()
	s.tx, s.err = till.Transaction{}, nil
	attempts := make(chan api.Attempt, 16)
	s.attempts = attempts
	progress := func(a api.Attempt) {
		select {
		case attempts <- a:
		default: // nobody looks any more
		}
	}
	reference, courier, repeat := s.reference, s.courier, s.repeat
	return tea.Batch(s.request.Start(func(ctx context.Context) tea.Msg {
		// Leaving the screen must not cut an attempt off in the middle: its
		// answer is wanted in the journal.
		ctx = context.WithoutCancel(ctx)
		defer close(attempts)
		if repeat {
			tx, err := s.UserIDs.RepeatUserID(ctx, reference, progress)
			return ended{tx, err}
		}
		s.keepCourier(courier)
		tx, err := s.UserIDs.NewUserID(ctx, reference, courier, progress)
		return ended{tx, err}
	}), s.listen())
}

func (s *sending) listen() tea.Cmd {
	return s.listener.Start(next(s.attempts, func(a api.Attempt) tea.Msg { return attempted{a} }))
}

func (s *sending) Update(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case attempted:
		s.attempt++
		s.began = m.attempt.At
		return s.listen()
	case ended:
		s.over, s.tx, s.err = true, m.tx, m.err
		if m.err == nil && m.tx.State == till.Active {
			return ui.Replace(newCode(s.desk, m.tx))
		}
	}
	return nil
}

func (s *sending) SetSize(width, height int) { s.width, s.height = width, height }
func (s *sending) Title() string             { return s.T("home.cdm") }

func (s *sending) Leave() {
	s.request.Cancel()
	s.listener.Cancel()
}

func (s *sending) Bindings() []ui.Binding {
	if !s.over {
		return []ui.Binding{{Keys: []string{"esc"}, Label: "sending.leave", Help: "sending.leave-help", Do: func() tea.Cmd {
			return tea.Sequence(ui.Say(s.say(ui.Wait, "sending.goes-on")), ui.Pop()) // said while the screen is still there to say it
		}}}
	}
	again := ui.Binding{Keys: []string{"r"}, Label: "sending.again", Help: "sending.again-help", Do: s.start}
	if s.ended() {
		again.Label, again.Help = "sending.anew", "sending.anew-help"
		again.Do = func() tea.Cmd {
			s.reference, s.repeat = s.newReference(), false
			return s.start()
		}
	}
	table := []ui.Binding{again}
	if s.ended() || s.err != nil && s.attempt == 0 {
		table = append(table, ui.Binding{Keys: []string{"e"}, Label: "sending.edit", Help: "sending.edit-help", Do: func() tea.Cmd {
			return ui.Replace(newWizard(s.desk, s.courier))
		}})
	}
	return append(table, ui.Binding{Keys: []string{"c"}, Label: "detail.copy", Do: func() tea.Cmd {
		return ui.Copy(string(s.reference), s.T("detail.the-reference"))
	}})
}

// ended reports whether nothing can come of this reference any more, so that
// asking again takes a new one.
func (s *sending) ended() bool { return s.err == nil && !s.tx.State.Open() }

// paragraphs are never wider than reads well.
const readable = 74

func (s *sending) View() string {
	width := min(s.width-6, readable)
	lines := []string{""}
	if s.over {
		lines = append(lines, s.result(width)...)
	} else {
		lines = append(lines, s.underWay(width)...)
	}
	return strings.Join(indent(lines, 3), "\n")
}

func (s *sending) underWay(width int) []string {
	lines := []string{
		s.Theme.Strong(s.T("sending.asking", "provider", s.Provider)),
		s.Theme.Dim(ui.Clip(s.courierLine(), width)), "",
	}
	if s.attempt == 0 {
		lines = append(lines, s.Theme.Wait(s.T("sending.recording")), "")
	} else {
		most := max(s.desk.attempts(), s.attempt)
		lines = append(lines, s.Theme.Wait(s.T("sending.attempt", "n", s.attempt, "all", most)),
			s.Progress(width, s.Now().Sub(s.began), s.timeout()))
	}
	lines = append(lines, "")
	lines = append(lines, wrap(s.T("sending.safe"), width)...)
	return append(lines, "", s.Pairs(width, ui.Pair{Label: s.T("detail.reference"), Value: s.reference.Groups()}))
}

// courierLine is who the user id is for, on one line.
func (s *sending) courierLine() string {
	return s.T("sending.courier", "name", s.courier.Name, "no", s.courier.No, "branch", s.courier.BranchNo)
}

// ending is what the result page says.
type ending struct {
	tone       ui.Tone
	title      string
	paragraphs []string
}

func (s *sending) result(width int) []string {
	e := s.ending()
	var lines []string
	for _, l := range wrap(signed(e.tone, e.title), width) {
		lines = append(lines, s.Theme.Tone(e.tone, l))
	}
	for _, p := range e.paragraphs {
		if p != "" {
			lines = append(append(lines, ""), wrap(p, width)...)
		}
	}
	pairs := []ui.Pair{{Label: s.T("detail.reference"), Value: s.reference.Groups()}}
	if ref := string(s.tx.ProviderReference); ref != "" {
		pairs = append(pairs, ui.Pair{Label: s.T("detail.cdm-reference"), Value: ref})
	}
	if answer := s.answerLine(s.tx); answer != "" {
		pairs = append(pairs, ui.Pair{Label: s.T("detail.answer", "provider", s.Provider), Value: answer, Tone: ui.Dim})
	}
	return append(append(lines, ""), strings.Split(s.Pairs(width, pairs...), "\n")...)
}

func (s *sending) ending() ending {
	switch {
	case errors.Is(s.err, till.ErrNotRecorded):
		return ending{ui.Bad, s.T("sending.unrecorded", "provider", s.Provider), []string{
			s.T("sending.unrecorded-do", "reference", spoken(s.reference), "problem", s.problem(s.err)),
		}}
	case errors.Is(s.err, till.ErrNoWord):
		return ending{ui.Unsure, s.T("sending.unsure"), []string{s.paymentTrouble(s.err), s.T("sending.unsure-do")}}
	case s.err != nil && s.attempt > 0:
		return ending{ui.Unsure, s.T("sending.unsure"), []string{
			s.T("sending.half-recorded", "reference", spoken(s.reference), "problem", s.problem(s.err)),
		}}
	case s.err != nil:
		return ending{ui.Bad, s.T("state.unsent"), []string{s.trouble(s.err)}}
	}
	advice := s.advice(s.tx.Service, s.tx.Advice, unclearBefore(s.tx))
	switch s.tx.State {
	case till.Inactive:
		return ending{ui.Bad, s.T("sending.inactive", "provider", s.Provider), []string{s.stateSentence(s.tx)}}
	case till.Unknown, till.Sent, till.Intent:
		return ending{ui.Unsure, s.T("sending.unsure"), []string{advice.Means, s.T("sending.unsure-do")}}
	case till.Unsent:
		return ending{ui.Bad, s.T("state.unsent"), []string{advice.Means, advice.Money, advice.Do}}
	}
	return ending{ui.Bad, s.T("cdm.refused", "provider", s.Provider), []string{advice.Means, advice.Money, advice.Do}}
}

// answerLine is what the provider said last, in its own words, for whoever is
// asked for help: "Invalid Mandatory Field (4009002)".
func (d *desk) answerLine(tx till.Transaction) string {
	text := string(tx.ResponseMessage)
	switch {
	case tx.ResponseCode == "":
		return text
	case text == "":
		return d.T("detail.code-alone", "code", tx.ResponseCode)
	}
	return text + " (" + tx.ResponseCode + ")"
}
