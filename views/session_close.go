package views

import (
	"context"
	"errors"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"cashier/api"
	"cashier/api/till"
	"cashier/ui"
	"cashier/ui/words"
)

// closing leads to a Z report: what is open one by one, the cash, a reason where
// it does not agree with the deposits, and a last question. Until that is
// answered nothing is closed, and leaving changes nothing.
type closing struct {
	*desk
	scroll               // through the summary: what stays open may be long
	now     till.Session // with its X report
	read    bool
	fault   string
	carried []api.Reference
	step    closingStep
	counted api.Amount
	cash    *ui.Form
	reason  *ui.Form

	load  ui.Task
	ask   ui.Task
	work  ui.Task
	stale bool

	ending bool // this screen closes the session, or has

	width, height int
}

type closingStep int

const (
	closeOpen closingStep = iota // what is still open
	closeCash
	closeReason
	closeReady
)

func newClosing(d *desk) *closing {
	c := &closing{desk: d, width: ui.MinWidth, height: ui.MinHeight - ui.ChromeRows}
	c.cash = ui.NewForm(d.Kit, ui.Field{Name: "amount", Label: d.T("session.counted"), Hint: d.T("amount.hint"), Keep: func(r rune) bool { return r >= '0' && r <= '9' }})
	c.reason = ui.NewForm(d.Kit, ui.Field{Name: "reason", Label: d.T("session.reason"), Limit: till.MostReason, Check: func(v string) string {
		if strings.TrimSpace(v) == "" {
			return d.T("session.needed")
		}
		return ""
	}})
	return c
}

func (c *closing) Init() tea.Cmd {
	return tea.Batch(c.reload(), c.ask.Start(func(ctx context.Context) tea.Msg {
		unheard, err := c.Sessions.AskAgain(context.WithoutCancel(ctx))
		return askedAgain{unheard, err}
	}))
}

func (c *closing) reload() tea.Cmd {
	if c.load.Running() {
		c.stale = true
		return nil
	}
	c.stale = false
	return c.load.Start(func(ctx context.Context) tea.Msg { return c.readSession(ctx) })
}

type (
	sessionClosed struct {
		session till.Session
		err     error
	}
	itemAsked  struct{ err error }
	askedAgain struct {
		unheard int
		err     error
	}
)

func (c *closing) Update(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case sessionRead:
		c.fault = ""
		switch {
		case m.err != nil:
			c.fault = c.sessionTrouble(m.err)
		case m.now.Number == 0 && c.ending: // closed by us: the Z report is on its way
		case m.now.Number == 0 && !c.read:
			return tea.Batch(ui.Pop(), ui.Say(c.say(ui.Wait, "session.none")))
		case c.read && m.now.Number != c.now.Number: // another process closed ours, or our word got lost
			return tea.Batch(ui.Pop(), ui.Say(c.say(ui.Wait, "session.closed", "n", c.now.Number)))
		default:
			c.now, c.read = m.now, true
			c.goOn()
		}
		if c.stale {
			return c.reload()
		}
	case itemAsked:
		if m.err != nil {
			return tea.Batch(ui.Say(ui.Notice{Tone: ui.Bad, Text: c.trouble(m.err)}), c.reload())
		}
		return c.reload()
	case askedAgain:
		switch {
		case m.err != nil:
			return tea.Batch(ui.Say(ui.Notice{Tone: ui.Bad, Text: c.trouble(m.err)}), c.reload())
		case m.unheard > 0:
			return tea.Batch(ui.Say(c.say(ui.Wait, "session.unheard", "n", m.unheard)), c.reload())
		}
		return c.reload()
	case sessionClosed:
		return c.ended(m)
	case Changed, ui.Resumed, ui.Shown:
		return c.reload()
	case tea.KeyMsg:
		switch c.step {
		case closeCash:
			return typeCash(c.cash, m)
		case closeReason:
			return c.reason.Update(m)
		}
	}
	return nil
}

