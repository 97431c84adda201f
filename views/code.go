package views

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"cashier/api"
	"cashier/api/till"
	"cashier/qr"
	"cashier/ui"
	"cashier/ui/words"
)

// code shows a user id's code and the deposits made with it, while the till
// watches for them. The watch goes on, at a slower pace, when it is left.
type code struct {
	*desk
	tx   till.Transaction
	last till.Update
	seen bool // an update has come: what changes from here on is news

	watch       Watch
	updates     <-chan till.Update
	unsubscribe func()
	listener    ui.Task
	save        ui.Task
	job         ui.Task

	alone bool
	saved string // the PNG's path

	width, height int
	drawing       qr.Drawing
	misfit        error // why there is no drawing
	fitted        [3]int
}

// newCode shows tx's code, asking nobody for a new one.
func newCode(d *desk, tx till.Transaction) *code { return &code{desk: d, tx: tx} }

type (
	updated struct{ update till.Update }
	closed  struct{}
	saved   struct {
		path string
		err  error
	}
)

// usable: only an active user id has a code to show.
func (c *code) usable() bool { return c.tx.State == till.Active && c.tx.QR != "" }

func (c *code) Init() tea.Cmd {
	if !c.usable() {
		return nil
	}
	return c.begin()
}

// begin starts or joins the watch.
func (c *code) begin() tea.Cmd {
	c.watch = c.Watch(c.tx.Reference)
	c.watch.Show(true)
	c.updates, c.unsubscribe = c.watch.Updates()
	return c.listen()
}

func (c *code) listen() tea.Cmd {
	updates := c.updates
	return c.listener.Start(func(ctx context.Context) tea.Msg {
		select {
		case u, ok := <-updates:
			if ok {
				return updated{u}
			}
			return closed{}
		case <-ctx.Done():
			return nil
		}
	})
}

func (c *code) Update(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case updated:
		return tea.Batch(c.take(m.update), c.listen())
	case closed:
		c.last.Ended = true
	case ui.Resumed:
		c.checkNow()
	case ui.Shown:
		if c.watch != nil {
			c.watch.Show(true)
		}
	case saved:
		if m.err != nil {
			return ui.Say(c.say(ui.Bad, "code.not-saved", "problem", api.Clean(m.err.Error(), 120)))
		}
		c.saved = m.path
		return ui.Say(c.say(ui.Good, "code.picture-saved"))
	case printed:
		return c.printOutcome(m)
	}
	return nil
}

// take keeps an update and tells of a deposit that was not booked before.
func (c *code) take(u till.Update) tea.Cmd {
	before := till.Sum(c.tx.Deposits)
	c.last = u
	if u.Transaction.Reference == c.tx.Reference {
		c.tx = u.Transaction
	}
	now := till.Sum(c.tx.Deposits)
	news := c.seen && now.BookedCount > before.BookedCount
	c.seen = true
	if !news {
		return nil
	}
	return ui.Say(c.say(ui.Good, "code.news", "count", now.BookedCount, "sum", c.rupiah(now.Booked)))
}

func (c *code) checkNow() tea.Cmd {
	switch {
	case c.watch == nil:
		return nil
	case c.last.Ended:
		c.unsubscribe()
		c.last.Ended, c.last.Err = false, nil
		return c.begin()
	}
	c.watch.CheckNow()
	return nil
}

func (c *code) SetSize(width, height int) { c.width, c.height = width, height }
func (c *code) Title() string             { return c.T("home.cdm") }

// Chromeless: alone, the code has the whole window.
func (c *code) Chromeless() bool { return c.alone }

func (c *code) Leave() {
	c.listener.Cancel()
	c.save.Cancel()
	c.job.Cancel()
	if c.watch != nil {
		c.watch.Show(false)
		c.unsubscribe()
	}
}

func (c *code) Bindings() []ui.Binding {
	png := ui.Binding{Keys: []string{"p"}, Label: "code.png", Help: "code.png-help", Do: c.savePNG}
	if c.alone {
		off := func() tea.Cmd { c.alone = false; return nil }
		png.Do = func() tea.Cmd { c.alone = false; return c.savePNG() } // beside the code nothing could say where it went
		table := []ui.Binding{{Keys: []string{"f", "esc"}, Label: "code.beside", Do: off}, png}
		if c.Press != nil {
			table[1].Keys = []string{"s"}
			table = append(table, ui.Binding{Keys: []string{"p"}, Label: "print.print", Help: "print.print-help",
				Do: func() tea.Cmd { c.alone = false; return c.print() }})
		}
		return table
	}
	table := []ui.Binding{}
	if c.usable() {
		table = append(table,
			ui.Binding{Keys: []string{"f"}, Label: "code.alone", Help: "code.alone-help", Do: func() tea.Cmd { c.alone = true; return nil }},
			png)
		if c.Press != nil {
			table[len(table)-1].Keys = []string{"s"}
			table = append(table, c.printBindings(&c.job, c.print, "", nil)[0])
		}
		table = append(table,
			ui.Binding{Keys: []string{"c"}, Label: "code.copy", Help: "code.copy-help", Do: func() tea.Cmd { return ui.Copy(c.tx.QR, c.T("code.the-id")) }},
			ui.Binding{Keys: []string{"r"}, Label: "code.check", Help: "code.check-help", Do: c.checkNow})
	}
	table = append(table, ui.Binding{Keys: []string{"n"}, Label: "code.new", Help: "code.new-help", Do: func() tea.Cmd {
		return ui.Replace(newWizard(c.desk, c.courier))
	}})
	if c.usable() && c.Machine != nil {
		table = append(table, ui.Binding{Keys: []string{"t"}, Label: "code.test", Help: "code.test-help", Do: func() tea.Cmd {
			c.watch.Show(false)
			return ui.Push(newDeposit(c.desk, c.tx))
		}})
	}
	return table
}

