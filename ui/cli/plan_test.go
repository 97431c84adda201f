package cli

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"cashier/api/notify"
	"cashier/api/snap"
	"cashier/api/till"
	"cashier/ui/config"
)

// The defaults of the config and of the till are the same plan, written down
// twice because neither package may know the other.
func TestDefaultPlan(t *testing.T) {
	want := till.DefaultPlan()
	got := plan(config.DefaultPoll())
	got.Flush, got.ResumeWithin = want.Flush, want.ResumeWithin // no profile's to say
	if !reflect.DeepEqual(got, want) {
		t.Errorf("the config's plan is\n%+v\nthe till's\n%+v", got, want)
	}
}

// Every value of a profile's plan reaches the till.
func TestPlanLosesNothing(t *testing.T) {
	poll := config.DefaultPoll()
	n := time.Duration(0)
	for _, part := range []any{&poll.Deposits, &poll.Payments} {
		v := reflect.ValueOf(part).Elem()
		for i := range v.NumField() {
			switch at := v.Field(i).Addr().Interface().(type) {
			case *time.Duration:
				n++
				*at = n
			case *[]time.Duration:
				n++
				*at = []time.Duration{n}
			case *config.PaidWhen:
				*at = config.PaidAtOnce
			default:
				t.Fatalf("a plan holds a %T", at)
			}
		}
	}
	seen := map[time.Duration]bool{}
	p := plan(poll)
	if !p.PaidAtOnce {
		t.Error("paidWhen is lost")
	}
	v := reflect.ValueOf(p)
	for i := range v.NumField() {
		switch at := v.Field(i).Interface().(type) {
		case time.Duration:
			seen[at] = true
		case []time.Duration:
			for _, d := range at {
				seen[d] = true
			}
		}
	}
	for d := time.Duration(1); d <= n; d++ {
		if !seen[d] {
			t.Errorf("value %d of %d is lost: %+v", d, n, p)
		}
	}
}

// The words of the config and of the server are the same, written down twice
// likewise.
func TestNotifyLiterals(t *testing.T) {
	if config.Unsigned != notify.Unsigned {
		t.Errorf("unsigned is %q in the config and %q at the server", config.Unsigned, notify.Unsigned)
	}
	for _, c := range []struct {
		dialect, path string
		kind          snap.Kind
	}{{"snap-cpm", notify.PaymentPath, snap.Symmetric}, {"paycools", notify.DepositPath, notify.Unsigned}} {
		p := config.Profile{Notify: config.Notify{Sources: map[string]config.NotifySource{"one": {Dialect: c.dialect}}}}
		if in := p.Inbound(); len(in) != 1 || in[0].Path != c.path || in[0].Kind != c.kind {
			t.Errorf("the config's source of %s is %+v, want %s %s", c.dialect, in, c.path, c.kind)
		}
	}
	// The token endpoint: a source at the config's default path is refused, one
	// beside it is not.
	text := func(path string) string {
		return fmt.Sprintf(`{"profiles":{"p":{"sandbox":true,"notify":{"sources":{"s":{"dialect":"snap-cpm","path":%q,
			"publicKey":{"file":"k"},"clientKey":"c","clientSecret":{"env":"E"}}}}}}}`, path)
	}
	load := func(path string) error {
		file := filepath.Join(t.TempDir(), "config.json")
		if err := os.WriteFile(file, []byte(text(path)), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := config.Load(file)
		return err
	}
	if err := load(notify.TokenPath); err == nil || !strings.Contains(err.Error(), "token endpoint") {
		t.Errorf("the config's token path is not %s: %v", notify.TokenPath, err)
	}
	if err := load(notify.TokenPath + "2"); err != nil {
		t.Errorf("%v", err)
	}
	if kinds := slices.Sorted(maps.Keys(decoders)); !slices.Equal(kinds, []string{"paycools", "snap-cpm"}) {
		t.Errorf("there are decoders for %q", kinds)
	}
}