// ended shows the Z report, or goes back to what stands against it: something
// may have come in while the question stood there.
func (c *closing) ended(m sessionClosed) tea.Cmd {
	c.ending = m.err == nil
	switch {
	case m.err == nil:
		return tea.Batch(ui.Replace(newZReport(c.desk, m.session, false)), ui.Say(c.say(ui.Good, "session.closed", "n", m.session.Number)))
	case errors.As(m.err, new(*till.StillOpenError)):
		c.step = closeOpen
	case errors.As(m.err, new(*till.DifferenceError)):
		c.step = closeReason
	case errors.Is(m.err, till.ErrNoSession): // another process was faster: reading says what is open now
	default:
		return tea.Sequence(ui.Say(ui.Notice{Tone: ui.Bad, Text: c.sessionDeedTrouble(m.err)}), c.reload()) // what it reads is said last
	}
	return c.reload()
}

// unnamed are the open ones that nobody has decided about yet.
func (c *closing) unnamed() []till.OpenItem {
	if !c.read {
		return nil
	}
	return c.now.Report.Undecided(c.carried)
}

// difference is the session's, with what was counted here.
func (c *closing) difference() int64 {
	with := *c.now.Report
	with.Counted = c.counted
	s := c.now
	s.Report = &with
	d, _ := s.Difference()
	return d
}

// goOn goes to the first step that something is left to do in, and back to one
// when news came that it must hear about.
func (c *closing) goOn() {
	switch {
	case len(c.unnamed()) > 0:
		c.step = closeOpen
	case c.step == closeOpen && c.now.HandlesCash():
		c.step = closeCash
	case c.step == closeOpen:
		c.step = closeReady
	case c.step == closeReady && c.difference() != 0 && c.reason.Value("reason") == "":
		c.step = closeReason
	case c.step == closeReason && c.difference() == 0:
		c.step = closeReady
	}
}

func (c *closing) SetSize(width, height int) {
	c.width, c.height = width, height
	c.cash.SetSize(width-6, 4)
	c.reason.SetSize(width-6, 4)
}

func (c *closing) Title() string   { return c.T("session.confirm", "n", c.now.Number) }
func (c *closing) Leave()          { c.load.Cancel() }
func (c *closing) Capturing() bool { return c.step == closeCash || c.step == closeReason }

// Scan refuses: nothing here takes a code.
func (c *closing) Scan(string) tea.Cmd { return ui.Say(c.say(ui.Wait, "shell.scan-nowhere")) }

func (c *closing) Bindings() []ui.Binding {
	switch c.step {
	case closeCash:
		return c.cash.Bindings(c.cashDone, "session.go-on")
	case closeReason:
		return c.reason.Bindings(func() tea.Cmd { c.step = closeReady; return nil }, "session.go-on")
	case closeReady:
		return append([]ui.Binding{{Keys: []string{"enter", "z"}, Label: "session.close", Help: "session.close-help", Danger: true, Confirm: c.question,
			Disabled: c.busy}}, c.scroll.bindings(c.height, func() int { return len(c.lines()) })...)
	}
	items := c.unnamed()
	if len(items) == 0 {
		return nil
	}
	return c.itemBindings(items[0])
}

func (c *closing) busy() string {
	if c.work.Running() || c.ask.Running() {
		return c.T("session.checking")
	}
	return ""
}

func (c *closing) itemBindings(item till.OpenItem) []ui.Binding {
	do := func(run func(ctx context.Context) error) func() tea.Cmd {
		return func() tea.Cmd {
			return c.ask.Start(func(ctx context.Context) tea.Msg { return itemAsked{run(context.WithoutCancel(ctx))} })
		}
	}
	return []ui.Binding{
		{Keys: []string{"r"}, Label: "session.settle", Help: "session.settle-help", Disabled: c.busy, Do: do(func(ctx context.Context) error { return c.settle(ctx, item) })},
		{Keys: []string{"enter"}, Label: "session.details", Help: "session.details-help", Do: func() tea.Cmd { return ui.Push(newDetail(c.desk, item.Reference)) }},
		{Keys: []string{"p"}, Label: "session.park", Help: "session.park-help", Do: do(func(ctx context.Context) error {
			_, err := c.Sessions.Park(ctx, item.Reference, c.now.Operator)
			return err
		}), Disabled: func() string {
			if !item.Parkable() {
				return c.T("session.park-not")
			}
			return c.busy()
		}},
		{Keys: []string{"o"}, Label: "session.carry", Help: "session.carry-help", Do: func() tea.Cmd {
			c.carried = append(c.carried, item.Reference)
			c.goOn()
			return nil
		}},
	}
}

