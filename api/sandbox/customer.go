package sandbox

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"cashier/api/snap"
	"cashier/qr/emv"
)

// Customer is a test customer: somebody who pays in a way of their own, with
// the code that they show. Both are the same in every sandbox and every run.
type Customer struct {
	ID      string `json:"id"`
	Outcome string `json:"outcome"` // what happens to a payment, in English
	Content string `json:"qrContent"`
}

// Statuses of a payment (seed 003, service 61, latestTransactionStatus).
const (
	paymentPaid      = "00"
	paymentInitiated = "01"
	paymentPaying    = "02"
	paymentPending   = "03"
	paymentRefunded  = "04"
	paymentCancelled = "05"
	paymentFailed    = "06"
	paymentNotFound  = "07"
)

var statusWords = map[string]string{
	paymentPaid: "success", paymentInitiated: "initiated", paymentPaying: "paying", paymentPending: "pending",
	paymentRefunded: "refunded", paymentCancelled: "cancelled", paymentFailed: "failed", paymentNotFound: "not found",
}

// event is what happens to a payment by itself.
type event string

const (
	moneyMoves event = "pays"     // the customer's money moves: a debit
	fails      event = "fails"    // it ends without money
	cancels    event = "cancels"  // so it does, by somebody's wish
	goesBack   event = "returned" // somebody else than the till gave the money back
)

// step is an event some time after the payment, or after what the step
// belongs to.
type step struct {
	event event
	after time.Duration // scaled by Options.Scale
}

// way is how a cancel or a refund of a customer's payment ends.
type way string

const (
	asAsked     way = ""            // it is done
	unsupported way = "unsupported" // 405-00
	refused     way = "refused"     // 405-01, nothing changes
	answerLost  way = "answer lost" // it is done, but the first time nobody is told
	loses       way = "loses"       // cancel: accepted, yet the money moves
	tooLate     way = "too late"    // cancel: the money moved just before it
	slow        way = "slow"        // accepted, done after slowTime
	undone      way = "undone"      // cancel: done, but the money moves lateTime after it
)

const (
	soonTime = 8 * time.Second
	slowTime = 10 * time.Second
	lateTime = 3 * time.Minute
)

// customer is the play of a test customer: a row of the table below.
type customer struct {
	number  int // of the account: never given to another one
	id      string
	outcome string

	reply       string // key of 60's answer; empty: 200-00
	silent      bool   // no answer comes
	unkept      bool   // the provider knows nothing of the payment
	plan        []step
	waits       string        // the status while it is open; empty: 03
	tells       string        // additionalInfo.latestTransactionStatus of 60's answer
	noReference bool          // 60's answer lacks referenceNo
	hidden      time.Duration // how long the provider does not find the payment
	cancel      way
	refund      way
}

// customerTable is all test customers but those who decline at once.
func customerTable() []customer {
	pays := []step{{moneyMoves, 0}}
	soon := []step{{moneyMoves, soonTime}}
	late := []step{{moneyMoves, lateTime}}
	return []customer{
		{number: 1, id: "approves", outcome: "approves at once", plan: pays},
		{number: 2, id: "approves-after-8s", outcome: "in progress, approves after 8 seconds", reply: "202-00", plan: soon, waits: paymentInitiated},
		{number: 3, id: "asked", outcome: "waits until somebody approves or declines for the customer", reply: "202-00", waits: paymentPaying},
		{number: 4, id: "pending", outcome: "pending until it is cancelled", reply: "202-00"},
		{number: 5, id: "declines-later", outcome: "in progress, fails after 8 seconds", reply: "202-00", plan: []step{{fails, soonTime}}},
		{number: 6, id: "gives-up", outcome: "in progress, the customer cancels after 8 seconds", reply: "202-00", plan: []step{{cancels, soonTime}}},

		{number: 10, id: "spent-code", outcome: "shows a code that was used before: 404-01", reply: "404-01", unkept: true},
		{number: 11, id: "answer-lost", outcome: "pays, but the answer is lost", silent: true, plan: pays},
		{number: 12, id: "answer-lost-declined", outcome: "is declined, but the answer is lost", silent: true, plan: []step{{fails, 0}}},
		{number: 13, id: "request-lost", outcome: "the request never reaches the provider: nothing is found later", silent: true, unkept: true},
		{number: 14, id: "found-late", outcome: "no answer and not found for 3 minutes, then it is paid", silent: true, hidden: lateTime, plan: late},
		{number: 15, id: "timeout-paid", outcome: "504-00, paid 3 seconds later", reply: "504-00", plan: []step{{moneyMoves, 3 * time.Second}}},
		{number: 16, id: "timeout-failed", outcome: "504-00, failed 3 seconds later", reply: "504-00", plan: []step{{fails, 3 * time.Second}}},
		{number: 17, id: "error-paid", outcome: "500-00, although the money moved", reply: "500-00", plan: pays},
		{number: 18, id: "error-unpaid", outcome: "500-00, and the provider knows nothing of it", reply: "500-00", unkept: true},
		{number: 19, id: "success-pending", outcome: "2006000 with status 03, paid after 8 seconds", plan: soon, tells: paymentPending},
		{number: 20, id: "success-failed", outcome: "2006000 with status 06, failed", plan: []step{{fails, 0}}, tells: paymentFailed},
		{number: 21, id: "no-reference", outcome: "paid, but the answer lacks referenceNo", plan: pays, noReference: true},

		{number: 30, id: "pays-while-cancelled", outcome: "pending; a cancel is accepted, yet the money moves", reply: "202-00", cancel: loses},
		{number: 31, id: "pays-before-cancel", outcome: "pending; the money moves just before a cancel, which is refused", reply: "202-00", cancel: tooLate},
		{number: 32, id: "cancel-unsupported", outcome: "pending; cannot be cancelled (405-00); paid after 3 minutes", reply: "202-00", plan: late, cancel: unsupported},
		{number: 33, id: "cancel-refused", outcome: "pending; a cancel is not allowed (405-01); paid after 3 minutes", reply: "202-00", plan: late, cancel: refused},
		{number: 34, id: "cancel-slow", outcome: "pending; a cancel is accepted and done 10 seconds later", reply: "202-00", cancel: slow},
		{number: 35, id: "cancel-lost", outcome: "pending; a cancel is done, but its first answer is lost", reply: "202-00", cancel: answerLost},
		{number: 36, id: "paid-after-cancel", outcome: "pending; a cancel is done, and 3 minutes later the money moves", reply: "202-00", cancel: undone},

		{number: 40, id: "returned", outcome: "pays; somebody else gives the money back after 8 seconds", plan: []step{{moneyMoves, 0}, {goesBack, soonTime}}},
		{number: 41, id: "refund-refused", outcome: "pays; a refund is not allowed (405-01)", plan: pays, refund: refused},
		{number: 42, id: "refund-slow", outcome: "pays; a refund is in progress and done 10 seconds later", plan: pays, refund: slow},
		{number: 43, id: "refund-lost", outcome: "pays; a refund is done, but its first answer is lost", plan: pays, refund: answerLost},
		{number: 44, id: "refund-unsupported", outcome: "pays; refunds are not supported (405-00)", plan: pays, refund: unsupported},
	}
}

