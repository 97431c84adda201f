package views

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cashier/api/till"
	"cashier/ui/paper"
	"cashier/ui/words"
)

// fakePress is a printer of paper of 80 mm that keeps its jobs.
type fakePress struct {
	jobs  [][]byte
	err   error
	block chan struct{} // a job waits until this is closed
}

func (f *fakePress) press(marks paper.Marks) *paper.Press {
	letters, _ := paper.LettersOf("")
	return &paper.Press{Sheet: paper.Sheet{Width: 80, Letters: letters}, Name: "192.168.1.50:9100", Marks: marks, Out: func(_ context.Context, job []byte) error {
		if f.block != nil {
			<-f.block
		}
		f.jobs = append(f.jobs, job)
		return f.err
	}}
}

func (f *fakePress) deps(d *Deps) { d.Press = f.press(d.Settings.(paper.Marks)) }

func (f *fakePress) last(t *testing.T) string {
	t.Helper()
	if len(f.jobs) == 0 {
		t.Fatal("nothing was printed")
	}
	return string(f.jobs[len(f.jobs)-1])
}

func TestReceiptIsPrintedOnceAsOriginal(t *testing.T) {
	f, folder := &fakePress{}, t.TempDir()
	runPay(t, options{world: payDay, deps: func(d *Deps) { f.deps(d); d.PNGFolder = folder }}, func(p *program, _ *fakePayments) {
		p.open(paidReference)
		p.press("p")
		if len(f.jobs) > 0 {
			t.Fatal("looking at a receipt prints it")
		}
		p.want("p print", paidReference)
		p.wantNot("COPY")
		f.err = &paper.Trouble{Printer: "192.168.1.50:9100", Stage: paper.StageOff, Err: errors.New("refused")}
		p.press("p")
		p.want("Not printed", "192.168.1.50:9100 cannot be reached", "nothing was printed.", "stays as it is")
		p.answer("enter")
		p.wantNot("COPY")
		f.err = nil
		p.press("p")
		p.want("Printed.")
		job := f.last(t)
		for _, text := range []string{"Rp12.500", paidReference, "TEST - NO REAL MONEY", "\x1d!\x11Rp12.500\n", "BCA **8231"} {
			if !strings.Contains(job, text) {
				t.Errorf("the receipt has no %q: %q", text, job)
			}
		}
		if strings.Contains(job, "COPY") {
			t.Error("the original is a copy")
		}
		p.wantNot("COPY")
		p.press("end")
		p.want("the next one is marked as a copy")
		p.press("s") // so is what is saved from now on
		p.want("Saved as")
		if text, err := os.ReadFile(filepath.Join(folder, "cashier-"+paidReference+".txt")); err != nil || !bytes.Contains(text, []byte("*** COPY ***")) {
			t.Errorf("saved: %s, %v", text, err)
		}
		p.press("p")
		p.want("marked as a copy")
		if !strings.Contains(f.last(t), "*** COPY ***") {
			t.Errorf("the second print is no copy: %q", f.last(t))
		}
		p.press("esc", "p") // the record says so too
		p.want("*** COPY ***")
		if len(f.jobs) != 3 {
			t.Errorf("%d jobs, want 3", len(f.jobs))
		}
	})
}

// TestPaidIsPrintedAtOnce: with the customer there one key is enough.
func TestPaidIsPrintedAtOnce(t *testing.T) {
	f := &fakePress{}
	runPay(t, options{lang: words.Indonesian, deps: f.deps}, func(p *program, pays *fakePayments) {
		p.charge(pays)
		p.begun(pays, pays.record(till.Paid, nil), nil)
		p.pass(endQuiet + 100*time.Millisecond)
		p.want("p cetak struk")
		p.press("p")
		p.want("Sudah dicetak.", "Rp12.500")
		if !strings.Contains(f.last(t), "BUKAN UANG ASLI") {
			t.Errorf("%q", f.last(t))
		}
	})
}

// TestPrinterNeverHoldsTheScreen: one that takes no job leaves all keys free,
// and is not given a second one meanwhile.
func TestPrinterNeverHoldsTheScreen(t *testing.T) {
	f := &fakePress{}
	runPay(t, options{world: payDay, deps: f.deps}, func(p *program, _ *fakePayments) {
		f.block = make(chan struct{})
		p.open(paidReference)
		p.press("p", "p")
		p.want("Printing on 192.168.1.50:9100")
		p.press("w")
		p.wantNot(strings.Repeat("-", widePaper))
		p.press("p")
		p.want("it is being printed")
		p.press("esc", "esc")
		p.want("Take a payment")
		close(f.block)
		p.settle()
		p.want("Printed.")
		if len(f.jobs) != 1 {
			t.Errorf("%d jobs, want 1", len(f.jobs))
		}
	})
}

