package store

import (
	"bytes"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"cashier/api"
	"cashier/api/till"
)

func TestOpenYieldsEndingsThatAreDue(t *testing.T) {
	s := newStore(t)
	failed, paid, ended := payment("Q1", "Q1", noon), payment("Q2", "Q2", noon.Add(time.Second)), payment("Q3", "Q3", noon.Add(2*time.Second))
	mustAppend(t, s, failed, paid, ended)
	failed = after(failed.Transaction, till.Failed, noon, recheck(noon.Add(time.Hour)))
	paid = after(paid.Transaction, till.Paid, noon, func(x *till.Transaction) {
		x.Refunds = []till.Refund{{Reference: "R1", Amount: api.IDR(1), State: till.RefundUnknown}}
	})
	mustAppend(t, s, failed, paid, after(ended.Transaction, till.Failed, noon, nil))
	open := func(want ...api.Reference) {
		t.Helper()
		var got []api.Reference
		for x, err := range s.Open(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, x.Reference)
		}
		equalJSON(t, append([]api.Reference{}, got...), append([]api.Reference{}, want...))
		mustVerify(t, s)
	}
	open("Q1", "Q2")
	if c, err := s.Counts(t.Context()); err != nil || c.All.Open() != 0 {
		t.Errorf("%d are counted as open, %v", c.All.Open(), err)
	}

	// A change that leaves it due, one that opens it, one that settles it.
	failed = after(failed.Transaction, till.Failed, noon, recheck(noon.Add(2*time.Hour)))
	mustAppend(t, s, failed)
	open("Q1", "Q2")
	failed = after(failed.Transaction, till.Unknown, noon, nil)
	mustAppend(t, s, failed)
	open("Q1", "Q2")
	failed = after(failed.Transaction, till.Failed, noon, recheck(time.Time{}))
	paid = after(paid.Transaction, till.Paid, noon, func(x *till.Transaction) {
		x.Refunds = []till.Refund{{Reference: "R1", Amount: api.IDR(1), State: till.RefundDone}}
	})
	mustAppend(t, s, failed)
	open("Q2")
	mustAppend(t, s, paid)
	open()
}

func TestSale(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	s := openAt(t, path)
	mustAppend(t, s,
		payment("Q2", "Q1", noon.Add(time.Minute)),
		payment("Q1", "Q1", noon),
		payment("Q0", "Q1", noon.Add(-time.Minute)), // a clock that went back
		payment("Q12", "Q12", noon),
		payment("Q13", "Q12", noon),
		payment("Q", "SALE.7", noon), // a sale that is no transaction's reference
		intent("C1", noon),           // of no sale
	)
	check := func() {
		t.Helper()
		for sale, want := range map[api.Reference][]api.Reference{
			"Q1": {"Q0", "Q1", "Q2"}, "Q12": {"Q12", "Q13"}, "SALE.7": {"Q"},
			"Q": {}, "C1": {}, "Q2": {}, "SALE": {}, "": {}, "no such": {}, api.Reference(strings.Repeat("x", 40_000)): {},
		} {
			list, err := s.Sale(t.Context(), sale)
			if err != nil {
				t.Fatal(err)
			}
			got := []api.Reference{}
			for _, x := range list {
				if x.Sale != sale {
					t.Errorf("%s is of sale %q", x.Reference, x.Sale)
				}
				got = append(got, x.Reference)
			}
			equalJSON(t, got, want)
		}
	}
	check()
	mustVerify(t, s)
	s.Close()
	s = openAt(t, path)
	check()

	first, err := s.Get(t.Context(), "Q1")
	if err != nil {
		t.Fatal(err)
	}
	for _, sale := range []api.Reference{"", "Q2", "not a sale"} {
		c := after(first, till.Failed, noon, nil)
		c.Transaction.Sale = sale
		if err := s.Append(t.Context(), c); err == nil {
			t.Errorf("the sale became %q", sale)
		}
	}
	bad := payment("Q9", "not a sale", noon)
	if err := s.Append(t.Context(), bad); !errors.Is(err, api.ErrReference) {
		t.Errorf("a sale that is no reference: %v", err)
	}
	check()
}

