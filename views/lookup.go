package views

import (
	"context"
	"errors"
	"slices"
	"strings"
	"unicode"

	tea "github.com/charmbracelet/bubbletea"

	"cashier/api"
	"cashier/api/till"
	"cashier/ui"
	"cashier/ui/words"
)

// Lookups are the providers that can be asked about payments made elsewhere
// (service 51). The zero value is a profile without one: only the journal is
// looked into.
type Lookups struct {
	Till Looker
	// Providers in the profile's order.
	Providers []LookupProvider
}

// Looker asks about a payment by its references; *till.Till is one.
type Looker interface {
	FittingLookups(key api.LookupKey) []string
	Look(ctx context.Context, provider string, key api.LookupKey) (till.Transaction, api.Answer, error)
	Follow(ctx context.Context, reference api.Reference) (updates <-chan till.Update, unsubscribe func(), err error)
}

// LookupProvider is one that can be asked.
type LookupProvider struct {
	Name    string // in the profile, and in Transaction.Provider
	Title   string // as people call it: "Paydia"
	Dialect string // whose codes it answers: "paydia"
	Issuer  bool   // it answers for the issuer's side
	// Fits names what is missing or too long, as *api.FieldError or several of
	// them joined; nil func: that it does not fit is said without a reason.
	Fits func(key api.LookupKey) error
}

// looks reports whether a provider can be asked.
func (d *desk) looks() bool { return d.Lookups.Till != nil }

// lookupProvider finds one by its name in the profile; one that is not there
// any more has its name for a title.
func (d *desk) lookupProvider(name string) LookupProvider {
	for _, p := range d.Lookups.Providers {
		if p.Name == name {
			return p
		}
	}
	return LookupProvider{Name: name, Title: name, Dialect: name}
}

// lookupTitle is what a provider is called, with the side it answers for.
func (d *desk) lookupTitle(p LookupProvider) string {
	if p.Issuer {
		return p.Title + " · " + d.T("lookup.issuer")
	}
	return p.Title
}

// lookup asks for what is known of a payment, says who can be asked with it,
// and lets one choose.
type lookup struct {
	*desk
	form     *ui.Form
	places   *ui.List
	choosing bool // the second step
	load     ui.Task
	fault    string

	width, height int
}

// journalPlace is the row of this terminal's journal; the others have their
// provider's name.
const journalPlace = "\x00journal"

func newLookup(d *desk) *lookup {
	l := &lookup{desk: d, width: ui.MinWidth, height: ui.MinHeight - ui.ChromeRows}
	printable := func(r rune) bool { return r > ' ' && unicode.IsPrint(r) }
	l.form = ui.NewForm(d.Kit,
		ui.Field{Name: "reference", Label: d.T("lookup.reference"), Hint: d.T("find.hint"), Limit: 80, Check: func(v string) string {
			if _, err := api.ParseReference(bare(v)); v != "" && err != nil {
				return d.T("find.bad")
			}
			return ""
		}},
		ui.Field{Name: "provider", Label: d.T("lookup.provider-reference"), Hint: d.T("lookup.provider-hint"), Limit: 64, Keep: printable},
		ui.Field{Name: "external", Label: d.T("detail.external-id"), Hint: d.T("lookup.external-hint"), Limit: 36, Keep: printable},
		ui.Field{Name: "amount", Label: d.T("amount.label"), Hint: d.T("amount.hint"), Keep: func(r rune) bool { return r >= '0' && r <= '9' }},
	)
	l.places = ui.NewList(d.Kit, ui.Column{}, ui.Column{Flex: true})
	return l
}

// key is what was typed.
func (l *lookup) key() api.LookupKey {
	return api.LookupKey{
		Reference: api.Reference(bare(l.form.Value("reference"))), ProviderReference: api.Text(l.form.Value("provider")),
		ExternalID: l.form.Value("external"), Amount: typedAmount(l.form.Value("amount")),
	}
}

func (l *lookup) Init() tea.Cmd { return l.form.Init() }

func (l *lookup) Update(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case found:
		if m.err == nil {
			return ui.Push(newDetail(l.desk, m.reference))
		}
		l.fault = l.trouble(m.err)
		if errors.Is(m.err, till.ErrNotFound) {
			l.fault = l.T("find.none")
		}
	case tea.KeyMsg:
		l.fault = ""
		if l.choosing {
			return l.places.Update(m)
		}
		return typeInto(l.form, m)
	}
	return nil
}

