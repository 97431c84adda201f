package views

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	tea "github.com/charmbracelet/bubbletea"

	"cashier/api"
	"cashier/ui"
	"cashier/ui/words"
)

// Explain is the catalogue of response codes as the documents have it. The
// zero value is a console without its screen.
type Explain struct {
	// Codes are the rows, in the document's order; they hold for any service.
	Codes func() []CodeRow
	// Operations are those that the providers answer, in the order to show.
	Operations []CodeOperation
}

// CodeRow is one row of the catalogue: HTTP status and case with the document's
// own English words.
type CodeRow struct {
	HTTP                           int    // 100 to 599
	Case                           string // two digits
	Category, Message, Description string
}

func (r CodeRow) key() string { return fmt.Sprintf("%03d-%s", r.HTTP, r.Case) }

// CodeOperation is one operation of one provider.
type CodeOperation struct {
	Dialect string // whose advice: "paycools", "snap-cpm", "paydia", "finnet"
	Title   string // as people call the provider
	Service string // two digits
}

// code is a whole response code of the operation.
func (o CodeOperation) code(r CodeRow) string {
	return fmt.Sprintf("%03d%s%s", r.HTTP, o.Service, r.Case)
}

// explain says what a response code means: for one that is typed or pasted at
// once, and for all of an operation in a list that words narrow.
type explain struct {
	*desk
	scroll
	form  *ui.Form
	rows  []CodeRow
	texts [][]string // of each operation, each row: what is searched in
	op    int        // into Operations
	shown []int      // indexes into rows
	at    int        // into shown
	whole bool       // the page of one code

	width, height int
}

func newExplain(d *desk) *explain {
	e := &explain{desk: d, rows: d.Explain.Codes(), width: ui.MinWidth, height: ui.MinHeight - ui.ChromeRows}
	e.texts = make([][]string, len(d.Explain.Operations))
	e.form = ui.NewForm(d.Kit, ui.Field{
		Name: "code", Label: d.T("codes.field"), Hint: d.T("codes.hint"), Limit: 40,
		Keep: unicode.IsPrint,
	})
	e.sift()
	return e
}

func (e *explain) Init() tea.Cmd { return e.form.Init() }

func (e *explain) Update(msg tea.Msg) tea.Cmd {
	if _, ok := msg.(tea.KeyMsg); !ok || e.whole {
		return nil
	}
	before := e.form.Value("code")
	cmd := e.form.Update(msg)
	if e.form.Value("code") != before {
		e.at = 0
		e.sift()
	}
	return cmd
}

// typed is what was typed, without what stands between the parts of a code.
func (e *explain) typed() (text, digits string) {
	text = e.form.Value("code")
	bare := strings.NewReplacer(" ", "", "-", "", ".", "").Replace(text)
	if bare != "" && strings.Trim(bare, "0123456789") == "" {
		digits = bare
	}
	return text, digits
}

// code is the whole code that was typed, split; ok is false for anything else.
func (e *explain) code() (http, service, kase string, ok bool) {
	_, d := e.typed()
	if len(d) != 7 {
		return "", "", "", false
	}
	return d[:3], d[3:5], d[5:], true
}

// operation is the one whose codes are shown; none in a console without.
func (e *explain) operation() CodeOperation {
	if e.op < len(e.Explain.Operations) {
		return e.Explain.Operations[e.op]
	}
	return CodeOperation{}
}

// fitting are the operations of the service that was typed, all without one.
func (e *explain) fitting() []int {
	_, d := e.typed()
	var fits []int
	for i, o := range e.Explain.Operations {
		if len(d) < 5 || o.Service == d[3:5] {
			fits = append(fits, i)
		}
	}
	return fits
}