// TestSaleOfADamagedIndex: what cannot be read is an error, never a sale
// without transactions, for which another payment would be allowed.
func TestSaleOfADamagedIndex(t *testing.T) {
	for name, edit := range map[string]func(*bbolt.Tx) error{
		"an entry of no record": func(tx *bbolt.Tx) error {
			k := newKey(noon.UnixNano(), 99)
			return tx.Bucket(bucketSales).Put(saleKey([]byte("Q1"), k), []byte{})
		},
		"an entry with a cut key": func(tx *bbolt.Tx) error { return tx.Bucket(bucketSales).Put([]byte("Q1\x00short"), []byte{}) },
		"a reference's entry":     func(tx *bbolt.Tx) error { return tx.Bucket(bucketRefs).Put([]byte("Q1"), []byte("short")) },
		"a missing row": func(tx *bbolt.Tx) error {
			k, _, err := stored(tx, "Q1")
			return errors.Join(err, tx.Bucket(bucketOf(prefixRows, k)).Delete(k[:]))
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStore(t)
			mustAppend(t, s, payment("Q1", "Q1", noon), payment("Q2", "Q1", noon))
			if err := s.update(edit); err != nil {
				t.Fatal(err)
			}
			if _, err := s.Sale(t.Context(), "Q1"); !errors.Is(err, till.ErrDamaged) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// TestVerifyNamesIndexEntries spoils one entry at a time.
func TestVerifyNamesIndexEntries(t *testing.T) {
	keyOf := func(tx *bbolt.Tx, reference api.Reference) []byte {
		return bytes.Clone(tx.Bucket(bucketRefs).Get([]byte(reference)))
	}
	entry := func(tx *bbolt.Tx, sale string, reference api.Reference) []byte {
		return append([]byte(sale+"\x00"), keyOf(tx, reference)...)
	}
	for name, c := range map[string]struct {
		edit      func(*bbolt.Tx) error
		reference api.Reference
		want      string
	}{
		"due missing": {func(tx *bbolt.Tx) error { return tx.Bucket(bucketDue).Delete(keyOf(tx, "Q2")) }, "Q2", "due: the entry is missing"},
		"due gone":    {func(tx *bbolt.Tx) error { return tx.DeleteBucket(bucketDue) }, "Q2", "due: the entry is missing"},
		"due with a value": {func(tx *bbolt.Tx) error { return tx.Bucket(bucketDue).Put(keyOf(tx, "Q2"), []byte("x")) },
			"Q2", "due: the entry has a value"},
		"due surplus": {func(tx *bbolt.Tx) error { return tx.Bucket(bucketDue).Put(keyOf(tx, "Q1"), []byte{}) },
			"Q1", "due: an entry that the record should not have"},
		"due of no record": {func(tx *bbolt.Tx) error {
			k := newKey(noon.UnixNano(), 99)
			return tx.Bucket(bucketDue).Put(k[:], []byte{})
		}, "", "due: an entry of no record"},
		"due malformed": {func(tx *bbolt.Tx) error { return tx.Bucket(bucketDue).Put([]byte("x"), []byte{}) },
			"", "due: a key that does not belong here"},
		"sale missing": {func(tx *bbolt.Tx) error { return tx.Bucket(bucketSales).Delete(entry(tx, "Q1", "Q2")) },
			"Q2", "sales: the entry under Q1 is missing"},
		"sales gone": {func(tx *bbolt.Tx) error { return tx.DeleteBucket(bucketSales) }, "Q2", "sales: the entry under Q1 is missing"},
		"sale with a value": {func(tx *bbolt.Tx) error { return tx.Bucket(bucketSales).Put(entry(tx, "Q1", "Q2"), []byte("x")) },
			"Q2", "sales: the entry under Q1 has a value"},
		"sale surplus": {func(tx *bbolt.Tx) error { return tx.Bucket(bucketSales).Put(entry(tx, "Q7", "Q2"), []byte{}) },
			"Q2", "sales: an entry that the record should not have"},
		"own sale listed": {func(tx *bbolt.Tx) error { return tx.Bucket(bucketSales).Put(entry(tx, "Q1", "Q1"), []byte{}) },
			"Q1", "sales: an entry that the record should not have"},
		"sale of no record": {func(tx *bbolt.Tx) error {
			return tx.Bucket(bucketSales).Put(saleKey([]byte("Q1"), newKey(noon.UnixNano(), 99)), []byte{})
		}, "", "sales: an entry of no record"},
		"sale malformed": {func(tx *bbolt.Tx) error { return tx.Bucket(bucketSales).Put([]byte("Q1"), []byte{}) },
			"", "sales: a key that does not belong here"},
		"a nameless sale": {func(tx *bbolt.Tx) error { return tx.Bucket(bucketSales).Put(entry(tx, "", "Q1"), []byte{}) },
			"Q1", "sales: an entry that the record should not have"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStore(t)
			second := payment("Q2", "Q1", noon)
			mustAppend(t, s, payment("Q1", "Q1", noon), second, after(second.Transaction, till.Failed, noon, recheck(noon)))
			mustVerify(t, s)
			if err := s.update(c.edit); err != nil {
				t.Fatal(err)
			}
			report, err := s.Verify(t.Context())
			if err != nil || len(report.Problems) != 1 || report.Problems[0].Reference != c.reference ||
				!strings.HasPrefix(report.Problems[0].What, c.want) {
				t.Errorf("%v, %v", report.Problems, err)
			}
		})
	}
}

func TestPaid(t *testing.T) {
	s := newStore(t)
	check := func(at time.Time, want api.Amount, n, skipped int) {
		t.Helper()
		tally, err := s.Day(t.Context(), at)
		if err != nil {
			t.Fatal(err)
		}
		if sum, payments, left := tally.Paid(); sum != want || payments != n || left != skipped {
			t.Errorf("%s, %d payments, %d skipped", sum.Value(), payments, left)
		}
		mustVerify(t, s)
	}
	check(noon, api.IDR(0), 0, 0)
	first := payment("Q1", "Q1", noon)
	mustAppend(t, s, first)
	check(noon, api.IDR(0), 0, 0)
	paid := after(first.Transaction, till.Paid, noon.AddDate(0, 0, 1), nil) // past midnight
	mustAppend(t, s, paid)
	check(noon, api.IDR(125_000_00), 1, 0)
	check(noon.AddDate(0, 0, 1), api.IDR(0), 0, 0)
	second := payment("Q2", "Q1", noon)
	mustAppend(t, s, second, after(second.Transaction, till.Doubled, noon, nil))
	dollars := payment("Q3", "Q3", noon)
	dollars.Transaction.Amount, _ = api.ParseAmount("5.00", "USD")
	mustAppend(t, s, dollars, after(dollars.Transaction, till.LatePaid, noon, nil))
	check(noon, api.IDR(250_000_00), 2, 1)
	back := after(paid.Transaction, till.Paid, noon, func(x *till.Transaction) {
		x.Refunds = []till.Refund{{Reference: "R1", Amount: api.IDR(1), State: till.RefundDone}}
	})
	mustAppend(t, s, back)
	check(noon, api.IDR(250_000_00), 2, 1)
	mustAppend(t, s, after(back.Transaction, till.Refunded, noon, nil))
	check(noon, api.IDR(125_000_00), 1, 1)
	counts, err := s.Counts(t.Context())
	if sum, n, skipped := counts.All.Paid(); err != nil || sum != api.IDR(125_000_00) || n != 1 || skipped != 1 {
		t.Errorf("in all: %v, %d, %d, %v", sum, n, skipped, err)
	}
}

// TestJournalWithoutPayments: one that has never seen a payment has neither
// bucket, is read, and takes the first payment.
func TestJournalWithoutPayments(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	s := openAt(t, path)
	c := intent("C1", noon)
	mustAppend(t, s, c, after(c.Transaction, till.Active, noon, nil))
	s.Close()
	s, err := Open(path, Options{Profile: "test", ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	err = s.view(func(tx *bbolt.Tx) error {
		if tx.Bucket(bucketDue) != nil || tx.Bucket(bucketSales) != nil {
			t.Error("the buckets of payments are there")
		}
		if v := tx.Bucket(bucketMeta).Get(metaTotals); len(v) == 0 || v[0] != tallyVersion {
			t.Errorf("the totals are written as %x", v)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if list, err := s.Sale(t.Context(), "C1"); err != nil || len(list) != 0 {
		t.Errorf("%v, %v", list, err)
	}
	for x, err := range s.Open(t.Context()) {
		t.Errorf("%v, %v", x, err)
	}
	mustVerify(t, s)
	s.Close()
	s = openAt(t, path)
	q := payment("Q2", "Q1", noon)
	mustAppend(t, s, q, after(q.Transaction, till.Failed, noon, recheck(noon)))
	if list, err := s.Sale(t.Context(), "Q1"); err != nil || len(list) != 1 {
		t.Errorf("%v, %v", list, err)
	}
	mustVerify(t, s)
}
