//go:build unix

package cli

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"cashier/api/till"
)

// TestThePaymentScreenOutlivesTheOwner: Ctrl+C ends a watch that has the
// journal, while a customer is waited for at a console beside it. The screen
// goes on to the end of the same window.
func TestThePaymentScreenOutlivesTheOwner(t *testing.T) {
	t.Parallel()
	const window = 3 * time.Second
	c := &checkout{t: t, charged: map[int]int{}, amount: 10, home: t.TempDir()}
	plan := strings.NewReplacer(`"window":"600ms"`, `"window":"3s"`, `"settle":"300ms"`, `"settle":"3s"`).Replace(shortName)
	if err := os.WriteFile(c.config(), []byte(plan), 0o600); err != nil {
		t.Fatal(err)
	}
	watch := openWith(t, c.home, nil, 100, 24, "--config", c.config(), "--lang", "en", "watch")
	watch.WaitFor("Nothing is open.")
	c.open()
	c.WaitFor("2nd screen ✓")
	c.order()
	c.Burst(c.code("pending") + "\r")
	c.ask()
	c.Press("y")
	watch.WaitFor("Waiting for the customer")
	watch.Press("ctrl+c")
	if code := watch.WaitExit(); code != exitInterrupted {
		t.Errorf("watch ended with %d", code)
	}
	c.WaitFor("Cancelled. The customer was not charged.")
	if strings.Contains(string(c.Raw()), "Still open") {
		t.Error("it was parked on the way")
	}
	c.Press("esc")
	leaveConsole(t, c.Terminal)

	var list struct{ Items []struct{ Reference string } }
	if err := json.Unmarshal([]byte(runIn(t, c.home, c.program(), "--config", c.config(), "history", "list", "--json")), &list); err != nil || len(list.Items) != 1 {
		t.Fatalf("%v: %+v", err, list)
	}
	type event struct {
		At      time.Time
		Service string
	}
	var tx struct {
		State  string
		Events []event
	}
	text := runIn(t, c.home, c.program(), "--config", c.config(), "history", "show", "--json", list.Items[0].Reference)
	if err := json.Unmarshal([]byte(text), &tx); err != nil {
		t.Fatal(err)
	}
	first := func(service string) time.Time {
		i := slices.IndexFunc(tx.Events, func(e event) bool { return e.Service == service })
		if i < 0 {
			t.Fatalf("nothing of %s: %s", service, text)
		}
		return tx.Events[i].At
	}
	if tx.State != string(till.Cancelled) || first("62").Sub(first("60")) < window || strings.Contains(text, `"parked"`) {
		t.Errorf("the journal has %s", text)
	}
}
