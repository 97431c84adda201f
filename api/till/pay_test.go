package till

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"cashier/api"
)

func TestASecondTransactionOfASaleWaitsForTheFirst(t *testing.T) {
	c := newCounter(t, lost)
	c.pay(c.order())
	second := c.order()
	second.Reference, second.Sale, second.Amount = "Q2", "Q1", api.IDR(1_250_000)
	second.Card = Card{Issuer: "93600014", LastFour: "0001", Mark: "m2"}
	_, err := c.till.Pay(t.Context(), second, nil)
	var needs *ErrNeedsSupervisor
	if !errors.As(err, &needs) || needs.Rule != RuleSaleOpen || c.bank.count("pay") != 1 {
		t.Fatalf("%v after %v", err, c.bank.log)
	}
	// A supervisor allows it; both are paid in the end.
	second.Override = &Override{By: "Sari", Reason: "customer left", At: c.clock.Now()}
	c.bank.payment = pending60
	if _, err := c.till.Pay(t.Context(), second, nil); err != nil {
		t.Fatal(err)
	}
	c.bank.status = says(api.StatusPaid)
	c.pass(time.Minute)
	states := []State{c.get("Q1").State, c.get("Q2").State}
	slices.Sort(states)
	if !slices.Equal(states, []State{Doubled, Paid}) {
		t.Errorf("%v", states)
	}
	if !slices.ContainsFunc(c.m.told("Q2"), func(s string) bool { return strings.HasPrefix(s, WhatOverride) }) {
		t.Errorf("the override is not in the journal: %v", c.m.told("Q2"))
	}
	// After a decline another one may start by itself.
	c = newCounter(t, failed60)
	c.pay(c.order())
	second.Override = nil
	if _, err := c.till.Pay(t.Context(), second, nil); err != nil {
		t.Error(err)
	}
}

func TestTheSameCardAndAmountAsksASupervisor(t *testing.T) {
	c := newCounter(t, lost)
	c.pay(c.order())
	again := c.order()
	again.Reference = "Q2"
	var needs *ErrNeedsSupervisor
	if _, err := c.till.Pay(t.Context(), again, nil); !errors.As(err, &needs) || needs.Rule != RuleSimilarOpen || needs.Other != "Q1" {
		t.Errorf("%v", err)
	}
	other := again
	other.Amount = api.IDR(100)
	if _, err := c.till.Pay(t.Context(), other, nil); err != nil {
		t.Errorf("another amount: %v", err)
	}
	someone := again
	someone.Reference, someone.Card = "Q3", Card{Issuer: "93600009", LastFour: "8231", Mark: "m3"}
	if _, err := c.till.Pay(t.Context(), someone, nil); err != nil {
		t.Errorf("another customer: %v", err)
	}
	c.clock.set(noon.Add(11 * time.Minute))
	again.Reference = "Q4"
	if _, err := c.till.Pay(t.Context(), again, nil); err != nil {
		t.Errorf("after ten minutes: %v", err)
	}
}

func TestTheSameReferenceIsTheSamePayment(t *testing.T) {
	c := newCounter(t, lost)
	first := c.pay(c.order())
	same, err := c.till.Pay(t.Context(), c.order(), nil)
	if err != nil || same.Revision != first.Revision || c.bank.count("pay") != 1 {
		t.Errorf("%v, sent %d times", err, c.bank.count("pay"))
	}
	for name, change := range map[string]func(*Order){
		"another amount": func(o *Order) { o.Amount = api.IDR(1) }, "another code": func(o *Order) { o.Card.Mark = "m9" },
	} {
		o := c.order()
		change(&o)
		if _, err := c.till.Pay(t.Context(), o, nil); !errors.Is(err, ErrOtherRequest) || c.bank.count("pay") != 1 {
			t.Errorf("%s: %v, sent %d times", name, err, c.bank.count("pay"))
		}
	}
}
