package views

import (
	"context"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"cashier/api/till"
	"cashier/ui"
	"cashier/ui/paper"
)

// receipt shows what a receipt printer would print, 32 or 48 columns wide, and
// prints it.
type receipt struct {
	*desk
	scroll
	tx      till.Transaction
	columns int
	copied  bool // the original was printed before
	fresh   bool // what is shown is that original
	at      bool // it is printed as soon as it is shown
	job     ui.Task
	mark    ui.Task

	width, height int
}

// The widths of receipt paper, in columns: 58 and 80 mm.
const (
	narrowPaper = 32
	widePaper   = 48
)

func newReceipt(d *desk, tx till.Transaction) *receipt {
	return &receipt{desk: d, tx: tx, columns: d.paperColumns(), width: ui.MinWidth, height: ui.MinHeight - ui.ChromeRows}
}

// newPrint is a receipt that is printed as soon as it is shown.
func newPrint(d *desk, tx till.Transaction) *receipt {
	r := newReceipt(d, tx)
	r.at = d.Press != nil
	return r
}

// marked tells whether the receipt was printed before.
type marked struct{ copied bool }

func (r *receipt) Init() tea.Cmd {
	if r.at {
		return r.print()
	}
	return r.look()
}

// look finds out what the next print will be.
func (r *receipt) look() tea.Cmd {
	settings, reference := r.Settings, string(r.tx.Reference)
	return r.mark.Start(func(context.Context) tea.Msg { return marked{paper.Printed(settings, reference)} })
}

func (r *receipt) Update(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case marked:
		r.copied = m.copied
	case printed:
		r.fresh = m.err == nil && !m.copied
		return tea.Batch(r.printOutcome(m), r.look())
	case savedText:
		return r.saveOutcome(m)
	}
	return nil
}

func (r *receipt) SetSize(width, height int) { r.width, r.height = width, height }
func (r *receipt) Title() string             { return r.T("receipt.title") }

func (r *receipt) Leave() {
	r.mark.Cancel()
	r.job.Cancel()
}

func (r *receipt) print() tea.Cmd {
	d, tx := r.desk, r.tx
	return d.printing(&r.job, func(ctx context.Context) (bool, error) {
		return d.Press.Receipt(ctx, string(tx.Reference), func(copied bool) *paper.Document { return d.receiptDocument(tx, copied) })
	})
}

func (r *receipt) Bindings() []ui.Binding {
	other := ui.Binding{Keys: []string{"w"}, Label: "receipt.wide", Help: "receipt.width-help", Do: func() tea.Cmd {
		r.columns = narrowPaper + widePaper - r.columns
		return nil
	}}
	if r.columns == widePaper {
		other.Label = "receipt.narrow"
	}
	table := r.printBindings(&r.job, r.print, string(r.tx.Reference), r.text)
	table = append(table, other, ui.Binding{Keys: []string{"c"}, Label: "receipt.copy", Help: "receipt.copy-help", Do: func() tea.Cmd {
		return ui.Copy(strings.Join(r.text(), "\n"), r.T("receipt.the-receipt"))
	}})
	return append(table, r.scroll.bindings(r.height, func() int { return len(r.lines()) })...)
}

// text is the receipt as it would be printed now: what is saved and copied.
func (r *receipt) text() []string {
	return r.receiptDocument(r.tx, r.copied).Render(r.columns)
}

func (r *receipt) lines() []string {
	edge := "│"
	out := []string{""}
	for _, l := range r.receiptDocument(r.tx, r.copied && !r.fresh).Render(r.columns) {
		out = append(out, r.Theme.Dim(edge)+" "+fill(l, r.columns, false)+" "+r.Theme.Dim(edge))
	}
	if r.copied && r.Press != nil {
		out = append(out, "", r.Theme.Dim(r.T("print.copy-next")))
	}
	return indent(out, 3)
}

func (r *receipt) View() string {
	return strings.Join(r.cut(r.desk, r.lines(), r.height), "\n")
}

// receiptDocument is the receipt of a paid payment. On the sandbox it says TEST
// at its head and its foot, and a reprint says that it is a copy.
func (d *desk) receiptDocument(tx till.Transaction, copied bool) *paper.Document {
	doc := new(paper.Document)
	p := tx.Payment
	marks := func() {
		if d.test() {
			doc.Title("*** " + d.T("receipt.test") + " ***")
		}
		if copied {
			doc.Title("*** " + d.T("receipt.copied") + " ***")
		}
	}
	marks()
	d.letterhead(doc)
	doc.Rule()
	doc.Pair(d.T("receipt.payment"), "QRIS")
	doc.Pair(d.T("receipt.when"), d.moment(p.EndedAt))
	doc.Pair(d.T("pay.title"), p.Title)
	doc.Pair(d.T("receipt.card"), cardName(p.Card))
	doc.Pair(d.T("receipt.terminal"), d.Checkout.Terminal)
	doc.Pair(d.T("receipt.operator"), tx.Operator)
	doc.Rule()
	doc.Center(d.T("receipt.total"))
	doc.Large(d.rupiah(tx.Amount))
	if !p.Fee.Zero() {
		doc.Pair(d.T("receipt.fee"), d.rupiah(p.Fee))
	}
	doc.Pair(d.T("history.state"), strings.ToUpper(d.stateWord(tx.Kind, tx.State)))
	for _, r := range tx.Refunds {
		if r.State == till.RefundDone {
			doc.Pair(d.T("receipt.refund"), "-"+d.rupiah(r.Amount))
		}
	}
	doc.Rule()
	doc.Text(d.T("detail.reference"))
	doc.Whole(string(tx.Reference))
	if r := string(tx.ProviderReference); r != "" {
		doc.Text(d.T("detail.bank-reference"))
		doc.Whole(r)
	}
	doc.Rule()
	marks()
	doc.Center(d.T("receipt.thanks"))
	return doc
}

// letterhead is the shop.
func (d *desk) letterhead(doc *paper.Document) {
	for _, l := range []string{d.Checkout.Shop.Name, d.Checkout.Shop.Location} {
		if l != "" {
			doc.Center(l)
		}
	}
}
