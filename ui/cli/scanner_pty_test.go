//go:build unix

package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"cashier/api/sandbox"
	"cashier/qr/emv"
	"cashier/ui"
	"cashier/ui/ptytest"
)

// patientVar, when it is set, lets the console of a test binary take ten times
// as long for a scanner's pause.
const patientVar = "CASHIER_CLI_TEST_PATIENT"

func init() {
	if os.Getenv(patientVar) != "" {
		scanTiming = ui.ScanTiming{Gap: 300 * time.Millisecond, Hold: 350 * time.Millisecond, Idle: 1200 * time.Millisecond}
	}
}

// checkout is a cashier with a scanner at a terminal, and a provider whose
// ledger says what was really paid.
type checkout struct {
	*ptytest.Terminal
	t       *testing.T
	box     *sandbox.Sandbox
	charged map[int]int // debits of what was confirmed, by rupiah
	codes   uint64
	scanned []string
	amount  int
	patient bool
	home    string // the machine's
}

// newCheckout opens the console at 80x24.
func newCheckout(t *testing.T, patient bool) *checkout {
	t.Helper()
	box, err := sandbox.Open(sandbox.Options{GenerateKey: killKey})
	if err != nil {
		t.Fatal(err)
	}
	listener, err := sandbox.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- box.Serve(t.Context(), listener) }()
	t.Cleanup(func() {
		if err := <-served; err != nil {
			t.Error(err)
		}
		if err := box.Close(); err != nil {
			t.Error(err)
		}
	})
	home := t.TempDir()
	c := &checkout{t: t, box: box, charged: map[int]int{}, amount: 10, patient: patient, home: home}
	if err := writeSandboxConfig(t.Context(), box, c.config(), listener.Addr().String()); err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, c.program()); err != nil {
		t.Fatal(err)
	}
	c.open()
	return c
}

func (c *checkout) config() string  { return filepath.Join(c.home, "config.json") }
func (c *checkout) program() string { return filepath.Join(c.home, "cashier") }

// open starts the console on the machine as it is.
func (c *checkout) open() {
	c.t.Helper()
	env := []string{
		"HOME=" + c.home, "XDG_STATE_HOME=" + filepath.Join(c.home, "state"), "XDG_CONFIG_HOME=" + filepath.Join(c.home, "config"), "LANG=en_US.UTF-8",
	}
	if c.patient {
		env = append(env, patientVar+"=1")
	}
	c.Terminal = ptytest.Start(c.t, ptytest.Options{
		Cmd: c.program(), Args: []string{"--config", c.config(), "--lang", "en"}, Dir: c.home, Answer: ptytest.Silent, Env: env,
	})
	c.WaitFor("Latest")
}

// code is a code that a customer shows once.
func (c *checkout) code(customer string) string {
	c.t.Helper()
	c.codes++
	code, err := sandbox.FreshCode(customer, c.codes)
	if err != nil {
		c.t.Fatal(err)
	}
	c.scanned = append(c.scanned, code)
	return code
}

// longCode is one of more than n characters.
func (c *checkout) longCode(customer string, n int) string {
	c.t.Helper()
	read, err := emv.DecodeCPM(c.code(customer))
	if err != nil {
		c.t.Fatal(err)
	}
	application, _ := read.Application()
	for size := 20; ; size++ {
		code, err := emv.Card{PAN: application.PAN(), Token: fmt.Sprintf("F%0*d", size, c.codes)}.Encode()
		if err != nil {
			c.t.Fatal(err)
		}
		if len(code) > n {
			c.scanned = append(c.scanned, code)
			return code
		}
	}
}

// order types the next amount, which nobody else pays here, and stops where a
// code is asked for.
func (c *checkout) order() {
	c.t.Helper()
	c.amount++
	c.Press("2")
	c.WaitFor("How much")
	for i := range fmt.Sprint(c.amount) {
		typed := fmt.Sprint(c.amount)[:i+1]
		c.Press(typed[i:])
		c.WaitMatch(`Amount +` + regexp.QuoteMeta(typed) + `\s`)
	}
	c.Press("enter")
	c.WaitFor("Scan the customer's code now.")
}

