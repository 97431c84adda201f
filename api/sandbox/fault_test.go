package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestParseRule(t *testing.T) {
	for text, want := range map[string]Rule{
		"90:answer-lost":      {"90", AnswerLost, 1, 0},
		"*:escape":            {"*", Escape, 1, 0},
		" 73:timeout:0.25 ":   {"73", Timeout, 0.25, 0},
		"91:refuse:1:1":       {"91", Refuse, 1, 1},
		"90:code-4039005":     {"90", "code-4039005", 1, 0},
		"90:code-4999099:1:3": {"90", "code-4999099", 1, 3},
	} {
		got, err := ParseRule(text)
		if err != nil || got != want {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
		again, err := ParseRule(got.String())
		if err != nil || again != want {
			t.Errorf("%q is spelt %q, which is %+v, %v", text, got, again, err)
		}
	}
	for _, kind := range Kinds() {
		if _, err := ParseRule("90:" + string(kind)); err != nil {
			t.Error(err)
		}
	}
	for text, says := range map[string]string{
		"":                   "parts",
		"90":                 "parts",
		"90:delay:1:1:1":     "parts",
		"12:delay":           `no service "12", it has 51, 59, 60, 61, 62, 73, 74, 80, 90, 91`,
		":delay":             "no service",
		"90:":                "kind",
		"90:explode":         `kind "explode"`,
		"90:code-":           "response code",
		"90:code-403900":     "response code",
		"90:code-1009000":    "response code",
		"90:code-2049000":    "response code",
		"90:delay:0":         "rate",
		"90:delay:1.1":       "rate",
		"90:delay:NaN":       "rate",
		"90:delay:often":     "rate",
		"90:delay:1:0":       "count",
		"90:delay:1:-1":      "count",
		"90:delay:1:1.5":     "count",
		"90:\x1b[31mred:1:1": "kind",
	} {
		_, err := ParseRule(text)
		if !errors.Is(err, ErrRule) || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "\x1b") {
			t.Errorf("%q: %v, want %q in it", text, err, says)
		}
	}
}

// pattern tells which of n requests were struck.
func pattern(s *Sandbox, service string, n int) string {
	var b strings.Builder
	for range n {
		if s.faults.strike(service) == "" {
			b.WriteByte('.')
		} else {
			b.WriteByte('x')
		}
	}
	return b.String()
}

func TestFaultsAreSeeded(t *testing.T) {
	patterns := map[string]bool{}
	for _, seed := range []int64{1, 1, 2} {
		s := open(t, Options{Clock: newClock(), Seed: seed})
		mustFault(t, s, "90:delay:0.3")
		first := pattern(s, "90", 200)
		if n := strings.Count(first, "x"); n < 30 || n > 90 {
			t.Errorf("seed %d: a rate of 0.3 struck %d of 200", seed, n)
		}
		s.ClearFaults()
		mustFault(t, s, "90:delay:0.3")
		if pattern(s, "90", 200) != first {
			t.Errorf("seed %d: after clearing the dice roll otherwise", seed)
		}
		patterns[first] = true
	}
	if len(patterns) != 2 {
		t.Errorf("seeds 1, 1 and 2 gave %d patterns", len(patterns))
	}
}

func TestFaultOrderAndCount(t *testing.T) {
	s := open(t, Options{Clock: newClock()})
	mustFault(t, s, "90:delay:1:2")
	mustFault(t, s, "*:empty:1:2")
	var got []Kind
	for _, service := range []string{"91", "90", "90", "90", "90"} {
		got = append(got, s.faults.strike(service))
	}
	if want := []Kind{Empty, Delay, Delay, Empty, ""}; !slices.Equal(got, want) {
		t.Errorf("struck %q, want %q", got, want)
	}
	if left := s.Faults(); len(left) != 0 {
		t.Errorf("left are %v", left)
	}
	mustFault(t, s, "90:delay:1:2")
	s.faults.strike("90")
	if left := s.Faults(); len(left) != 1 || left[0].String() != "90:delay:1:1" {
		t.Errorf("left are %v", left)
	}
}

func mustFault(t testing.TB, s *Sandbox, rule string) {
	t.Helper()
	if err := s.AddFault(rule); err != nil {
		t.Fatal(err)
	}
}

// faultCase is what a kind does to a request of 90, in memory and over TCP.
type faultCase struct {
	kind      Kind
	processed bool // the user id was made
	check     func(t *testing.T, got response, err error)
}

