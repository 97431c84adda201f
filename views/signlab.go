package views

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"

	tea "github.com/charmbracelet/bubbletea"

	"cashier/api"
	"cashier/qr/emv"
	"cashier/ui"
	"cashier/ui/words"
)

// Lab composes signatures and says why another one differs. Keys, secrets and
// tokens are named, never given; nothing that it returns holds one.
type Lab interface {
	// Sources are the requests of the profile that can be signed with its own
	// keys.
	Sources() []LabSource
	Compose(ctx context.Context, in LabInput) (LabResult, error)
	// Compare judges a string to sign or a signature that somebody else made;
	// none found: it is right.
	Compare(ctx context.Context, in LabInput, pasted string) ([]LabFinding, error)
	// Verify judges a request that was received: In.KeyFile is the file of the
	// sender's public key then.
	Verify(ctx context.Context, in LabInput) (LabVerdict, error)
}

// LabSource is one request of the profile.
type LabSource struct {
	Name  string // for LabInput.Source
	Title string // "CPM · payment (60)"
	Kind  string // of its signature: "symmetric", "asymmetric", "client-key"
	Path  string // as it is signed
	// Received: it is a request that the provider sends us.
	Received bool
}

// LabInput is what a signature is made of.
type LabInput struct {
	Source    string // a LabSource's name: its keys are used; empty: those named below
	Kind      string // "symmetric", "asymmetric", "client-key"
	Method    string
	Path      string
	Body      string // as it was pasted
	Timestamp string // X-TIMESTAMP, verbatim
	ClientKey string
	TokenEnv  string // the environment variable with the access token
	SecretEnv string // that with the client secret
	KeyFile   string // of the private key, or of the sender's public key
	Signature string // X-SIGNATURE of a received request
	Token     string // of a received request that was pasted whole; never shown
}

// LabResult is a signature with what it was made of. Tokens are masked.
type LabResult struct {
	Minified     string // the body as it is digested and sent
	Digest       string // lowercase hex SHA-256; empty where the body is not covered
	StringToSign string
	Signature    string
	Headers      []LabHeader
}

// LabVerdict is what a received request's signature is worth.
type LabVerdict struct {
	Valid  bool
	Signed string // which bytes of the body were signed: "raw" or "minified"; may be empty
	// Findings say why it is not valid.
	Findings []LabFinding
	LabResult
}

// LabHeader is one header of the request.
type LabHeader struct{ Name, Value string }

// LabFinding is one thing that is wrong with what was pasted.
type LabFinding struct {
	Cause  string // key of its words: "path-prefix"
	Detail string // one English sentence, where there are no words
	// At is the byte of the pasted string at which the difference begins; -1: at
	// no place of it.
	At         int
	Want, Have string // where they may be shown
}

// labKinds are the kinds in the order of choosing.
var labKinds = []string{"symmetric", "asymmetric", "client-key"}

// signLab asks for the parts of a signature, shows how it is composed, and
// compares it with a pasted one.
type signLab struct {
	*desk
	scroll
	sources []LabSource
	source  int // into sources; len(sources): keys by name
	kind    string
	form    *ui.Form
	body    string
	fault   string

	received bool   // a request that came is judged
	token    string // the one of a request that was pasted; shown nowhere
	valid    bool   // the verdict
	signed   string

	work     ui.Task
	in       LabInput // of the result
	result   LabResult
	made     bool // the result is shown
	findings []LabFinding
	compared bool

	width, height int
}

func newSignLab(d *desk) *signLab {
	s := &signLab{desk: d, kind: labKinds[0], width: ui.MinWidth, height: ui.MinHeight - ui.ChromeRows}
	path := s.choose(false)
	s.rebuild(map[string]string{"method": "POST", "path": path, "timestamp": api.Timestamp(d.Now())})
	return s
}

// choose turns to requests of ours, or to received ones; it gives the first
// one's path.
func (s *signLab) choose(received bool) (path string) {
	s.received, s.source, s.sources, s.token = received, 0, nil, ""
	for _, source := range s.Lab.Sources() {
		if source.Received == received {
			s.sources = append(s.sources, source)
		}
	}
	if len(s.sources) > 0 {
		s.kind, path = s.sources[0].Kind, s.sources[0].Path
	}
	return path
}

// named reports whether the keys are named by hand.
func (s *signLab) named() bool { return s.source >= len(s.sources) }

