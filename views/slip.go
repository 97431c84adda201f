package views

import (
	"context"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"cashier/api"
	"cashier/api/till"
	"cashier/ui"
)

// slip is what to read out to the help desk about a payment that is open.
type slip struct {
	*desk
	scroll
	reference api.Reference
	tx        till.Transaction
	events    []till.Event
	read      bool
	fault     string
	load      ui.Task
	stale     bool

	width, height int
}

func newSlip(d *desk, reference api.Reference) *slip {
	return &slip{desk: d, reference: reference, width: ui.MinWidth, height: ui.MinHeight - ui.ChromeRows}
}

func (s *slip) Init() tea.Cmd { return s.reload() }

func (s *slip) reload() tea.Cmd {
	if s.load.Running() {
		s.stale = true
		return nil
	}
	s.stale = false
	return s.load.Start(func(ctx context.Context) tea.Msg {
		tx, err := s.Journal.Get(ctx, s.reference)
		if err != nil {
			return storyRead{err: err}
		}
		events, err := s.Journal.Events(ctx, s.reference)
		return storyRead{tx, events, err}
	})
}

func (s *slip) Update(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case storyRead:
		s.fault = ""
		if m.err != nil {
			s.fault = s.trouble(m.err)
		} else {
			s.tx, s.events, s.read = m.tx, m.events, true
		}
		if s.stale {
			return s.reload()
		}
	case Changed, ui.Resumed, ui.Shown:
		return s.reload()
	}
	return nil
}

func (s *slip) SetSize(width, height int) { s.width, s.height = width, height }
func (s *slip) Title() string             { return s.T("slip.title") }
func (s *slip) Leave()                    { s.load.Cancel() }

func (s *slip) Bindings() []ui.Binding {
	return append([]ui.Binding{{Keys: []string{"c"}, Label: "slip.copy", Help: "slip.copy-help", Do: func() tea.Cmd {
		return ui.Copy(strings.Join(s.text(readable), "\n"), s.T("slip.the-slip"))
	}}}, s.scroll.bindings(s.height, func() int { return len(s.text(min(s.width-6, readable))) + 1 })...)
}

func (s *slip) View() string {
	lines := append([]string{""}, s.text(min(s.width-6, readable))...)
	return strings.Join(s.cut(s.desk, indent(lines, 3), s.height), "\n")
}

// text is the slip without colours: what is shown is what is copied.
func (s *slip) text(width int) []string {
	if s.fault != "" {
		return wrap(s.fault, width)
	}
	if !s.read || s.tx.Payment == nil {
		return nil
	}
	tx, p := s.tx, s.tx.Payment
	standing := s.standing(tx)
	lines := append(wrap(s.T("slip.head"), width), "")
	if s.test() {
		lines = append([]string{s.T("panel.sandbox")}, lines...)
	}
	pairs := []ui.Pair{
		{Label: s.T("detail.reference"), Value: string(tx.Reference)},
		{Label: s.T("slip.read-out"), Value: spoken(tx.Reference)},
	}
	add := func(label, value string) {
		if value != "" {
			pairs = append(pairs, ui.Pair{Label: label, Value: value})
		}
	}
	add(s.T("detail.bank-reference"), string(tx.ProviderReference))
	add(s.T("detail.external-id"), tx.ExternalID)
	add(s.T("refund.paid-amount"), s.rupiah(tx.Amount))
	add(s.T("pay.card"), cardName(p.Card))
	add(s.T("slip.sent-at"), s.moment(p.LeftAt))
	add(s.T("slip.now"), s.moment(s.Now()))
	add(s.T("slip.shop"), strings.TrimSpace(s.Checkout.Shop.Name+" "+s.Checkout.Shop.StoreID+" "+s.Checkout.Terminal))
	add(s.T("history.state"), s.stateWord(tx.Kind, tx.State))
	add(s.T("slip.told"), standing.title)
	if tx.ResponseCode != "" {
		add(s.T("detail.answer", "provider", s.providerOf(tx)), s.answerLine(tx))
	}
	lines = append(lines, plainPairs(width, pairs)...)
	for _, a := range s.alarms(tx) {
		lines = append(lines, wrap(signed(ui.Bad, a), width)...)
	}
	lines = append(lines, "", s.T("slip.codes"))
	for _, e := range s.events {
		if e.ResponseCode == "" && e.HTTPStatus == 0 {
			continue
		}
		line := s.when(e.At) + "  " + e.Service + "  " + e.ResponseCode
		if e.ExternalID != "" {
			line += "  " + e.ExternalID
		}
		lines = append(lines, wrap(line, width)...)
	}
	return lines
}

// plainPairs are labels and values in two columns, without colours.
func plainPairs(width int, pairs []ui.Pair) []string {
	wide := 0
	for _, p := range pairs {
		wide = max(wide, len([]rune(p.Label)))
	}
	var lines []string
	for _, p := range pairs {
		label := fill(p.Label, wide, false)
		for _, l := range wrap(p.Value, width-wide-3) {
			lines = append(lines, label+"   "+l)
			label = strings.Repeat(" ", wide)
		}
	}
	return lines
}
