package views

import (
	"context"
	"regexp"
	"strings"
	"sync"
	"unicode"

	tea "github.com/charmbracelet/bubbletea"

	"cashier/api"
	"cashier/ui"
	"cashier/ui/words"
)

// receivedFields are what a received request is judged by beside its method,
// path and time: its signature, and the sender's keys where they are named.
func (s *signLab) receivedFields(field func(name string, limit int, hint words.Key, check func(string) string, keep func(rune) bool) ui.Field,
	needed, variable func(string) string, inName func(rune) bool) []ui.Field {
	fields := []ui.Field{field("signature", 800, "lab.signature-hint", needed, unicode.IsPrint)}
	if s.kind == "symmetric" && s.token == "" {
		fields = append(fields, field("token", 64, "lab.token-hint", variable, inName))
	}
	if !s.named() {
		return fields
	}
	switch s.kind {
	case "symmetric":
		fields = append(fields, field("secret", 64, "lab.secret-hint", variable, inName))
	case "client-key":
		fields = append(fields, field("client", 64, "", needed, unicode.IsPrint))
		fallthrough
	default:
		public := field("file", 200, "lab.file-hint", needed, unicode.IsPrint)
		public.Label = s.T("lab.field.public")
		fields = append(fields, public)
	}
	return fields
}

type labVerified struct {
	in      LabInput
	verdict LabVerdict
	err     error
}

func (s *signLab) verify() tea.Cmd {
	in := s.input()
	return s.work.Start(func(ctx context.Context) tea.Msg {
		verdict, err := s.Lab.Verify(ctx, in)
		return labVerified{in, verdict, err}
	})
}

func (s *signLab) takeVerdict(m labVerified) {
	if m.err != nil {
		s.fault = s.T("lab.cannot-verify", "why", api.Clean(m.err.Error(), 200))
		return
	}
	s.fault, s.in, s.result, s.made, s.top = "", m.in, m.verdict.LabResult, true, 0
	s.findings, s.compared = m.verdict.Findings, true
	s.valid, s.signed = m.verdict.Valid, m.verdict.Signed
}

// signedAs ends the key of the words for a valid signature.
func (s *signLab) signedAs() string {
	if s.signed == "" {
		return ""
	}
	return "." + s.signed
}

// turn goes from our own requests to received ones and back.
func (s *signLab) turn() tea.Cmd {
	v := s.values()
	if path := s.choose(!s.received); path != "" {
		v["path"] = path
	}
	s.fault = ""
	s.rebuild(v)
	return nil
}

// requestLine begins an HTTP request; its headers follow.
var requestLine = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^([A-Z]{3,10}) (\S+)(?: HTTP/[0-9.]+)?\r?\n[A-Za-z0-9-]+:`)
})

func isRequest(text string) bool { return requestLine().MatchString(text) }

// takeRequest fills the form with a request that was pasted as it came. Its
// token is used and never shown, its body counted only.
func (s *signLab) takeRequest(text string) tea.Cmd {
	start := requestLine().FindStringSubmatch(text)
	head, body, _ := strings.Cut(strings.ReplaceAll(text, "\r\n", "\n"), "\n\n")
	headers := map[string]string{}
	for line := range strings.Lines(head) {
		if name, value, ok := strings.Cut(line, ":"); ok {
			headers[strings.ToUpper(strings.TrimSpace(name))] = strings.TrimSpace(value)
		}
	}
	s.choose(true)
	s.made = false
	path := start[2]
	if at := strings.Index(path, "://"); at >= 0 { // with its host before it
		_, path, _ = strings.Cut(path[at+3:], "/")
		path = "/" + path
	}
	s.source = len(s.sources)
	for i, source := range s.sources {
		if bare, _, _ := strings.Cut(path, "?"); source.Path == bare || source.Path == path {
			s.source, s.kind = i, source.Kind
		}
	}
	if _, token, ok := strings.Cut(headers["AUTHORIZATION"], " "); ok {
		s.token = strings.TrimSpace(token)
	}
	switch {
	case !s.named():
	case s.token != "":
		s.kind = "symmetric"
	case headers["X-CLIENT-KEY"] != "":
		s.kind = "client-key"
	default:
		s.kind = "asymmetric"
	}
	s.body, s.fault = body, ""
	s.rebuild(map[string]string{
		"method": start[1], "path": path, "timestamp": headers["X-TIMESTAMP"], "signature": headers["X-SIGNATURE"], "client": headers["X-CLIENT-KEY"],
	})
	return ui.Say(s.say(ui.Good, "lab.request-taken", "n", len(headers), "bytes", len(body)))
}
