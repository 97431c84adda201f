package views

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"cashier/api"
	"cashier/api/till"
	"cashier/ui"
	"cashier/ui/words"
)

// many fills the journal with n user ids, one a minute.
func many(n int) func(*world) {
	return func(w *world) {
		for i := range n {
			tx := w.active(api.Reference(fmt.Sprintf("C2611201402%05dRX4T9WZB0", i)), fmt.Sprintf("userid%d", i))
			tx.CreatedAt = w.ago(time.Duration(n-i) * time.Minute)
			tx.Courier.Name = fmt.Sprintf("Courier %d", i)
			w.put(tx)
		}
	}
}

func TestHomeHasTheCountInItsFirstFrame(t *testing.T) {
	run(t, options{world: many(1234)}, func(p *program) {
		p.want("1.234 in the journal", "Courier 1233")
		if p.world.pages != 1 {
			t.Errorf("%d pages were read before the first frame, want 1", p.world.pages)
		}
	})
}

func TestHomeFollowsTheJournal(t *testing.T) {
	run(t, options{}, func(p *program) {
		p.want("0 in the journal")
		p.world.put(p.world.active("C261120140243K7M2RX4T9WZB", "userid1"))
		p.send(Changed{})
		p.want("1 in the journal", "✓ active")
	})
}

func TestHomeReadsAgainAfterAFault(t *testing.T) {
	run(t, options{world: func(w *world) { someDay(w); w.readErr = till.ErrDamaged }}, func(p *program) {
		p.want("file is damaged")
		p.world.readErr = nil
		p.pass(1100 * time.Millisecond)
		p.want("5 in the journal")
		p.wantNot("damaged")
	})
}

func TestHomeOpensWhatTheCursorIsOn(t *testing.T) {
	run(t, options{world: someDay}, func(p *program) {
		for range 5 {
			p.press("down")
		}
		p.press("enter")
		p.want("Transaction", "C261120140243K7M2RX4T9WZB")
		p.press("esc", "up", "enter")
		p.want("C261120145503P4Q8S2V6X0Y1")
		p.press("esc", "up", "enter")
		p.want("Open now", "not sure yet")
	})
}

func TestHomeWithoutTheSandboxHasNoMachine(t *testing.T) {
	run(t, options{deps: func(d *Deps) { d.Machine = nil }, world: someDay}, func(p *program) {
		p.wantNot("Sandbox machine")
		p.press("3")
		p.want("Latest")
		showCode(p)
		p.press("t")
		p.want("ACTIVE")
	})
}

func TestHistoryReadsOnAtItsEnd(t *testing.T) {
	run(t, options{world: many(250)}, func(p *program) {
		p.press("2")
		p.want("1 of 100")
		p.press("end")
		p.want("of 200")
		p.press("end", "end")
		p.want("250 of 250")
		before := p.world.pages
		p.press("end", "down")
		if p.world.pages != before {
			t.Error("read on behind the end")
		}
		// A change reads again and keeps the cursor where it was.
		p.press("up")
		p.world.put(p.world.active("C261120150240NEWNEWNEWNEW", "new"))
		p.send(Changed{})
		p.want("250 of 251")
	})
}

func TestHistoryFilters(t *testing.T) {
	run(t, options{world: someDay}, func(p *program) {
		p.press("2", "/")
		p.write("siti")
		p.wantNot("Budi")
		p.press("enter", "enter")
		p.want("Siti Rahmawati")
	})
}

func TestHistoryOfOpenOnes(t *testing.T) {
	run(t, options{world: someDay}, func(p *program) {
		p.press("2", "o")
		p.want("not sure yet")
		p.wantNot("✓ active", "refused")
		p.press("o")
		p.want("✓ active")
	})
}

func TestHistoryThatCannotBeRead(t *testing.T) {
	run(t, options{world: someDay}, func(p *program) {
		p.world.readErr = errors.New("broken\x1b[2J")
		p.press("2")
		p.want("The journal could not do this: broken[2J")
		p.world.readErr = nil
		p.send(ui.Resumed{})
		p.want("✓ active")
	})
}

func TestDetailRepeatsAnUnsettledOne(t *testing.T) {
	run(t, options{world: someDay}, func(p *program) {
		p.press("o", "enter", "r")
		if len(p.world.calls) != 1 || !p.world.calls[0].repeat || p.world.calls[0].reference != "C261120145503P4Q8S2V6X0Y1" {
			t.Fatalf("calls %+v", p.world.calls)
		}
		if p.world.settings[courierSetting] != nil {
			t.Error("a repeat changed the remembered courier")
		}
		tx, _ := p.world.Get(t.Context(), "C261120145503P4Q8S2V6X0Y1")
		tx.State, tx.QR = till.Active, "userid77"
		p.world.put(tx)
		finish(p, tx, nil)
		p.want("ACTIVE", "userid77")
		p.press("esc")
		p.want("Transaction", "✓ active")
	})
}

func TestDetailChecksOnDemand(t *testing.T) {
	run(t, options{world: someDay}, func(p *program) {
		p.world.checkAn = api.Answer{Class: api.Done}
		p.press("2", "down", "enter", "r")
		p.want("Checked: 2 booked, Rp80.000.")
		p.world.checkAn = api.Answer{Class: api.NotSent, Reason: api.ReasonNoConnection}
		p.press("r")
		p.want("could not be reached")
	})
}

