package views

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"cashier/api"
	"cashier/api/till"
	"cashier/ui"
	"cashier/ui/paper"
	"cashier/ui/words"
)

// printed is how a print ended.
type printed struct {
	copied bool
	err    error
}

// savedText is how saving a text ended.
type savedText struct {
	path string
	err  error
}

// paperColumns is how wide the configured printer prints; 32 without one.
func (d *desk) paperColumns() int {
	if d.Press != nil {
		return paper.Columns(d.Press.Sheet.Width)
	}
	return narrowPaper
}

// printing prints behind the screen. Leaving the screen does not stop it: half
// a receipt is of no use to anybody. A screen that cancels the job when it is
// left has a notice tell how the print ended.
func (d *desk) printing(job *ui.Task, run func(ctx context.Context) (copied bool, err error)) tea.Cmd {
	var left tea.Msg
	print := job.Start(func(ctx context.Context) tea.Msg {
		copied, err := run(context.WithoutCancel(ctx))
		if ctx.Err() != nil {
			left = d.printNotice(printed{copied, err})
		}
		return printed{copied, err}
	})
	return tea.Sequence(ui.Say(d.say(ui.Wait, "print.printing", "printer", d.Press.Name)), func() tea.Msg {
		if msg := print(); left == nil {
			return msg
		}
		return left
	})
}

// printBindings are the keys of something that can be printed: p prints, or
// saves the text where there is no printer.
func (d *desk) printBindings(job *ui.Task, print func() tea.Cmd, name string, text func() []string) []ui.Binding {
	save := func() tea.Cmd { return d.saveText(job, name, text()) }
	busy := func() string {
		if job.Running() {
			return d.T("print.busy")
		}
		return ""
	}
	if d.Press == nil {
		return []ui.Binding{{Keys: []string{"p"}, Label: "print.save", Help: "print.save-help", Do: save, Disabled: busy}}
	}
	return []ui.Binding{
		{Keys: []string{"p"}, Label: "print.print", Help: "print.print-help", Do: print, Disabled: busy},
		{Keys: []string{"s"}, Label: "print.save", Help: "print.save-too", Do: save, Disabled: busy, Hidden: true},
	}
}

// saveText writes a text where people find it.
func (d *desk) saveText(job *ui.Task, name string, lines []string) tea.Cmd {
	path := filepath.Join(d.PNGFolder, "cashier-"+name+".txt")
	return job.Start(func(context.Context) tea.Msg {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return savedText{err: err}
		}
		return savedText{path, os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o600)}
	})
}

func (d *desk) saveOutcome(m savedText) tea.Cmd {
	if m.err != nil {
		return ui.Say(d.say(ui.Bad, "print.not-saved", "problem", api.Clean(m.err.Error(), 120)))
	}
	return ui.Say(d.say(ui.Good, "print.saved", "path", m.path))
}

// printOutcome tells how a print ended; what to do about a failure does not
// fit a notice.
func (d *desk) printOutcome(m printed) tea.Cmd {
	if m.err != nil {
		return ui.Ask(ui.Dialog{Title: d.T("print.failed"), Body: PrintTrouble(d.Words, m.err) + "\n\n" + d.T("print.money"), Tone: ui.Bad})
	}
	return ui.Say(d.printNotice(m))
}

// printNotice tells it in a line.
func (d *desk) printNotice(m printed) ui.Notice {
	switch {
	case m.err != nil:
		return ui.Notice{Tone: ui.Bad, Text: d.T("print.failed") + ". " + PrintTrouble(d.Words, m.err)}
	case m.copied:
		return d.say(ui.Good, "print.done-copy")
	}
	return d.say(ui.Good, "print.done")
}

// PrintTrouble says why something was not printed and what to do.
func PrintTrouble(w *words.Catalogue, err error) string {
	trouble, ok := errors.AsType[*paper.Trouble](err)
	if !ok {
		return w.T("print.other", "problem", api.Clean(err.Error(), 200))
	}
	return w.T(words.Key("print."+string(trouble.Stage)), "printer", api.Clean(trouble.Printer, 80))
}

// Papers makes the documents of the console for a command: they are the same
// on screen, as text and on paper.
type Papers struct{ desk *desk }

// NewPapers speaks and signs as the screens do.
func NewPapers(kit ui.Kit, deps Deps) Papers { return Papers{&desk{Kit: kit, Deps: deps}} }

// Receipt is the receipt of a payment that is paid, or was and went back; nil
// for any other.
func (p Papers) Receipt(tx till.Transaction, copied bool) *paper.Document {
	if tx.Payment == nil || !paid(tx.State) && tx.State != till.Refunded {
		return nil
	}
	return p.desk.receiptDocument(tx, copied)
}

// Ticket is the slip of a user id that can be used; nil for any other.
func (p Papers) Ticket(tx till.Transaction) *paper.Document {
	if tx.State != till.Active || tx.QR == "" {
		return nil
	}
	return p.desk.ticketDocument(tx)
}

// Slip is what to tell the help desk of something; nil where nothing was sent.
func (p Papers) Slip(tx till.Transaction, events []till.Event) *paper.Document {
	if !hasSlip(tx) {
		return nil
	}
	return p.desk.slipDocument(tx, events)
}
