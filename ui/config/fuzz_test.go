package config

import (
	"encoding/json"
	"errors"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"cashier/api"
	"cashier/api/snap"
)

// FuzzLoad: whatever stands in a file, reading it ends in a config or in
// problems with a place, and a secret that took the place of any value is not
// repeated.
func FuzzLoad(f *testing.F) {
	example, err := os.ReadFile("../../config.example.json")
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{sound, paying, string(example), string(skeleton), "{}", "[", "{\"profiles\":{\"\\u001b[2J\":{},\"\u202e\":{}}}", `{"profiles":{"":{"":[null]}}}`, "\xef\xbb\xbf{}", `{"a":"\ud800"}`} {
		for place := range uint(8) {
			f.Add([]byte(seed), 9*place)
		}
	}
	f.Fuzz(func(t *testing.T, text []byte, place uint) {
		checkLoad(t, text, "")
		const canary = "CANARY0123456789"
		if planted, ok := plant(text, place, canary); ok {
			checkLoad(t, planted, canary)
		}
	})
}

// TestCanaryInEveryPlace plants a secret in the place of each value of two
// configs, one after the other.
func TestCanaryInEveryPlace(t *testing.T) {
	example, err := os.ReadFile("../../config.example.json")
	if err != nil {
		t.Fatal(err)
	}
	const canary = "CANARY0123456789"
	planted, refused := 0, 0
	for _, whole := range [][]byte{example, []byte(paying)} {
		for place := uint(0); ; place++ {
			text, ok := plant(whole, place, canary)
			if !ok {
				break
			}
			planted++
			if !strings.Contains(string(text), canary) {
				t.Fatal("the canary is not there to be found")
			}
			if checkLoad(t, text, canary) != nil {
				refused++
			}
		}
	}
	// Most texts are free: names, keys' places, comments.
	if planted < 300 || refused < 200 {
		t.Errorf("planted %d, refused %d", planted, refused)
	}
}

func checkLoad(t *testing.T, text []byte, canary string) error {
	t.Helper()
	c, err := parse("/c.json", text)
	if err == nil {
		if _, err := c.Profile(""); err != nil {
			t.Errorf("a good config without a default profile: %v", err)
		}
		for _, name := range c.Names() {
			p := c.Profiles[name]
			if _, err := StorePath(name); err != nil && strings.Contains(err.Error(), "is no name") {
				t.Errorf("a profile without a journal: %v", err)
			}
			checkPlan(t, p)
			if heard := p.Inbound(); len(heard) != len(p.Notify.Sources) {
				t.Errorf("%d sources became %d", len(p.Notify.Sources), len(heard))
			}
			for _, s := range p.Inbound() {
				signed := s.Kind == snap.Symmetric || s.Kind == snap.Asymmetric
				if s.Path == "" || dialects[s.Dialect].notifies == "" || signed != (s.PublicKey != nil) ||
					(s.Kind == snap.Symmetric) != (s.ClientSecret != nil) || (s.Kind == snap.Symmetric) != (s.ClientKey != "") || !signed && s.Kind != Unsigned {
					t.Errorf("a good config with a source that cannot be verified: %+v", s)
				}
			}
			for _, provider := range p.ProviderNames() {
				e, err := p.Endpoint(provider)
				if err != nil {
					t.Errorf("a good config without an endpoint: %v", err)
				}
				if e.Statuses != nil && !slices.Contains(slices.Collect(maps.Values(e.Statuses)), api.StatusPaid) {
					t.Errorf("a good config by which nothing is ever paid: %v", e.Statuses)
				}
			}
		}
		again, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := parse("/c.json", again); err != nil {
			t.Errorf("a good config that cannot be written and read: %v", err)
		}
		return nil
	}
	var all *Errors
	if !errors.As(err, &all) || len(all.Problems) == 0 || len(all.Problems) > maxProblems {
		t.Fatalf("refused without a place: %v", err)
	}
	last := 0
	for _, p := range all.Problems {
		if p.Line < max(last, 1) || p.Column < 1 || p.Message == "" {
			t.Errorf("problem out of place: %+v", p)
		}
		last = p.Line
	}
	if strings.ContainsFunc(err.Error(), func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }) {
		t.Errorf("repeats a character that a terminal obeys: %q", err)
	}
	if canary != "" && strings.Contains(err.Error(), canary) {
		t.Errorf("quotes a value: %v", err)
	}
	return err
}

// checkPlan looks for what would make the till spin or never ask.
func checkPlan(t *testing.T, p Profile) {
	t.Helper()
	d, plan := p.Poll.Deposits, p.Poll.Payments
	for _, list := range [][]time.Duration{d.First, plan.Ask, plan.CancelAgain, plan.Sweep, plan.Recheck} {
		if len(list) == 0 || slices.Min(list) < minDuration {
			t.Errorf("a good config with a list without time: %v", list)
		}
	}
	for _, v := range []time.Duration{d.Every, plan.Window, plan.Expiry, plan.NoCancelBefore, plan.Settle, plan.NotFoundOver, plan.Similar} {
		if v < minDuration || v > maxDuration {
			t.Errorf("a good config with a time of %v", v)
		}
	}
	if plan.NoCancelBefore > plan.Window || plan.PaidWhen != PaidByQuery && plan.PaidWhen != PaidAtOnce || api.Amount(p.MaxAmount).Minor() < 0 {
		t.Errorf("a good config with the plan %+v and the limit %v", plan, p.MaxAmount)
	}
}

// plant puts a text in the place of the value with this number.
func plant(text []byte, place uint, planted string) ([]byte, bool) {
	var root any
	if json.Unmarshal(text, &root) != nil {
		return nil, false
	}
	left := int(place)
	var walk func(any) any
	walk = func(v any) any {
		if left--; left == -1 {
			return planted
		}
		switch v := v.(type) {
		case map[string]any:
			for _, name := range slices.Sorted(maps.Keys(v)) {
				v[name] = walk(v[name])
			}
		case []any:
			for i := range v {
				v[i] = walk(v[i])
			}
		}
		return v
	}
	root = walk(root)
	if left >= 0 {
		return nil, false
	}
	out, err := json.Marshal(root)
	return out, err == nil && !strings.Contains(string(text), planted)
}
