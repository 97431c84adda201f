package api

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// neverRead is a body that is announced and does not come.
type neverRead struct{ t *testing.T }

func (n neverRead) Read([]byte) (int, error) {
	n.t.Error("a body that is announced to be too long was waited for")
	return 0, io.EOF
}

func TestTooLongAnswersAreNotKept(t *testing.T) {
	long := strings.Repeat("a", 1<<20)
	for name, c := range map[string]struct {
		length int64
		body   io.Reader
	}{
		"announced":        {1<<20 + 1, neverRead{t}},
		"not announced":    {-1, strings.NewReader(long + "a")},
		"announced as one": {1, strings.NewReader(long + "a")},
	} {
		e := newProvider(t, reply(200, `{}`)).client().Endpoint()
		e.Transport = transportFunc(func(r *http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 200, Header: http.Header{}, ContentLength: c.length, Body: io.NopCloser(c.body), Request: r}, nil
		})
		client := NewClient(e, nil)
		client.tokens.token, client.tokens.until = "t", time.Now().Add(time.Hour)
		a := client.Do(t.Context(), Call{Operation: testOperation, Body: []byte(`{}`)})
		if a.Class != Unknown || a.Reason != ReasonUnclear || !errors.Is(a.Err, ErrTooLarge) || a.HTTPStatus != 200 {
			t.Errorf("%s: %+v", name, a)
		}
	}
}

// What Timestamp writes is what its layout says, in every year of four digits.
func TestTimestampIsItsLayout(t *testing.T) {
	for _, at := range []time.Time{
		morning, morning.UTC(), morning.Add(999 * time.Millisecond), time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC), {},
		time.Date(9999, 12, 31, 16, 59, 59, 0, time.UTC), time.Date(2026, 11, 20, 23, 30, 0, 0, time.FixedZone("", -9*3600-1800)),
	} {
		if got, want := Timestamp(at), at.In(Jakarta).Format(TimestampLayout); got != want || len(got) != len(TimestampLayout) {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