// TestPrinterThatFailsBehindTheScreen: whoever went on is told.
func TestPrinterThatFailsBehindTheScreen(t *testing.T) {
	f := &fakePress{err: &paper.Trouble{Printer: "192.168.1.50:9100", Stage: paper.StageOff, Err: errors.New("refused")}}
	runPay(t, options{world: payDay, deps: f.deps}, func(p *program, _ *fakePayments) {
		for _, keys := range [][]string{{"p", "p"}, {"h", "p"}} { // the receipt, the slip
			f.block = make(chan struct{})
			p.open(paidReference)
			p.press(keys...)
			p.want("Printing on 192.168.1.50:9100")
			p.press("esc", "esc", "esc")
			p.want("Take a payment")
			close(f.block)
			p.settle()
			p.want("✗ Not printed. The printer 192.168.1.50:9100 cannot be reached")
			p.wantFits(80, 24)
		}
	})
}

func TestWithoutPrinterTheTextIsSaved(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "out")
	runPay(t, options{world: payDay, deps: func(d *Deps) { d.PNGFolder = folder }}, func(p *program, _ *fakePayments) {
		p.open(paidReference)
		p.press("p", "p")
		p.want("Saved as")
		p.press("esc", "esc", "esc")
		p.open(parkedReference)
		p.press("h", "p")
		p.want("Saved as")
	})
	for name, want := range map[string]string{"cashier-" + paidReference + ".txt": "Rp12.500", "cashier-" + parkedReference + "-slip.txt": "Time, service, code"} {
		text, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil || !bytes.Contains(text, []byte(want)) {
			t.Errorf("%s: %q, %v", name, text, err)
		}
	}
}

// TestTicket: a user id's slip holds its code, byte for byte.
func TestTicket(t *testing.T) {
	f := &fakePress{}
	folder := t.TempDir()
	run(t, options{world: someDay, deps: func(d *Deps) { f.deps(d); d.PNGFolder = folder }}, func(p *program) {
		showCode(p)
		p.want("s save PNG", "p print")
		p.press("p")
		p.want("Printed.")
		const code = "userid123456789"
		if store := "\x1d(k" + string(rune(len(code)+3)) + "\x001P0" + code; !strings.Contains(f.last(t), store) {
			t.Errorf("the slip has no code: %q", f.last(t))
		}
		for _, text := range []string{"Budi Santoso", "TEST - NO REAL MONEY", "C261120140243K7M2RX4T9WZB"} {
			if !strings.Contains(f.last(t), text) {
				t.Errorf("the slip has no %q", text)
			}
		}
		p.press("s")
		p.want("saved as a picture")
		f.err = &paper.Trouble{Printer: "x", Stage: paper.StageEmpty}
		p.press("f", "p")
		p.want("has no paper")
	})
}

// TestSlipIsPrinted whatever a server has said in it.
func TestSlipIsPrinted(t *testing.T) {
	f := &fakePress{}
	runPay(t, options{world: payDay, deps: f.deps}, func(p *program, _ *fakePayments) {
		tx, _ := p.world.Get(t.Context(), parkedReference)
		tx.ResponseMessage = "pa\x1b@\x1dV\x00id"
		p.world.put(tx)
		p.open(parkedReference)
		p.press("h", "p")
		p.want("Printed.")
		if job := f.last(t); strings.Count(job, "\x1b@") != 1 || strings.Count(job, "\x1dV") != 1 || !strings.Contains(job, "Help-desk slip") || !strings.Contains(job, "Q26 1120 1445 03 PARK 0000 000B") {
			t.Errorf("%q", job)
		}
	})
}

func TestGoldenPrinting(t *testing.T) {
	for _, v := range []look{
		{"en-80x24", options{}}, {"id-80x24", options{lang: words.Indonesian}}, {"en-120x40", options{width: 120, height: 40}},
		{"truecolor-80x24", options{profile: profileTrueColor}},
	} {
		for name, stage := range map[string]paper.Stage{"print-done": "", "print-off": paper.StageOff, "print-silent": paper.StageSilent} {
			t.Run(v.folder+"/"+name, func(t *testing.T) {
				f := &fakePress{}
				if stage != "" {
					f.err = &paper.Trouble{Printer: "192.168.1.50:9100", Stage: stage}
				}
				o := v.o
				o.world, o.deps = payDay, f.deps
				runPay(t, o, func(p *program, _ *fakePayments) {
					p.open(paidReference)
					p.press("p", "p")
					p.pass(500 * time.Millisecond)
					p.golden(v, name)
				})
			})
		}
	}
}