func faultCases() []faultCase {
	lost := func(t *testing.T, got response, err error) {
		if err == nil {
			t.Errorf("an answer came: %s", got.raw)
		}
	}
	page := func(status int) func(*testing.T, response, error) {
		return func(t *testing.T, got response, err error) {
			if got.status != status || got.fields != nil || !bytes.HasPrefix(got.raw, []byte("<html>")) {
				t.Errorf("%d %s %v", got.status, got.raw, err)
			}
		}
	}
	code := func(status int, code string) func(*testing.T, response, error) {
		return func(t *testing.T, got response, err error) {
			if got.status != status || got.code() != code || err != nil {
				t.Errorf("%d %v %v", got.status, got.fields, err)
			}
		}
	}
	return []faultCase{
		{Refuse, false, lost},
		{RequestLost, false, lost},
		{AnswerLost, true, lost},
		{HTTP500, false, page(500)},
		{HTTP504, true, page(504)},
		{TooMany, false, func(t *testing.T, got response, err error) {
			code(429, "4299000")(t, got, err)
			if got.header.Get("Retry-After") != "1" {
				t.Errorf("Retry-After is %q", got.header.Get("Retry-After"))
			}
		}},
		{TokenExpired, false, code(401, "4019001")},
		{"code-4039005", false, code(403, "4039005")},
		{"code-4999199", false, code(499, "4999199")},
		{Contradiction, true, code(500, "2009000")},
		{BadJSON, true, func(t *testing.T, got response, err error) {
			if _, ok := errors.AsType[*json.SyntaxError](err); !ok || got.status != 200 {
				t.Errorf("%d %s %v", got.status, got.raw, err)
			}
		}},
		{Truncated, true, func(t *testing.T, got response, err error) {
			if !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("%s %v", got.raw, err)
			}
		}},
		{Empty, true, func(t *testing.T, got response, err error) {
			if got.status != 200 || got.header == nil || len(got.raw) != 0 {
				t.Errorf("%d %q", got.status, got.raw)
			}
		}},
		{Huge, true, func(t *testing.T, got response, err error) {
			if len(got.raw) <= 1<<20 || got.code() != "2009000" {
				t.Errorf("%d bytes, %v", len(got.raw), err)
			}
		}},
		{MissingField, true, func(t *testing.T, got response, err error) {
			if len(got.fields) != 2 || got.code() != "2009000" {
				t.Errorf("%s", got.raw)
			}
		}},
		{WrongType, true, func(t *testing.T, got response, err error) {
			if _, list := got.fields["cdmQrcode"].([]any); !list || got.code() != "2009000" {
				t.Errorf("%s", got.raw)
			}
		}},
		{ForeignReference, true, func(t *testing.T, got response, err error) {
			if got.fields["partnerReferenceNo"] != "FOREIGN000000000000000001" || got.fields["cdmQrcode"] != "userid000000000000" {
				t.Errorf("%s", got.raw)
			}
		}},
		{Escape, true, func(t *testing.T, got response, err error) {
			if text, _ := got.fields["cdmQrcode"].(string); !strings.Contains(text, "\x1b]52;c;") ||
				!bytes.Contains(got.raw, []byte(`\u001b[31m`)) || !strings.Contains(got.message(), "\x1b") {
				t.Errorf("%s", got.raw)
			}
		}},
		{RepeatItems, true, code(200, "2009000")},
	}
}

func TestEveryFault(t *testing.T) {
	tried := map[Kind]bool{Timeout: true, Delay: true} // have tests of their own
	for _, c := range faultCases() {
		tried[c.kind] = true
		for _, network := range []string{"memory", "tcp"} {
			t.Run(string(c.kind)+" "+network, func(t *testing.T) {
				s := open(t, Options{Clock: newClock()})
				p := newPartner(t, s)
				if network == "tcp" {
					p.base, p.transport = "http://"+listen(t, s), &http.Transport{DisableKeepAlives: true}
				}
				mustFault(t, s, "90:"+string(c.kind)+":1:1")
				got, err := p.send(p.request("90", generateBody(p.id, "R1")))
				c.check(t, got, err)
				if made := len(s.Ledger().UserIDs) == 1; made != c.processed {
					t.Errorf("processed: %v, want %v", made, c.processed)
				}
				if c.kind == Refuse {
					want := syscall.ECONNRESET
					if network == "memory" {
						want = syscall.ECONNREFUSED
					}
					if !errors.Is(err, want) {
						t.Errorf("got %v, want %v", err, want)
					}
				}
				if c.kind == TokenExpired {
					p.login()
				}
				p.generate("R1") // the fault is over
			})
		}
	}
	for _, kind := range Kinds() {
		if !tried[kind] {
			t.Errorf("the kind %s was not tried", kind)
		}
	}
}

