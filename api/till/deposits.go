package till

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"cashier/api"
)

// Totals of a user id's deposits. Only booked ones are money; amounts in
// another currency than the first are counted in Skipped and not summed.
type Totals struct {
	Booked       api.Amount
	BookedCount  int
	Waiting      api.Amount
	WaitingCount int
	Other        int // neither booked nor waiting
	Skipped      int
}

// Sum totals deposits by seed 000's rules: the sum is of amount, whatever fee
// and totalAmount say.
func Sum(deposits []Deposit) Totals {
	var t Totals
	add := func(to *api.Amount, n *int, a api.Amount) {
		sum, err := to.Add(a)
		if err != nil {
			t.Skipped++
			return
		}
		*to = sum
		*n++
	}
	for _, d := range deposits {
		switch d.State {
		case api.DepositBooked:
			add(&t.Booked, &t.BookedCount, d.Amount)
		case api.DepositWaiting:
			add(&t.Waiting, &t.WaitingCount, d.Amount)
		default:
			t.Other++
		}
	}
	return t
}

// Merge adds what a query answered to what is known, newest first. Items
// repeat, within an answer and between answers: a deposit is its provider
// reference, channel reference and creation time. A waiting item may still
// lack the channel reference and becomes the booked one. Nothing that is
// booked is ever unbooked; another amount for the same deposit is flagged.
func Merge(known []Deposit, fresh []api.Deposit, now time.Time) (merged []Deposit, changed bool) {
	merged = slices.Clone(known)
	for _, f := range fresh {
		i := slices.IndexFunc(merged, func(d Deposit) bool { return same(d.Deposit, f) })
		if i < 0 {
			merged = append(merged, Deposit{Deposit: f, SeenAt: now})
			changed = true
			continue
		}
		next := advance(merged[i].Deposit, f)
		if next == merged[i].Deposit {
			continue
		}
		if next.State != merged[i].State {
			merged[i].SeenAt = now
		}
		merged[i].Deposit = next
		changed = true
	}
	slices.SortStableFunc(merged, func(a, b Deposit) int { return cmp.Compare(b.CreatedAt.UnixNano(), a.CreatedAt.UnixNano()) })
	return merged, changed
}

func same(a, b api.Deposit) bool {
	if a.ProviderReference != b.ProviderReference || !a.CreatedAt.Equal(b.CreatedAt) {
		return false
	}
	if a.ChannelReference == "" || b.ChannelReference == "" {
		return a.Machine == b.Machine
	}
	return a.ChannelReference == b.ChannelReference
}

// advance is a known deposit after the provider named it again.
func advance(known, again api.Deposit) api.Deposit {
	next := known
	if next.ChannelReference == "" {
		next.ChannelReference = again.ChannelReference
	}
	moved := known.State != api.DepositBooked && again.State != known.State
	if moved {
		next.State, next.Status = again.State, again.Status
		next.Fee, next.Total, next.ReturnedAt = again.Fee, again.Total, again.ReturnedAt
	}
	if again.Amount != known.Amount {
		if moved {
			next.Amount = again.Amount // what was booked is what counts
		}
		next.Flag = fmt.Sprintf("%s before, %s now", known.Amount, again.Amount)
		if !moved {
			next.Flag = fmt.Sprintf("also named with %s", again.Amount)
		}
	}
	return next
}