// sift finds the rows that were asked for. A service that was typed chooses
// its operation.
func (e *explain) sift() {
	text, digits := e.typed()
	if fits := e.fitting(); len(fits) > 0 && !slices.Contains(fits, e.op) {
		e.op = fits[0]
	}
	e.shown = e.shown[:0]
	for i, r := range e.rows {
		key := fmt.Sprintf("%03d", r.HTTP)
		switch n := len(digits); {
		case digits == "" && e.matches(i, text),
			n > 0 && n <= 3 && strings.HasPrefix(key, digits),
			(n == 4 || n == 5) && digits[:3] == key && (n == 4 || text[3] != '-' || digits[3:] == r.Case),
			n == 6 && digits[:3] == key && digits[5:] == r.Case[:1],
			n == 7 && digits[:3] == key && digits[5:] == r.Case:
			e.shown = append(e.shown, i)
		}
	}
	e.at = max(0, min(e.at, len(e.shown)-1))
	e.top = 0
}

// matches reports whether every word that was typed stands in a row: the
// document's words, or what it means and what to do, in the language of the
// screen.
func (e *explain) matches(i int, text string) bool {
	if text == "" {
		return true
	}
	if e.op < len(e.texts) && e.texts[e.op] == nil {
		texts := make([]string, len(e.rows))
		for j, r := range e.rows {
			texts[j] = strings.ToLower(r.key() + " " + r.Category + " " + r.Message + " " + r.Description + " " + e.adviceOf(e.operation(), r.key(), false).String())
		}
		e.texts[e.op] = texts
	}
	haystack := strings.ToLower(e.rows[i].key() + " " + e.rows[i].Message)
	if e.op < len(e.texts) {
		haystack = e.texts[e.op][i]
	}
	for _, word := range strings.Fields(strings.ToLower(text)) {
		if !strings.Contains(haystack, word) {
			return false
		}
	}
	return true
}

// adviceOf is the advice of one operation; tainted: for an attempt behind an
// unclear one.
func (e *explain) adviceOf(o CodeOperation, key string, tainted bool) words.Advice {
	ask := e.Words.Advice
	if tainted {
		ask = e.Words.AdviceAfterUnclear
	}
	advice, _ := ask(o.Dialect, o.Service, key)
	return advice
}

func (e *explain) SetSize(width, height int) {
	e.width, e.height = width, height
	e.form.SetSize(width-6, 2)
}

func (e *explain) Title() string   { return e.T("home.codes") }
func (e *explain) Capturing() bool { return !e.whole }

// Scan takes pasted text into the field, never a customer's code.
func (e *explain) Scan(text string) tea.Cmd {
	if e.whole {
		return ui.Say(e.say(ui.Wait, "shell.scan-nowhere"))
	}
	e.form.Set("code", "")
	return e.scanInto(e.Update, strings.TrimSpace(text))
}

func (e *explain) Bindings() []ui.Binding {
	if e.whole {
		table := []ui.Binding{
			{Keys: []string{"tab"}, Label: "codes.next-op", Help: "codes.next-op-help", Do: e.turn(1)},
			{Keys: []string{"shift+tab"}, Label: "codes.next-op", Help: "codes.prev-op-help", Hidden: true, Do: e.turn(-1)},
			{Keys: []string{"esc"}, Label: "shell.back", Do: func() tea.Cmd { e.whole = false; return nil }},
		}
		return append(table, e.scroll.bindings(e.height, func() int { return len(e.page(e.width - 6)) })...)
	}
	by := func(n func() int) func() tea.Cmd {
		return func() tea.Cmd { e.at = max(0, min(e.at+n(), len(e.shown)-1)); return nil }
	}
	one := func(n int) func() int { return func() int { return n } }
	return []ui.Binding{
		{Keys: []string{"enter"}, Label: "codes.whole", Help: "codes.whole-help", Do: func() tea.Cmd { e.whole, e.top = true, 0; return nil }},
		{Keys: []string{"tab"}, Label: "codes.next-op", Help: "codes.next-op-help", Do: e.turn(1)},
		{Keys: []string{"shift+tab"}, Label: "codes.next-op", Help: "codes.prev-op-help", Hidden: true, Do: e.turn(-1)},
		{Keys: []string{"up"}, Label: "shell.up", Hidden: true, Do: by(one(-1))},
		{Keys: []string{"down"}, Label: "shell.down", Hidden: true, Do: by(one(1))},
		{Keys: []string{"pgup"}, Label: "shell.page-up", Hidden: true, Do: by(func() int { return -e.listRows() })},
		{Keys: []string{"pgdown"}, Label: "shell.page-down", Hidden: true, Do: by(e.listRows)},
	}
}