func TestFaultsOfQuery(t *testing.T) {
	s := open(t, Options{Clock: newClock()})
	p := newPartner(t, s)
	code := p.generate("R1")
	mustDeposit(t, s, DepositRequest{Code: code, Machine: "M1", Amount: idr(100)})
	mustFault(t, s, "91:repeat-items:1:1")
	if items := p.items("R1"); len(items) != 2 || !reflect.DeepEqual(items[0], items[1]) {
		t.Errorf("repeated items are %v", items)
	}
	mustFault(t, s, "91:foreign-reference:1:1")
	got := p.query("R1")
	item := got.fields["cdmNotifyItems"].([]any)[0].(map[string]any)
	for name, value := range map[string]any{
		"answer": got.fields["originalPartnerReferenceNo"], "item": item["originalPartnerReferenceNo"],
	} {
		if value != "FOREIGN000000000000000001" {
			t.Errorf("the foreign %s has the reference %v", name, value)
		}
	}
	mustFault(t, s, "91:wrong-type:1:1")
	if got := p.query("R1"); got.fields["cdmNotifyItems"] != "not what the table says" {
		t.Errorf("wrong types: %s", got.raw)
	}
	mustFault(t, s, "91:escape:1:1")
	if item := p.items("R1")[0]; !strings.Contains(item["machineNumber"].(string), "\x1b[2J") {
		t.Errorf("escapes: %v", item)
	}
	if items := p.items("R1"); len(items) != 1 || items[0]["machineNumber"] != "M1" {
		t.Errorf("after the faults: %v", items)
	}
}

// TestTimeoutOfASimulation: in memory, with a clock of its own, a sandbox
// answers a silent fault with the client's timeout, at once.
func TestTimeoutOfASimulation(t *testing.T) {
	clock := newClock()
	s := open(t, Options{Clock: clock})
	p := newPartner(t, s)
	mustFault(t, s, "90:timeout:1:1")
	_, err := p.send(p.request("90", generateBody(p.id, "R1")))
	timeout, ok := errors.AsType[net.Error](err)
	if !ok || !timeout.Timeout() {
		t.Errorf("got %v", err)
	}
	if op, ok := errors.AsType[*net.OpError](err); !ok || op.Op == "dial" {
		t.Errorf("the client would believe that nothing left: %v", err)
	}
	if len(clock.waiting) != 0 || len(s.Ledger().UserIDs) != 0 {
		t.Errorf("%d waits, the ledger has %v", len(clock.waiting), s.Ledger().UserIDs)
	}
}

// TestSilence: timeout and delay wait by the clock and end with the client.
func TestSilence(t *testing.T) {
	for _, network := range []string{"memory", "tcp"} {
		for _, kind := range []Kind{Timeout, Delay} {
			if network == "memory" && kind == Timeout {
				continue // see TestTimeoutOfASimulation
			}
			for _, end := range []string{"client goes", "wait is over"} {
				t.Run(strings.Join([]string{network, string(kind), end}, " "), func(t *testing.T) {
					clock := newClock()
					s := open(t, Options{Clock: clock, Delay: time.Second, Hold: time.Minute})
					p := newPartner(t, s)
					if network == "tcp" {
						p.base, p.transport = "http://"+listen(t, s), &http.Transport{DisableKeepAlives: true}
					}
					mustFault(t, s, "90:"+string(kind)+":1:1")
					ctx, cancel := context.WithCancel(t.Context())
					defer cancel()
					r := p.request("90", generateBody(p.id, "R1")).WithContext(ctx)
					ended := make(chan error, 1)
					go func() {
						_, err := p.send(r)
						ended <- err
					}()
					if waited := <-clock.waiting; waited != map[Kind]time.Duration{Timeout: time.Minute, Delay: time.Second}[kind] {
						t.Errorf("it waits %v", waited)
					}
					if end == "client goes" {
						cancel()
					} else {
						clock.release <- clock.Now()
					}
					if err := <-ended; (err == nil) != (kind == Delay && end == "wait is over") {
						t.Errorf("the answer: %v", err)
					}
					if made := len(s.Ledger().UserIDs) == 1; made != (kind == Delay) {
						t.Errorf("processed: %v", made)
					}
				})
			}
		}
	}
}
