package till

// State is where a transaction stands. The arrows are DESIGN.md 2's.
type State string

// States of a transaction.
const (
	Intent  State = "intent"  // journalled, nothing sent yet
	Sent    State = "sent"    // an attempt is durable; no answer yet
	Unknown State = "unknown" // may or may not have happened
	Failed  State = "failed"  // refused by the provider's own word
	Unsent  State = "unsent"  // ended; provably nothing left

	Active   State = "active"   // a user id that works
	Inactive State = "inactive" // a user id that the provider does not let work

	Pending    State = "pending"    // the provider waits for the customer
	Paid       State = "paid"       // the money came
	Cancelling State = "cancelling" // a cancel was asked for; not proven yet
	Cancelled  State = "cancelled"  // by the provider's confirmation
	Parked     State = "parked"     // still open; swept slowly, a person decides
	NotFound   State = "not-found"  // the provider does not know it, by the not-found rule
	LatePaid   State = "late-paid"  // ended unpaid, and money came after all
	Doubled    State = "doubled"    // paid, and another transaction of the same sale is paid too
	Refunded   State = "refunded"   // the whole amount went back
)

// Open reports whether the state still asks for work: somebody must find out
// what happened. A user id that is active has ended in this sense, although
// deposits still arrive.
func (s State) Open() bool {
	switch s {
	case Intent, Sent, Unknown, Pending, Cancelling, Parked:
		return true
	}
	return false
}

// unpaid reports whether the state proves that no money moved or that all of
// it went back: only then may another transaction of the same sale start.
func (s State) unpaid() bool {
	switch s {
	case Failed, Cancelled, NotFound, Unsent:
		return true
	}
	return false
}

// paid reports whether the customer's money is here.
func (s State) paid() bool { return s == Paid || s == LatePaid || s == Doubled }
