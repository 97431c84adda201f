package views

import (
	"context"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"cashier/api"
	"cashier/api/till"
	"cashier/ui"
)

// detail is everything the journal knows of one transaction.
type detail struct {
	deeds
	scroll
	reference api.Reference
	tx        till.Transaction
	events    []till.Event
	read      bool
	fault     string
	stale     bool
	load      ui.Task
	checks    ui.Task

	width, height int
}

func newDetail(d *desk, reference api.Reference) *detail {
	return &detail{deeds: deeds{desk: d}, reference: reference, width: ui.MinWidth, height: ui.MinHeight - ui.ChromeRows}
}

type (
	detailRead struct {
		tx     till.Transaction
		events []till.Event
		err    error
	}
	checked struct {
		tx     till.Transaction
		answer api.Answer
		err    error
	}
)

func (d *detail) Init() tea.Cmd { return d.reload() }

func (d *detail) reload() tea.Cmd {
	if d.load.Running() {
		d.stale = true
		return nil
	}
	d.stale = false
	return d.load.Start(func(ctx context.Context) tea.Msg {
		tx, err := d.Journal.Get(ctx, d.reference)
		if err != nil {
			return detailRead{err: err}
		}
		events, err := d.Journal.Events(ctx, d.reference)
		return detailRead{tx, events, err}
	})
}

func (d *detail) Update(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case detailRead:
		d.fault = ""
		if m.err != nil {
			d.fault = d.trouble(m.err)
		} else {
			d.tx, d.events, d.read = m.tx, m.events, true
		}
		if d.stale {
			return d.reload()
		}
	case Changed:
		if m.Reference == d.reference || m.Reference == "" {
			return d.reload()
		}
	case ui.Resumed:
		return d.reload()
	case ui.Shown:
		return tea.Batch(d.shown(d.tx), d.reload())
	case deed:
		return tea.Batch(ui.Say(d.notice(m)), d.reload())
	case checked:
		return tea.Batch(d.reload(), ui.Say(d.checkNotice(m)))
	}
	return nil
}

// checkNotice says what a check on demand has brought.
func (d *detail) checkNotice(m checked) ui.Notice {
	switch {
	case m.err != nil:
		return ui.Notice{Tone: ui.Bad, Text: d.trouble(m.err)}
	case m.answer.Class != api.Done:
		return ui.Notice{Tone: ui.Unsure, Text: d.advice("91", m.answer.Key(), false).Means}
	}
	sum := till.Sum(m.tx.Deposits)
	return d.say(ui.Good, "detail.checked", "n", sum.BookedCount, "sum", d.rupiah(sum.Booked))
}

func (d *detail) SetSize(width, height int) { d.width, d.height = width, height }
func (d *detail) Title() string             { return d.T("detail.title") }

func (d *detail) Leave() {
	d.load.Cancel()
	d.checks.Cancel()
	d.work.Cancel()
}

func (d *detail) Bindings() []ui.Binding {
	var table []ui.Binding
	switch {
	case !d.read:
	case d.tx.Kind != till.CDM:
		table = append(table, d.paymentBindings()...)
	case d.tx.State.Open():
		table = append(table, ui.Binding{Keys: []string{"r"}, Label: "sending.again", Help: "sending.again-help", Do: func() tea.Cmd {
			return ui.Push(newRepeat(d.desk, d.tx))
		}})
	case d.tx.State == till.Active:
		table = append(table,
			ui.Binding{Keys: []string{"w", "enter"}, Label: "detail.watch", Help: "detail.watch-help", Do: func() tea.Cmd {
				return ui.Push(newCode(d.desk, d.tx))
			}},
			ui.Binding{Keys: []string{"r"}, Label: "code.check", Help: "code.check-help", Do: d.checkDeposits,
				Disabled: func() string {
					if d.checks.Running() {
						return d.T("code.checking")
					}
					return ""
				}})
	}
	table = append(table, d.slipBinding(table)...)
	table = append(table, ui.Binding{Keys: []string{"c"}, Label: "detail.copy", Do: func() tea.Cmd {
		return ui.Copy(string(d.reference), d.T("detail.the-reference"))
	}})
	return append(table, d.scroll.bindings(d.height, func() int { return len(d.text()) })...)
}

// slipBinding is the key of the help desk's slip, where the table has none yet
// and something was sent.
func (d *detail) slipBinding(table []ui.Binding) []ui.Binding {
	has := slices.ContainsFunc(table, func(b ui.Binding) bool { return b.Keys[0] == "h" })
	if has || !d.read || !hasSlip(d.tx) {
		return nil
	}
	return []ui.Binding{{Keys: []string{"h"}, Label: "deed.slip", Help: "deed.slip-help", Do: func() tea.Cmd {
		return ui.Push(newSlip(d.desk, d.reference))
	}}}
}