// print puts the user id on paper.
func (c *code) print() tea.Cmd {
	d, doc := c.desk, c.ticketDocument(c.tx)
	return d.printing(&c.job, func(ctx context.Context) (bool, error) { return false, d.Press.Print(ctx, doc) })
}

// savePNG writes the code where it can be handed on from.
func (c *code) savePNG() tea.Cmd {
	path, text := filepath.Join(c.PNGFolder, "cashier-"+string(c.tx.Reference)+".png"), c.tx.QR
	return c.save.Start(func(context.Context) tea.Msg {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return saved{err: err}
		}
		const pixels = 10 // a module: about 330 for the smallest code, sharp in print and on a telephone
		return saved{path, qr.WritePNG(path, text, pixels)}
	})
}

// The geometry beside the code, in columns.
const (
	codeLeft  = 1  // before the quiet zone
	codeGap   = 3  // between quiet zone and column
	minColumn = 38 // the column's least
)

// fitCode finds the drawing for a box; it is kept as long as nothing changes.
func (c *code) fitCode(columns, rows int) {
	key := [3]int{columns, rows, len(c.tx.QR)}
	if c.fitted == key {
		return
	}
	c.fitted = key
	c.drawing, c.misfit = qr.Fit(c.tx.QR, qr.Box{Cols: columns, Rows: rows})
}

func (c *code) View() string {
	switch {
	case !c.usable():
		return c.viewInactive()
	case c.alone:
		return c.viewAlone()
	}
	c.fitCode(c.width-codeLeft-codeGap-minColumn, c.height)
	if c.misfit != nil {
		return strings.Join(append([]string{""}, indent(c.column(min(c.width-6, readable), c.height-1), 3)...), "\n")
	}
	lines := c.drawing.Lines(c.QR)
	column := c.column(c.width-codeLeft-c.drawing.Cols()-codeGap-1, c.height)
	out := make([]string, max(len(lines), len(column)))
	blank := strings.Repeat(" ", c.drawing.Cols())
	for i := range out {
		left, right := blank, ""
		if i < len(lines) {
			left = lines[i]
		}
		if i < len(column) {
			right = column[i]
		}
		out[i] = strings.Repeat(" ", codeLeft) + left + strings.Repeat(" ", codeGap) + right
	}
	return strings.Join(out, "\n")
}

// viewAlone is the code in the middle of the window with nothing beside it,
// or why it cannot be shown.
func (c *code) viewAlone() string {
	c.fitCode(c.width, c.height)
	if c.misfit != nil {
		lines := append([]string{""}, c.misfitLines(c.width-6)...)
		return strings.Join(indent(append(lines, "", c.T("code.alone-back")), 3), "\n")
	}
	left := strings.Repeat(" ", (c.width-c.drawing.Cols())/2)
	out := make([]string, (c.height-c.drawing.Rows())/2, c.height)
	for _, l := range c.drawing.Lines(c.QR) {
		out = append(out, left+l)
	}
	return strings.Join(out, "\n")
}

// misfitLines say why there is no code: it is never cut.
func (c *code) misfitLines(width int) []string {
	var large qr.TooLarge
	text := c.T("code.unfit")
	if errors.As(c.misfit, &large) {
		key := words.Key("code.too-large")
		window := qr.Box{Cols: c.width, Rows: c.height}
		if !c.alone {
			window.Rows += ui.ChromeRows
		}
		if _, err := qr.Fit(c.tx.QR, window); err != nil {
			key, large.HaveCols, large.HaveRows = "code.too-large-alone", window.Cols, window.Rows
		}
		text = c.T(key, "need", size(large.NeedCols, large.NeedRows), "have", size(large.HaveCols, large.HaveRows))
	}
	lines := wrap(signed(ui.Unsure, text), width)
	for i := range lines {
		lines[i] = c.Theme.Tone(ui.Unsure, lines[i])
	}
	return lines
}

func (c *code) viewInactive() string {
	width := min(c.width-6, readable)
	lines := []string{"", c.Theme.Tone(tones[c.tx.State], signed(tones[c.tx.State], c.stateWord(c.tx.Kind, c.tx.State))), ""}
	lines = append(lines, wrap(c.stateSentence(c.tx), width)...)
	return strings.Join(indent(lines, 3), "\n")
}

// lastCheck is the line of the last and the next check.
func (c *code) lastCheck() string {
	now := c.Now()
	at := c.last.CheckedAt
	if c.tx.CheckedAt.After(at) {
		at = c.tx.CheckedAt // by an earlier watch
	}
	checked := c.T("code.never-checked")
	switch {
	case at.IsZero():
	case now.Sub(at) < time.Hour:
		checked = c.T("code.checked", "ago", c.ago(now.Sub(at)))
	default:
		checked = c.T("code.checked-at", "at", c.when(at))
	}
	next := ""
	switch {
	case c.last.Ended:
		next = c.T("code.ended")
	case c.last.Checking || !c.seen:
		next = c.T("code.checking")
	case !c.last.Next.IsZero():
		// Rounded up: "in 0 s" says nothing.
		next = c.T("code.next", "in", c.ago(max(c.last.Next.Sub(now)+time.Second-time.Nanosecond, time.Second)))
	}
	if next == "" {
		return checked
	}
	return checked + ", " + next
}

// unbroken wraps a text without spaces, such as a path.
func unbroken(text string, width int) []string {
	return strings.Split(ansi.Hardwrap(text, max(width, 1), false), "\n")
}
