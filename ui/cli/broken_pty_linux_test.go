package cli

import (
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// disk lets the console write its files, or not, as a disk that has filled up.
func (c *checkout) disk(full bool) {
	c.t.Helper()
	limit := unix.Rlimit{Cur: unix.RLIM_INFINITY, Max: unix.RLIM_INFINITY}
	if full {
		limit.Cur = 0
	}
	if err := unix.Prlimit(c.Pid(), unix.RLIMIT_FSIZE, &limit, nil); err != nil {
		c.t.Fatal(err)
	}
}

// TestConsoleBreaksDownWhileACustomerPays: the disk is full when "paid" comes,
// and the power goes while a payment is open. Every payment is charged once, and
// none is lost.
func TestConsoleBreaksDownWhileACustomerPays(t *testing.T) {
	t.Parallel()
	c := newCheckout(t, false)
	approve := func() {
		t.Helper()
		if _, err := c.box.Approve("asked", ""); err != nil {
			t.Fatal(err)
		}
	}

	c.order()
	c.Burst(c.code("asked") + "\r")
	c.ask()
	c.charge("Waiting for the customer")
	c.WaitMatch(`asked \d+ s ago`) // the answer is in the journal
	c.disk(true)
	approve()
	c.Press("r")
	c.WaitFor("Paid at the provider, NOT recorded here.")
	c.WaitFor("Do NOT charge again.")
	if strings.Contains(c.Screen(), "PAID") {
		t.Error("it is green, and the journal has nothing of it")
	}
	c.disk(false)
	c.Press("r")
	c.WaitFor("PAID")
	c.leave()

	// The disk is full before the next payment: it is not sent.
	c.order()
	c.Burst(c.code("approves") + "\r")
	c.disk(true)
	c.ask()
	c.Press("y")
	c.WaitFor("disk is full")
	c.notPaid("a payment on a full disk")
	c.disk(false)
	c.Press("esc")
	c.WaitFor("Latest")

	// The power goes; the customer pays meanwhile; the next start finds it out by
	// itself.
	c.order()
	c.Burst(c.code("asked") + "\r")
	c.ask()
	c.charge("Waiting for the customer")
	c.WaitMatch(`asked \d+ s ago`)
	if err := syscall.Kill(c.Pid(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if exit := c.WaitExit(); exit != 128+int(syscall.SIGKILL) {
		t.Errorf("it ended with %d", exit)
	}
	approve()
	c.open()
	c.WaitMatch(`CPM +Rp13 +✓ paid`)
	c.Press("q")
	if exit := c.WaitExit(); exit != exitOK {
		t.Errorf("left with %d", exit)
	}
	c.settled()
	list := runIn(t, c.home, c.program(), "--config", c.config(), "history", "list", "--json")
	if n := strings.Count(list, `"state":"paid"`); n != 2 {
		t.Errorf("%d payments are paid in %s", n, list)
	}
}
