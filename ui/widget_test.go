package ui

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"cashier/ui/words"
)

func plainKit() Kit {
	return Kit{Words: words.For(words.English), Theme: NewTheme(ThemeOptions{NoColor: true}), Clock: SystemClock()}
}

func rowsOf(n int) []Row {
	rows := make([]Row, n)
	for i := range rows {
		rows[i] = Row{fmt.Sprint("id", i), Cells(fmt.Sprintf("row %d", i), fmt.Sprint(i*i))}
	}
	return rows
}

// hit presses keys by a table, and gives the rest to update.
func hit(table func() []Binding, update func(tea.Msg) tea.Cmd, keys ...string) {
	for _, k := range keys {
		if b, ok := find(table(), typedKey(k).String()); ok {
			b.Do()
			continue
		}
		update(typedKey(k))
	}
}

func TestListMovesPagesAndKeepsItsRow(t *testing.T) {
	l := NewList(plainKit(), Column{Title: "Name", Flex: true}, Column{Title: "N", Right: true})
	l.SetSize(40, 10)
	more := 0
	l.OnEnd(func() tea.Cmd { more++; return nil })
	l.SetRows(rowsOf(30))
	table := func() []Binding { return l.Bindings(nil, "") }
	at := func(want string) {
		t.Helper()
		if r, _ := l.Selected(); r.ID != want {
			t.Errorf("at %s, want %s", r.ID, want)
		}
		if v := l.View(); !strings.Contains(v, "▸ row "+strings.TrimPrefix(want, "id")+" ") {
			t.Errorf("the cursor's row is not visible:\n%s", v)
		}
		if n := strings.Count(l.View(), "\n") + 1; n > 10 {
			t.Errorf("%d lines in 10", n)
		}
	}
	at("id0")
	hit(table, l.Update, "j", "j", "k")
	at("id1")
	hit(table, l.Update, "G")
	at("id29")
	if more != 1 {
		t.Errorf("asked for more %d times", more)
	}
	l.SetRows(append([]Row{{"new", Cells("row new", "1")}}, rowsOf(40)...))
	at("id29")
	hit(table, l.Update, "g", "UP")
	if r, _ := l.Selected(); r.ID != "new" {
		t.Errorf("at %s", r.ID)
	}
	l.SetRows(nil)
	if _, ok := l.Selected(); ok || !strings.Contains(l.View(), "Nothing here yet.") {
		t.Errorf("an empty list shows\n%s", l.View())
	}
}

func TestListFilter(t *testing.T) {
	l := NewList(plainKit(), Column{Flex: true})
	l.SetSize(60, 8)
	l.SetRows([]Row{{"1", Cells("Kun520B40321 deposited")}, {"2", Cells("Kun520B40322 waiting")}, {"3", Cells("BCA paid")}})
	opened := ""
	table := func() []Binding { return l.Bindings(func(r Row) tea.Cmd { opened = r.ID; return nil }, "shell.open") }
	hit(table, l.Update, "/", "w", "a", "i", "t")
	if !l.Capturing() || l.Len() != 1 {
		t.Fatalf("capturing %v, %d rows", l.Capturing(), l.Len())
	}
	hit(table, l.Update, "CR")
	if l.Capturing() || opened != "" {
		t.Fatalf("Enter in the filter: capturing %v, opened %q", l.Capturing(), opened)
	}
	hit(table, l.Update, "CR")
	if opened != "2" {
		t.Errorf("opened %q", opened)
	}
	hit(table, l.Update, "ESC")
	if r, _ := l.Selected(); l.Len() != 3 || r.ID != "2" {
		t.Errorf("after Esc %d rows, at %s", l.Len(), r.ID)
	}
	hit(table, l.Update, "/", "z", "z")
	if !strings.Contains(l.View(), "Nothing matches “zz”") {
		t.Errorf("no match shows\n%s", l.View())
	}
}

func TestListColumnsAlign(t *testing.T) {
	l := NewList(plainKit(), Column{Title: "A"}, Column{Title: "Sum", Right: true}, Column{Title: "State"})
	l.SetSize(60, 8)
	l.SetRows([]Row{{"1", Cells("é", "Rp1", "✓ paid")}, {"2", Cells("long one", "Rp1.000.000", "x")}})
	var ends []int
	for line := range strings.Lines(ansi.Strip(l.View())) {
		if at := strings.Index(line, "Rp"); at >= 0 {
			amount := strings.Fields(line[at:])[0]
			ends = append(ends, ansi.StringWidth(line[:at])+len(amount))
		}
	}
	if len(ends) != 2 || ends[0] != ends[1] {
		t.Errorf("amounts end at %v:\n%s", ends, l.View())
	}
}

