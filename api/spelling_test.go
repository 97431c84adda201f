package api

import (
	"encoding/json"
	"net/http"
	"testing"
)

func TestAProfileSpellsFieldsItsOwnWay(t *testing.T) {
	e := Endpoint{Spellings: map[string]string{"externalStoreID": "externalStoreId", "value": "Value", "reason": "the \"reason\""}}
	for _, c := range []struct{ ours, theirs string }{
		{`{"externalStoreID":"S","b":1}`, `{"externalStoreId":"S","b":1}`},
		{`{"amount":{"value":"1.00"},"list":[{"value":2}]}`, `{"amount":{"Value":"1.00"},"list":[{"Value":2}]}`},
		{`{"title":"value","x":["value"],"y":"\"value\":"}`, `{"title":"value","x":["value"],"y":"\"value\":"}`},
		{`{"title":"a\\","value":"<b>&"}`, `{"title":"a\\","Value":"<b>&"}`},
		{`{"reason":"r"}`, `{"the \"reason\"":"r"}`},
	} {
		body, err := e.Encode(json.RawMessage(c.ours))
		if err != nil || string(body) != c.theirs {
			t.Errorf("%s: %s %v, want %s", c.ours, body, err, c.theirs)
		}
	}
	var back struct {
		Store  string `json:"externalStoreID"`
		Amount Amount `json:"amount"`
	}
	if err := e.Decode([]byte("{ \"externalStoreId\" : \"S\", \"amount\": {\"Value\": \"1.00\"} }"), &back); err != nil || back.Store != "S" || back.Amount != IDR(100) {
		t.Errorf("%+v %v", back, err)
	}
	if err := e.Decode([]byte(`{"x`), &back); err == nil {
		t.Error("half a body is read")
	}
}

func TestAnswersAreReadUnderTheProfilesSpelling(t *testing.T) {
	p := newProvider(t, reply(http.StatusOK, `{"code": "2009000", "note": "hello"}`))
	c := p.client(func(e *Endpoint) { e.Spellings = map[string]string{"responseCode": "code", "remark": "note"} })
	c.tokens.token, c.tokens.until = "t", morning.AddDate(100, 0, 0)
	var wire struct {
		Remark Text `json:"remark"`
	}
	if a := c.Do(t.Context(), Call{Operation: testOperation, Body: []byte(`{}`), Into: &wire}); a.Class != Done || wire.Remark != "hello" {
		t.Errorf("%q %v, read %+v", a.Class, a.Err, wire)
	}
}
