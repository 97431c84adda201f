package api

import (
	"testing"

	"cashier/api/snap"
)

// knownBefore is a log of a request that left before, in another call.
type knownBefore struct {
	recorder
	id string
}

func (k *knownBefore) EarlierExternalID() string { return k.id }

func TestARepeatInAnotherCallKeepsItsExternalIDWhereTheProfileSaysSo(t *testing.T) {
	p := newProvider(t, reply(200, `{"responseCode":"2009000"}`))
	op := testOperation
	op.Headers = []string{snap.HeaderExternalID}
	for reuse, want := range map[bool]string{true: "12345", false: ""} {
		c := p.client(func(e *Endpoint) { e.ReuseExternalID = reuse })
		record := &knownBefore{id: "12345"}
		if a := c.Do(t.Context(), Call{Operation: op, Body: []byte(`{}`), Log: record}); a.Class != Done {
			t.Fatal(a.Err)
		}
		got := p.seen[len(p.seen)-1].Header.Get("X-External-Id")
		if reuse != (got == "12345") || got != record.attempts[0].ExternalID {
			t.Errorf("reuse %v: sent %q, want %q; journalled %q", reuse, got, want, record.attempts[0].ExternalID)
		}
	}
}
