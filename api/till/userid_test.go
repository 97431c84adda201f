package till

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"cashier/api"
)

func TestEveryAnswerToAGenerateHasItsState(t *testing.T) {
	for _, c := range []struct {
		name    string
		answers []api.Answer
		id      api.UserID
		state   State
		advice  string
		told    []string
	}{
		{"active", []api.Answer{done90}, active, Active, "200-00", []string{"intent/intent", "attempt/sent", "answer/active"}},
		{"inactive", []api.Answer{done90}, api.UserID{CDMReference: "CDM1", Code: "x"}, Inactive, "200-00", []string{"intent/intent", "attempt/sent", "answer/inactive"}},
		{"refused by the provider", []api.Answer{{Class: api.Failed, HTTPStatus: 403, Code: code("4039005")}}, api.UserID{}, Failed, "403-05",
			[]string{"intent/intent", "attempt/sent", "answer/failed"}},
		{"no answer, three times", []api.Answer{lost, lost, lost}, api.UserID{}, Unknown, api.ReasonTimeout,
			[]string{"intent/intent", "attempt/sent", "answer/sent", "attempt/sent", "answer/sent", "attempt/sent", "answer/unknown"}},
		{"lost, then answered", []api.Answer{lost, done90}, active, Active, "200-00",
			[]string{"intent/intent", "attempt/sent", "answer/sent", "attempt/sent", "answer/active"}},
		{"never connected", []api.Answer{refused, refused}, api.UserID{}, Unsent, api.ReasonNoConnection,
			[]string{"intent/intent", "attempt/sent", "answer/sent", "attempt/sent", "answer/unsent"}},
		{"lost, then never connected", []api.Answer{lost, refused}, api.UserID{}, Unknown, api.ReasonNoConnection,
			[]string{"intent/intent", "attempt/sent", "answer/sent", "attempt/sent", "answer/unknown"}},
		{"no token", []api.Answer{{Class: api.NotSent, Reason: api.ReasonToken}}, api.UserID{}, Unsent, api.ReasonToken,
			[]string{"intent/intent", "answer/unsent"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, d := newMemory(), &desk{answers: c.answers, id: c.id}
			var progress []int
			tx, err := New(Options{Journal: m, UserIDs: d}).NewUserID(t.Context(), "", courier, func(a api.Attempt) { progress = append(progress, a.Number) })
			if err != nil {
				t.Fatal(err)
			}
			if tx.State != c.state || tx.Advice != c.advice {
				t.Errorf("state %q advice %q, want %q %q", tx.State, tx.Advice, c.state, c.advice)
			}
			if got := m.told(tx.Reference); !slices.Equal(got, c.told) {
				t.Errorf("the journal tells %q\nwant %q", got, c.told)
			}
			if tx.State == Active != (tx.QR == "userid1") {
				t.Errorf("state %q with code %q", tx.State, tx.QR)
			}
			stored, err := m.Get(t.Context(), tx.Reference)
			if err != nil || stored.State != tx.State || stored.Revision != tx.Revision || len(stored.Attempts) != len(progress) {
				t.Errorf("stored: %+v, %v; %d attempts were announced", stored, err, len(progress))
			}
		})
	}
}

func TestNothingLeavesBeforeItIsDurable(t *testing.T) {
	m := newMemory()
	d := &desk{answers: []api.Answer{done90}, id: active}
	d.onSend = func() {
		last := m.changes[len(m.changes)-1]
		if last.Event.What != WhatAttempt || len(last.Transaction.Attempts) != 1 || len(last.Transaction.Request) == 0 {
			t.Errorf("sent when the journal's last word was %q", last.Event.What)
		}
	}
	if _, err := New(Options{Journal: m, UserIDs: d}).NewUserID(t.Context(), "", courier, nil); err != nil {
		t.Fatal(err)
	}
	full := errors.New("disk full")
	for _, at := range []string{WhatIntent, WhatAttempt} {
		m, d := newMemory(), &desk{answers: []api.Answer{done90}, id: active}
		m.fail = func(c Change) error {
			if c.Event.What == at {
				return full
			}
			return nil
		}
		tx, err := New(Options{Journal: m, UserIDs: d}).NewUserID(t.Context(), "", courier, nil)
		if len(d.bodies) != 0 {
			t.Errorf("the journal failed at %q and the request left", at)
		}
		if at == WhatIntent && !errors.Is(err, full) {
			t.Errorf("intent: %v", err)
		}
		if at == WhatAttempt && (err != nil || tx.State != Unsent || tx.Advice != api.ReasonJournal) {
			t.Errorf("attempt: %q %q %v", tx.State, tx.Advice, err)
		}
	}
}

