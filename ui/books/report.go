package books

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"
	"time"

	"cashier/api"
	"cashier/api/till"
)

// By is what totals are made for.
type By string

// What totals can be made for. Payments have no machine, and no courier.
const (
	Hour    By = "hour" // of the day in Jakarta, over all days together
	Day     By = "day"  // in Jakarta
	Machine By = "machine"
	Courier By = "courier"
)

// Bys lists them.
var Bys = []By{Hour, Day, Machine, Courier}

// Sum is how many of something there are and what they come to.
type Sum struct {
	Count  int
	Amount api.Amount
	// Past counts those that no longer fit an amount (16 digits); they are in
	// Count and not in Amount.
	Past int
}

func (s *Sum) add(a api.Amount) {
	s.Count++
	sum, err := s.Amount.Add(a)
	if err != nil {
		s.Past++
		return
	}
	s.Amount = sum
}

// Line is the totals of one hour, day, machine or courier. Payments are those
// that were paid, those given back since included, by the time they were begun;
// Refunds by the time they were asked for; Deposits are booked ones, by the
// machine's time. Fees are in none of them.
type Line struct {
	Key  string // "15", "2026-11-20", a machine's number, a courier's number; empty: what has none
	Name string // a courier's

	Payments, Refunds, Deposits Sum
}

// Currency is the lines of one currency, in the order of their keys.
type Currency struct {
	Code  string
	Lines []Line
	Total Line
}

// Report is totals of [From, To). Currencies are never added to each other; IDR
// comes first and is always there.
type Report struct {
	By         By
	From, To   time.Time
	Currencies []Currency
}

// Rupiah is the part in rupiah.
func (r Report) Rupiah() Currency { return r.Currencies[0] }

const rupiah = "IDR"

// Make adds up [from, to). Zero ends are open. Each is called for every
// transaction that was looked at.
func Make(ctx context.Context, j Journal, by By, from, to time.Time, each func()) (Report, error) {
	a := adder{by: by, from: from, to: to, lines: map[string]map[string]*Line{rupiah: {}}}
	if err := touching(ctx, j, from, to, each, a.transaction); err != nil {
		return Report{}, err
	}
	report := Report{By: by, From: from, To: to}
	codes := slices.SortedFunc(maps.Keys(a.lines), func(x, y string) int {
		return cmp.Or(cmp.Compare(boolInt(x != rupiah), boolInt(y != rupiah)), cmp.Compare(x, y))
	})
	for _, code := range codes {
		c := Currency{Code: code}
		for _, key := range slices.Sorted(maps.Keys(a.lines[code])) {
			l := *a.lines[code][key]
			c.Lines = append(c.Lines, l)
			c.Total.Payments.join(l.Payments)
			c.Total.Refunds.join(l.Refunds)
			c.Total.Deposits.join(l.Deposits)
		}
		report.Currencies = append(report.Currencies, c)
	}
	return report, nil
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// join adds a whole sum.
func (s *Sum) join(other Sum) {
	s.Count += other.Count
	s.Past += other.Past
	sum, err := s.Amount.Add(other.Amount)
	if err != nil {
		s.Past += other.Count - other.Past
		return
	}
	s.Amount = sum
}

type adder struct {
	by       By
	from, to time.Time
	lines    map[string]map[string]*Line // currency -> key -> totals
}

func (a *adder) line(at time.Time, machine string, courier *api.Courier, currency string) *Line {
	key, name := "", ""
	switch at = at.In(api.Jakarta); a.by {
	case Hour:
		key = strconv.Itoa(100 + at.Hour())[1:]
	case Day:
		key = at.Format(time.DateOnly)
	case Machine:
		key = machine
	case Courier:
		if courier != nil {
			key, name = courier.No, courier.Name
		}
	}
	currency = cmp.Or(currency, rupiah)
	if a.lines[currency] == nil {
		a.lines[currency] = map[string]*Line{}
	}
	l := a.lines[currency][key]
	if l == nil {
		l = &Line{Key: key}
		a.lines[currency][key] = l
	}
	l.Name = cmp.Or(l.Name, name)
	return l
}

func (a *adder) transaction(tx till.Transaction) error {
	switch tx.Kind {
	case till.CDM:
		for _, d := range tx.Deposits {
			at := d.CreatedAt
			if at.IsZero() {
				at = d.SeenAt
			}
			if d.State == api.DepositBooked && within(at, a.from, a.to) {
				a.line(at, string(d.Machine), tx.Courier, d.Amount.Currency()).Deposits.add(d.Amount)
			}
		}
	case till.CPM:
		if tx.Payment == nil || !paid(tx.State) {
			return nil
		}
		if within(tx.CreatedAt, a.from, a.to) {
			a.line(tx.CreatedAt, "", nil, tx.Amount.Currency()).Payments.add(tx.Amount)
		}
		for _, r := range tx.Refunds {
			if r.State == till.RefundDone && within(r.At, a.from, a.to) {
				a.line(r.At, "", nil, r.Amount.Currency()).Refunds.add(r.Amount)
			}
		}
	}
	return nil
}
