package views

import (
	"errors"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"cashier/api"
	"cashier/api/till"
	"cashier/qr/emv"
	"cashier/ui"
	"cashier/ui/words"
)

// order is a payment before anything is sent: how much, whose code, and a last
// look. The customer's code lives here and in the request alone.
type order struct {
	*desk
	step step
	form *ui.Form

	reference, sale api.Reference
	amount          api.Amount
	title           string

	code    api.CustomerCode
	card    till.Card
	refused words.Key // why the last scan was not taken

	width, height int
}

// step of an order.
type step int

const (
	askAmount step = iota
	askCode
	review
)

// newOrder begins a sale.
func newOrder(d *desk) *order { return newOrderOf(d, "", api.Amount{}, "") }

// newOrderOf begins with what is known already. With a sale the next payment
// is one more try of it.
func newOrderOf(d *desk, sale api.Reference, amount api.Amount, title string) *order {
	o := &order{desk: d, sale: sale, amount: amount, title: title, width: ui.MinWidth, height: ui.MinHeight - ui.ChromeRows}
	o.reference = d.refer(api.PaymentReference)
	typed := ""
	if !amount.Zero() {
		typed = thousands(strings.TrimSuffix(amount.Value(), ".00"))
		o.step = askCode
	}
	o.form = ui.NewForm(d.Kit, d.amountField(d.Checkout.Least, d.Checkout.Most, typed),
		ui.Field{Name: "title", Label: d.T("pay.title"), Hint: d.T("pay.title-hint"), Value: title, Limit: 64})
	return o
}

func (o *order) Init() tea.Cmd { return o.form.Init() }

func (o *order) Update(msg tea.Msg) tea.Cmd {
	if o.step == askAmount {
		return typeInto(o.form, msg)
	}
	return nil
}

func (o *order) SetSize(width, height int) {
	o.width, o.height = width, height
	o.form.SetSize(width-6, 4)
}

func (o *order) Title() string { return o.T("home.pay") }

// Capturing: while the amount is typed no digit is a command.
func (o *order) Capturing() bool { return o.step == askAmount }

// Scan takes the customer's code where it is asked for. It never moves money:
// the review comes behind it. A code that comes later replaces the first only
// when somebody says so.
func (o *order) Scan(text string) tea.Cmd {
	switch o.step {
	case askAmount:
		return ui.Say(o.say(ui.Wait, "pay.amount-first"))
	case askCode:
		return o.take(text)
	}
	code, card, refused := o.read(text)
	switch {
	case refused != "":
		return ui.Say(o.say(ui.Wait, "pay.second-refused", "card", cardName(o.card)))
	case card.Mark != "" && card.Mark == o.card.Mark:
		return ui.Say(o.say(ui.Wait, "pay.same-code", "card", cardName(o.card)))
	}
	return ui.Ask(ui.Dialog{
		Title: o.T("pay.second"), Tone: ui.Unsure,
		Body: o.T("pay.second-body", "first", cardName(o.card), "second", cardName(card)),
		Choices: []ui.Choice{
			{Key: "n", Label: o.T("pay.second-keep")},
			{Key: "y", Label: o.T("pay.second-use", "card", cardName(card)), Do: func() tea.Cmd {
				o.code, o.card = code, card
				return nil
			}},
		},
	})
}

// take makes a scanned text the code to charge, or says why not.
func (o *order) take(text string) tea.Cmd {
	code, card, refused := o.read(text)
	if o.refused = refused; refused != "" {
		return nil
	}
	o.code, o.card, o.step = code, card, review
	return nil
}

// read decodes a customer's code; what it keeps of it may be shown.
func (o *order) read(text string) (api.CustomerCode, till.Card, words.Key) {
	cpm, err := emv.Scan(text)
	if err != nil {
		reason := emv.ReasonUnknown
		var refusal emv.Refusal
		if errors.As(err, &refusal) {
			reason = refusal.Reason
		}
		return api.CustomerCode{}, till.Card{}, words.Key("scan." + string(reason))
	}
	// Scanners put white space and control characters around a code and into it.
	text = strings.Map(func(r rune) rune {
		if r <= ' ' || r == 0x7f {
			return -1
		}
		return r
	}, text)
	card := till.Card{Issuer: cpm.Issuer(), Label: api.Clean(cpm.Label(), 16), LastFour: cpm.LastFour()}
	if o.Checkout.Mark != nil {
		card.Mark = o.Checkout.Mark(text)
	}
	return api.NewCustomerCode(text), card, ""
}

// forget drops the customer's code.
func (o *order) forget() { o.code, o.card, o.refused = api.CustomerCode{}, till.Card{}, "" }

func (o *order) Leave() { o.forget() }

// back is one step back; from the first one leaves.
func (o *order) back() tea.Cmd {
	o.forget()
	if o.step == askAmount {
		return ui.Pop()
	}
	o.step--
	return nil
}

func (o *order) Bindings() []ui.Binding {
	esc := ui.Binding{Keys: []string{"esc"}, Label: "shell.back", Do: o.back}
	switch o.step {
	case askAmount:
		table := o.form.Bindings(o.goOn, "pay.go-on")
		table[0] = ui.Binding{Keys: []string{"enter"}, Label: "pay.go-on", Help: "pay.go-on-help", Do: o.submit}
		table[1].Hidden, table[2].Hidden = false, true
		table[1].Label = "pay.title-key"
		return append(table, esc)
	case askCode:
		table := []ui.Binding{}
		if o.Checkout.Codes {
			table = append(table, ui.Binding{Keys: []string{"g"}, Label: "pay.generate", Help: "pay.generate-help", Do: func() tea.Cmd {
				return ui.Push(newMint(o.desk, o.use))
			}})
		}
		if o.Checkout.Customers != nil {
			table = append(table, ui.Binding{Keys: []string{"t"}, Label: "pay.customers", Help: "pay.customers-help", Do: func() tea.Cmd {
				return ui.Push(newCustomers(o.desk, o.use))
			}})
		}
		return append(table, esc)
	}
	return []ui.Binding{
		{Keys: []string{"enter"}, Label: "pay.charge", Help: "pay.charge-help", Danger: true, Confirm: o.confirm, Disabled: func() string {
			if o.amount.Zero() || o.code.Reveal() == "" {
				return o.T("pay.no-code")
			}
			return ""
		}},
		{Keys: []string{"s"}, Label: "pay.rescan", Help: "pay.rescan-help", Do: o.back},
		esc,
	}
}

