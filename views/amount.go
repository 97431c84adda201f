package views

import (
	"strconv"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"cashier/api"
	"cashier/ui"
)

// mostDigits is how many digits an amount may have where the profile sets no
// bound: more would not be seen whole on the smallest window.
const mostDigits = 13

// amountField is the line for an amount of whole rupiah between least and
// most; zero bounds nothing.
func (d *desk) amountField(least, most api.Amount, value string) ui.Field {
	return ui.Field{
		Name: "amount", Label: d.T("amount.label"), Hint: d.T("amount.hint"), Value: value,
		Keep:  func(r rune) bool { return r >= '0' && r <= '9' },
		Check: func(v string) string { return d.amountFault(v, least, most) },
	}
}

func (d *desk) amountFault(value string, least, most api.Amount) string {
	a := typedAmount(value)
	switch {
	case a.Zero():
		return d.T("amount.needed")
	case !least.Zero() && a.Minor() < least.Minor():
		return d.T("amount.too-small", "least", d.rupiah(least))
	case !most.Zero() && a.Minor() > most.Minor():
		return d.T("amount.too-large", "most", d.rupiah(most))
	}
	return ""
}

// typedAmount is the value of a field that shows thousands: 12500 for "12.500".
func typedAmount(value string) api.Amount {
	n, err := strconv.ParseInt(strings.ReplaceAll(value, ".", ""), 10, 64)
	if err != nil || n <= 0 {
		return api.Amount{}
	}
	return api.IDR(n * 100)
}

// thousands writes digits in groups: "12.500".
func thousands(digits string) string {
	digits = strings.TrimLeft(digits, "0")
	var b strings.Builder
	for i, r := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte('.')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// typeAmount gives a key to a form whose field "amount" has the keys. Digits
// come in at the end and go from the end, so that what is seen is what was
// typed; the cursor never stands between them.
func typeAmount(form *ui.Form, k tea.KeyMsg) tea.Cmd {
	digits := strings.ReplaceAll(form.Value("amount"), ".", "")
	switch k.Type {
	case tea.KeyRunes:
		for _, r := range k.Runes {
			if r >= '0' && r <= '9' && len(digits) < mostDigits {
				digits += string(r)
			}
		}
	case tea.KeyBackspace:
		digits = digits[:max(len(digits)-1, 0)]
	case tea.KeyCtrlU:
		digits = ""
	}
	form.Set("amount", thousands(digits))
	return nil
}

// typeInto gives a key to a form that may have a field "amount".
func typeInto(form *ui.Form, msg tea.Msg) tea.Cmd {
	if k, ok := msg.(tea.KeyMsg); ok && form.Focused() == "amount" {
		return typeAmount(form, k)
	}
	return form.Update(msg)
}
