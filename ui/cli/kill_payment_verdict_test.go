//go:build unix

package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"cashier/api/sandbox"
	"cashier/api/till"
	"cashier/store"
)

// afterDeath looks at what a killed process left: sound, and nothing arrived
// that was not durable before.
func (m *mortal) afterDeath(first bool) error {
	return m.with(func(ctx context.Context, s *store.Store, _ *till.Till) error {
		tx, err := s.Get(ctx, m.order.Reference)
		m.found = !errors.Is(err, till.ErrNotFound)
		if m.found && err != nil {
			return err
		}
		if m.found == (m.row.work == "pay" && m.spot == spot{"60", beforeIntent}) {
			return fmt.Errorf("in the journal: %v", m.found)
		}
		p, ok := m.box.Payment(string(m.order.Reference))
		early := slices.Contains([]string{beforeIntent, afterIntent, beforeAttempt, afterAttempt, beforeBytes}, m.spot.point)
		switch {
		case first && m.order.Occurrence == 1 && early && m.arrived(m.spot.service, m.order.Reference) != m.sent:
			return errors.New("it was sent before it was durable")
		case m.row.work == "pay" && m.spot.service == "60" && early && ok:
			return fmt.Errorf("the provider has %+v", p)
		case tx.State == till.Paid && p.Debits != 1:
			return fmt.Errorf("paid, and the ledger has %+v", p)
		}
		return m.counted(&tx)
	})
}

// counted: what arrived was durable, and a payment is never sent again, but
// for a token that was refused.
func (m *mortal) counted(tx *till.Transaction) error {
	durable := map[string]int{}
	for _, a := range tx.Attempts {
		durable[a.Service]++
	}
	for _, r := range tx.Refunds {
		durable["80"] += len(r.Attempts)
	}
	for _, service := range []string{"60", "62", "80"} {
		if n := m.arrived(service, tx.Reference); n > durable[service] {
			return fmt.Errorf("%d requests of %s arrived, %d attempts are durable", n, service, durable[service])
		}
	}
	if n := m.arrived("60", m.order.Reference); n > 1 && m.row.fault != "60:token-expired:1:1" {
		return fmt.Errorf("it was sent %d times", n)
	}
	return nil
}

func sound(ctx context.Context, s *store.Store) error {
	report, err := s.Verify(ctx)
	if err == nil && (!report.Sound() || !report.HeadKnown) {
		err = fmt.Errorf("the journal: %+v", report)
	}
	return err
}

// verdict holds the journal against the ledger's debits.
func (m *mortal) verdict(ctx context.Context, s *store.Store) (till.State, error) {
	var wrong []string
	bad := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	records := map[string]till.Transaction{}
	for tx, err := range s.All(ctx, till.Filter{}) {
		if err != nil {
			return "", err
		}
		records[string(tx.Reference)] = tx
	}
	for tx, err := range s.Open(ctx) {
		if err != nil {
			return "", err
		}
		bad("%s is still open, %q", tx.Reference, tx.State)
	}
	kept, flagged := 0, false
	for _, p := range m.box.Ledger().Payments {
		tx, known := records[p.Reference]
		if !known {
			bad("the ledger has %s, the journal does not", p.Reference)
		}
		if p.Debits > 1 || p.Refunded.Minor() > p.Amount.Minor() {
			bad("the ledger has %+v", p)
		}
		if p.Debits > 0 && !p.Returned && p.Refunded.Minor() < p.Amount.Minor() {
			kept++
		}
		flagged = flagged || tx.State == till.Doubled
	}
	// A provider that takes back its own word charges twice: it is flagged.
	if liar := m.row.customer == "found-late" || m.row.customer == "paid-after-cancel"; kept > 1 && !(liar && flagged) {
		bad("the customer paid %d times", kept)
	}
	for reference, tx := range records {
		p, _ := m.box.Payment(reference)
		if err := m.agree(&tx, p); err != nil {
			bad("%v", err)
		}
	}
	tx, known := records[string(m.order.Reference)]
	p, at := m.box.Payment(string(m.order.Reference))
	ends := []till.State{till.Unsent, till.NotFound, till.Failed}
	switch {
	case at && m.row.work == "refund" && p.Refunded.Zero(): // it never left, or was refused
		ends = []till.State{till.Paid}
	case at:
		ends = slices.Concat(m.row.ends, []till.State{till.Refunded, till.Doubled})
	}
	switch {
	case !m.found && (known || at || m.arrived("60", m.order.Reference) != 0):
		bad("nothing was durable, and now there are %+v and %+v", tx, p)
	case m.found && !slices.Contains(ends, tx.State):
		bad("it ended %q", tx.State)
	}
	if len(wrong) > 0 {
		return tx.State, errors.New(strings.Join(wrong, "; "))
	}
	if !known {
		return "never begun", nil
	}
	return tx.State, nil
}

// agree compares a record with the ledger: paid here is debited there, and
// what went back is the same.
func (m *mortal) agree(tx *till.Transaction, p sandbox.LedgerPayment) error {
	if err := m.counted(tx); err != nil && tx.Reference == m.order.Reference {
		return err
	}
	sure, atMost := tx.Returned()
	paid := slices.Contains([]till.State{till.Paid, till.LatePaid, till.Doubled}, tx.State)
	there := p.Debits == 1 && p.Refunded.Minor() < p.Amount.Minor()
	switch {
	case p.Returned: // somebody else gave it back, whether we heard of it or not
	case paid != there:
		return fmt.Errorf("%s is %q, the ledger has %+v", tx.Reference, tx.State, p)
	case tx.State == till.Refunded && (p.Debits != 1 || p.Refunded != p.Amount):
		return fmt.Errorf("%s is refunded, the ledger has %+v", tx.Reference, p)
	case sure.Minor() != p.Refunded.Minor():
		return fmt.Errorf("%s: %s went back, the ledger has %+v", tx.Reference, sure, p)
	}
	if sure != atMost || atMost.Minor() > tx.Amount.Minor() {
		return fmt.Errorf("%s: %s went back for sure, %s at most, of %s", tx.Reference, sure, atMost, tx.Amount)
	}
	return nil
}