// settle asks once how an item ended.
func (c *closing) settle(ctx context.Context, item till.OpenItem) error {
	var err error
	switch {
	case item.Kind == till.CDM:
		_, err = c.UserIDs.RepeatUserID(ctx, item.Reference, nil)
	case c.Board != nil:
		err = c.Board.CheckNow(ctx, item.Reference)
	case c.pays():
		_, _, err = c.Checkout.Payments.CheckPayment(ctx, item.Reference)
	}
	return err
}

// typeCash gives a key to a form whose field "amount" is cash: nought is a count
// too.
func typeCash(form *ui.Form, k tea.KeyMsg) tea.Cmd {
	cmd := typeInto(form, k)
	if form.Focused() == "amount" && k.String() == "0" && form.Value("amount") == "" {
		form.Set("amount", "0")
	}
	return cmd
}

func (c *closing) cashDone() tea.Cmd {
	c.counted = api.Amount{}
	if typed := strings.TrimSpace(c.cash.Value("amount")); typed != "" {
		c.counted = typedAmount(typed)
		if c.counted.Zero() { // nought was counted: that is a count too
			c.counted = api.IDR(0)
		}
	}
	c.step = closeReady
	c.goOn()
	if c.step == closeReason {
		return c.reason.Init()
	}
	return nil
}

func (c *closing) question() ui.Dialog {
	return ui.Dialog{
		Title: c.T("session.confirm", "n", c.now.Number), Body: c.T("session.confirm-body", "n", c.now.Number), Tone: ui.Unsure,
		Choices: []ui.Choice{
			{Key: "n", Label: c.T("pay.not-yet")},
			{Key: "y", Label: c.T("session.confirm-do"), Danger: true, Do: c.finish},
		},
	}
}

func (c *closing) finish() tea.Cmd {
	how := till.Closing{Number: c.now.Number, Counted: c.counted, Carry: slices.Clone(c.carried)}
	if c.difference() != 0 {
		how.Reason = strings.TrimSpace(c.reason.Value("reason"))
	}
	c.ending = true
	return c.work.Start(func(ctx context.Context) tea.Msg {
		closed, err := c.Sessions.CloseSession(context.WithoutCancel(ctx), how)
		return sessionClosed{closed, err}
	})
}

func (c *closing) View() string {
	return strings.Join(c.cut(c.desk, c.lines(), c.height), "\n")
}

func (c *closing) lines() []string {
	width := min(c.width-6, readable)
	lines := []string{""}
	put := func(tone ui.Tone, text string) {
		for _, l := range wrap(signed(tone, text), width) {
			lines = append(lines, c.Theme.Tone(tone, l))
		}
	}
	head := func(key words.Key, args ...any) {
		lines = append(lines, c.Theme.Strong(c.T(key, args...)), "")
	}
	if c.fault != "" {
		put(ui.Bad, c.fault)
		lines = append(lines, "")
	}
	if !c.read {
		return indent(lines, 3)
	}
	switch c.step {
	case closeOpen:
		lines = append(lines, c.itemLines(width)...)
	case closeCash:
		head("session.step-cash")
		put(ui.Plain, c.T("session.step-cash-why", "cash", c.Words.Rupiah(c.now.Cash.Minor())))
		lines = append(lines, "")
		lines = append(lines, c.cashPairs(width)...)
		lines = append(append(lines, ""), strings.Split(c.cash.View(), "\n")...)
	case closeReason:
		d := c.difference()
		head("session.step-reason", "sum", c.Words.Rupiah(max(d, -d)))
		lines = append(append(lines, c.cashPairs(width)...), "")
		key := words.Key("session.more-cash")
		if d < 0 {
			key = "session.less-cash"
		}
		put(ui.Unsure, c.T(key, "sum", c.Words.Rupiah(max(d, -d))))
		lines = append(append(lines, ""), strings.Split(c.reason.View(), "\n")...)
	case closeReady:
		head("session.step-ready")
		lines = append(lines, c.summary(width)...)
	}
	if busy := c.busy(); busy != "" {
		lines = append(lines, "", c.Theme.Wait(busy))
	}
	return indent(lines, 3)
}