// turn goes to the next operation, among those of a service that was typed.
func (e *explain) turn(by int) func() tea.Cmd {
	return func() tea.Cmd {
		fits := e.fitting()
		if len(fits) == 0 {
			return nil
		}
		at := slices.Index(fits, e.op)
		e.op = fits[(at+by+len(fits))%len(fits)]
		selected := -1
		if e.at < len(e.shown) {
			selected = e.shown[e.at]
		}
		e.sift()
		e.at = max(0, slices.Index(e.shown, selected))
		return nil
	}
}

// listRows is how many rows of the list are seen.
func (e *explain) listRows() int {
	if ui.Wide(e.width, e.height) {
		return max(1, e.height-7)
	}
	return max(1, min(6, len(e.shown), e.height-12))
}

func (e *explain) View() string {
	width := e.width - 6
	if e.whole {
		lines := append([]string{""}, e.page(width)...)
		return strings.Join(indent(e.cut(e.desk, lines, e.height), 3), "\n")
	}
	lines := append([]string{""}, strings.Split(e.form.View(), "\n")...)
	lines = append(lines, e.opLine(width), "")
	if note := e.note(); note != "" {
		lines = append(lines, wrap(note, min(width, readable))...)
		lines = append(lines, "")
	}
	if ui.Wide(e.width, e.height) {
		const left = 50
		lines = append(lines, beside(e.list(left), left, 3, e.about(width-left-3))...)
		return strings.Join(indent(lines, 3), "\n")
	}
	lines = append(lines, e.list(width)...)
	lines = append(append(lines, ""), e.about(width)...)
	if room := e.height; len(lines) > room {
		lines = append(lines[:room-1:room-1], e.Theme.Dim(e.T("codes.more")))
	}
	return strings.Join(indent(lines, 3), "\n")
}

// opLine is whose codes are shown.
func (e *explain) opLine(width int) string {
	if len(e.fitting()) == 0 {
		return e.Theme.Unsure(ui.Clip(e.T("codes.no-op"), width-2))
	}
	o := e.operation()
	name, _ := e.Words.Service(o.Service)
	text := "‹ " + o.Title + " · " + name + " (" + o.Service + ") ›"
	return e.Theme.Accent(ui.Clip(text, width))
}

// note says what is wrong with a code that is none, and what is still missing
// of one.
func (e *explain) note() string {
	text, digits := e.typed()
	shown := api.Clean(text, 40)
	switch {
	case digits != "" && len(digits) > 7:
		return e.T("explain.length", "code", shown, "have", len(digits))
	case len(digits) == 7 && (digits[0] < '1' || digits[0] > '5'):
		return e.T("codes.no-http", "http", digits[:3])
	case len(digits) == 7 && len(e.fitting()) == 0:
		return e.T("explain.unknown-service", "service", digits[3:5])
	case digits == "" && text != "" && len(e.shown) == 0:
		return e.T("codes.none", "text", shown)
	}
	return ""
}