// after presses a key when it cannot be a scanner's any more.
func (c *checkout) after(key string) {
	c.t.Helper()
	d := 700 * time.Millisecond
	if c.patient {
		d = 2 * time.Second
	}
	c.Slowly(key, d)
}

// ask goes from the last look to the question before the charge, where it takes
// keys.
func (c *checkout) ask() {
	c.t.Helper()
	c.WaitFor("Look once more")
	c.after("\r")
	c.WaitFor(fmt.Sprintf("Charge Rp%d?", c.amount))
	c.WaitFor("Enter do it")
}

// charge is the cashier's yes, and what the customer's code ends with.
func (c *checkout) charge(ends string) {
	c.t.Helper()
	c.Press("y")
	c.charged[c.amount] = 1
	c.WaitFor(ends)
}

// leave goes back home from a payment that has ended.
func (c *checkout) leave() {
	c.t.Helper()
	c.Press("esc")
	c.WaitFor("Latest")
}

// settled compares the ledger with what was confirmed: one debit for each,
// nothing else was even asked for; and no code was ever on the screen.
func (c *checkout) settled() {
	c.t.Helper()
	ledger := c.box.Ledger()
	for _, p := range ledger.Payments {
		rupiah := int(p.Amount.Minor() / 100)
		want, confirmed := c.charged[rupiah]
		if !confirmed || p.Debits != want {
			c.t.Errorf("%s of Rp%d: %d debits of %s, confirmed: %v", p.Reference, rupiah, p.Debits, p.Customer, confirmed)
		}
	}
	if len(ledger.Payments) != len(c.charged) || len(ledger.Refunds) != 0 {
		c.t.Errorf("%d payments and %d refunds, %d payments were confirmed", len(ledger.Payments), len(ledger.Refunds), len(c.charged))
	}
	raw := string(c.Raw())
	for _, code := range c.scanned {
		if strings.Contains(raw, code[len(code)-30:]) || strings.Contains(raw, code[:60]) {
			c.t.Error("a customer's code was on the screen")
		}
	}
}

// notPaid is the ledger as it is while nothing more may be paid.
func (c *checkout) notPaid(when string) {
	c.t.Helper()
	if n := len(c.box.Ledger().Payments); n != len(c.charged) {
		c.t.Fatalf("%s: %d payments, %d were confirmed", when, n, len(c.charged))
	}
}

