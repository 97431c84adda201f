package views

import (
	"context"
	"errors"
	"slices"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"cashier/api/till"
	"cashier/ui"
)

// withSession puts the session's entry behind the history and what is open.
func (d *desk) withSession(entries []entry) []entry {
	at := 1 + slices.IndexFunc(entries, func(e entry) bool { return e.label == "home.history" })
	if open := 1 + slices.IndexFunc(entries, func(e entry) bool { return e.label == "home.open" }); open == len(entries) {
		at = open
	}
	return slices.Insert(entries, at, entry{"6", "home.session", func() tea.Cmd { return ui.Push(newSession(d)) }})
}

// currentSession is the open session, with number 0 where none is.
func (d *desk) currentSession(ctx context.Context) (till.Session, error) {
	if d.Sessions == nil {
		return till.Session{}, nil
	}
	now, err := d.Sessions.CurrentSession(ctx)
	if errors.Is(err, till.ErrNoSession) {
		return till.Session{}, nil
	}
	return now, err
}

// sessionEvery is how often home looks whether another process has opened or
// closed a session: no news of that comes by itself.
const sessionEvery = 10 * time.Second

func (h *home) sessionDue(now time.Time) bool {
	return h.Sessions != nil && now.Sub(h.heard) >= sessionEvery
}

// sessionHint stands beside the session's entry.
func (h *home) sessionHint(width int) string {
	switch s := h.session; {
	case !h.known:
		return h.Theme.Dim("–")
	case s.Number == 0:
		return h.Theme.Dim(ui.Clip(h.T("home.session-none"), width))
	case s.Forgotten(h.Now()):
		return h.Theme.Unsure(ui.Clip(h.T("home.session-forgotten", "date", h.Words.Date(s.OpenedAt)), width-2))
	case s.Auto:
		return h.Theme.Unsure(ui.Clip(h.T("home.session-auto", "time", h.Words.Clock(s.OpenedAt)[:len("15.04")]), width-2))
	}
	return h.Theme.Dim(ui.Clip(h.T("home.session-hint"), width))
}

// offerClosing asks, at a start, about a session that was forgotten open.
func (h *home) offerClosing() tea.Cmd {
	s := h.session
	if !s.Forgotten(h.Now()) {
		return nil
	}
	return ui.Ask(ui.Dialog{
		Title: h.T("session.forgotten-title", "n", s.Number), Tone: ui.Unsure,
		Body: h.T("session.forgotten", "date", h.moment(s.OpenedAt)),
		Choices: []ui.Choice{
			{Key: "n", Label: h.T("session.forgotten-later")},
			{Key: "y", Label: h.T("session.forgotten-close"), Do: func() tea.Cmd { return ui.Push(newClosing(h.desk)) }},
		},
	})
}