func (l *lookup) SetSize(width, height int) {
	l.width, l.height = width, height
	l.form.SetSize(width-6, 8)
	l.places.SetSize(width-4, max(3, height-8))
}

func (l *lookup) Title() string   { return l.T("home.find") }
func (l *lookup) Capturing() bool { return !l.choosing || l.places.Capturing() }
func (l *lookup) Leave()          { l.load.Cancel() }

// Scan takes a reference of ours, such as that of a receipt, into its field;
// anything else goes to the field that has the keys, unless it is a customer's
// code.
func (l *lookup) Scan(text string) tea.Cmd {
	if l.choosing {
		return ui.Say(l.say(ui.Wait, "shell.scan-nowhere"))
	}
	reference, err := api.ParseReference(bare(text))
	if err == nil && ours().MatchString(string(reference)) {
		l.form.Set("reference", string(reference))
		return nil
	}
	if l.form.Focused() == "amount" {
		return ui.Say(l.say(ui.Wait, "find.no-reference"))
	}
	return l.scanInto(l.form.Update, strings.TrimSpace(text))
}

func (l *lookup) Bindings() []ui.Binding {
	if !l.choosing {
		table := l.form.Bindings(l.choose, "lookup.whom")
		for i := range table {
			table[i].Hidden = i > 0
		}
		return append(table, ui.Binding{Keys: []string{"ctrl+s"}, Label: "lookup.whom", Help: "lookup.whom-help", Do: func() tea.Cmd {
			if l.form.Submit() {
				return l.choose()
			}
			return nil
		}})
	}
	table := l.places.Bindings(func(r ui.Row) tea.Cmd { return l.look(r.ID, false) }, "lookup.once")
	table = slices.DeleteFunc(table, func(b ui.Binding) bool { return b.Keys[0] == "/" }) // a handful of rows
	return append(table,
		ui.Binding{Keys: []string{"w"}, Label: "lookup.watch", Help: "lookup.watch-help", Do: func() tea.Cmd {
			if r, ok := l.places.Selected(); ok {
				return l.look(r.ID, true)
			}
			return nil
		}},
		ui.Binding{Keys: []string{"esc"}, Label: "lookup.change", Help: "lookup.change-help", Do: func() tea.Cmd {
			l.choosing, l.fault = false, ""
			return nil
		}})
}

// choose goes on to whom is asked. The journal stands first where the
// reference is one of ours, else behind those who can be asked.
func (l *lookup) choose() tea.Cmd {
	key := l.key()
	if key.Reference == "" && key.ProviderReference == "" && key.ExternalID == "" {
		l.fault = l.T("lookup.nothing")
		return nil
	}
	var rows []ui.Row
	here := ui.Row{ID: journalPlace, Cells: []ui.Cell{ui.Text(l.T("lookup.journal")), ui.Toned(ui.Dim, l.T("lookup.journal-hint"))}}
	if key.Reference == "" {
		here.Cells[1] = ui.Toned(ui.Dim, l.T("lookup.journal-needs"))
	}
	if ours().MatchString(string(key.Reference)) {
		rows = append(rows, here)
	}
	fits := l.Lookups.Till.FittingLookups(key)
	for _, can := range []bool{true, false} {
		if !can && len(rows) == 0 || !can && rows[0].ID != journalPlace {
			rows = append(rows, here)
		}
		for _, p := range l.Lookups.Providers {
			if slices.Contains(fits, p.Name) != can {
				continue
			}
			cell := ui.Toned(ui.Good, signed(ui.Good, l.T("lookup.fits")))
			if !can {
				cell = ui.Toned(ui.Dim, l.misses(p, key))
			}
			rows = append(rows, ui.Row{ID: p.Name, Cells: []ui.Cell{ui.Text(l.lookupTitle(p)), cell}})
		}
	}
	l.places = ui.NewList(l.Kit, ui.Column{}, ui.Column{Flex: true})
	l.places.SetRows(rows)
	l.choosing, l.fault = true, ""
	l.SetSize(l.width, l.height)
	return nil
}