// itemLines is the open one that is decided about now.
func (c *closing) itemLines(width int) []string {
	items := c.unnamed()
	if len(items) == 0 {
		return nil
	}
	item := items[0]
	all := len(items) + len(c.carried)
	lines := []string{c.Theme.Strong(c.T("session.step-open", "at", len(c.carried)+1, "of", all)), ""}
	lines = append(lines, wrap(c.T("session.step-open-why"), width)...)
	state := signed(tones[item.State], c.stateWord(item.Kind, item.State))
	if item.Refunding {
		state = signed(ui.Unsure, c.T("session.refund-open"))
	}
	pairs := []ui.Pair{
		{Label: c.T("detail.reference"), Value: string(item.Reference)},
		{Label: c.T("slip.read-out"), Value: spoken(item.Reference)},
		{Label: c.T("history.state"), Value: kindWord(item.Kind) + "  " + state, Tone: ui.Unsure},
	}
	if item.Amount.Currency() != "" {
		pairs = append(pairs, ui.Pair{Label: c.T("amount.label"), Value: c.rupiah(item.Amount)})
	}
	pairs = append(pairs, ui.Pair{Label: c.T("session.item-since"), Value: c.moment(item.Since)})
	lines = append(append(lines, ""), strings.Split(c.Pairs(width, pairs...), "\n")...)
	return lines
}

// cashPairs are the cash against the deposits, as far as it is counted.
func (c *closing) cashPairs(width int) []string {
	r := c.now.Report
	pairs := []ui.Pair{
		{Label: c.T("shift.start"), Value: c.Words.Rupiah(c.now.Cash.Minor())},
		{Label: c.T("shift.deposited"), Value: c.Words.Rupiah(r.Booked.Sum.Minor())},
	}
	if r.Waiting.Count > 0 {
		pairs = append(pairs, ui.Pair{Label: c.T("shift.waiting"), Value: c.Words.Rupiah(r.Waiting.Sum.Minor()), Tone: ui.Wait})
	}
	if c.step != closeCash && c.counted.Currency() != "" {
		pairs = append(pairs, ui.Pair{Label: c.T("shift.collected"), Value: c.Words.Rupiah(c.counted.Minor())},
			ui.Pair{Label: c.T("shift.difference"), Value: c.Words.Rupiah(c.difference())})
	}
	return strings.Split(c.Pairs(width, pairs...), "\n")
}

// summary is what the Z report will say, in short.
func (c *closing) summary(width int) []string {
	r := c.now.Report
	var carried, parked []string
	for _, i := range r.Open {
		switch {
		case slices.Contains(c.carried, i.Reference):
			carried = append(carried, string(i.Reference))
		case i.Parked():
			parked = append(parked, string(i.Reference))
		}
	}
	pairs := []ui.Pair{
		{Label: c.T("session.operator"), Value: c.now.Operator},
		{Label: c.T("shift.from"), Value: c.moment(c.now.OpenedAt)},
		{Label: c.T("shift.net"), Value: c.Words.Rupiah(r.Net())},
		{Label: c.T("shift.booked"), Value: c.Words.Rupiah(r.Booked.Sum.Minor())},
	}
	if c.counted.Currency() != "" {
		pairs = append(pairs, ui.Pair{Label: c.T("shift.difference"), Value: c.Words.Rupiah(c.difference())})
	}
	if c.difference() != 0 {
		pairs = append(pairs, ui.Pair{Label: c.T("shift.reason"), Value: c.reason.Value("reason")})
	}
	for _, open := range []struct {
		key        words.Key
		references []string
	}{{"shift.carried", carried}, {"shift.parked", parked}} {
		if len(open.references) > 0 {
			pairs = append(pairs, ui.Pair{Label: c.T(open.key), Value: strings.Join(open.references, "\n"), Tone: ui.Unsure})
		}
	}
	return strings.Split(c.Pairs(width, pairs...), "\n")
}
