package views

import (
	"context"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"cashier/api"
	"cashier/api/till"
	"cashier/ui"
)

// mint asks the provider for a customer's code (service 59) and shows it while
// it is valid. Its content is drawn, never written, copied or kept.
type mint struct {
	*desk
	reference api.Reference
	use       func(api.CustomerCode) tea.Cmd // charge it

	request ui.Task
	over    bool
	tx      till.Transaction
	news    api.CodeNews
	err     error
	began   time.Time
	picture picture
	alone   bool

	width, height int
}

func newMint(d *desk, use func(api.CustomerCode) tea.Cmd) *mint {
	return &mint{desk: d, use: use, width: ui.MinWidth, height: ui.MinHeight - ui.ChromeRows}
}

type minted struct {
	tx   till.Transaction
	news api.CodeNews
	err  error
}

func (m *mint) Init() tea.Cmd { return m.start() }

func (m *mint) start() tea.Cmd {
	m.forget()
	m.over, m.tx, m.err, m.began = false, till.Transaction{}, nil, m.Now()
	reference := m.refer(api.CodeReference)
	m.reference = reference
	return m.request.Start(func(ctx context.Context) tea.Msg {
		tx, news, err := m.Checkout.Payments.NewCode(context.WithoutCancel(ctx), reference, nil)
		return minted{tx, news, err}
	})
}

func (m *mint) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case minted:
		m.over, m.tx, m.err = true, msg.tx, msg.err
		if msg.err == nil && msg.tx.State == till.Active {
			m.news = msg.news
			m.picture = picture{text: msg.news.Code.Reveal()}
		}
	case ui.Beat, ui.Resumed:
		if m.expired() {
			m.forget()
		}
	}
	return nil
}

// forget drops the code.
func (m *mint) forget() {
	m.news.Code, m.picture, m.alone = api.CustomerCode{}, picture{}, false
}

func (m *mint) expired() bool {
	return !m.news.ExpiresAt.IsZero() && !m.Now().Before(m.news.ExpiresAt)
}

// usable: there is a code and its time is not over.
func (m *mint) usable() bool { return m.picture.text != "" && !m.expired() }

func (m *mint) SetSize(width, height int) { m.width, m.height = width, height }
func (m *mint) Title() string             { return m.T("mint.title") }
func (m *mint) Chromeless() bool          { return m.alone && m.usable() }

func (m *mint) Leave() {
	m.request.Cancel()
	m.forget()
}

func (m *mint) Bindings() []ui.Binding {
	if m.Chromeless() {
		return []ui.Binding{{Keys: []string{"f", "esc"}, Label: "shell.back", Do: func() tea.Cmd { m.alone = false; return nil }}}
	}
	var table []ui.Binding
	if m.usable() {
		table = append(table,
			ui.Binding{Keys: []string{"enter"}, Label: "mint.use", Help: "mint.use-help", Do: func() tea.Cmd { return m.use(m.news.Code) }},
			ui.Binding{Keys: []string{"f"}, Label: "code.alone", Help: "code.alone-help", Do: func() tea.Cmd { m.alone = true; return nil }})
	}
	if m.over {
		table = append(table, ui.Binding{Keys: []string{"n"}, Label: "mint.new", Help: "mint.new-help", Do: m.start})
	}
	return table
}

func (m *mint) View() string {
	if m.Chromeless() {
		if lines := m.drawAlone(&m.picture, m.width, m.height); lines != nil {
			return strings.Join(lines, "\n")
		}
		lines := m.misfitLines(&m.picture, m.width, m.height, "mint.too-large", "mint.too-large-alone")
		return strings.Join(indent(append(append([]string{""}, lines...), "", m.T("code.alone-back")), 3), "\n")
	}
	if !m.usable() {
		return strings.Join(indent(m.without(min(m.width-6, readable)), 3), "\n")
	}
	m.picture.fit(m.width-codeLeft-codeGap-minColumn, m.height)
	if m.picture.misfit != nil {
		width := min(m.width-6, readable)
		lines := append([]string{""}, m.facts(width)...)
		lines = append(lines, "")
		lines = append(lines, m.misfitLines(&m.picture, m.width, m.height+ui.ChromeRows, "mint.too-large", "mint.too-large-alone")...)
		return strings.Join(indent(lines, 3), "\n")
	}
	column := m.facts(m.width - codeLeft - m.picture.drawing.Cols() - codeGap - 1)
	return strings.Join(indent(beside(m.picture.drawing.Lines(m.QR), m.picture.drawing.Cols(), codeGap, column), codeLeft), "\n")
}

// facts stand beside the code.
func (m *mint) facts(width int) []string {
	lines := []string{m.Theme.Good(m.T("code.active")), ""}
	left := m.news.ExpiresAt.Sub(m.Now())
	switch {
	case m.news.ExpiresAt.IsZero():
		lines = append(lines, wrap(signed(ui.Unsure, m.T("mint.no-expiry", "text", string(m.news.RawExpiry))), width)...)
	case left < 15*time.Second:
		lines = append(lines, m.Theme.Unsure(m.T("mint.expires", "in", m.Words.Duration(left+time.Second-1))))
	default:
		lines = append(lines, m.T("mint.expires", "in", m.Words.Duration(left+time.Second-1)))
	}
	lines = append(lines, "")
	lines = append(lines, wrap(m.T("mint.show"), width)...)
	lines = append(lines, "", m.Theme.Dim(ui.Clip(m.reference.Groups(), width)))
	if r := string(m.tx.ProviderReference); r != "" {
		lines = append(lines, m.Theme.Dim(ui.Clip(r, width)))
	}
	return lines
}

// without is what stands there when there is no code.
func (m *mint) without(width int) []string {
	lines := []string{""}
	put := func(tone ui.Tone, title string, texts ...string) {
		for _, l := range wrap(signed(tone, title), width) {
			lines = append(lines, m.Theme.Tone(tone, l))
		}
		for _, t := range texts {
			if t != "" {
				lines = append(append(lines, ""), wrap(t, width)...)
			}
		}
	}
	switch {
	case !m.over:
		put(ui.Wait, m.T("mint.asking", "provider", m.Checkout.Provider), m.T("mint.no-money"))
	case m.err != nil:
		put(ui.Bad, m.T("mint.none"), m.trouble(m.err), m.T("mint.no-money"))
	case m.tx.State == till.Active:
		put(ui.Wait, m.T("mint.expired"), m.T("mint.again"))
	default:
		advice := m.advice("59", m.tx.Advice, false)
		put(ui.Bad, m.T("mint.none"), advice.Means, m.T("mint.no-money"), m.T("mint.again"))
	}
	return append(lines, "", m.Theme.Dim(m.T("detail.reference")+"   "+m.reference.Groups()))
}