// TestPaymentsByScanner is the whole flow of a payment with every shape of a
// scan, right and wrong, and what the provider's ledger says of it.
func TestPaymentsByScanner(t *testing.T) {
	t.Run("shapes", func(t *testing.T) {
		t.Parallel()
		c := newCheckout(t, false)
		cut := func(code string) (a, b, d, e string) { return code[:20], code[20:41], code[41:62], code[62:] }
		for _, shape := range []struct {
			name string
			scan func()
		}{
			{"one burst", func() { c.Burst(c.code("approves") + "\r\n") }},
			{"no terminator", func() { c.Burst(c.code("approves")) }},
			{"split by space, TAB and GS", func() {
				a, b, d, e := cut(c.code("approves"))
				c.Burst(a + " " + b + "\t" + d + "\x1d" + e + "\r")
			}},
			{"two bursts of 256 and a rest", func() {
				code := c.longCode("approves", 400)
				c.Burst(code[:256])
				c.Burst(code[256:] + "\r")
			}},
			{"pasted", func() { c.Paste(c.code("approves") + "\n") }},
		} {
			c.order()
			shape.scan()
			c.notPaid(shape.name)
			c.ask()
			c.notPaid(shape.name)
			c.charge("PAID")
			c.leave()
		}
		c.settled()
	})
	t.Run("slow", func(t *testing.T) {
		t.Parallel()
		c := newCheckout(t, true)
		code := c.code("approves")
		c.Slowly(code+"\r", 2*time.Millisecond) // on the home screen, whose keys its characters are
		c.WaitFor("Scanned, but nothing here takes a code.")
		c.WaitFor("Latest")
		c.order()
		c.Slowly(code+"\r", 2*time.Millisecond)
		c.ask()
		c.Slowly(code+"\r", 2*time.Millisecond) // while the question is open
		c.WaitFor("Answer the question first")
		c.WaitFor("Enter do it")
		c.notPaid("a slow scan while the question is open")
		c.charge("PAID")
		c.leave()
		c.settled()
	})
	t.Run("wrong", func(t *testing.T) {
		t.Parallel()
		c := newCheckout(t, false)
		for _, hot := range []string{c.code("approves"), "1234567890", "12tesq?:5", strings.Repeat("2", 12)} {
			c.Burst(hot + "\r")
			c.WaitFor("Scanned, but nothing here takes a code.")
			c.WaitFor("Latest")
			c.Press("down")
		}
		c.notPaid("scans at home")

		// What is no customer's code, or only half of one, is refused with its reason.
		c.order()
		for _, wrong := range []struct{ text, reason string }{
			{"M1RIYADI/BUDI MR       EABC123 CGKDPSGA 0402 324Y012A0025 100", "This is a boarding pass"},
			{c.code("approves")[:50], "Only part of the code was read"},
			{strings.Repeat(c.code("approves"), 7), "too long for a payment code"},
		} {
			c.Burst(wrong.text + "\r")
			c.WaitFor(wrong.reason)
			c.WaitFor("Nothing was sent")
		}

		// While the question is open no scan answers it, neither its own code nor one
		// that is made of its keys; the first customer's is charged, once.
		first := c.code("approves")
		c.Burst(first + "\r")
		c.WaitFor("Look once more")
		c.after("\r")
		c.WaitFor("Charge Rp")
		c.Burst(first + "\r") // at once
		c.WaitFor("Enter do it")
		for _, scan := range []string{first, c.code("declined-403-14"), "yyyyyyyy", "y\ty\ty\ty"} {
			c.Burst(scan + "\r")
			c.WaitFor("Answer the question first")
			c.WaitFor("Enter do it")
			c.WaitFor("Charge Rp")
			c.notPaid("a scan while the question is open")
			c.Press("left") // takes the notice away: what the next scan says is its own
		}
		c.WaitFor("Enter do it")
		c.charge("PAID")
		c.Burst(c.code("approves") + "\r") // behind the end of a payment
		c.WaitFor("Scanned, but nothing here takes a code.")
		c.leave()

		// Two scans in a row: the second one is held, the first one is charged.
		c.order()
		c.Burst(c.code("approves") + "\r" + c.code("declined-403-14") + "\r")
		c.WaitFor("Another code was scanned")
		c.notPaid("two scans")
		c.WaitFor("Enter do it")
		c.Press("enter") // keeps the first
		c.ask()
		c.charge("PAID")
		c.leave()

		// The same code twice is one code; a scan while the payment is on its way
		// neither cancels nor accepts it.
		c.order()
		code := c.code("asked")
		c.Burst(code + "\r" + code + "\r")
		c.ask()
		c.charge("Waiting for the customer")
		for _, scan := range []string{code, c.code("approves"), "xxxxxsy", "r x s y"} {
			c.Burst(scan + "\r")
			c.WaitFor("Scanned, but nothing here takes a code.")
			c.Press("down")
		}
		if _, err := c.box.Approve("asked", ""); err != nil {
			t.Fatal(err)
		}
		c.WaitFor("PAID")
		c.leave()
		for _, p := range c.box.Ledger().Payments {
			if p.Customer != "approves" && p.Customer != "asked" {
				t.Errorf("%s was charged", p.Customer)
			}
		}
		c.settled()
	})
}
