package views

import (
	"cmp"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"cashier/api"
	"cashier/api/till"
	"cashier/ui"
	"cashier/ui/words"
)

// lookupAdvice explains an answer to a lookup by its provider's own list.
func (d *desk) lookupAdvice(p LookupProvider, key string) words.Advice {
	switch key {
	case api.ReasonToken, api.ReasonJournal, api.ReasonRequest:
		return d.advice("51", key, false)
	}
	advice, _ := d.Words.Advice(p.Dialect, "51", key)
	return advice
}

// lookupHead says who answered what, and what to make of it. Doubtful news is
// shown in amber and never in the colour of what it claims.
func (d *desk) lookupHead(tx till.Transaction, width int) []string {
	p := d.lookupProvider(tx.Provider)
	news := tx.Lookup.News
	head := d.Theme.Strong(d.lookupTitle(p))
	if !tx.Amount.Zero() {
		head = d.Theme.Money(d.rupiah(tx.Amount)) + "   " + head
	}
	lines := []string{head}
	tone, title := tones[tx.State], strings.ToUpper(d.stateWord(tx.Kind, tx.State))
	sentence := words.Key("lookup.state." + string(tx.State))
	if news.Doubtful() {
		tone, title = ui.Unsure, d.T("lookup.doubtful-title", "status", d.statusWord(news))
		sentence = "lookup.doubtful"
	}
	for _, l := range wrap(signed(tone, title), width) {
		lines = append(lines, d.Theme.Strong(d.Theme.Tone(tone, l)))
	}
	if words.Has(sentence) {
		lines = append(lines, wrap(d.T(sentence, "provider", p.Title), width)...)
	}
	for _, o := range news.Oddities {
		for _, l := range wrap(signed(ui.Unsure, d.oddity(o)), width) {
			lines = append(lines, d.Theme.Tone(ui.Unsure, l))
		}
	}
	return lines
}

// statusWord is what the provider says, in our words, whether it is trusted or
// not.
func (d *desk) statusWord(news api.LookupNews) string {
	if key := words.Key("short." + string(news.Status)); words.Has(key) {
		return d.T(key)
	}
	return string(news.RawStatus)
}

// oddity is one thing that is odd about an answer.
func (d *desk) oddity(o api.Oddity) string {
	key := words.Key("oddity." + string(o.Kind))
	if !words.Has(key) {
		return o.String()
	}
	return d.T(key, "field", d.oddField(o.Field), "have", d.oddValue(o, o.Have), "want", d.oddValue(o, o.Want))
}

// oddField is a field by the name people know, else by the wire's.
func (d *desk) oddField(field string) string {
	if label := d.keyLabel(field); label != field {
		return label
	}
	return field
}

// oddValue writes amounts as they are written everywhere else.
func (d *desk) oddValue(o api.Oddity, value string) string {
	if o.Kind == api.OtherAmount {
		currency, number, ok := strings.Cut(value, " ")
		if !ok {
			currency, number = "IDR", value
		}
		if a, err := api.ParseAmount(number, currency); err == nil {
			return d.rupiah(a)
		}
	}
	if o.Kind == api.OddLength {
		value = strings.Replace(value, " to ", "–", 1)
	}
	return api.Clean(value, 80)
}

// lookupBody is every field of the answer and what was asked, in one column or
// two.
func (d *desk) lookupBody(tx till.Transaction, width int) []string {
	info := d.lookupInfo(tx.Lookup.News, width)
	if width >= 110 && len(info) > 0 {
		left := 58
		return beside(d.lookupFacts(tx, left), left, 4, d.lookupInfo(tx.Lookup.News, width-left-4))
	}
	lines := d.lookupFacts(tx, width)
	if len(info) > 0 {
		lines = append(append(lines, ""), info...)
	}
	return lines
}

func (d *desk) lookupFacts(tx till.Transaction, width int) []string {
	news, key := tx.Lookup.News, tx.Lookup.Key
	var pairs []ui.Pair
	add := func(label words.Key, value string) {
		if value != "" {
			pairs = append(pairs, ui.Pair{Label: d.T(label), Value: value})
		}
	}
	money := func(label words.Key, a api.Amount) {
		if a.Currency() != "" {
			add(label, d.rupiah(a))
		}
	}
	add("lookup.status", strings.TrimSpace(string(news.RawStatus)+"  "+d.statusWord(news)))
	add("lookup.description", string(news.Description))
	money("amount.label", news.Amount)
	money("lookup.fee", news.Fee)
	add("lookup.paid-at", string(news.PaidTime))
	// What the provider names, else what it was asked with.
	add("lookup.provider-reference", string(cmp.Or(news.ProviderReference, key.ProviderReference)))
	add("lookup.reference", cmp.Or(string(news.Reference), string(key.Reference)))
	add("detail.external-id", cmp.Or(string(news.ExternalID), key.ExternalID))
	if code := string(news.ServiceCode); code != "" {
		name, _ := d.Words.Service(code)
		add("lookup.service", strings.TrimSpace(code+"  "+name))
	}
	if answer := d.answerLine(tx); answer != "" {
		pairs = append(pairs, ui.Pair{Label: d.T("detail.answer", "provider", d.lookupProvider(tx.Provider).Title), Value: answer})
	}
	add("lookup.question", d.askedWith(key))
	add("lookup.kept-as", string(tx.Reference))
	return strings.Split(d.Pairs(width, pairs...), "\n")
}

// lookupInfo are the fields of additionalInfo as the provider names them; card
// data was masked when it was read.
func (d *desk) lookupInfo(news api.LookupNews, width int) []string {
	if len(news.Info) == 0 {
		return nil
	}
	pairs := make([]ui.Pair, len(news.Info))
	for i, f := range news.Info {
		pairs[i] = ui.Pair{Label: string(f.Name), Value: cmp.Or(string(f.Value), "–")}
	}
	return append([]string{d.Theme.Strong(d.T("lookup.info"))}, strings.Split(d.Pairs(width, pairs...), "\n")...)
}

// lookupText is the page of a record that was looked up.
func (d *detail) lookupText() []string {
	width := d.width - 6
	lines := append(d.lookupHead(d.tx, min(width, readable)), "")
	lines = append(append(lines, d.lookupBody(d.tx, width)...), "")
	return append(lines, d.timeline(d.tx, d.events, width)...)
}

// lookupBindings are the keys of that page.
func (d *detail) lookupBindings() []ui.Binding {
	if !d.looks() {
		return nil
	}
	ask := func(watch bool) func() tea.Cmd {
		return func() tea.Cmd {
			return ui.Push(newInquiry(d.desk, d.lookupProvider(d.tx.Provider), d.tx.Lookup.Key, watch))
		}
	}
	table := []ui.Binding{{Keys: []string{"r", "enter"}, Label: "code.check", Help: "lookup.again-help", Do: ask(false)}}
	if d.tx.State == till.Pending {
		table = append(table, ui.Binding{Keys: []string{"w"}, Label: "lookup.watch", Help: "lookup.watch-help", Do: ask(true)})
	}
	return table
}
