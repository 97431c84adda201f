package views

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/muesli/termenv"

	"cashier/api"
	"cashier/api/till"
	"cashier/ui/words"
)

var update = flag.Bool("update", false, "write the golden screens of testdata")

// scene is one screen: the way to it from home.
type scene struct {
	name  string
	world func(*world)
	play  func(*program)
}

// ask fills nothing in (the config's courier stands there), confirms, and
// stops where the request is under way.
func ask(p *program) {
	p.press("1", "ctrl+s")
	p.answer("y")
}

// finish lets the request end.
func finish(p *program, tx till.Transaction, err error) {
	p.world.attempt(1)
	p.settle()
	p.pass(3 * time.Second)
	tx.Reference, tx.Kind, tx.Service = p.world.calls[0].reference, till.CDM, "90"
	p.world.outcome <- ended{tx, err}
	p.settle()
}

var scenes = []scene{
	{"home", someDay, func(*program) {}},
	{"home-empty", nil, func(*program) {}},
	{"home-unread", func(w *world) { w.readErr = till.ErrDamaged }, func(*program) {}},
	{"wizard", nil, func(p *program) { p.press("1") }},
	{"wizard-faults", nil, func(p *program) {
		p.press("1", "ctrl+o", "ctrl+u", "tab", "tab", "ctrl+u")
		p.write("08-12")
		p.press("ctrl+s")
	}},
	{"confirm", nil, func(p *program) {
		p.press("1", "ctrl+s")
		p.pass(500 * time.Millisecond)
	}},
	{"sending", nil, func(p *program) {
		ask(p)
		p.world.attempt(1)
		p.world.attempt(2)
		p.pass(3 * time.Second)
	}},
	{"recording", nil, ask},
	{"refused", nil, func(p *program) {
		ask(p)
		finish(p, till.Transaction{State: till.Failed, ResponseCode: "4039005", ResponseMessage: "Do Not Honor", Advice: "403-05"}, nil)
	}},
	{"unknown", nil, func(p *program) {
		ask(p)
		finish(p, till.Transaction{State: till.Unknown, Advice: "timeout", Attempts: make([]till.Attempt, 3)}, nil)
	}},
	{"unsent", nil, func(p *program) {
		ask(p)
		finish(p, till.Transaction{State: till.Unsent, Advice: "no-connection"}, nil)
	}},
	{"inactive", nil, func(p *program) {
		ask(p)
		finish(p, till.Transaction{State: till.Inactive, ResponseCode: "2009000", ResponseMessage: "Successful", Advice: "200-00", ProviderReference: "CDM2938845696", QR: "userid1"}, nil)
	}},
	{"unrecorded", nil, func(p *program) {
		ask(p)
		finish(p, till.Transaction{State: till.Active, QR: "userid1", ProviderReference: "CDM2938845696"}, errors.Join(till.ErrNotRecorded, till.ErrFull))
	}},
	{"code", someDay, showCode},
	{"code-down", someDay, func(p *program) {
		showCode(p)
		tx, _ := p.world.Get(p.t.Context(), p.world.watches[0].reference)
		p.world.watches[0].tell(till.Update{
			Transaction: tx, Answer: api.Answer{Class: api.NotSent, Reason: api.ReasonNoConnection},
			CheckedAt: p.clock.Now().Add(-70 * time.Second), DownSince: p.clock.Now().Add(-40 * time.Second), Next: p.clock.Now().Add(9 * time.Second),
		})
		p.settle()
	}},
	{"code-warned", someDay, func(p *program) {
		showCode(p)
		tx, _ := p.world.Get(p.t.Context(), p.world.watches[0].reference)
		tx.Deposits[1].Flag = "also named with IDR 60000.00"
		p.world.watches[0].tell(till.Update{
			Transaction: tx, Answer: api.Answer{Class: api.Unknown, Reason: api.ReasonUnclear, HTTPStatus: 500},
			CheckedAt: p.clock.Now().Add(-7 * time.Second), Checking: true,
		})
		p.settle()
	}},
	{"code-large", func(w *world) { w.put(w.active("C261120140243K7M2RX4T9WZB", longID(200))) }, func(p *program) {
		p.press("2", "enter", "w")
	}},
	{"history", someDay, func(p *program) { p.press("2") }},
	{"history-open", someDay, func(p *program) { p.press("o") }},
	{"detail", someDay, func(p *program) { p.press("2", "down", "enter") }},
	{"detail-unknown", someDay, func(p *program) { p.press("o", "enter") }},
	{"machine", func(w *world) { someDay(w); w.machine.faults = []string{"90:timeout:1:1"} }, func(p *program) { p.press("3") }},
	{"machine-deposit", someDay, func(p *program) { p.press("3", "enter") }},
}

// showCode opens the first user id's code from the history, with its watch
// under way.
func showCode(p *program) {
	p.press("2", "down", "enter", "w")
	tx, _ := p.world.Get(p.t.Context(), p.world.watches[0].reference)
	p.world.watches[0].tell(till.Update{
		Transaction: tx, Answer: api.Answer{Class: api.Done}, CheckedAt: p.clock.Now().Add(-2 * time.Second), Next: p.clock.Now().Add(3 * time.Second),
	})
	p.settle()
}

func longID(n int) string {
	out := make([]byte, n)
	for i := range out {
		out[i] = "abcdefghijklmnopqrstuvwxyz0123456789"[i%36]
	}
	return string(out)
}

func TestGoldenScreens(t *testing.T) {
	for _, v := range []look{
		{"en-80x24", options{}},
		{"id-80x24", options{lang: words.Indonesian}},
		{"en-120x40", options{width: 120, height: 40}},
		{"id-120x40", options{lang: words.Indonesian, width: 120, height: 40}},
		{"ansi-80x24", options{profile: termenv.ANSI}},
		{"truecolor-80x24", options{profile: profileTrueColor}},
	} {
		for _, s := range payScenes {
			t.Run(v.folder+"/"+s.name, func(t *testing.T) {
				o := v.o
				o.world = s.world
				runPay(t, o, func(p *program, f *fakePayments) {
					s.play(p, f)
					p.golden(v, s.name)
				})
			})
		}
		for _, s := range liveScenes {
			t.Run(v.folder+"/"+s.name, func(t *testing.T) {
				o := v.o
				o.world = s.world
				runLive(t, o, func(p *program, f *fakeLive) {
					s.play(p, f)
					p.hidden()
					p.golden(v, s.name)
				})
			})
		}
		for _, s := range scenes {
			t.Run(v.folder+"/"+s.name, func(t *testing.T) {
				o := v.o
				o.world = s.world
				run(t, o, func(p *program) {
					s.play(p)
					p.golden(v, s.name)
				})
			})
		}
	}
}

// look is how the golden screens of one folder are drawn.
type look struct {
	folder string
	o      options
}

// golden compares what is on the screen with what should be.
func (p *program) golden(v look, name string) {
	p.t.Helper()
	p.wantFits(max(v.o.width, 80), max(v.o.height, 24))
	got := p.view() + "\n"
	if v.o.profile == 0 {
		got = p.text()
	}
	compare(p.t, filepath.Join("testdata", v.folder, name+".txt"), got)
}

// termenv.TrueColor is 0, which run takes for nothing said.
const profileTrueColor = termenv.Profile(-1)

func compare(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (go test ./views -update writes it)", err)
	}
	if string(want) != got {
		t.Errorf("%s differs; want\n%s\ngot\n%s", path, want, got)
	}
}
