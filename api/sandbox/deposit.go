package sandbox

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"cashier/api"
)

// depositFee is the fee of the document's sample; as there, totalAmount is the
// amount all the same.
var depositFee = api.IDR(2000_00)

// Statuses of a deposit (service 91, partner action of 2009100).
const (
	StatusBooked  = "00"
	StatusWaiting = "03"
)

// Item is one deposit as service 91 lists it (document "Query ATM Payment",
// response sample, CdmQueryRespItem).
type Item struct {
	Status            string     `json:"latestTransactionStatus"`
	Reference         string     `json:"originalPartnerReferenceNo"`
	OriginalReference string     `json:"originalReferenceNo"`
	Code              string     `json:"cdmQrcode"`
	CDMReference      string     `json:"cdmReferenceId"`
	Machine           string     `json:"machineNumber"`
	Channel           string     `json:"channelReferNo,omitempty"` // a waiting one may lack it
	Info              ItemInfo   `json:"additionalInfo"`
	Amount            api.Amount `json:"amount"`
	Fee               api.Amount `json:"feeAmount"`
	Total             api.Amount `json:"totalAmount"`
}

// ItemInfo is an item's additionalInfo. Times are in Jakarta time.
type ItemInfo struct {
	ChannelCode string `json:"channelCode"`
	CreateTime  string `json:"createTime"`
	ReturnTime  string `json:"returnTime,omitempty"` // once it is not waiting any more
}

// DepositRequest is a customer at a machine, or a machine that is done.
type DepositRequest struct {
	Code    string     // cdmQrcode of the user id
	Machine string     // machineNumber, at most 64 characters
	Amount  api.Amount // more than nothing
	Status  string     // two digits; empty: StatusBooked
	// Channel is the machine's name for the deposit. Empty: one is made up,
	// except for a waiting deposit, which may lack it. A waiting deposit that
	// has it already is booked by naming it again.
	Channel string
	// Book books the oldest waiting deposit of the user id that agrees with
	// Machine, Amount and Channel as far as they are given.
	Book bool
	// CreatedAt is when the customer began; zero: now.
	CreatedAt time.Time
}

// Errors of Deposit; they may be wrapped.
var (
	ErrNoUserID  = errors.New("there is no such user id in this sandbox")
	ErrInactive  = errors.New("the user id is INACTIVE: a machine takes no deposit for it")
	ErrNoDeposit = errors.New("no waiting deposit fits")
	ErrBooked    = errors.New("there is a deposit of that channelReferNo already")
	ErrRequest   = errors.New("the deposit is not well-formed")
)

