//go:build unix

package ui_test

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"syscall"
	"testing"
	"time"

	"cashier/ui/ptytest"
)

// play starts the demo program and waits for its first screen.
func play(t *testing.T, o ptytest.Options) (*ptytest.Terminal, string) {
	t.Helper()
	dir := t.TempDir()
	o.Env = append(o.Env, demoEnv+"="+dir)
	term := ptytest.Start(t, o)
	term.WaitFor("demo ")
	return term, dir
}

// given checks that the terminal is as it was before the program.
func given(t *testing.T, term *ptytest.Terminal) {
	t.Helper()
	term.WaitGone("SANDBOX") // the last bytes may arrive after the news of the end
	if now := term.Termios(); !reflect.DeepEqual(now, term.Before()) {
		t.Errorf("the terminal's settings are\n%+v\nand were\n%+v", now, term.Before())
	}
	if term.AltScreen() {
		t.Error("the alternate screen is still shown")
	}
	raw := string(term.Raw())
	for _, pair := range [][2]string{{"\x1b[?25l", "\x1b[?25h"}, {"\x1b[?2004h", "\x1b[?2004l"}} {
		if strings.LastIndex(raw, pair[0]) > strings.LastIndex(raw, pair[1]) {
			t.Errorf("%q was not undone by %q", pair[0], pair[1])
		}
	}
}

func TestSilentTerminal(t *testing.T) {
	term, dir := play(t, ptytest.Options{Answer: ptytest.Silent})
	first := term.Since()
	t.Logf("first frame after %s", first)
	if first > 300*time.Millisecond*slower {
		t.Errorf("the first frame came after %s, not within 300 ms", first)
	}
	if n := strings.Count(string(term.Raw()), "\x1b]11;?"); n != 1 {
		t.Errorf("the terminal was asked for its background %d times, want once", n)
	}
	term.Press("q")
	if code := term.WaitExit(); code != 0 {
		t.Errorf("exit code %d after q", code)
	}
	given(t, term)
	for _, name := range []string{"first", "closed"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Errorf("the hook or cleanup did not run: %v", err)
		}
	}
}

func TestBackgroundAnswer(t *testing.T) {
	t.Run("at once and light", func(t *testing.T) {
		term, _ := play(t, ptytest.Options{Answer: time.Millisecond, Light: true})
		term.WaitFor("light")
	})
	t.Run("environment wins and nobody is asked", func(t *testing.T) {
		term, _ := play(t, ptytest.Options{Env: []string{"CASHIER_BACKGROUND=light"}})
		term.WaitFor("light")
		if strings.Contains(string(term.Raw()), "\x1b]11;?") {
			t.Error("the terminal was asked all the same")
		}
	})
	t.Run("at 400 ms is kept from the keys", func(t *testing.T) {
		term, _ := play(t, ptytest.Options{Answer: 400 * time.Millisecond, Light: true})
		for term.Since() < 500*time.Millisecond {
			term.Press("up") // a key that nothing takes shows that keys arrive
		}
		term.Press("a")
		term.WaitFor("hot-key a")
		screen := term.Screen()
		for _, stray := range []string{"rgb", "alt+", "Scanned", "key 1", "11;"} {
			if strings.Contains(screen, stray) {
				t.Errorf("the late answer came through as %q:\n%s", stray, screen)
			}
		}
		if !strings.Contains(screen, "dark") {
			t.Error("a late answer changed the colours")
		}
	})
}

func TestCrashGivesTerminalBack(t *testing.T) {
	for _, c := range []struct{ name, key, where string }{
		{"in Update", "1", "update"}, {"in a command", "2", "command"}, {"in a goroutine", "3", "goroutine"},
	} {
		t.Run(c.name, func(t *testing.T) {
			term, dir := play(t, ptytest.Options{})
			term.Press(c.key)
			if code := term.WaitExit(); code != 1 {
				t.Errorf("exit code %d, want 1", code)
			}
			given(t, term)
			term.WaitFor("help desk")
			files, _ := filepath.Glob(filepath.Join(dir, "crash-*.txt"))
			if len(files) != 1 {
				t.Fatalf("crash files: %v", files)
			}
			text, err := os.ReadFile(files[0])
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range []string{"cashier demo", "panic: " + c.where + " [secret]", "demo_test.go"} {
				if !strings.Contains(string(text), want) {
					t.Errorf("the crash file lacks %q:\n%s", want, text)
				}
			}
			if strings.Contains(string(text), secret) || strings.Contains(string(term.Raw()), secret) {
				t.Error("the secret came out")
			}
			if _, err := os.Stat(filepath.Join(dir, "closed")); err != nil {
				t.Error("the cleanup did not run")
			}
		})
	}
}

