package till

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cashier/api"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, api.Jakarta)

func item(n int, state api.DepositState, minor int64) api.Deposit {
	return api.Deposit{
		ProviderReference: "C1", ChannelReference: api.Text(fmt.Sprintf("D%03d", n)), Machine: "Kun520B40321", State: state,
		Amount: api.IDR(minor), CreatedAt: noon.Add(time.Duration(n) * time.Minute),
	}
}

// Whatever an answer repeats and in whatever order, the sum is that of the
// distinct booked deposits, and merging again changes nothing.
func TestMergeCountsEachDepositOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 12).Draw(t, "deposits")
		var fresh []api.Deposit
		var booked int64
		for i := range n {
			minor := rapid.Int64Range(1, 1_000_000_000).Draw(t, "amount")
			state := rapid.SampledFrom([]api.DepositState{api.DepositBooked, api.DepositWaiting, api.DepositOther}).Draw(t, "state")
			if state == api.DepositBooked {
				booked += minor
			}
			for range rapid.IntRange(1, 3).Draw(t, "repeats") {
				fresh = append(fresh, item(i, state, minor))
			}
		}
		fresh = rapid.Permutation(fresh).Draw(t, "order")
		merged, changed := Merge(nil, fresh, noon)
		if len(merged) != n || changed != (n > 0) {
			t.Fatalf("%d deposits became %d, changed %v", n, len(merged), changed)
		}
		if got := Sum(merged).Booked.Minor(); got != booked {
			t.Fatalf("booked %d, want %d", got, booked)
		}
		if !slices.IsSortedFunc(merged, func(a, b Deposit) int { return b.CreatedAt.Compare(a.CreatedAt) }) {
			t.Fatal("not newest first")
		}
		again, changed := Merge(merged, fresh, noon.Add(time.Hour))
		if changed || len(again) != n {
			t.Fatalf("the same answer again: changed %v, %d deposits", changed, len(again))
		}
	})
}

func TestAWaitingDepositBecomesTheBookedOne(t *testing.T) {
	waiting := item(1, api.DepositWaiting, 30_000_00)
	waiting.ChannelReference = ""
	known, _ := Merge(nil, []api.Deposit{waiting}, noon)
	if s := Sum(known); !s.Booked.Zero() || s.Waiting != api.IDR(30_000_00) {
		t.Fatalf("a waiting deposit was summed: %+v", s)
	}
	merged, changed := Merge(known, []api.Deposit{item(1, api.DepositBooked, 30_000_00)}, noon.Add(time.Minute))
	if !changed || len(merged) != 1 || merged[0].State != api.DepositBooked || merged[0].ChannelReference != "D001" || merged[0].Flag != "" {
		t.Errorf("%+v", merged)
	}
	// A late copy of the waiting item is neither a second one nor a step back.
	late, changed := Merge(merged, []api.Deposit{waiting}, noon.Add(2*time.Minute))
	if changed || len(late) != 1 || late[0].State != api.DepositBooked {
		t.Errorf("changed %v %+v", changed, late)
	}
	// Another machine at the same second is another deposit.
	other := waiting
	other.Machine = "Kun520B40322"
	two, _ := Merge(merged, []api.Deposit{other}, noon)
	if len(two) != 2 {
		t.Errorf("two machines became %d deposits", len(two))
	}
}

func TestAnotherAmountIsFlaggedAndNeverAddedTwice(t *testing.T) {
	known, _ := Merge(nil, []api.Deposit{item(1, api.DepositBooked, 30_000_00)}, noon)
	merged, changed := Merge(known, []api.Deposit{item(1, api.DepositBooked, 50_000_00)}, noon)
	if !changed || len(merged) != 1 || merged[0].Flag == "" || Sum(merged).Booked != api.IDR(30_000_00) {
		t.Errorf("%+v", merged)
	}
	if again, changed := Merge(merged, []api.Deposit{item(1, api.DepositBooked, 50_000_00)}, noon); changed || len(again) != 1 {
		t.Error("the flag was set twice")
	}
	known, _ = Merge(nil, []api.Deposit{item(1, api.DepositWaiting, 30_000_00)}, noon)
	merged, _ = Merge(known, []api.Deposit{item(1, api.DepositBooked, 50_000_00)}, noon)
	if merged[0].Flag == "" || Sum(merged).Booked != api.IDR(50_000_00) {
		t.Errorf("booked with another amount than it waited with: %+v", merged[0])
	}
}

func TestAnotherCurrencyIsNotAdded(t *testing.T) {
	dollars, err := api.ParseAmount("5.00", "USD")
	if err != nil {
		t.Fatal(err)
	}
	foreign := item(2, api.DepositBooked, 1)
	foreign.Amount = dollars
	s := Sum([]Deposit{{Deposit: item(1, api.DepositBooked, 100)}, {Deposit: foreign}})
	if s.Booked != api.IDR(100) || s.BookedCount != 1 || s.Skipped != 1 {
		t.Errorf("%+v", s)
	}
}