// Deposit makes a deposit, or ends a waiting one, and answers the item as it
// will be queried. The user id's notifyUrl is told of it, where it is on this
// machine.
func (s *Sandbox) Deposit(ctx context.Context, r DepositRequest) (Item, error) {
	if err := ctx.Err(); err != nil {
		return Item{}, err
	}
	if err := r.check(); err != nil {
		return Item{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	user := s.state.byCode[r.Code]
	switch {
	case user == nil:
		return Item{}, fmt.Errorf("%w: %q", ErrNoUserID, api.Clean(r.Code, 64))
	case user.Status != statusActive:
		return Item{}, ErrInactive
	}
	d, err := s.deposit(user, r)
	if err != nil {
		return Item{}, err
	}
	if err := s.record(&d); err != nil {
		return Item{}, err
	}
	s.tellOwner(user, &d)
	return s.item(&d), nil
}

func (r DepositRequest) check() error {
	if r.Code == "" {
		return fmt.Errorf("%w: cdmQrcode is missing", ErrRequest)
	}
	for _, f := range []struct{ name, text string }{{"machineNumber", r.Machine}, {"channelReferNo", r.Channel}} {
		if n := utf8.RuneCountInString(f.text); n > 64 || api.Clean(f.text, 64) != f.text {
			return fmt.Errorf("%w: %s must be at most 64 printable characters", ErrRequest, f.name)
		}
	}
	if r.Status != "" && (len(r.Status) != 2 || r.Status[0] < '0' || r.Status[0] > '9' || r.Status[1] < '0' || r.Status[1] > '9') {
		return fmt.Errorf("%w: status must be two digits such as 00 (booked) or 03 (waiting)", ErrRequest)
	}
	switch {
	case r.Amount.Minor() < 0:
		return fmt.Errorf("%w: amount must be more than nothing", ErrRequest)
	case r.Book && r.Status == StatusWaiting:
		return fmt.Errorf("%w: booking ends the waiting, status 03 contradicts it", ErrRequest)
	case r.Book:
		return nil
	case r.Machine == "":
		return fmt.Errorf("%w: machineNumber is missing", ErrRequest)
	case r.Amount.Zero():
		return fmt.Errorf("%w: amount is missing or nothing", ErrRequest)
	}
	return nil
}

// deposit composes the record of a request that was checked. The caller holds
// mu.
func (s *Sandbox) deposit(user *userID, r DepositRequest) (deposit, error) {
	if r.Status == "" {
		r.Status = StatusBooked
	}
	now := s.now().Truncate(time.Second)
	if known := s.waiting(user, r); known != nil {
		d := *known
		d.Status, d.ReturnedAt = r.Status, now
		if d.Channel == "" {
			d.Channel = r.Channel
		}
		if d.Channel == "" {
			d.Channel = s.channel(d.Machine, now, "")
		}
		if other := s.state.byChannel[d.Channel]; other != nil && other.ID != d.ID {
			return deposit{}, fmt.Errorf("%w: %s", ErrBooked, d.Channel)
		}
		return d, nil
	}
	if r.Book {
		return deposit{}, ErrNoDeposit
	}
	if s.state.byChannel[r.Channel] != nil {
		return deposit{}, fmt.Errorf("%w: %s", ErrBooked, r.Channel)
	}
	d := deposit{
		ID: len(s.state.deposits) + 1, Reference: user.Reference, Machine: r.Machine, Channel: r.Channel,
		Status: r.Status, Amount: r.Amount, Fee: depositFee, CreatedAt: now,
	}
	if !r.CreatedAt.IsZero() {
		d.CreatedAt = r.CreatedAt.In(api.Jakarta).Truncate(time.Second)
	}
	if r.Status != StatusWaiting {
		d.ReturnedAt = now
		if d.Channel == "" {
			d.Channel = s.channel(d.Machine, d.CreatedAt, "")
		}
	}
	// A deposit without a channelReferNo is told from others by its createTime
	// alone: where two share one, both are named.
	if other := s.unnamed(user, d); other != nil {
		named := *other
		named.Channel = s.channel(named.Machine, named.CreatedAt, d.Channel)
		if err := s.record(&named); err != nil {
			return deposit{}, err
		}
	}
	if d.Channel == "" && s.shared(user, d) {
		d.Channel = s.channel(d.Machine, d.CreatedAt, "")
	}
	return d, nil
}

// unnamed is the deposit of the user id without a channelReferNo that began
// with d; nil: none.
func (s *Sandbox) unnamed(user *userID, d deposit) *deposit {
	for _, other := range s.state.byOwner[user.Reference] {
		if other.Channel == "" && other.CreatedAt.Equal(d.CreatedAt) {
			return other
		}
	}
	return nil
}

// shared tells whether another deposit of the user id began with d.
func (s *Sandbox) shared(user *userID, d deposit) bool {
	return slices.ContainsFunc(s.state.byOwner[user.Reference], func(other *deposit) bool {
		return other.CreatedAt.Equal(d.CreatedAt)
	})
}

// waiting finds the waiting deposit that the request ends; nil: none, the
// request is a new deposit.
func (s *Sandbox) waiting(user *userID, r DepositRequest) *deposit {
	for _, d := range s.state.byOwner[user.Reference] {
		switch {
		case d.Status != StatusWaiting || r.Status == StatusWaiting,
			!r.Book && (r.Channel == "" || d.Channel != r.Channel),
			r.Channel != "" && d.Channel != "" && d.Channel != r.Channel,
			r.Machine != "" && d.Machine != r.Machine,
			!r.Amount.Zero() && d.Amount != r.Amount:
			continue
		}
		return d
	}
	return nil
}

// channel makes a channelReferNo like the sample's Kun520B40321240403D001:
// machine, day, number of the day. It is none that is in use, and not except.
func (s *Sandbox) channel(machine string, at time.Time, except string) string {
	prefix := machine + at.In(api.Jakarta).Format("060102") + "D"
	for n := s.state.perDay[prefix] + 1; ; n++ {
		if name := fmt.Sprintf("%s%03d", prefix, n); s.state.byChannel[name] == nil && name != except {
			s.state.perDay[prefix] = n
			return name
		}
	}
}

// item spells a deposit for the wire. The caller holds mu.
func (s *Sandbox) item(d *deposit) Item {
	user := s.state.byReference[d.Reference]
	i := Item{
		Status:            d.Status,
		Reference:         d.Reference,
		OriginalReference: user.Original,
		Code:              user.Code,
		CDMReference:      user.CDMReference,
		Machine:           d.Machine,
		Channel:           d.Channel,
		Info:              ItemInfo{ChannelCode: user.Channel, CreateTime: api.Timestamp(d.CreatedAt)},
		Amount:            d.Amount,
		Fee:               d.Fee,
		Total:             d.Amount,
	}
	if !d.ReturnedAt.IsZero() {
		i.Info.ReturnTime = api.Timestamp(d.ReturnedAt)
	}
	return i
}