func TestSignalGivesTerminalBack(t *testing.T) {
	for _, s := range []syscall.Signal{syscall.SIGHUP, syscall.SIGTERM, syscall.SIGINT} {
		t.Run(s.String(), func(t *testing.T) {
			term, dir := play(t, ptytest.Options{})
			term.Signal(s)
			if code := term.WaitExit(); code != 128+int(s) {
				t.Errorf("exit code %d, want %d", code, 128+int(s))
			}
			given(t, term)
			if _, err := os.Stat(filepath.Join(dir, "closed")); err != nil {
				t.Error("the cleanup did not run")
			}
		})
	}
}

func TestSuspend(t *testing.T) {
	term, _ := play(t, ptytest.Options{})
	for n := 1; n <= 2; n++ {
		term.Press("ctrl+z")
		term.WaitStopped(n)
		given(t, term)
		term.Foreground()
		term.WaitFor(strings.Repeat("   resumed\n", n))
	}
	term.Press("a")
	term.WaitFor("hot-key a")
	term.Press("ctrl+c")
	if code := term.WaitExit(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	given(t, term)
}

func TestResize(t *testing.T) {
	term, _ := play(t, ptytest.Options{Cols: 120, Rows: 40})
	term.WaitFor("demo 120x36")
	term.Resize(79, 24)
	term.WaitFor("Needs 80x24, has 79x24.")
	term.Resize(80, 24)
	term.WaitFor("demo 80x20")
	term.Resize(20, 5)
	term.WaitFor("20x5.")
	term.Press("q")
	if code := term.WaitExit(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	given(t, term)
}

// patient is a program that a slow scanner is not held up for by the machine.
var patient = ptytest.Options{Env: []string{patientEnv + "=1"}}

func TestScannerOnTheWrongScreen(t *testing.T) {
	for name, scan := range map[string]string{
		"fast":             "a1daq23\r",
		"slow":             "a1daq23\r",
		"no terminator":    "a1daq23",
		"with separators":  "a1 d\x1daq\t23\r\n",
		"256 bytes":        strings.Repeat("a1d2", 64),
		"512 and an Enter": strings.Repeat("a1d2", 128) + "\r",
	} {
		t.Run(name, func(t *testing.T) {
			var term *ptytest.Terminal
			if name == "slow" {
				term, _ = play(t, patient)
				term.Slowly(scan, 3*time.Millisecond)
			} else {
				term, _ = play(t, ptytest.Options{})
				term.Burst(scan)
			}
			term.WaitFor("Scanned, but nothing here takes a code.")
			if s := term.Screen(); strings.Contains(s, "hot-key") || strings.Contains(s, "Really") || strings.Contains(s, "key ") {
				t.Errorf("the scan was taken for keys:\n%s", s)
			}
			term.Press("a")
			term.WaitFor("hot-key a")
		})
	}
}

func TestScannerOnAScanScreen(t *testing.T) {
	term, _ := play(t, patient)
	term.Press("s")
	term.WaitFor("Scan")
	term.Burst("hQVDUFYw\r")
	term.WaitFor(`scan "hQVDUFYw"`)
	term.Press("down")
	term.Slowly("userid 123\t456\r", 2*time.Millisecond)
	term.WaitFor(`scan "userid 123\t456"`)
	term.Press("down")
	term.Paste("pasted-1")
	term.WaitFor(`scan "pasted-1"`)
	term.Press("down")
	long := strings.Repeat("0123456789abcdef", 16)
	term.Burst(long) // exactly 256 bytes and no terminator
	term.WaitFor(`0123456789abcdef01`)
	term.Press("esc")
	term.WaitFor("demo 80x20")
}

func TestUnterminatedPasteHasAWayOut(t *testing.T) {
	term, _ := play(t, ptytest.Options{})
	term.Press("a")
	term.WaitFor("hot-key a")
	term.Burst("\x1b[200~never ended")
	term.Press("ctrl+c")
	if code := term.WaitExit(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	given(t, term)
}

func TestNoKeyTypedAheadMovesMoney(t *testing.T) {
	term, _ := play(t, ptytest.Options{})
	term.Press("d")
	term.Burst("\x1b[C") // right, towards Yes
	term.Burst("\r")
	term.WaitFor("Really Yes?")
	term.WaitFor("one moment")
	term.Burst("y")
	term.WaitFor("choose   Enter do it")
	if strings.Contains(term.Screen(), "money moved") {
		t.Fatal("a typed-ahead key moved money")
	}
	term.Burst("y1234567\r") // a scan
	term.WaitFor("Answer the question first")
	term.WaitFor("choose   Enter do it")
	if strings.Contains(term.Screen(), "money moved") {
		t.Fatal("a scan moved money")
	}
	term.Press("right", "enter")
	term.WaitFor("money moved")
}

func TestFormInTerminal(t *testing.T) {
	term, _ := play(t, ptytest.Options{})
	term.Press("f")
	term.WaitFor("as on the card")
	term.Burst("Budi Santoso\r") // a scanned card: the text, not the Enter
	term.WaitFor("Budi Santoso")
	term.WaitFor("The Enter came with a scan")
	term.Press("enter")
	term.Type("012")
	term.WaitFor("needs four digits")
	term.Press("enter")
	if strings.Contains(term.Screen(), "sent") {
		t.Fatal("a wrong form was sent")
	}
	term.Type("3")
	term.WaitGone("needs four digits")
	term.Press("enter")
	term.WaitFor("sent Budi Santoso 0123")
}

// A customer's code that is scanned or pasted while the palette or a question
// for a text is open must not be seen there, by any shape of scanner.
func TestCodeIsKeptOutOfTheShellsTexts(t *testing.T) {
	code := "hQVDUFYw" + strings.Repeat("Zx9K", 62) // 256 characters
	for _, place := range []struct{ name, key, shown, notice, word, typed, takes string }{
		{"palette", ":", "type to search", "nothing here takes", "yes", ": yes", "Really Yes?"},
		{"dialog", "t", "Why?", "Answer the question first", "who", "   who", "because who"},
	} {
		for name, scan := range map[string]func(*ptytest.Terminal){
			"fast":        func(term *ptytest.Terminal) { term.Burst(code + "\r") },
			"slow":        func(term *ptytest.Terminal) { term.Slowly(code[:40]+"\r", 3*time.Millisecond) },
			"no Enter":    func(term *ptytest.Terminal) { term.Burst(code) },
			"paste":       func(term *ptytest.Terminal) { term.Paste(code) },
			"short paste": func(term *ptytest.Terminal) { term.Paste(code[:40]) },
		} {
			t.Run(place.name+"/"+name, func(t *testing.T) {
				options := ptytest.Options{}
				if name == "slow" {
					options = patient
				}
				term, _ := play(t, options)
				term.Press(place.key)
				term.WaitFor(place.shown)
				term.WaitFor("Enter do it") // open, and quiet for long enough
				scan(term)
				term.WaitFor(place.notice)
				term.WaitFor("Enter do it")
				if s := term.Screen(); strings.Contains(s, "hQV") || strings.Contains(s, "Zx9K") {
					t.Errorf("the code is shown:\n%s", s)
				}
				if name == "slow" {
					return // to a patient program quick fingers are a scanner
				}
				term.Type(place.word) // what a person types still arrives; three letters are never a code
				term.WaitFor(place.typed)
				if place.name == "dialog" {
					term.Press("right")
				}
				// A busy machine may have delivered the letters in one piece: then an
				// Enter right behind them is a scanner's.
				term.Slowly("\r", 700*time.Millisecond)
				term.WaitFor(place.takes)
				if raw := string(term.Raw()); strings.Contains(raw, "Zx9K") {
					t.Error("the code was written to the terminal")
				}
			})
		}
	}
}