func (d *detail) checkDeposits() tea.Cmd {
	return d.checks.Start(func(ctx context.Context) tea.Msg {
		tx, answer, err := d.UserIDs.CheckDeposits(ctx, d.reference)
		return checked{tx, answer, err}
	})
}

func (d *detail) View() string {
	return strings.Join(d.cut(d.desk, d.text(), d.height), "\n")
}

// text is the whole page.
func (d *detail) text() []string {
	lines := []string{""}
	if d.fault != "" {
		for _, l := range wrap(d.fault, d.width-6) {
			lines = append(lines, d.Theme.Tone(ui.Bad, l))
		}
		lines = append(lines, "")
	}
	if !d.read {
		return indent(lines, 3)
	}
	if d.tx.Kind != till.CDM {
		return indent(append(lines, d.paymentText()...), 3)
	}
	if ui.Wide(d.width, d.height) {
		left, right := 54, d.width-6-54-4
		story := append(d.deposits(right), d.attempts(right)...)
		story = append(story, d.timeline(d.tx, d.events, right)...)
		return indent(append(lines, beside(append(d.head(left), d.facts(left)...), left, 4, story)...), 3)
	}
	width := d.width - 6
	lines = append(lines, d.head(width)...)
	lines = append(lines, d.deposits(width)...)
	lines = append(lines, d.facts(width)...)
	lines = append(lines, d.attempts(width)...)
	return indent(append(lines, d.timeline(d.tx, d.events, width)...), 3)
}

// head is the state, and what it means.
func (d *detail) head(width int) []string {
	tx := d.tx
	lines := []string{d.Theme.Tone(tones[tx.State], signed(tones[tx.State], d.stateWord(tx.Kind, tx.State))) + "   " + d.Theme.Strong(tx.Reference.Groups())}
	lines = append(lines, wrap(d.stateSentence(tx), width)...)
	if tx.Advice != "" && tx.State != till.Active && tx.State != till.Inactive {
		advice := d.advice(tx.Service, tx.Advice, unclearBefore(tx))
		lines = append(lines, wrap(advice.String(), width)...)
	}
	return append(lines, "")
}

// facts are the record's fields.
func (d *detail) facts(width int) []string {
	tx := d.tx
	pairs := []ui.Pair{{Label: d.T("detail.reference"), Value: string(tx.Reference)}}
	add := func(label, value string) {
		if value != "" {
			pairs = append(pairs, ui.Pair{Label: label, Value: value})
		}
	}
	add(d.T("detail.id"), tx.QR)
	add(d.T("detail.cdm-reference"), string(tx.ProviderReference))
	if tx.Courier != nil {
		pairs = append(pairs, d.courierPairs(*tx.Courier)...)
	}
	add(d.T("detail.asked-at"), d.moment(tx.CreatedAt))
	if !tx.CheckedAt.IsZero() {
		add(d.T("detail.checked-at"), d.T("detail.checks", "at", d.moment(tx.CheckedAt), "n", tx.Checks))
	}
	add(d.T("detail.operator"), tx.Operator)
	add(d.T("detail.answer", "provider", d.Provider), d.answerLine(tx))
	return append(strings.Split(d.Pairs(width, pairs...), "\n"), "")
}

// deposits are all of them with their sums; nothing where there is none.
func (d *detail) deposits(width int) []string {
	if len(d.tx.Deposits) == 0 {
		return nil
	}
	sum := till.Sum(d.tx.Deposits)
	title := d.Theme.Strong(d.T("detail.deposits")) + "   " + d.T("code.booked", "n", sum.BookedCount) + " " + d.Theme.Money(d.rupiah(sum.Booked))
	if sum.WaitingCount > 0 {
		title += "   " + d.T("code.waiting", "n", sum.WaitingCount) + " " + d.rupiah(sum.Waiting)
	}
	lines := append([]string{title}, d.depositTable(d.tx.Deposits, width)...)
	for _, p := range d.tx.Deposits {
		if p.Flag != "" {
			for _, l := range wrap(signed(ui.Unsure, d.T("deposit.flag", "provider", d.Provider)+" ("+string(p.ChannelReference)+": "+p.Flag+")"), width) {
				lines = append(lines, d.Theme.Tone(ui.Unsure, l))
			}
		}
	}
	return append(lines, "")
}
