package books

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"cashier/api"
	"cashier/api/till"
)

func file(text string) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }
}

// compare gives the findings as lines.
func compare(t *testing.T, s Settlement) (Outcome, []string) {
	t.Helper()
	var found []string
	if s.Each == nil {
		s.Each = func() {}
	}
	o, err := s.Compare(t.Context(), func(f Finding) error {
		found = append(found, fmt.Sprintf("%s %d %s%s here %s %s there %s %s", f.What, f.Line, f.Reference, f.ProviderReference, f.Here.Amount.Value(), f.Here.Status, f.There.Amount.Value(), f.There.Status))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return o, found
}

func settled(t *testing.T) *memory {
	m := &memory{}
	back := payment("Q-7", at(20, 9, 0), till.Paid, api.IDR(1000_00))
	back.Refunds = []till.Refund{{State: till.RefundDone, Amount: api.IDR(400_00), At: at(20, 9, 30)}}
	theirs := payment("Q-8", at(20, 9, 1), till.Paid, api.IDR(800_00))
	theirs.ProviderReference = "2020-8"
	m.put(
		payment("Q-1", at(20, 8, 0), till.Paid, api.IDR(12_500_00)),
		payment("Q-2", at(20, 8, 1), till.Paid, api.IDR(2_000_00)),
		payment("Q-3", at(20, 8, 2), till.Failed, api.IDR(3_000_00)),
		payment("Q-4", at(20, 8, 3), till.LatePaid, api.IDR(4_000_00)),
		payment("Q-5", at(20, 8, 4), till.Unknown, api.IDR(5_000_00)),
		payment("Q-6", at(20, 8, 5), till.Paid, usd(t, "30.25")),
		back, theirs,
		payment("Q-9", at(19, 23, 59), till.Paid, api.IDR(900_00)),
		payment("Q-10", at(19, 23, 58), till.Paid, api.IDR(100_00)), // another day's file
		payment("Q-11", at(20, 10, 0), till.Cancelled, api.IDR(100_00)),
		payment("Q-12", at(20, 11, 0), till.Unsent, api.IDR(100_00)),
	)
	return m
}

const head = "partnerReferenceNo,referenceNo,amount,currency,transactionTime,status\n"

func TestCompare(t *testing.T) {
	const time = "2026-11-20 08:00:00"
	row := func(cells ...string) string { return strings.Join(append(cells, time), ",") }
	line := func(reference, provider, amount, currency, status string) string {
		return row(reference, provider, amount, currency) + "," + status + "\n"
	}
	text := head +
		line("Q-1", "", "12500", "IDR", "paid") + // 2: the same
		line("Q-2", "", "2000.01", "", "paid") + // 3
		line("Q-3", "", "3000", "", "paid") + // 4: failed here
		line("Q-5", "", "5000", "", "pending") + // 5: unknown here too
		line("Q-6", "", "30.25", "USD", "paid") + // 6: the same
		line("Q-7", "", "1000", "", "paid") + line("Q-7", "", "-400", "", "paid") + // 7, 8: the same, given back in part
		line("", "2020-8", "800", "", "paid") + // 9: by their reference
		line("Q-9", "", "900", "", "paid") + // 10: of the day before, settled today
		line("Q-11", "", "100", "", "expired") + // 11
		line("Q-1", "", "12500", "IDR", "paid") + // 12: again
		line("X-1", "", "7", "", "paid") + line("X-1", "", "7", "", "paid") + line("", "Y-1", "8", "", "refund") + line("X-2", "", "9", "", "failed") + // 13 to 16: not ours
		",,999999,,,\n"
	o, found := compare(t, Settlement{Journal: settled(t), Open: file(text)})
	want := []string{
		"duplicate 12 Q-1 here 12500.00 paid there 12500.00 paid",
		"missing-here 13 X-1 here 0.00  there 7.00 paid",
		"duplicate 14 X-1 here 0.00  there 7.00 paid",
		"missing-here 15 Y-1 here 0.00  there 8.00 refund",
		"amount-differs 3 Q-2 here 2000.00 paid there 2000.01 paid",
		"status-differs 4 Q-3 here 3000.00 failed there 3000.00 paid",
		"missing-there 0 Q-4 here 4000.00 late-paid there 0.00 ",
	}
	slices.Sort(found)
	slices.Sort(want)
	if !slices.Equal(found, want) {
		t.Errorf("found\n%s\nwant\n%s", strings.Join(found, "\n"), strings.Join(want, "\n"))
	}
	if o.Matched != 5 || o.Lines != 15 || o.Keyless != 1 || o.NotCounted != 3 || o.Differences() != 7 ||
		!o.From.Equal(at(20, 0, 0)) || !o.To.Equal(at(21, 0, 0)) {
		t.Errorf("%+v", o)
	}
}

func TestStatusesThatDiffer(t *testing.T) {
	for _, c := range []struct{ name, lines, want string }{
		{"failed there", "Q-1,,12500,,2026-11-20,failed\n", "status-differs 2 Q-1 here 12500.00 paid there 0.00 failed"},
		{"given back there alone", "Q-1,,12500,,2026-11-20,refunded\n", "status-differs 2 Q-1 here 12500.00 paid there 12500.00 refunded 12500.00"},
		{"another sum given back", "Q-7,,1000,,2026-11-20,paid\nQ-7,,300,,2026-11-20,refunded\n", "status-differs 2 Q-7 here 1000.00 paid (refunded 400.00) there 300.00 refunded 300.00"},
		{"paid there, not known here", "Q-5,,5000,,2026-11-20,paid\n", "status-differs 2 Q-5 here 5000.00 unknown there 5000.00 paid"},
		{"another currency", "Q-6,,30.25,IDR,2026-11-20,paid\n", "amount-differs 2 Q-6 here 30.25 paid there 30.25 paid"},
		{"never sent here", "Q-12,,100,,2026-11-20,paid\n", "missing-here 2 Q-12 here 0.00  there 100.00 paid"},
	} {
		_, found := compare(t, Settlement{Journal: settled(t), Open: file(head + c.lines)})
		if !slices.Contains(found, c.want) {
			t.Errorf("%s:\n%s\nwant %s", c.name, strings.Join(found, "\n"), c.want)
		}
	}
}

func TestCompareDeposits(t *testing.T) {
	m := day(t)
	text := "channelReferNo,amount,createTime,latestTransactionStatus\nK1090100,50000.00,2026-11-20 09:01:00,00\nK2090200,9,2026-11-20 09:02:00,00\nK3000000,1,2026-11-20 10:00:00,00\n"
	o, found := compare(t, Settlement{Journal: m, Provider: "paycools", Deposits: true, Open: file(text)})
	want := []string{
		"status-differs 3 C-1K2090200 here 9.00 waiting there 9.00 paid",
		"missing-there 0 C-2K2235900 here 30000.00 booked there 0.00 ",
		"missing-here 4 K3000000 here 0.00  there 1.00 00",
	}
	if !slices.Equal(found, want) || o.Matched != 1 {
		t.Errorf("%d, found\n%s\nwant\n%s", o.Matched, strings.Join(found, "\n"), strings.Join(want, "\n"))
	}
}

func TestPeriods(t *testing.T) {
	if _, err := (Settlement{Journal: settled(t), Open: file("orderId,amount\nQ-1,1"), Each: func() {}}).Compare(t.Context(), nil); !errors.Is(err, ErrNoPeriod) {
		t.Errorf("a file without times: %v", err)
	}
	o, found := compare(t, Settlement{Journal: settled(t), Open: file("orderId,amount\nQ-9,900\nQ-10,100\n"), From: at(19, 0, 0), To: at(20, 0, 0)})
	if len(found) > 0 || o.Matched != 2 {
		t.Errorf("%q, %+v", found, o)
	}
}

// TestNothingBeforeABadLine: a file that is wrong at its end has shown nothing.
func TestNothingBeforeABadLine(t *testing.T) {
	_, err := Settlement{Journal: settled(t), Open: file(head + "X,,1,,2026-11-20,paid\nY,,1.234,,2026-11-20,paid\n"), Each: func() {}}.Compare(t.Context(), func(Finding) error {
		t.Error("a difference is shown")
		return nil
	})
	if e, ok := errors.AsType[*FileError](err); !ok || e.Line != 3 {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	if _, err = (Settlement{Journal: settled(t), Open: file(head + strings.Repeat("X,,1,,2026-11-20,paid\n", 3)), Each: cancel}).Compare(ctx, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("given up, it says %v", err)
	}
}

// TestRandomFiles: whatever is changed in a file that agrees is found, and
// nothing else is.
func TestRandomFiles(t *testing.T) {
	for seed := range uint64(50) {
		r := rand.New(rand.NewPCG(seed, 7))
		m := &memory{}
		lines := []string{}
		want := map[Difference]int{}
		same := 0
		for n := range 40 {
			reference := fmt.Sprintf("Q-%02d", n)
			amount := int64(r.IntN(1_000_000_00) + 1)
			when := at(20, r.IntN(24), r.IntN(60))
			there := func(amount int64, status string) {
				lines = append(lines, fmt.Sprintf("%s,,%d.%02d,IDR,%s,%s\n", reference, amount/100, amount%100, when.Format("2006-01-02 15:04:05"), status))
			}
			tx := payment(reference, when, till.Paid, api.IDR(amount))
			switch r.IntN(8) {
			case 0:
				want[MissingThere]++
			case 1:
				there(amount, "paid")
				want[MissingHere]++
				continue
			case 2:
				there(amount+1, "paid")
				want[AmountDiffers]++
			case 3:
				tx.State = till.Failed
				there(amount, "paid")
				want[StatusDiffers]++
			case 4:
				there(amount, "paid")
				there(amount, "paid")
				want[Duplicate]++
				same++
			default:
				there(amount, "paid")
				same++
			}
			m.put(tx)
		}
		r.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
		o, found := compare(t, Settlement{Journal: m, Open: file(head + strings.Join(lines, "")), From: at(20, 0, 0), To: at(21, 0, 0)})
		if o.Matched != same || !maps.Equal(o.Found, want) {
			t.Fatalf("seed %d: %d matched, want %d; %v, want %v\n%s", seed, o.Matched, same, o.Found, want, strings.Join(found, "\n"))
		}
	}
}
