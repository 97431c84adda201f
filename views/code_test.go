package views

import (
	"image/color"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
	"github.com/muesli/termenv"

	"cashier/api"
	"cashier/api/till"
	"cashier/qr"
	"cashier/qr/qrtest"
	"cashier/ui"
)

// scan reads the QR code from the cells of an emulator that shows a frame.
func scan(t *testing.T, frame string, width, height int) (qrtest.Code, error) {
	t.Helper()
	screen := vt.NewEmulator(width, height)
	defer screen.Close()
	if _, err := screen.WriteString(strings.ReplaceAll(frame, "\n", "\r\n")); err != nil {
		t.Fatal(err)
	}
	resolve := func(c color.Color) color.Color {
		switch c := c.(type) {
		case ansi.BasicColor:
			return screen.IndexedColor(int(c))
		case ansi.IndexedColor:
			return screen.IndexedColor(int(c))
		}
		return c
	}
	return qrtest.Find(func(x, y int) (string, color.Color, color.Color) {
		cell := screen.CellAt(x, y)
		if cell == nil {
			return " ", nil, nil
		}
		return cell.Content, resolve(cell.Style.Fg), resolve(cell.Style.Bg)
	}, width, height)
}

func TestCodeIsReadFromTheScreen(t *testing.T) {
	for _, c := range []struct {
		name          string
		width, height int
		id            string
		alone         bool
		colours       qr.Colour
		profile       termenv.Profile
		quiet         int
	}{
		{"80x24", 80, 24, "userid123456789", false, qr.TrueColour, profileTrueColor, 4},
		{"80x24 no colour", 80, 24, "userid123456789", false, qr.Colour16, 0, 4},
		{"80x24 longer", 80, 24, longID(40), false, qr.Colour256, 0, 2},
		{"80x24 alone", 80, 24, longID(80), true, qr.TrueColour, 0, 4},
		{"120x40", 120, 40, "userid123456789", false, qr.TrueColour, 0, 4},
		{"120x40 longer", 120, 40, longID(200), false, qr.TrueColour, 0, 4},
		{"120x40 alone", 120, 40, longID(300), true, qr.TrueColour, 0, 4},
	} {
		t.Run(c.name, func(t *testing.T) {
			var frame string
			o := options{
				width: c.width, height: c.height, profile: c.profile, deps: func(d *Deps) { d.QR = c.colours },
				world: func(w *world) { w.put(w.active("C261120140243K7M2RX4T9WZB", c.id)) },
			}
			run(t, o, func(p *program) {
				p.press("2", "enter", "w")
				if c.alone {
					p.press("f")
				}
				p.wantFits(c.width, c.height)
				frame = p.view()
				if c.alone && strings.TrimSpace(strings.ReplaceAll(p.text(), "▄", "")) != "" {
					t.Errorf("something stands beside the code:\n%s", p.text())
				}
			})
			code, err := scan(t, frame, c.width, c.height)
			if err != nil {
				t.Fatalf("the code is not read: %v\n%s", err, ansi.Strip(frame))
			}
			if code.Text != c.id || code.Quiet < c.quiet {
				t.Errorf("read %q with a quiet zone of %d, want %q and %d", code.Text, code.Quiet, c.id, c.quiet)
			}
		})
	}
}

func TestCodeThatDoesNotFitIsNotDrawn(t *testing.T) {
	run(t, options{world: func(w *world) { w.put(w.active("C261120140243K7M2RX4T9WZB", longID(400))) }}, func(p *program) {
		p.press("2", "enter", "w")
		for _, key := range []string{"", "f"} {
			if key != "" {
				p.press(key)
			}
			p.want("The code needs", "the window has 80x24")
			if strings.Contains(p.view(), "▄") {
				t.Error("a part of a code is drawn")
			}
		}
		p.press("esc")
		p.want("ACTIVE", "f alone")
	})
}

func TestCodeOffersTheWholeWindow(t *testing.T) {
	run(t, options{world: func(w *world) { w.put(w.active("C261120140243K7M2RX4T9WZB", longID(84))) }}, func(p *program) {
		p.press("2", "enter", "w")
		p.want("The code needs", "f shows it alone")
		p.press("f")
		if !strings.Contains(p.view(), "▄") {
			t.Error("no code in the whole window")
		}
	})
}

func TestNewDepositIsTold(t *testing.T) {
	run(t, options{world: someDay}, func(p *program) {
		showCode(p)
		w := p.world.watches[0]
		tx, _ := p.world.Get(t.Context(), w.reference)
		tx.Deposits = append([]till.Deposit{p.world.deposit(0, "Kun520B40321", 100_000, api.DepositBooked)}, tx.Deposits...)
		w.tell(till.Update{Transaction: tx, Answer: api.Answer{Class: api.Done}, CheckedAt: p.clock.Now(), Next: p.clock.Now().Add(2 * time.Second)})
		p.settle()
		p.want("A deposit was booked. Now 3, Rp180.000.", "Booked 3 Rp180.000", "Rp100.000 ✓ booked", "Checked 0 s ago, next in 2 s")
		p.pass(1500 * time.Millisecond)
		p.want("Checked 1 s ago, next in 1 s")
	})
}

