package till

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"cashier/api"
)

// A broken rule must be seen within the seeds that the sound till passes.
func TestEveryBrokenRuleIsCaught(t *testing.T) {
	defer roomy()()
	for name, breakRule := range mutants {
		t.Run(name, func(t *testing.T) {
			for seed := range simulated(t, 20_000) {
				if wrong := life(seed, breakRule, newStub); wrong != "" {
					first, _, _ := strings.Cut(wrong, "\n")
					t.Logf("seed %d: %s", seed, first)
					return
				}
			}
			t.Error("nobody noticed")
		})
	}
}

var mutants = map[string]func(*rules){
	"sent again on unknown": func(r *rules) {
		tries := 0
		r.again = func(a api.Answer) bool { tries++; return a.Class == api.Unknown && tries%3 != 0 }
	},
	"a second transaction while one is open": func(r *rules) { r.mayStart = func([]Transaction) bool { return true } },
	"paid by a notification alone":           func(r *rules) { r.hint = func(s api.PaymentStatus) api.PaymentStatus { return s } },
	"failed on a timeout": func(r *rules) {
		r.sent = func(tx *Transaction, a api.Answer) State {
			if a.Class == api.Unknown {
				return Failed
			}
			return stateAfterPayment(tx, a)
		}
	},
	"no intent before the send": func(r *rules) { r.intentFirst = false },
	"the refunds' sum unchecked": func(r *rules) {
		r.refundFits = func(*Transaction, api.Amount) bool { return true }
	},
	"a refund repeated under a new reference": func(r *rules) {
		r.refundAs = func(f Refund, now time.Time) api.Reference {
			return f.Reference + api.Reference(fmt.Sprintf("-%d", now.UnixNano()))
		}
	},
	"a cancel taken as final": func(r *rules) {
		r.cancelled = func(a api.Answer) State {
			if a.Class == api.Done {
				return Cancelled
			}
			return Cancelling
		}
	},
	"not found at the first word": func(r *rules) {
		r.notFound = func(*Payment, Plan, time.Time) bool { return true }
	},
	"paid at any answer": func(r *rules) {
		r.sent = func(tx *Transaction, a api.Answer) State {
			if a.Class == api.Pending {
				return Paid
			}
			return stateAfterPayment(tx, a)
		}
	},
}
