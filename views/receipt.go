package views

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"cashier/api"
	"cashier/api/till"
	"cashier/ui"
)

// receipt shows what a receipt printer would print, 32 or 48 columns wide.
type receipt struct {
	*desk
	scroll
	tx      till.Transaction
	columns int

	width, height int
}

// The widths of receipt paper, in columns: 58 and 80 mm.
const (
	narrowPaper = 32
	widePaper   = 48
)

func newReceipt(d *desk, tx till.Transaction) *receipt {
	return &receipt{desk: d, tx: tx, columns: narrowPaper, width: ui.MinWidth, height: ui.MinHeight - ui.ChromeRows}
}

func (r *receipt) Init() tea.Cmd             { return nil }
func (r *receipt) Update(tea.Msg) tea.Cmd    { return nil }
func (r *receipt) SetSize(width, height int) { r.width, r.height = width, height }
func (r *receipt) Title() string             { return r.T("receipt.title") }

func (r *receipt) Bindings() []ui.Binding {
	other := ui.Binding{Keys: []string{"w"}, Label: "receipt.wide", Help: "receipt.width-help", Do: func() tea.Cmd {
		r.columns = narrowPaper + widePaper - r.columns
		return nil
	}}
	if r.columns == widePaper {
		other.Label = "receipt.narrow"
	}
	return append([]ui.Binding{other, {Keys: []string{"c"}, Label: "receipt.copy", Help: "receipt.copy-help", Do: func() tea.Cmd {
		return ui.Copy(r.desk.receiptText(r.tx, r.columns), r.T("receipt.the-receipt"))
	}}}, r.scroll.bindings(r.height, func() int { return len(r.lines()) })...)
}

func (r *receipt) lines() []string {
	edge := "│"
	out := []string{""}
	for _, l := range strings.Split(r.desk.receiptText(r.tx, r.columns), "\n") {
		out = append(out, r.Theme.Dim(edge)+" "+fill(l, r.columns, false)+" "+r.Theme.Dim(edge))
	}
	return indent(out, 3)
}

func (r *receipt) View() string {
	return strings.Join(r.cut(r.desk, r.lines(), r.height), "\n")
}

// receiptText is the receipt of a paid payment, every line at most columns
// wide. On the sandbox it says TEST at its head and its foot.
func (d *desk) receiptText(tx till.Transaction, columns int) string {
	var lines []string
	center := func(s string) {
		for _, l := range wrap(s, columns) {
			lines = append(lines, middle(l, columns))
		}
	}
	rule := func() { lines = append(lines, strings.Repeat("-", columns)) }
	pair := func(label, value string) {
		if value == "" {
			return
		}
		if space := columns - ansi.StringWidth(label) - ansi.StringWidth(value); space >= 1 {
			lines = append(lines, label+strings.Repeat(" ", space)+value)
			return
		}
		lines = append(lines, label)
		for _, l := range unbroken(value, columns-2) {
			lines = append(lines, "  "+l)
		}
	}
	test := func() {
		if d.test() {
			center("*** " + d.T("receipt.test") + " ***")
		}
	}
	p := tx.Payment
	test()
	if d.Checkout.Shop.Name != "" {
		center(api.Clean(d.Checkout.Shop.Name, 64))
	}
	if d.Checkout.Shop.Location != "" {
		center(api.Clean(d.Checkout.Shop.Location, 64))
	}
	rule()
	pair(d.T("receipt.payment"), "QRIS")
	pair(d.T("receipt.when"), d.moment(p.EndedAt))
	if p.Title != "" {
		pair(d.T("pay.title"), api.Clean(p.Title, 64))
	}
	pair(d.T("receipt.card"), cardName(p.Card))
	pair(d.T("receipt.terminal"), d.Checkout.Terminal)
	pair(d.T("receipt.operator"), tx.Operator)
	rule()
	pair(d.T("receipt.total"), d.rupiah(tx.Amount))
	if !p.Fee.Zero() {
		pair(d.T("receipt.fee"), d.rupiah(p.Fee))
	}
	pair(d.T("history.state"), strings.ToUpper(d.stateWord(tx.Kind, tx.State)))
	for _, r := range tx.Refunds {
		if r.State == till.RefundDone {
			pair(d.T("receipt.refund"), "-"+d.rupiah(r.Amount))
		}
	}
	rule()
	lines = append(lines, d.T("detail.reference"))
	lines = append(lines, unbroken(string(tx.Reference), columns)...)
	if r := string(tx.ProviderReference); r != "" {
		lines = append(lines, d.T("detail.bank-reference"))
		lines = append(lines, unbroken(r, columns)...)
	}
	rule()
	test()
	center(d.T("receipt.thanks"))
	return strings.Join(lines, "\n")
}