var variable = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,63}$`)
})

// rebuild makes the form for the kind and the keys that are chosen.
func (s *signLab) rebuild(values map[string]string) {
	needed := func(v string) string {
		if v == "" {
			return s.T("lab.needed")
		}
		return ""
	}
	name := func(v string) string {
		if !variable().MatchString(v) {
			return s.T("lab.bad-variable")
		}
		return ""
	}
	inName := func(r rune) bool {
		return r == '_' || r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r))
	}
	field := func(name string, limit int, hint words.Key, check func(string) string, keep func(rune) bool) ui.Field {
		f := ui.Field{Name: name, Label: s.T(words.Key("lab.field." + name)), Limit: limit, Value: values[name], Check: check, Keep: keep}
		if hint != "" {
			f.Hint = s.T(hint)
		}
		return f
	}
	var fields []ui.Field
	if s.kind != "client-key" {
		fields = append(fields,
			field("method", 10, "", needed, unicode.IsLetter),
			field("path", 400, "lab.path-hint", needed, unicode.IsPrint))
	}
	fields = append(fields, field("timestamp", 40, "lab.timestamp-hint", needed, unicode.IsPrint))
	if s.received {
		fields = append(fields, s.receivedFields(field, needed, name, inName)...)
	}
	if !s.received {
		if s.kind == "symmetric" { // the profile keeps no token
			fields = append(fields, field("token", 64, "lab.token-hint", name, inName))
		}
		switch {
		case !s.named():
		case s.kind == "symmetric":
			fields = append(fields, field("secret", 64, "lab.secret-hint", name, inName))
		case s.kind == "client-key":
			fields = append(fields, field("client", 64, "", needed, unicode.IsPrint), field("file", 200, "lab.file-hint", needed, unicode.IsPrint))
		default:
			fields = append(fields, field("file", 200, "lab.file-hint", needed, unicode.IsPrint))
		}
	}
	s.form = ui.NewForm(s.Kit, fields...)
	s.SetSize(s.width, s.height)
}

func (s *signLab) input() LabInput {
	v := s.form.Values()
	in := LabInput{
		Kind: s.kind, Method: v["method"], Path: v["path"], Body: s.body, Timestamp: v["timestamp"],
		ClientKey: v["client"], TokenEnv: v["token"], SecretEnv: v["secret"], KeyFile: v["file"], Signature: v["signature"], Token: s.token,
	}
	if !s.named() {
		in.Source = s.sources[s.source].Name
	}
	return in
}

type (
	labMade struct {
		in     LabInput
		result LabResult
		err    error
	}
	labCompared struct {
		findings []LabFinding
		err      error
	}
)

func (s *signLab) Init() tea.Cmd { return s.form.Init() }

func (s *signLab) Update(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case labMade:
		if m.err != nil {
			s.fault = s.T("lab.cannot", "why", api.Clean(m.err.Error(), 200))
			return nil
		}
		s.fault, s.in, s.result, s.made = "", m.in, m.result, true
		s.findings, s.compared, s.top = nil, false, 0
	case labVerified:
		s.takeVerdict(m)
	case labCompared:
		if m.err != nil {
			return ui.Say(s.say(ui.Bad, "lab.cannot", "why", api.Clean(m.err.Error(), 200)))
		}
		s.findings, s.compared, s.top = m.findings, true, 0
	case tea.KeyMsg:
		if !s.made {
			s.fault = ""
			return s.form.Update(m)
		}
	}
	return nil
}

func (s *signLab) SetSize(width, height int) {
	s.width, s.height = width, height
	s.form.SetSize(width-6, max(2, height-9))
}

func (s *signLab) Title() string   { return s.T("home.lab") }
func (s *signLab) Capturing() bool { return !s.made }
func (s *signLab) Leave()          { s.work.Cancel() }

// secretText reports what looks like a key or a token.
func secretText(text string) bool {
	return strings.Contains(text, "-----BEGIN") || strings.HasPrefix(text, "eyJ") || strings.HasPrefix(strings.ToLower(text), "bearer ")
}

// Scan takes what was pasted: the body, a field's text, or, once there is a
// signature, what it is compared with. None of it is shown as it came.
func (s *signLab) Scan(text string) tea.Cmd {
	text = strings.TrimSpace(text)
	switch kind := emv.Classify(text); {
	case secretText(text):
		return ui.Say(s.say(ui.Bad, "lab.no-secrets"))
	case isRequest(text):
		return s.takeRequest(text)
	case s.made && s.received:
		return ui.Say(s.say(ui.Wait, "shell.scan-nowhere"))
	case s.made:
		return s.compare(text)
	case strings.HasPrefix(text, "{") || strings.HasPrefix(text, "[") || strings.ContainsAny(text, "\r\n"):
		s.body, s.fault = text, ""
		return nil
	case kind == emv.KindCPM || kind == emv.KindHalf:
		return ui.Say(s.say(ui.Wait, "shell.scan-nowhere"))
	}
	if f := s.form.Focused(); (f == "token" || f == "secret") && !variable().MatchString(text) {
		return ui.Say(s.say(ui.Bad, "lab.no-secrets"))
	}
	return s.form.Update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(text), Paste: true})
}

func (s *signLab) Bindings() []ui.Binding {
	if s.made {
		table := []ui.Binding{
			{Keys: []string{"c"}, Label: "lab.copy", Help: "lab.copy-help", Do: func() tea.Cmd {
				return ui.Copy(s.result.Signature, s.T("lab.the-signature"))
			}},
			{Keys: []string{"d"}, Label: "lab.copy-digest", Help: "lab.copy-digest-help", Hidden: s.result.Digest == "", Do: func() tea.Cmd {
				return ui.Copy(s.result.Digest, s.T("lab.the-digest"))
			}},
			{Keys: []string{"esc"}, Label: "lab.change", Help: "lab.change-help", Do: func() tea.Cmd { s.made = false; return nil }},
		}
		return append(table, s.scroll.bindings(s.height, func() int { return len(s.text()) })...)
	}
	do, label, help := s.compose, words.Key("lab.compose"), words.Key("lab.compose-help")
	other := ui.Binding{Keys: []string{"ctrl+r"}, Label: "lab.received", Help: "lab.received-help", Do: s.turn}
	if s.received {
		do, label, help = s.verify, "lab.verify", "lab.verify-help"
		other.Label, other.Help = "lab.own", "lab.own-help"
	}
	table := s.form.Bindings(do, label)
	for i := range table {
		table[i].Hidden = i > 0
	}
	return append(table,
		ui.Binding{Keys: []string{"ctrl+s"}, Label: label, Help: help, Do: func() tea.Cmd {
			if s.form.Submit() {
				return do()
			}
			return nil
		}},
		other,
		ui.Binding{Keys: []string{"ctrl+k"}, Label: "lab.kind", Help: "lab.kind-help", Do: func() tea.Cmd {
			s.kind = labKinds[(slices.Index(labKinds, s.kind)+1)%len(labKinds)]
			s.rebuild(s.values())
			return nil
		}},
		ui.Binding{Keys: []string{"ctrl+p"}, Label: "lab.keys", Help: "lab.keys-help", Do: s.nextSource},
		ui.Binding{Keys: []string{"ctrl+t"}, Label: "lab.now", Help: "lab.now-help", Hidden: true, Do: func() tea.Cmd {
			s.form.Set("timestamp", api.Timestamp(s.Now()))
			return nil
		}},
		ui.Binding{Keys: []string{"ctrl+x"}, Label: "lab.no-body", Help: "lab.no-body-help", Hidden: s.body == "", Do: func() tea.Cmd { s.body = ""; return nil }})
}

// values are the form's, with those of fields that it does not show now.
func (s *signLab) values() map[string]string {
	v := s.form.Values()
	if v["method"] == "" {
		v["method"] = "POST"
	}
	if v["path"] == "" && !s.named() {
		v["path"] = s.sources[s.source].Path
	}
	return v
}

// nextSource goes to the next request of the profile, and behind the last one
// to keys that are named. A request brings its kind and path.
func (s *signLab) nextSource() tea.Cmd {
	v := s.values()
	s.source = (s.source + 1) % (len(s.sources) + 1)
	s.token = ""
	if !s.named() {
		s.kind, v["path"] = s.sources[s.source].Kind, s.sources[s.source].Path
	}
	s.rebuild(v)
	return nil
}

func (s *signLab) compose() tea.Cmd {
	in := s.input()
	return s.work.Start(func(ctx context.Context) tea.Msg {
		result, err := s.Lab.Compose(ctx, in)
		return labMade{in, result, err}
	})
}

func (s *signLab) compare(pasted string) tea.Cmd {
	in := s.in
	return s.work.Start(func(ctx context.Context) tea.Msg {
		findings, err := s.Lab.Compare(ctx, in, pasted)
		return labCompared{findings, err}
	})
}

func (s *signLab) View() string {
	if s.made {
		return strings.Join(s.cut(s.desk, s.text(), s.height), "\n")
	}
	width := s.width - 6
	keys := s.T("lab.named")
	if !s.named() {
		keys = s.sources[s.source].Title
	}
	head := s.T("lab.head")
	if s.received {
		head = s.T("lab.received-head")
	}
	lines := []string{"", s.Theme.Dim(ui.Clip(head, width)), ""}
	lines = append(lines, strings.Split(s.Pairs(width,
		ui.Pair{Label: s.T("lab.keys-of"), Value: ui.Clip(keys, width-16)},
		ui.Pair{Label: s.T("lab.kind-of"), Value: ui.Clip(s.T(words.Key("lab.kind."+s.kind)), width-16)}), "\n")...)
	lines = append(append(lines, ""), strings.Split(s.form.View(), "\n")...)
	lines = append(lines, s.bodyLine(width))
	return strings.Join(indent(append(lines, s.faultLines(s.fault, width)...), 3), "\n")
}

// bodyLine tells of the body without showing it: it may hold a customer's code.
func (s *signLab) bodyLine(width int) string {
	switch {
	case s.kind == "client-key":
		return s.Theme.Dim(ui.Clip(s.T("lab.body-uncovered"), width))
	case s.body == "":
		return s.Theme.Dim(ui.Clip(s.T("lab.body-none"), width))
	}
	return s.Theme.Good(ui.Clip(s.T("lab.body-pasted", "bytes", len(s.body), "lines", strings.Count(s.body, "\n")+1), width-2))
}
