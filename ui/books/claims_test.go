package books

import (
	"context"
	"fmt"
	"io"
	"iter"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"cashier/api"
	"cashier/api/till"
)

// TestLinesOfOnePayment: what a file says of a payment in several places, by
// either reference, is one thing; each line is about one payment.
func TestLinesOfOnePayment(t *testing.T) {
	for _, c := range []struct{ name, lines, want string }{
		{"paid by ours, given back by theirs", ",2020-7,400,,2026-11-20,refunded\nQ-7,,1000,,2026-11-20,paid\n", ""},
		{"paid by both", "Q-7,,1000,,2026-11-20,paid\n,2020-7,1000,,2026-11-20,paid\n", "duplicate 3 Q-72020-7 here 1000.00 paid (refunded 400.00) there 1000.00 paid"},
		{"pending, then paid", "Q-7,,1000,,2026-11-20,pending\nQ-7,,1000,,2026-11-20,paid\nQ-7,,400,,2026-11-20,refund\n", ""},
		{"theirs beside an unknown one of ours", "Q-X,2020-7,1000,,2026-11-20,paid\n", "missing-there 0 Q-72020-7 here 1000.00 paid (refunded 400.00) there 0.00 , missing-here 2 Q-X2020-7 here 0.00  there 1000.00 paid"},
		{"another day, twice", "Q-9,,900,,2026-11-20,paid\nQ-9,,901,,2026-11-20,OK\nQ-9,,900,,2026-11-20,paid\n", "duplicate 4 Q-9 here 900.00 paid there 900.00 paid"},
		{"another day, another amount", "Q-9,,901,,2026-11-20,paid\n", "amount-differs 2 Q-9 here 900.00 paid there 901.00 paid"},
		{"not ours: pending, then paid", "X,,9,,2026-11-20,pending\nX,,9,,2026-11-20,paid\n", "missing-here 3 X here 0.00  there 9.00 paid"},
		{"not ours: given back, then paid", "X,,9,,2026-11-20,refund\nX,,9,,2026-11-20,paid\n", "missing-here 2 X here 0.00  there 9.00 refund, duplicate 3 X here 0.00  there 9.00 paid"},
	} {
		m := settled(t)
		for i := range m.all {
			if m.all[i].Reference == "Q-7" {
				m.all[i].ProviderReference = "2020-7"
			}
		}
		_, found := compare(t, Settlement{Journal: m, Open: file(head + c.lines)})
		found = slices.DeleteFunc(found, func(f string) bool { return strings.HasPrefix(f, "missing-there") && !strings.Contains(c.want, f) })
		if got := strings.Join(found, ", "); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

// TestFileThatChanges: the file is read again for what is not of the period.
func TestFileThatChanges(t *testing.T) {
	reads := 0
	s := Settlement{Journal: settled(t), Each: func() {}, Open: func() (io.ReadCloser, error) {
		reads++
		return file(head + fmt.Sprintf("X-%d,,1,,2026-11-20,paid\n", reads))()
	}}
	if _, err := s.Compare(t.Context(), func(Finding) error { return nil }); err == nil || !strings.Contains(err.Error(), "has changed while it was compared") {
		t.Error(err)
	}
}

// TestManyStatusWords: a column of texts in the status's place does not grow.
func TestManyStatusWords(t *testing.T) {
	var c claims
	for i := range 3 * mostWords {
		if err := c.add(entry{line: i, provider: "1", currency: "IDR", word: fmt.Sprint("word ", i)}); err != nil {
			t.Fatal(err)
		}
	}
	if len(c.words) != mostWords || c.word(c.lines[1]) != "word 1" || c.word(c.lines[2*mostWords]) != "…" {
		t.Errorf("%d words: %q, %q", len(c.words), c.word(c.lines[1]), c.word(c.lines[2*mostWords]))
	}
}

// endless is a journal of as many payments as one likes, made as they are read.
type endless struct{ payments int }

func (j endless) nth(i int) till.Transaction {
	return payment(fmt.Sprintf("Q%06d-K7M2RX4T9WZB4K7M2R", i), at(20, 8, 0).Add(time.Duration(i)*time.Millisecond), till.Paid, api.IDR(1000_00))
}

func (j endless) All(_ context.Context, f till.Filter) iter.Seq2[till.Transaction, error] {
	return func(yield func(till.Transaction, error) bool) {
		for i := range j.payments {
			if !yield(j.nth(i), nil) {
				return
			}
		}
	}
}

func (endless) Rows(context.Context, till.Filter) iter.Seq2[till.Row, error] { return nil }

func (endless) Get(context.Context, api.Reference) (till.Transaction, error) {
	return till.Transaction{}, till.ErrNotFound
}

// lines is a file made as it is read.
type lines struct {
	next func() (string, bool)
	rest string
}

func (l *lines) Read(b []byte) (int, error) {
	if l.rest == "" {
		var more bool
		if l.rest, more = l.next(); !more {
			return 0, io.EOF
		}
	}
	n := copy(b, l.rest)
	l.rest = l.rest[n:]
	return n, nil
}

func (*lines) Close() error { return nil }

// TestCompareHoldsLittle: a line of the file is 32 bytes, and a payment of the
// journal none.
func TestCompareHoldsLittle(t *testing.T) {
	const payments, inFile = 120_000, 40_000
	live := func() int64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	j := endless{payments}
	s := Settlement{Journal: j, Each: func() {}, From: at(20, 0, 0), To: at(21, 0, 0), Open: func() (io.ReadCloser, error) {
		i := -1
		return &lines{rest: head, next: func() (string, bool) {
			i++
			return string(j.nth(i).Reference) + ",,1000,,2026-11-20 08:00:00,paid\n", i < inFile
		}}, nil
	}}
	before, most := live(), int64(0)
	o, err := s.Compare(t.Context(), func(f Finding) error {
		if f.Reference == j.nth(payments-1).Reference { // the last one
			most = live() - before
		}
		return nil
	})
	if err != nil || o.Matched != inFile || o.Found[MissingThere] != payments-inFile {
		t.Fatalf("%+v, %v", o, err)
	}
	if per := float64(most) / inFile; per < 16 || per > 40 {
		t.Errorf("%.1f bytes a line", per)
	}
}