func TestWatchFollowsTheScreen(t *testing.T) {
	run(t, options{world: someDay}, func(p *program) {
		showCode(p)
		w := p.world.watches[0]
		p.press("r")
		p.send(ui.Resumed{Gap: time.Hour}) // goes to the top screen
		if w.checks != 2 {
			t.Errorf("%d checks on demand, want 2", w.checks)
		}
		p.press("t") // the machine covers it
		p.press("esc")
		p.press("esc") // left for good
		want := []bool{true, false, true, false}
		if len(w.shown) != len(want) {
			t.Fatalf("shown %v, want %v", w.shown, want)
		}
		for i := range want {
			if w.shown[i] != want[i] {
				t.Fatalf("shown %v, want %v", w.shown, want)
			}
		}
		if len(w.subs) != 0 || w.ended {
			t.Error("still subscribed, or the watch was ended")
		}
	})
}

func TestEndedWatchSaysSoAndBeginsAgain(t *testing.T) {
	run(t, options{world: someDay}, func(p *program) {
		showCode(p)
		tx, _ := p.world.Get(t.Context(), p.world.watches[0].reference)
		p.world.watches[0].tell(till.Update{Transaction: tx, Ended: true, CheckedAt: p.clock.Now()})
		p.settle()
		p.world.watches[0].end()
		p.settle()
		p.want("no longer by itself: press r")
		p.press("r")
		if len(p.world.watches) != 2 {
			t.Fatalf("%d watches", len(p.world.watches))
		}
		p.wantNot("no longer by itself")
		p.world.watches[1].tell(till.Update{Transaction: tx, Err: till.ErrOtherProfile, Ended: true})
		p.settle()
		p.want("made with another")
	})
}

func TestPNGIsForItsOwnerOnly(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "codes")
	run(t, options{world: someDay, deps: func(d *Deps) { d.PNGFolder = folder }}, func(p *program) {
		showCode(p)
		p.press("p")
		p.want("Saved as")
	})
	path := filepath.Join(folder, "cashier-C261120140243K7M2RX4T9WZB.png")
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 || info.Size() == 0 {
		t.Errorf("%s has mode %v and %d bytes", path, info.Mode(), info.Size())
	}
}

func TestPNGThatCannotBeSaved(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	run(t, options{world: someDay, deps: func(d *Deps) { d.PNGFolder = filepath.Join(file, "below") }}, func(p *program) {
		showCode(p)
		p.press("f", "p")
		p.want("could not be saved", "ACTIVE")
	})
}

func TestInactiveHasNoCode(t *testing.T) {
	run(t, options{world: func(w *world) {
		tx := w.active("C261120140243K7M2RX4T9WZB", "userid1")
		tx.State = till.Inactive
		w.put(tx)
	}}, func(p *program) {
		p.press("2", "enter")
		p.want("not active", "no code to show")
		p.press("w", "f")
		if strings.Contains(p.view(), "▄") || len(p.world.watches) != 0 {
			t.Error("a code of an inactive user id is shown or watched")
		}
	})
}

func TestScanOnTheCodeDoesNothing(t *testing.T) {
	run(t, options{world: someDay}, func(p *program) {
		showCode(p)
		p.burst("fpcrn12345", "enter")
		p.pass(time.Second)
		p.want("ACTIVE", "nothing here takes a code")
	})
}

func TestWindowThatShrinksNeverCutsTheCode(t *testing.T) {
	run(t, options{width: 120, height: 40, world: func(w *world) { w.put(w.active("C261120140243K7M2RX4T9WZB", longID(200))) }}, func(p *program) {
		p.press("2", "enter", "w")
		for _, size := range [][2]int{{120, 40}, {100, 30}, {80, 24}, {81, 33}, {200, 60}} {
			p.send(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
			p.wantFits(size[0], size[1])
			_, err := scan(t, p.view(), size[0], size[1])
			if drawn := strings.Contains(p.view(), "48;2;255;255;255"); drawn != (err == nil) {
				t.Errorf("%v: drawn is %v, reading it says %v", size, drawn, err)
			}
		}
	})
}

func TestEarlierCheckIsRemembered(t *testing.T) {
	for ago, want := range map[time.Duration]string{
		90 * time.Second: "Checked 1:30 ago, checking now",
		2 * time.Hour:    "Checked 13.02.43, checking now",
		40 * time.Hour:   "Checked 18 Nov 23.02, checking now",
		0:                "Not checked yet, checking now",
	} {
		run(t, options{world: func(w *world) {
			tx := w.active("C261120140243K7M2RX4T9WZB", "userid1")
			if ago > 0 {
				tx.CheckedAt = w.ago(ago)
			}
			w.put(tx)
		}}, func(p *program) {
			p.press("2", "enter")
			p.send(keyMsg("enter"))
			p.want(want)
		})
	}
}