// misses says what a provider lacks to be asked.
func (d *desk) misses(p LookupProvider, key api.LookupKey) string {
	var err error
	if p.Fits != nil {
		err = p.Fits(key)
	}
	var parts []string
	for _, e := range fieldErrors(err) {
		switch {
		case !e.Missing && e.Max > 0 && e.Have > e.Max:
			parts = append(parts, d.T("lookup.long", "field", d.keyLabel(e.Field), "max", e.Max))
		case !e.Missing:
			parts = append(parts, d.T("lookup.short", "field", d.keyLabel(e.Field), "min", e.Min))
		default:
			names := []string{d.keyLabel(e.Field)}
			for _, f := range e.Or {
				names = append(names, d.keyLabel(f))
			}
			parts = append(parts, strings.Join(names, " "+d.T("lookup.or")+" "))
		}
	}
	if len(parts) == 0 {
		return d.T("lookup.unfit")
	}
	return d.T("lookup.needs", "what", strings.Join(parts, ", "))
}

// fieldErrors are all of an error's, joined ones too.
func fieldErrors(err error) []*api.FieldError {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var all []*api.FieldError
		for _, e := range joined.Unwrap() {
			all = append(all, fieldErrors(e)...)
		}
		return all
	}
	if e, ok := errors.AsType[*api.FieldError](err); ok {
		return []*api.FieldError{e}
	}
	return nil
}

// keyLabel is what people call a field of the question.
func (d *desk) keyLabel(field string) string {
	name, _, _ := strings.Cut(field, ".")
	if key := words.Key("lookup.field." + name); words.Has(key) {
		return d.T(key)
	}
	return api.Clean(field, 60)
}

// look asks the chosen one, or opens the journal's record.
func (l *lookup) look(place string, watch bool) tea.Cmd {
	key := l.key()
	if place == journalPlace {
		if key.Reference == "" {
			return ui.Say(l.say(ui.Wait, "lookup.journal-needs"))
		}
		return l.load.Start(func(ctx context.Context) tea.Msg {
			_, err := l.Journal.Get(ctx, key.Reference)
			return found{key.Reference, err}
		})
	}
	p := l.lookupProvider(place)
	if !slices.Contains(l.Lookups.Till.FittingLookups(key), p.Name) {
		return ui.Say(ui.Notice{Tone: ui.Wait, Text: p.Title + ": " + l.misses(p, key)})
	}
	return ui.Push(newInquiry(l.desk, p, key, watch))
}

func (l *lookup) View() string {
	width := l.width - 6
	head := []string{"", l.Theme.Strong(l.T("lookup.title"))}
	if l.choosing {
		lines := append(indent(append(head, l.Theme.Dim(ui.Clip(l.askedWith(l.key()), width)), ""), 3), indent(strings.Split(l.places.View(), "\n"), 1)...)
		return strings.Join(append(append(lines, ""), indent(l.faultLines(l.fault, width), 3)...), "\n")
	}
	lines := append(head, wrap(l.T("lookup.hint"), min(width, readable))...)
	lines = append(append(lines, ""), strings.Split(l.form.View(), "\n")...)
	if l.fault != "" {
		return strings.Join(indent(append(lines, l.faultLines(l.fault, width)...), 3), "\n")
	}
	return strings.Join(indent(append(lines, l.fitting(width)...), 3), "\n")
}

// fitting says who can be asked with what stands in the form now.
func (l *lookup) fitting(width int) []string {
	key := l.key()
	fits := l.Lookups.Till.FittingLookups(key)
	var lines []string
	for _, p := range l.Lookups.Providers {
		if slices.Contains(fits, p.Name) {
			lines = append(lines, l.Theme.Good(ui.Clip(l.lookupTitle(p), width-2)))
		} else {
			for i, part := range wrap(l.lookupTitle(p)+": "+l.misses(p, key), width-2) {
				lead := "  "
				if i == 0 {
					lead = "– "
				}
				lines = append(lines, l.Theme.Dim(lead+part))
			}
		}
	}
	return lines[:min(len(lines), max(1, l.height-13))]
}

// askedWith is a question in one line.
func (d *desk) askedWith(key api.LookupKey) string {
	var parts []string
	for _, s := range []string{string(key.Reference), string(key.ProviderReference), key.ExternalID} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	if !key.Amount.Zero() {
		parts = append(parts, d.rupiah(key.Amount))
	}
	return strings.Join(parts, " · ")
}

// faultLines is a sentence in red.
func (d *desk) faultLines(fault string, width int) []string {
	if fault == "" {
		return nil
	}
	var lines []string
	for _, l := range wrap(signed(ui.Bad, fault), min(width, readable)) {
		lines = append(lines, d.Theme.Tone(ui.Bad, l))
	}
	return lines
}