func TestDoneButNotRecorded(t *testing.T) {
	m, d := newMemory(), &desk{answers: []api.Answer{done90}, id: active}
	m.fail = func(c Change) error {
		if c.Event.What == WhatAnswer {
			return ErrFull
		}
		return nil
	}
	till := New(Options{Journal: m, UserIDs: d})
	tx, err := till.NewUserID(t.Context(), "", courier, nil)
	if !errors.Is(err, ErrNotRecorded) || !errors.Is(err, ErrFull) || tx.Reference == "" {
		t.Fatalf("%v, reference %q", err, tx.Reference)
	}
	m.fail = nil
	again, err := till.RepeatUserID(t.Context(), tx.Reference, nil)
	if err != nil || again.State != Active || d.bodies[0] != d.bodies[1] || !d.tainted[1] {
		t.Errorf("the repeat: %q %v, bodies %q, tainted %v", again.State, err, d.bodies, d.tainted)
	}
}

func TestOneReferenceIsOneRequest(t *testing.T) {
	m, d := newMemory(), &desk{answers: []api.Answer{lost}, id: active}
	till := New(Options{Journal: m, UserIDs: d})
	first, err := till.NewUserID(t.Context(), "MY-1", courier, nil)
	if err != nil || first.State != Unknown {
		t.Fatal(first.State, err)
	}
	other := courier
	other.No = "43"
	if _, err := till.NewUserID(t.Context(), "MY-1", other, nil); !errors.Is(err, ErrOtherRequest) || len(d.bodies) != 1 {
		t.Errorf("another courier under the same reference: %v after %d requests", err, len(d.bodies))
	}
	d.answers = []api.Answer{done90}
	second, err := till.NewUserID(t.Context(), "MY-1", courier, nil)
	if err != nil || second.State != Active || len(d.bodies) != 2 || d.bodies[0] != d.bodies[1] {
		t.Errorf("the same request again: %q %v %q", second.State, err, d.bodies)
	}
	third, err := till.NewUserID(t.Context(), "MY-1", courier, nil)
	if err != nil || third.Revision != second.Revision || len(d.bodies) != 2 {
		t.Errorf("a settled one was sent again: %v, %d requests", err, len(d.bodies))
	}
	if n := len(second.Attempts); n != 2 || second.Attempts[1].Number != 2 {
		t.Errorf("%d attempts: %+v", n, second.Attempts)
	}
}

func TestAWrongFieldIsNamedAndNothingIsKept(t *testing.T) {
	m, d := newMemory(), &desk{}
	_, err := New(Options{Journal: m, UserIDs: d}).NewUserID(t.Context(), "", api.Courier{}, nil)
	var field *api.FieldError
	if !errors.As(err, &field) || len(m.changes) != 0 {
		t.Errorf("%v, %d changes", err, len(m.changes))
	}
	if _, err := New(Options{Journal: m}).NewUserID(t.Context(), "", courier, nil); !errors.Is(err, ErrNoProvider) {
		t.Errorf("without a provider: %v", err)
	}
}

