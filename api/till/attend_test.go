package till

import (
	"slices"
	"testing"
	"time"

	"cashier/api"
)

// succeed lets another process have the journal, which finds what is open.
func (c *counter) succeed() {
	c.t.Helper()
	c.restart()
	if _, err := c.till.Resume(c.t.Context(), nil); err != nil {
		c.t.Fatal(err)
	}
}

func (c *counter) attend(console string) {
	c.t.Helper()
	if err := c.till.Attend(c.t.Context(), "Q1", console); err != nil {
		c.t.Fatal(err)
	}
}

// fromConsole is a counter with a payment that another process asked for.
func fromConsole(t *testing.T, age time.Duration) *counter {
	c := newCounter(t, pending60)
	o := c.order()
	o.Console = "desk 2"
	c.pay(o)
	c.pass(age)
	return c
}

func TestTheWindowGoesOnWhereItsConsoleDoes(t *testing.T) {
	for _, x := range []struct {
		name   string
		age    time.Duration // when the journal changes hands
		before []string      // what the bank has seen by then, its end
		after  []string      // and from then on until the window's end
	}{
		{"in the window", 20 * time.Second, []string{"ask@19s"}, []string{"ask@21s", "ask@23s", "ask@26s", "ask@29s", "ask@34s", "ask@39s", "ask@44s", "ask@49s", "ask@54s", "ask@59s", "ask@1m0s", "cancel@1m0s", "ask@1m0s"}},
		{"just after its end", 61 * time.Second, []string{"cancel@1m0s", "ask@1m0s"}, []string{"ask@1m1s"}},
	} {
		t.Run(x.name, func(t *testing.T) {
			c := fromConsole(t, x.age)
			c.bank.status = from(api.StatusPending, 70*time.Second, api.StatusCancelled)
			if got := c.bank.log[len(c.bank.log)-len(x.before):]; !slices.Equal(got, x.before) {
				t.Fatalf("before: %v", c.bank.log)
			}
			c.succeed()
			c.attend("desk 2")
			n := len(c.bank.log)
			c.pass(max(time.Minute-x.age, 0))
			if got := c.bank.log[n:]; !slices.Equal(got, x.after) {
				t.Errorf("after: %v", got)
			}
			c.pass(15 * time.Second)
			c.want(Cancelled)
			if n := c.bank.count("cancel"); n != 1 {
				t.Errorf("%d cancels: %v", n, c.bank.log)
			}
		})
	}
}

// TestACancelWithoutAnAnswerIsRepeatedByTheSuccessor: as often as the plan
// says, those of the other process included.
func TestACancelWithoutAnAnswerIsRepeatedByTheSuccessor(t *testing.T) {
	c := newCounter(t, pending60)
	c.bank.cancel = func(n int) api.Answer {
		if n == 3 {
			return done62
		}
		return lost
	}
	o := c.order()
	o.Console = "desk 2"
	c.pay(o)
	c.pass(66 * time.Second)
	if n := c.bank.count("cancel"); n != 2 {
		t.Fatalf("%d cancels before the change: %v", n, c.bank.log)
	}
	c.succeed()
	c.attend("desk 2")
	c.pass(45 * time.Second)
	if n := c.bank.count("cancel"); n != 4 {
		t.Errorf("%d cancels in all: %v", n, c.bank.log)
	}
}

func TestNobodyComesBack(t *testing.T) {
	for _, x := range []struct {
		name string
		come func(c *counter)
	}{
		{"nobody", func(*counter) {}},
		{"another console", func(c *counter) { c.attend("desk 3") }},
		{"a console without a name", func(c *counter) { c.attend("") }},
		{"its console, and the cashier leaves", func(c *counter) { c.attend("desk 2"); c.till.Leave("Q1") }},
		{"the cashier had left before the word came", func(c *counter) { c.till.Leave("Q1"); c.attend("desk 2") }},
		{"its console, too late", func(c *counter) { c.pass(returnWithin); c.attend("desk 2") }},
		{"its console, long after the window", func(c *counter) {
			c.clock.set(noon.Add(91 * time.Second))
			c.succeed()
			c.attend("desk 2")
		}},
	} {
		t.Run(x.name, func(t *testing.T) {
			c := fromConsole(t, 20*time.Second)
			c.succeed()
			x.come(c)
			c.pass(returnWithin)
			c.want(Parked)
			c.pass(time.Hour)
			c.want(Parked)
			if n := c.bank.count("cancel"); n != 0 {
				t.Errorf("cancelled: %v", c.bank.log)
			}
		})
	}
}

// TestAWordThatWasGivenOnceDoesNotReviveAWindow: a payment of this till whose
// cashier left, or which was parked, is no matter of Attend.
func TestAWordThatWasGivenOnceDoesNotReviveAWindow(t *testing.T) {
	c := fromConsole(t, 20*time.Second)
	c.till.Leave("Q1")
	c.attend("desk 2")
	c.pass(5 * time.Minute)
	c.want(Parked)
	if n := c.bank.count("cancel"); n != 0 {
		t.Errorf("cancelled: %v", c.bank.log)
	}
}

// TestALongGapAsksAndParks: the machine slept in the middle of a window, of a
// cancel, of a person's question.
func TestALongGapAsksAndParks(t *testing.T) {
	for _, x := range []struct {
		name   string
		before func(c *counter)
		wake   func(c *counter)
		want   []string
	}{
		{"in the window", func(c *counter) { c.pass(20 * time.Second) }, nil, []string{"ask@1h0m0s"}},
		{"a check at the waking", func(c *counter) { c.pass(20 * time.Second) }, func(c *counter) {
			if _, _, err := c.till.CheckPayment(c.t.Context(), "Q1"); err != nil {
				c.t.Fatal(err)
			}
		}, []string{"ask@1h0m0s"}},
		{"while a cancel is unclear", func(c *counter) { c.pass(61 * time.Second) }, nil, []string{"ask@1h0m0s"}},
		{"after a notification", func(c *counter) { c.pass(20 * time.Second) }, func(c *counter) { c.till.Hurry("Q1") }, []string{"ask@1h0m0s"}},
	} {
		t.Run(x.name, func(t *testing.T) {
			c := newCounter(t, pending60)
			c.bank.cancel = func(int) api.Answer { return lost }
			c.pay(c.order())
			x.before(c)
			n := len(c.bank.log)
			c.clock.set(noon.Add(time.Hour))
			if x.wake != nil {
				x.wake(c)
			}
			c.pass(0)
			c.want(Parked)
			if got := c.bank.log[n:]; !slices.Equal(got, x.want) {
				t.Errorf("after an hour's sleep: %v", got)
			}
		})
	}
}