// list is the rows around the cursor.
func (e *explain) list(width int) []string {
	n := min(e.listRows(), len(e.shown))
	if _, _, _, whole := e.code(); whole || n == 0 {
		return nil // one code: what it means is all there is to see
	}
	top := max(0, min(e.at-n/2, len(e.shown)-n))
	var rows []ui.Row
	for _, i := range e.shown[top : top+n] {
		r := e.rows[i]
		rows = append(rows, ui.Row{Cells: []ui.Cell{ui.Text(e.operation().code(r)), ui.Text(e.adviceOf(e.operation(), r.key(), false).Means)}})
	}
	lines := e.table(width-2, 2, []ui.Column{{}, {Flex: true}}, rows, e.at-top)
	for i := range lines {
		mark := "  "
		if i == e.at-top {
			mark = e.Theme.Cursor("▸ ")
		}
		lines[i] = mark + lines[i]
	}
	return append(lines, e.Theme.Dim("  "+e.T("shell.list-place", "at", e.at+1, "all", len(e.shown))))
}

// subject is the code that is explained: the one that was typed, else the row
// under the cursor. row is nil for a code that no document lists.
func (e *explain) subject() (http, service, kase string, row *CodeRow, ok bool) {
	if http, service, kase, ok = e.code(); ok {
		if len(e.shown) > 0 {
			row = &e.rows[e.shown[0]]
		}
		return http, service, kase, row, http[0] >= '1' && http[0] <= '5'
	}
	if e.at >= len(e.shown) {
		return "", "", "", nil, false
	}
	row = &e.rows[e.shown[e.at]]
	return fmt.Sprintf("%03d", row.HTTP), e.operation().Service, row.Case, row, true
}

// about explains the code: its parts, what it means, the money, what to do.
func (e *explain) about(width int) []string {
	http, service, kase, row, ok := e.subject()
	if !ok {
		return nil
	}
	o := e.operation()
	name, known := e.Words.Service(service)
	if o.Service != service {
		o = CodeOperation{Service: service}
	}
	if !known {
		name = "?"
	}
	advice := e.adviceOf(o, http+"-"+kase, false)
	if row == nil {
		advice.Means = e.T("explain.unknown-case", "http", http, "case", kase)
		if sentence := words.Key("codes.family." + http[:1]); words.Has(sentence) {
			advice.Means += " " + e.T(sentence)
		}
	}
	lines := append([]string{}, wrap(e.Theme.Strong(http+service+kase)+"  "+e.T("explain.parts", "http", http, "service", service, "name", name, "case", kase), width)...)
	if row != nil {
		lines = append(lines, e.Theme.Dim(ui.Clip(row.Message, width)))
	}
	return append(lines, strings.Split(e.Pairs(width,
		ui.Pair{Label: e.T("explain.means"), Value: advice.Means},
		ui.Pair{Label: e.T("explain.money"), Value: advice.Money},
		ui.Pair{Label: e.T("explain.do"), Value: advice.Do}), "\n")...)
}

// page is one code with all that is known of it.
func (e *explain) page(width int) []string {
	lines := []string{e.opLine(width), ""}
	if note := e.note(); note != "" {
		lines = append(append(lines, wrap(note, min(width, readable))...), "")
	}
	lines = append(lines, e.about(min(width, readable))...)
	http, service, kase, row, ok := e.subject()
	if !ok {
		return lines
	}
	o := e.operation()
	key := http + "-" + kase
	if fresh, after := e.adviceOf(o, key, false), e.adviceOf(o, key, true); row != nil && o.Service == service && (fresh.Money != after.Money || fresh.Do != after.Do) {
		lines = append(lines, "", e.Theme.Strong(e.T("codes.after-unclear")))
		lines = append(lines, strings.Split(e.Pairs(min(width, readable),
			ui.Pair{Label: e.T("explain.money"), Value: after.Money}, ui.Pair{Label: e.T("explain.do"), Value: after.Do}), "\n")...)
	}
	if row != nil {
		lines = append(lines, "", e.Theme.Strong(e.T("codes.document")))
		for _, l := range strings.Split(row.Category+" · "+row.Message+"\n"+row.Description, "\n") {
			for _, w := range wrap(l, width) {
				lines = append(lines, e.Theme.Dim(w))
			}
		}
	}
	return lines
}