func TestARecordIsNeverSettledAgainstAnotherProfile(t *testing.T) {
	m, d := newMemory(), &desk{answers: []api.Answer{lost}, id: active}
	tx, err := New(Options{Journal: m, UserIDs: d}).NewUserID(t.Context(), "", courier, nil)
	if err != nil {
		t.Fatal(err)
	}
	foreign := &desk{binding: "https://other.example M2", answers: []api.Answer{done90}, id: active}
	till := New(Options{Journal: m, UserIDs: foreign})
	if _, err := till.RepeatUserID(t.Context(), tx.Reference, nil); !errors.Is(err, ErrOtherProfile) || len(foreign.bodies) != 0 {
		t.Errorf("%v after %d requests", err, len(foreign.bodies))
	}
	r, err := till.Resume(t.Context(), nil)
	if err != nil || len(r.Foreign) != 1 || len(r.Scheduled) != 0 {
		t.Errorf("%+v %v", r, err)
	}
}

func TestAStartSettlesWhatIsOpen(t *testing.T) {
	m, d := newMemory(), &desk{answers: []api.Answer{lost}, id: active}
	old := New(Options{Journal: m, UserIDs: d})
	sent, err := old.NewUserID(t.Context(), "SENT", courier, nil)
	if err != nil || sent.State != Unknown {
		t.Fatal(err)
	}
	// A crash between the intent and the first attempt, now and two days ago.
	for reference, at := range map[api.Reference]time.Time{"INTENT": time.Now(), "OLD": time.Now().Add(-48 * time.Hour)} {
		body, _ := d.PrepareUserID(reference, courier)
		tx := Transaction{Reference: reference, Kind: CDM, State: Intent, Binding: d.Binding(), Request: body, CreatedAt: at, Revision: 1}
		if err := m.Append(t.Context(), Change{Transaction: tx}); err != nil {
			t.Fatal(err)
		}
	}
	d.answers = []api.Answer{done90}
	settled := make(chan Transaction, 3)
	r, err := New(Options{Journal: m, UserIDs: d}).Resume(t.Context(), func(tx Transaction, err error) {
		if err != nil {
			t.Error(err)
		}
		settled <- tx
	})
	if err != nil || len(r.Scheduled) != 2 || !slices.Equal(r.Waiting, []api.Reference{"OLD"}) {
		t.Fatalf("%+v %v", r, err)
	}
	for range 2 {
		if tx := <-settled; tx.State != Active {
			t.Errorf("%s: %q", tx.Reference, tx.State)
		}
	}
}

func TestTheOutcomeIsRecordedWhenTheAskerHasGone(t *testing.T) {
	m, d := newMemory(), &desk{answers: []api.Answer{done90}, id: active}
	ctx, cancel := context.WithCancel(t.Context())
	d.onSend = cancel
	tx, err := New(Options{Journal: m, UserIDs: d}).NewUserID(ctx, "", courier, nil)
	stored, _ := m.Get(t.Context(), tx.Reference)
	if err != nil || stored.State != Active {
		t.Errorf("%v, stored %q", err, stored.State)
	}
}

// What is started while the journal is still being read waits for it: it must
// not be taken for something that an earlier process left.
func TestNothingStartsBeforeWhatIsOpenIsLoaded(t *testing.T) {
	m, d := newMemory(), &desk{answers: []api.Answer{done90}, id: active}
	till := New(Options{Journal: m, UserIDs: d})
	till.Announce()
	made := make(chan Transaction)
	go func() {
		tx, err := till.NewUserID(t.Context(), "", courier, nil)
		if err != nil {
			t.Error(err)
		}
		made <- tx
	}()
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := till.NewUserID(gone, "", courier, nil); !errors.Is(err, context.Canceled) || len(m.records) != 0 {
		t.Errorf("%v with %d records", err, len(m.records))
	}
	if r, err := till.Resume(t.Context(), nil); err != nil || len(r.Scheduled) != 0 {
		t.Errorf("%+v %v", r, err)
	}
	if tx := <-made; tx.State != Active {
		t.Errorf("%q", tx.State)
	}
}
