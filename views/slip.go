package views

import (
	"context"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"cashier/api"
	"cashier/api/till"
	"cashier/ui"
	"cashier/ui/paper"
	"cashier/ui/words"
)

// slip is what to read out to the help desk about a transaction.
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
	job       ui.Task

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
	case printed:
		return s.printOutcome(m)
	case savedText:
		return s.saveOutcome(m)
	}
	return nil
}

func (s *slip) print() tea.Cmd {
	d, doc := s.desk, s.slipDocument(s.tx, s.events)
	return d.printing(&s.job, func(ctx context.Context) (bool, error) { return false, d.Press.Print(ctx, doc) })
}

func (s *slip) SetSize(width, height int) { s.width, s.height = width, height }
func (s *slip) Title() string             { return s.T("slip.title") }

func (s *slip) Leave() {
	s.load.Cancel()
	s.job.Cancel()
}

func (s *slip) Bindings() []ui.Binding {
	table := s.printBindings(&s.job, s.print, string(s.reference)+"-slip", func() []string { return s.text(readable) })
	if !s.read {
		table = nil
	}
	return append(append(table, ui.Binding{Keys: []string{"c"}, Label: "slip.copy", Help: "slip.copy-help", Do: func() tea.Cmd {
		return ui.Copy(strings.Join(s.text(readable), "\n"), s.T("slip.the-slip"))
	}}), s.scroll.bindings(s.height, func() int { return len(s.text(min(s.width-6, readable))) + 1 })...)
}

func (s *slip) View() string {
	lines := append([]string{""}, s.text(min(s.width-6, readable))...)
	return strings.Join(s.cut(s.desk, indent(lines, 3), s.height), "\n")
}

// hasSlip reports whether there is something to ask the help desk about.
func hasSlip(tx till.Transaction) bool { return tx.State != till.Intent && tx.State != till.Unsent }

// text is the slip without colours: what is shown is what is copied.
func (s *slip) text(width int) []string {
	if s.fault != "" {
		return wrap(s.fault, width)
	}
	if !s.read {
		return nil
	}
	lines := append(wrap(s.T("slip.head"), width), "")
	if s.test() {
		lines = append([]string{s.T("panel.sandbox")}, lines...)
	}
	lines = append(lines, plainPairs(width, s.slipPairs(s.tx))...)
	for _, a := range s.alarms(s.tx) {
		lines = append(lines, wrap(signed(ui.Bad, a), width)...)
	}
	lines = append(lines, "", s.T("slip.codes"))
	for _, l := range s.slipCodes(s.events) {
		lines = append(lines, wrap(l, width)...)
	}
	return lines
}

// slipPairs are a transaction's particulars as the help desk asks for them.
func (d *desk) slipPairs(tx till.Transaction) []ui.Pair {
	pairs := []ui.Pair{
		{Label: d.T("detail.reference"), Value: string(tx.Reference)},
		{Label: d.T("slip.read-out"), Value: spoken(tx.Reference)},
	}
	add := func(label, value string) {
		if value != "" {
			pairs = append(pairs, ui.Pair{Label: label, Value: value})
		}
	}
	theirs := words.Key("detail.bank-reference")
	if tx.Kind == till.CDM {
		theirs = "detail.cdm-reference"
	}
	add(d.T(theirs), string(tx.ProviderReference))
	add(d.T("detail.external-id"), tx.ExternalID)
	if !tx.Amount.Zero() {
		add(d.T("refund.paid-amount"), d.rupiah(tx.Amount))
	}
	if p := tx.Payment; p != nil {
		add(d.T("pay.card"), cardName(p.Card))
		add(d.T("slip.sent-at"), d.moment(p.LeftAt))
	} else {
		add(d.T("detail.asked-at"), d.moment(tx.CreatedAt))
	}
	if tx.Kind == till.CDM {
		add(d.T("detail.id"), tx.QR)
	}
	if c := tx.Courier; c != nil {
		add(d.T("history.label"), strings.TrimSpace(c.No+" "+c.Name))
		if sum := till.Sum(tx.Deposits); sum.BookedCount+sum.WaitingCount > 0 {
			add(d.T("detail.deposits"), d.T("code.booked", "n", sum.BookedCount)+" "+d.rupiah(sum.Booked)+
				", "+d.T("code.waiting", "n", sum.WaitingCount)+" "+d.rupiah(sum.Waiting))
		}
	}
	add(d.T("slip.now"), d.moment(d.Now()))
	add(d.T("slip.shop"), strings.Join(strings.Fields(d.Checkout.Shop.Name+" "+d.Checkout.Shop.StoreID+" "+d.Checkout.Terminal), " "))
	add(d.T("history.state"), d.stateWord(tx.Kind, tx.State))
	if tx.Payment != nil {
		add(d.T("slip.told"), d.standing(tx).title)
	}
	if tx.ResponseCode != "" {
		add(d.T("detail.answer", "provider", d.providerOf(tx)), d.answerLine(tx))
	}
	return pairs
}

// slipCodes are the provider's answers, one a line.
func (d *desk) slipCodes(events []till.Event) []string {
	var lines []string
	for _, e := range events {
		if e.ResponseCode == "" && e.HTTPStatus == 0 {
			continue
		}
		line := d.moment(e.At) + "  " + e.Service + "  " + e.ResponseCode
		if e.ExternalID != "" {
			line += "  " + e.ExternalID
		}
		lines = append(lines, line)
	}
	return lines
}

// slipDocument is the slip on paper; it is no receipt, and says so by its
// title.
func (d *desk) slipDocument(tx till.Transaction, events []till.Event) *paper.Document {
	doc := new(paper.Document)
	test := func() {
		if d.test() {
			doc.Title("*** " + d.T("receipt.test") + " ***")
		}
	}
	test()
	d.letterhead(doc)
	doc.Title(d.T("slip.title")).Text(d.T("slip.head")).Rule()
	for _, p := range d.slipPairs(tx) {
		doc.Pair(p.Label, p.Value)
	}
	for _, a := range d.alarms(tx) {
		doc.Text("! " + a)
	}
	doc.Rule().Text(d.T("slip.codes"))
	for _, l := range d.slipCodes(events) {
		doc.Text(l)
	}
	doc.Rule()
	test()
	return doc
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