func TestDetailShowsEverything(t *testing.T) {
	run(t, options{world: someDay}, func(p *program) {
		p.press("2", "down", "enter")
		p.want("C261120140243K7M2RX4T9WZB", "Kun520B40322", "more lines")
		p.press("end")
		p.want("What happened", "sent, attempt 1", "answer 2009000", "120 ms", "deposits changed", "1.2 s")
		p.press("home", "up", "pgdown", "down", "down", "down", "down", "down", "down", "down")
		p.want("deposits changed")
		p.wantFits(80, 24)
	})
}

func TestDetailOfNothing(t *testing.T) {
	run(t, options{}, func(p *program) {
		p.world.put(p.world.active("C261120140243K7M2RX4T9WZB", "id"))
		p.send(Changed{})
		delete(p.world.records, "C261120140243K7M2RX4T9WZB")
		for range 4 {
			p.press("down")
		}
		p.press("enter")
		p.want("not in the journal")
	})
}

func TestMachineTakesDeposits(t *testing.T) {
	run(t, options{world: someDay}, func(p *program) {
		p.press("3", "enter", "tab", "ctrl+u")
		p.write("12.500")
		p.press("enter")
		p.want("Digits only")
		p.press("ctrl+u")
		p.write("12500")
		p.press("enter")
		p.answer("w")
		want := DepositOrder{Code: "userid123456789", Machine: "Kun520B40321", Amount: api.IDR(12_500_00), Waiting: true}
		if len(p.world.machine.orders) != 1 || p.world.machine.orders[0] != want {
			t.Fatalf("orders %+v, want %+v", p.world.machine.orders, want)
		}
		p.want("Rp12.500 of test money is in", "For which user ID")
		p.press("b")
		if len(p.world.machine.booked) != 1 || p.world.machine.booked[0] != "userid123456789" {
			t.Fatalf("booked %v", p.world.machine.booked)
		}
		p.want("booked now")
		p.world.machine.err = ErrNothingWaits
		p.press("b")
		p.want("No deposit of this user ID is waiting")
	})
}

func TestMachineRefusals(t *testing.T) {
	run(t, options{world: someDay}, func(p *program) {
		p.world.machine.err = errors.New("the user id is INACTIVE")
		p.press("3", "enter", "enter", "enter")
		p.answer("b")
		p.want("The sandbox did not do it: the user id is INACTIVE", "Machine no.")
	})
}

func TestMachineFaults(t *testing.T) {
	run(t, options{world: someDay}, func(p *program) {
		p.press("3", "a")
		p.pass(500 * time.Millisecond)
		p.write("90:timeout:1:1")
		p.press("enter")
		p.want("From now on: 90:timeout:1:1", "! 90:timeout:1:1")
		p.press("z")
		p.want("none: the sandbox behaves")
	})
}

// Every state's row, word and sentence is whole in both languages.
func TestNoKeyIsMissing(t *testing.T) {
	for _, lang := range []words.Lang{words.English, words.Indonesian} {
		for _, s := range scenes {
			run(t, options{lang: lang, world: s.world}, func(p *program) {
				s.play(p)
				p.wantNot("⟨", "{")
				p.press("esc", "?")
				p.wantNot("⟨", "{")
			})
		}
		for _, s := range liveScenes {
			runLive(t, options{lang: lang, world: s.world}, func(p *program, f *fakeLive) {
				s.play(p, f)
				p.wantNot("⟨", "{id", "{n", "{provider")
				p.press("esc", "?")
				p.wantNot("⟨", "{id", "{n", "{provider")
			})
		}
		for _, g := range Keys(words.For(lang)) {
			for _, b := range g.Bindings {
				if text := words.For(lang).T(cmp.Or(b.Help, b.Label)); len([]rune(text)) > 48 {
					t.Errorf("%s: the help overlay has no room for %q", g.Title, text)
				}
			}
		}
		table := ui.KeyTable(words.For(lang), Keys(words.For(lang))...)
		if len(table) < 2000 {
			t.Errorf("the table of keys has %d bytes", len(table))
		}
		for _, bad := range []string{"⟨", "{"} {
			if strings.Contains(table, bad) {
				t.Errorf("the table of keys has %q:\n%s", bad, table)
			}
		}
	}
}

func TestAnyWindowIsFilledExactly(t *testing.T) {
	for _, s := range scenes {
		t.Run(s.name, func(t *testing.T) {
			run(t, options{world: s.world}, func(p *program) {
				s.play(p)
				for _, size := range [][2]int{{80, 24}, {119, 29}, {120, 30}, {200, 24}, {80, 60}, {300, 100}} {
					p.send(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
					p.wantFits(size[0], size[1])
				}
			})
		})
	}
}

func TestAnyWindowIsFilledByTheLiveScreens(t *testing.T) {
	for _, s := range liveScenes {
		t.Run(s.name, func(t *testing.T) {
			runLive(t, options{world: s.world}, func(p *program, f *fakeLive) {
				s.play(p, f)
				for _, size := range [][2]int{{80, 24}, {119, 29}, {120, 30}, {200, 24}, {80, 60}, {300, 100}} {
					p.send(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
					p.wantFits(size[0], size[1])
					p.hidden()
				}
			})
		})
	}
}