// firstDecline is the number of the customer that declines with 403-00.
const firstDecline = 100

// decliners are one customer for each 403 case of the catalogue. Most cases
// end the payment; four do not.
func decliners() []customer {
	var all []customer
	for meaning := range snap.Catalogue() {
		if meaning.HTTP != 403 {
			continue
		}
		c := customer{
			id:      "declined-" + meaning.Key(),
			outcome: "declined with " + meaning.Key() + ", " + strings.TrimSuffix(strings.TrimSuffix(meaning.Message, "[reason]"), "."),
			reply:   meaning.Key(),
			number:  firstDecline + len(all),
			plan:    []step{{fails, 0}},
		}
		switch meaning.Case {
		case "04", "06": // too many requests, cut-off: the same reference may come again
			c.plan, c.unkept = nil, true
		case "13":
			c.outcome += "; the customer types it and pays after 8 seconds"
			c.plan = []step{{moneyMoves, soonTime}}
		case "16":
			c.outcome += "; pending until it is cancelled"
			c.plan = nil
		}
		all = append(all, c)
	}
	return all
}

// customerBook is the table with the codes that the customers show.
type customerBook struct {
	list      []Customer
	byID      map[string]*customer
	byAccount map[string]*customer // PAN
	byContent map[string]*customer // the printed codes
}

var customers = sync.OnceValue(func() *customerBook {
	book := &customerBook{byID: map[string]*customer{}, byAccount: map[string]*customer{}, byContent: map[string]*customer{}}
	for _, c := range append(customerTable(), decliners()...) {
		content, err := c.card("").Encode()
		if err != nil {
			panic("sandbox: the test customer " + c.id + " has no code: " + err.Error())
		}
		book.list = append(book.list, Customer{c.id, c.outcome, content})
		book.byID[c.id], book.byAccount[c.pan()], book.byContent[content] = &c, &c, &c
	}
	return book
})

// pan is an account that no bank gave out: 9360, the NNS 0999, 6, the customer's
// number.
func (c *customer) pan() string { return fmt.Sprintf("936009996000%07d", c.number) }

func (c *customer) card(token string) emv.Card { return emv.Card{PAN: c.pan(), Token: token} }

// Customers lists the test customers. Their codes may be used again and again.
func Customers() []Customer { return slices.Clone(customers().list) }

// ErrNoCustomer says that there is no such test customer.
var ErrNoCustomer = errors.New("there is no such test customer")

// FreshCode is a code of a test customer as a wallet makes them: it can be used
// once. Different numbers give different codes.
func FreshCode(id string, number uint64) (string, error) {
	c := customers().byID[id]
	if c == nil {
		return "", ErrNoCustomer
	}
	return c.card(fmt.Sprintf("F%020d", number)).Encode()
}

// shown is whose code a payment brings.
type shown struct {
	customer *customer
	token    string // of a code that can be used once; empty: a printed one
}

// recognise is false for what is no code of a test customer and none of
// service 59. A code is read leniently: as the till may send what it scanned.
func recognise(content string) (shown, bool) {
	book := customers()
	if c := book.byContent[content]; c != nil {
		return shown{customer: c}, true
	}
	code, err := emv.DecodeCPM(content)
	if err != nil || code.Refusal() != emv.ReasonNone {
		return shown{}, false
	}
	application, _ := code.Application()
	c := book.byAccount[application.PAN()]
	token, _ := application.Value(tagToken)
	return shown{c, string(token)}, c != nil
}

// tagToken is the element by which an issuer knows a payment.
const tagToken = 0x9F74

// reply60 is the key of 60's answer.
func (c *customer) reply60() string {
	if c.reply == "" {
		return "200-00"
	}
	return c.reply
}

func (c *customer) open() string {
	if c.waits == "" {
		return paymentPending
	}
	return c.waits
}
