package views

import (
	"context"
	"time"

	"cashier/api"
	"cashier/api/till"
)

// Checkout is what the screens of QRIS payments work with. The zero value is a
// profile without payments: nothing of them is shown.
type Checkout struct {
	Payments Payments
	// Provider of the payments, as people call it: "CPM".
	Provider string
	// Mark is a keyed hash of a customer's code, hex: it tells the same code from
	// another. May be nil: then no two codes are known to be the same.
	Mark func(code string) string
	// Least and Most bound one payment; zero: no bound of the profile's.
	Least, Most api.Amount
	// Window is how long an open payment is asked about before it is cancelled,
	// NoCancelBefore how soon it may be cancelled at all; zero: 60 s and 15 s,
	// the defaults of the plan.
	Window, NoCancelBefore time.Duration
	// Codes: the provider makes customer codes for us (service 59).
	Codes bool
	// Shop, Terminal stand on receipts and slips.
	Shop     api.Shop
	Terminal string
	// Test marks every receipt: no real money. A Machine does so too.
	Test bool
	// Customers are the sandbox's; nil at a real provider.
	Customers Customers
	// Reference makes the references of payments, codes and refunds; nil:
	// api.NewReference.
	Reference func(kind byte) api.Reference
}

// Payments takes and gives back money; *till.Till is one.
type Payments interface {
	Pay(ctx context.Context, order till.Order, progress func(api.Attempt)) (till.Transaction, error)
	NewCode(ctx context.Context, reference api.Reference, progress func(api.Attempt)) (till.Transaction, api.CodeNews, error)
	Follow(ctx context.Context, reference api.Reference) (updates <-chan till.Update, unsubscribe func(), err error)
	Leave(reference api.Reference)
	CheckPayment(ctx context.Context, reference api.Reference) (till.Transaction, api.Answer, error)
	Cancel(ctx context.Context, reference api.Reference, reason string) (till.Transaction, error)
	Accept(ctx context.Context, reference api.Reference, by, reason string) (till.Transaction, error)
	Refund(ctx context.Context, reference, refund api.Reference, amount api.Amount, reason string) (till.Transaction, error)
}

// Customers are the sandbox's test customers.
type Customers interface {
	Customers() []Customer
	// Decide approves or declines for the customer that waits to be asked; an
	// error says that nobody waits.
	Decide(ctx context.Context, id string, approve bool) error
}

// Customer is somebody invented who pays in a way of their own.
type Customer struct {
	ID      string
	Outcome string // English, the sandbox's own words
	Content string // of the code that they show
}

// pays reports whether the profile takes payments.
func (d *desk) pays() bool { return d.Checkout.Payments != nil }

// refer makes a reference of a kind.
func (d *desk) refer(kind byte) api.Reference {
	if d.Checkout.Reference != nil {
		return d.Checkout.Reference(kind)
	}
	return api.NewReference(kind, d.Now())
}

// test reports whether no money here is real.
func (d *desk) test() bool { return d.Checkout.Test || d.Machine != nil }

func (d *desk) window() time.Duration {
	if d.Checkout.Window > 0 {
		return d.Checkout.Window
	}
	return time.Minute
}

func (d *desk) noCancelBefore() time.Duration {
	if d.Checkout.NoCancelBefore > 0 {
		return d.Checkout.NoCancelBefore
	}
	return 15 * time.Second
}

// providerOf is whom a record was asked of, as people call it.
func (d *desk) providerOf(tx till.Transaction) string {
	if tx.Lookup != nil {
		return d.lookupProvider(tx.Provider).Title
	}
	if tx.Kind == till.CPM && d.Checkout.Provider != "" {
		return d.Checkout.Provider
	}
	return d.Provider
}
