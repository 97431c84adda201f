package ui

import (
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
)

// scannedCode is a customer's code as it comes from a scanner and a clipboard.
var scannedCode = codeStart + "w" + strings.Repeat("Zx9K", 51)

// askWhy opens a question for a text and waits until it takes keys.
func (s *stage) askWhy(do func(string) tea.Cmd) {
	s.send(askMsg{Dialog{Title: "Why?", Field: &Field{Name: "why", Label: "Reason"},
		Choices: []Choice{{Label: "Keep"}, {Label: "Go on", DoText: do}}}})
	s.quiet()
}

func TestScanComesIntoNoTextOfTheShell(t *testing.T) {
	for name, scan := range map[string]func(*stage){
		"fast": func(s *stage) { s.send(typedKey(scannedCode)); s.send(typedKey("CR")) },
		"slow": func(s *stage) {
			for _, r := range scannedCode {
				s.clock.now = s.clock.now.Add(3 * time.Millisecond)
				s.send(typedKey(string(r)))
			}
			s.send(typedKey("CR"))
		},
		"in pieces without Enter": func(s *stage) {
			s.send(typedKey(scannedCode[:100]))
			s.clock.now = s.clock.now.Add(60 * time.Millisecond)
			s.send(typedKey(scannedCode[100:]))
			s.clock.now = s.root.gate.deadline
			s.send(gateTick{})
		},
		"paste":             func(s *stage) { s.send(typedKey("PASTE:" + scannedCode)) },
		"paste of its head": func(s *stage) { s.send(typedKey("PASTE: " + scannedCode[:30])) },
		"paste of its tail": func(s *stage) { s.send(typedKey("PASTE:" + scannedCode[20:])) },
	} {
		t.Run(name+"/dialog", func(t *testing.T) {
			home := &scanPage{}
			s := newStage(t, home)
			answered := ""
			s.askWhy(func(v string) tea.Cmd { answered = v; return nil })
			s.press("n", "o")
			s.clock.now = s.clock.now.Add(time.Second)
			scan(s)
			s.shows("Answer the question first")
			if got := s.root.dialog().form.Value("why"); got != "no" {
				t.Errorf("the field holds %q", got)
			}
			s.quiet()
			s.press("t", "TAB", "CR")
			if answered != "not" || len(home.scans) != 0 {
				t.Errorf("answered %q; the screen below got %q", answered, home.scans)
			}
		})
		t.Run(name+"/palette", func(t *testing.T) {
			home := &scanPage{}
			s := newStage(t, home)
			s.press(":", "h")
			s.clock.now = s.clock.now.Add(time.Second)
			scan(s)
			s.shows("nothing here takes")
			if got := s.root.palette.input.Value(); got != "h" {
				t.Errorf("the palette holds %q", got)
			}
			s.clock.now = s.clock.now.Add(time.Second)
			s.press("e")
			if got := s.root.palette.input.Value(); got != "he" || len(home.scans) != 0 {
				t.Errorf("the palette holds %q; the screen below got %q", got, home.scans)
			}
		})
	}
}

func TestShortPasteComesIntoADialogsField(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"salah jumlah", "salah jumlah"},
		{strings.Repeat("x", longestPaste), strings.Repeat("x", longestPaste)},
		{strings.Repeat("x", longestPaste+1), ""},
	} {
		s := newStage(t, &page{})
		s.askWhy(nil)
		s.send(typedKey("PASTE:" + c.text))
		if got := s.root.dialog().form.Value("why"); got != c.want {
			t.Errorf("a paste of %d characters leaves %q", len(c.text), got)
		}
	}
}

// A batch gives its messages in any order, so that the screen may have gone
// when its notice comes. Nothing else of a screen that has gone is heard.
func TestNoticeOutlivesItsScreen(t *testing.T) {
	for name, order := range map[string][]tea.Msg{
		"said first": {Notice{Good, "It is done."}, popMsg{}},
		"said last":  {popMsg{}, Notice{Good, "It is done."}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t, &page{})
			s.send(addressed{1, pushMsg{&page{title: "Second"}}})
			for _, msg := range order {
				s.send(addressed{2, msg})
			}
			s.hides("Second")
			s.shows("It is done.")
		})
	}
	s := newStage(t, &page{})
	s.send(addressed{1, pushMsg{&page{}}})
	s.send(addressed{2, popMsg{}})
	var task Task
	task.Start(nil)
	s.send(addressed{2, answer{&task, task.generation, Notice{Bad, "too late"}}})
	s.hides("too late")
}

func TestHelpSaysThatMoreFollows(t *testing.T) {
	var many []Binding
	for range 20 {
		many = append(many, Binding{Keys: []string{"x"}, Label: "shell.open"})
	}
	s := newStage(t, &page{bindings: many})
	s.press("?")
	s.shows("▾ 14 of ")
	s.press("UP")
	s.shows("▾ 14 of ")
	for range 40 {
		s.press("j")
	}
	s.hides("▾")
	s.shows("▴ ")
	s.send(tea.WindowSizeMsg{Width: 80, Height: 60})
	s.hides("▴")
}

func TestPairsInNoRoom(t *testing.T) {
	for _, width := range []int{-100, -1, 0, 1, 2} {
		if got := plainKit().Pairs(width, Pair{"Label", "value", Plain}); got == "" {
			t.Errorf("width %d draws nothing", width)
		}
		f := NewForm(plainKit(), Field{Name: "a", Label: "Label", Hint: "hint", Value: "x"})
		f.SetSize(width, 4)
		if f.View() == "" {
			t.Errorf("width %d draws no form", width)
		}
	}
}
