package api

import (
	"net/http"
	"testing"
)

func TestACallJudgesEveryAnswerThatCame(t *testing.T) {
	for _, c := range []struct {
		status int
		body   string
		reason string
	}{
		{200, `{"responseCode":"2009000"}`, ""},
		{403, `{"responseCode":"4039005"}`, ""},
		{200, `nonsense`, ReasonUnclear},
	} {
		p := newProvider(t, reply(c.status, c.body))
		record, judged := &recorder{}, 0
		a := p.client().Do(t.Context(), Call{Operation: testOperation, Body: []byte(`{}`), Log: record, Judge: func(a *Answer) {
			judged++
			if a.Reason != c.reason {
				t.Errorf("%s: judged with reason %q", c.body, a.Reason)
			}
			a.Class, a.Message = Pending, "cut"
		}})
		if judged != 1 || a.Class != Pending || record.answers[0].Class != Pending || record.answers[0].Message != "cut" {
			t.Errorf("%s: judged %d times, class %q, logged %+v", c.body, judged, a.Class, record.answers)
		}
	}
}

// What a refused attempt's answer named is not taken for a field of the next.
func TestAnAnswerIsReadByItself(t *testing.T) {
	first := true
	p := newProvider(t, func(w http.ResponseWriter, r *http.Request) {
		if first {
			first = false
			reply(401, `{"responseCode":"4019001","referenceNo":"P1"}`)(w, r)
			return
		}
		reply(200, `{"responseCode":"2009000"}`)(w, r)
	})
	var wire struct {
		ReferenceNo Text `json:"referenceNo"`
	}
	a := p.client().Do(t.Context(), Call{Operation: testOperation, Body: []byte(`{}`), Into: &wire})
	if a.Class != Done || a.Attempt.Number != 2 || wire.ReferenceNo != "" {
		t.Errorf("%q after %d attempts, read %+v", a.Class, a.Attempt.Number, wire)
	}
}