func TestForm(t *testing.T) {
	sent := 0
	four := func(v string) string {
		if len(v) != 4 {
			return "needs four digits"
		}
		return ""
	}
	digits := func(r rune) bool { return r >= '0' && r <= '9' }
	f := NewForm(plainKit(), Field{Name: "name", Label: "Name", Value: "Budi"}, Field{Name: "branch", Label: "Branch", Check: four, Keep: digits})
	f.SetSize(60, 10)
	table := func() []Binding { return f.Bindings(func() tea.Cmd { sent++; return nil }, "shell.ok") }
	if strings.Contains(f.View(), "needs four") {
		t.Error("an empty field is blamed at once")
	}
	hit(table, f.Update, " ", "S", "CR", "CR")
	if f.Focused() != "branch" || sent != 0 || !strings.Contains(f.View(), "✗ needs four digits") {
		t.Errorf("at %s, sent %d:\n%s", f.Focused(), sent, f.View())
	}
	hit(table, f.Update, "0x1", "2", "3")
	if strings.Contains(f.View(), "needs four") {
		t.Errorf("a right value is blamed:\n%s", f.View())
	}
	hit(table, f.Update, "CR")
	if sent != 1 || f.Value("name") != "Budi S" || f.Value("branch") != "0123" {
		t.Errorf("sent %d with %v", sent, f.Values())
	}
	hit(table, f.Update, "TAB")
	if f.Focused() != "name" {
		t.Errorf("TAB went to %s", f.Focused())
	}
}

func TestFormInFewRowsShowsItsField(t *testing.T) {
	var fields []Field
	for i := range 12 {
		fields = append(fields, Field{Name: fmt.Sprint(i), Label: fmt.Sprintf("Field%02d", i)})
	}
	f := NewForm(plainKit(), fields...)
	f.SetSize(60, 7)
	for i := range 12 {
		if v := f.View(); !strings.Contains(v, fmt.Sprintf("Field%02d", i)) || strings.Count(v, "\n") > 6 {
			t.Errorf("field %d is not visible in 7 rows:\n%s", i, v)
		}
		f.move(1)
	}
}

func TestProgress(t *testing.T) {
	k := plainKit()
	for _, c := range []struct {
		gone time.Duration
		bar  int
		note string
	}{{-time.Second, 0, "0:00 of 1:00"}, {0, 0, "0:00 of 1:00"}, {30 * time.Second, 13, "0:30 of 1:00"}, {time.Hour, 26, "1:00 of 1:00"}} {
		got := ansi.Strip(k.Progress(40, c.gone, time.Minute))
		if strings.Count(got, "━") != c.bar || !strings.HasSuffix(got, c.note) || ansi.StringWidth(got) != 40 {
			t.Errorf("after %s: %q", c.gone, got)
		}
	}
	if got := k.Progress(3, 0, time.Minute); got != "0:00 of 1:00" {
		t.Errorf("no room: %q", got)
	}
}

func TestCopySaysWhich(t *testing.T) {
	fails := errors.New("no")
	native := func(err error) func(string) error { return func(string) error { return err } }
	t.Setenv("TMUX", "")
	t.Setenv("STY", "")
	for _, c := range []struct {
		name     string
		terminal bool
		native   func(string) error
		want     string
	}{
		{"both", true, native(nil), "clipboard, and OSC 52"},
		{"native", false, native(nil), "Copied the id to the clipboard."},
		{"terminal", true, native(fails), "terminal's clipboard (OSC 52)"},
		{"none", false, nil, "Could not copy the id"},
	} {
		var out bytes.Buffer
		clip := clipboards{native: c.native}
		if c.terminal {
			clip.terminal = &out
		}
		n, _ := clip.copy(plainKit(), "userid123", "the id")().(Notice)
		if !strings.Contains(n.Text, c.want) {
			t.Errorf("%s: says %q", c.name, n.Text)
		}
		if want := "\x1b]52;c;dXNlcmlkMTIz\x07"; c.terminal && out.String() != want {
			t.Errorf("%s: wrote %q, want %q", c.name, out.String(), want)
		}
	}
}

// TestCopyThroughMultiplexers: tmux takes the sequence bare or wrapped, by its
// settings; screen wrapped alone.
func TestCopyThroughMultiplexers(t *testing.T) {
	const bare = "\x1b]52;c;aWQ=\x07"
	for _, c := range []struct{ variable, want string }{
		{"TMUX", bare + "\x1bPtmux;\x1b" + bare + "\x1b\\"}, {"STY", "\x1bP" + bare + "\x1b\\"}, {"NEITHER", bare},
	} {
		t.Run(c.variable, func(t *testing.T) {
			t.Setenv("TMUX", "")
			t.Setenv("STY", "")
			t.Setenv(c.variable, "1")
			var out bytes.Buffer
			if (clipboards{terminal: &out}).copy(plainKit(), "id", "the id")(); out.String() != c.want {
				t.Errorf("wrote %q, want %q", out.String(), c.want)
			}
		})
	}
}

func TestPairsWrap(t *testing.T) {
	got := ansi.Strip(plainKit().Pairs(20, Pair{"A", "one two three four", Plain}, Pair{"Long", "x", Good}))
	want := "A      one two three\n       four\nLong   x"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