func (o *order) submit() tea.Cmd {
	if o.form.Submit() {
		return o.goOn()
	}
	return nil
}

func (o *order) goOn() tea.Cmd {
	o.amount, o.title = typedAmount(o.form.Value("amount")), o.form.Value("title")
	if o.step = askCode; o.code.Reveal() != "" {
		o.step = review
	}
	return nil
}

// use takes a code from the screen above and leaves that one.
func (o *order) use(code api.CustomerCode) tea.Cmd {
	o.take(code.Reveal())
	return ui.Pop()
}

// newOrderWith begins a sale for a code that is known already.
func newOrderWith(d *desk, code api.CustomerCode) *order {
	o := newOrder(d)
	o.take(code.Reveal())
	o.step = askAmount
	return o
}

// confirm is the last question; its first choice sends nothing.
func (o *order) confirm() ui.Dialog {
	sum := o.rupiah(o.amount)
	return ui.Dialog{
		Title: o.T("pay.confirm", "sum", sum), Tone: ui.Unsure,
		Body: o.T("pay.confirm-body", "card", cardName(o.card)),
		Choices: []ui.Choice{
			{Key: "n", Label: o.T("pay.not-yet")},
			{Key: "y", Label: o.T("pay.charge-sum", "sum", sum), Danger: true, Do: func() tea.Cmd {
				next := newPayment(o.desk, till.Order{
					Reference: o.reference, Sale: o.sale, Amount: o.amount, Title: o.title, Code: o.code, Card: o.card,
				})
				o.forget()
				return ui.Replace(next)
			}},
		},
	}
}

func (o *order) View() string {
	width := min(o.width-6, readable)
	var lines []string
	switch o.step {
	case askAmount:
		lines = o.viewAmount(width)
	case askCode:
		lines = o.viewCode(width)
	default:
		lines = o.viewReview(width)
	}
	return strings.Join(indent(lines, 3), "\n")
}

func (o *order) viewAmount(width int) []string {
	lines := []string{"", o.Theme.Strong(o.T("pay.how-much")), ""}
	amount := typedAmount(o.form.Value("amount"))
	if amount.Zero() {
		amount = api.IDR(0)
	}
	lines = append(append(lines, o.large(amount, width)...), "")
	lines = append(lines, strings.Split(o.form.View(), "\n")...)
	return append(lines, "", o.Theme.Dim(ui.Clip(o.bounds(), width)))
}

// bounds says what one payment may be.
func (o *order) bounds() string {
	least, most := o.Checkout.Least, o.Checkout.Most
	switch {
	case least.Zero() && most.Zero():
		return o.T("pay.bounds-none")
	case least.Zero():
		return o.T("pay.bounds-most", "most", o.rupiah(most))
	case most.Zero():
		return o.T("pay.bounds-least", "least", o.rupiah(least))
	}
	return o.T("pay.bounds", "least", o.rupiah(least), "most", o.rupiah(most))
}

// due is the amount with what it is for, at the head of a money screen.
func (o *order) due(width int) []string {
	lines := append([]string{""}, o.large(o.amount, width)...)
	line := o.rupiah(o.amount)
	if o.title != "" {
		line += " · " + api.Clean(o.title, 64)
	}
	return append(lines, o.Theme.Dim(middle(line, width)), "")
}

func (o *order) viewCode(width int) []string {
	lines := append(o.due(width), o.Theme.Strong(o.T("pay.scan")))
	lines = append(lines, wrap(o.T("pay.scan-hint"), width)...)
	if o.refused != "" {
		lines = append(lines, "")
		for _, l := range wrap(signed(ui.Bad, o.T(o.refused)), width) {
			lines = append(lines, o.Theme.Tone(ui.Bad, l))
		}
		lines = append(lines, wrap(o.T("scan.nothing-sent"), width)...)
	}
	if o.test() && o.Checkout.Customers != nil {
		lines = append(lines, "", o.Theme.Tone(ui.Wait, ui.Clip(o.T("pay.sandbox-hint"), width)))
	}
	return lines
}

func (o *order) viewReview(width int) []string {
	lines := append(o.due(width), o.Theme.Strong(o.T("pay.review")), "")
	pairs := []ui.Pair{{Label: o.T("pay.card"), Value: cardName(o.card)}}
	add := func(key words.Key, value string) {
		if value != "" {
			pairs = append(pairs, ui.Pair{Label: o.T(key), Value: value})
		}
	}
	if o.card.Issuer != issuerName(o.card.Issuer) {
		add("pay.issuer", issuerName(o.card.Issuer)+" ("+o.card.Issuer+")")
	} else {
		add("pay.issuer", o.card.Issuer)
	}
	add("pay.label", o.card.Label)
	add("pay.title", o.title)
	add("detail.reference", o.reference.Groups())
	lines = append(lines, strings.Split(o.Pairs(width, pairs...), "\n")...)
	lines = append(lines, "")
	return append(lines, wrap(o.T("pay.nothing-sent"), width)...)
}
