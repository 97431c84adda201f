package store

import (
	"encoding/binary"
	"fmt"
	"slices"

	"cashier/api"
	"cashier/api/till"
)

// Tally counts transactions by kind and state, booked cash deposits, and
// payments that came.
type Tally struct {
	counts  []count // sorted, none is zero
	minor   int64   // hundredths of rupiah
	booked  uint32
	skipped uint32
	paid    paidSum
}

// paidSum is money that came by payments.
type paidSum struct {
	minor   int64 // hundredths of rupiah
	count   uint32
	skipped uint32
}

func (p *paidSum) add(other paidSum, sign int) {
	p.minor += int64(sign) * other.minor
	p.count += uint32(sign) * other.count
	p.skipped += uint32(sign) * other.skipped
}

type count struct {
	kind, state byte
	n           uint32
}

// Of is the number of transactions of a kind in a state; an empty kind or
// state stands for all.
func (t Tally) Of(kind till.Kind, state till.State) int {
	n := 0
	for _, c := range t.counts {
		if (kind == "" || kindWords[c.kind] == kind) && (state == "" || stateWords[c.state] == state) {
			n += int(c.n)
		}
	}
	return n
}

// Open is the number of transactions whose State.Open is true.
func (t Tally) Open() int {
	n := 0
	for _, c := range t.counts {
		if stateWords[c.state].Open() {
			n += int(c.n)
		}
	}
	return n
}

// Booked is the sum of the booked deposits in rupiah and how many they are;
// skipped ones are booked in another currency or past what a machine takes.
func (t Tally) Booked() (sum api.Amount, deposits, skipped int) {
	return api.IDR(t.minor), int(t.booked), int(t.skipped)
}

// Paid is the sum in rupiah of the payments by the customer's code that are
// paid, late-paid or doubled, and how many they are, by the day they were
// begun. What went back of one in part is not subtracted; one that went back
// whole (refunded) is not among them. Skipped ones are of another currency or
// too large to sum.
func (t Tally) Paid() (sum api.Amount, payments, skipped int) {
	return api.IDR(t.paid.minor), int(t.paid.count), int(t.paid.skipped)
}

func (t *Tally) add(kind, state byte, n int) {
	i, found := slices.BinarySearchFunc(t.counts, count{kind: kind, state: state}, func(a, b count) int {
		return (int(a.kind)<<8 + int(a.state)) - (int(b.kind)<<8 + int(b.state))
	})
	if !found {
		t.counts = slices.Insert(t.counts, i, count{kind: kind, state: state})
	}
	t.counts[i].n += uint32(n)
	if t.counts[i].n == 0 {
		t.counts = slices.Delete(t.counts, i, i+1)
	}
}

func (t *Tally) addDeposits(d depositDay, sign int) {
	t.minor += int64(sign) * d.minor
	t.booked += uint32(sign) * d.count
	t.skipped += uint32(sign) * d.skipped
}

func (t Tally) empty() bool {
	return len(t.counts) == 0 && t.minor == 0 && t.booked == 0 && t.skipped == 0 && t.paid == (paidSum{})
}

// A tally is: version, the number of counts u8, each as kind, state, u32, then
// hundredths of rupiah i64, booked u32, skipped u32. Version 2 goes on with
// the payments: hundredths i64, payments u32, skipped u32. Without payments it
// is version 1, and an empty one is not stored, so that equal tallies are equal
// bytes.
const (
	tallyVersion     = 1
	tallyVersionPaid = 2
	sumSize          = 16
)

func (t Tally) encode() []byte {
	if t.empty() {
		return nil
	}
	version := byte(tallyVersion)
	if t.paid != (paidSum{}) {
		version = tallyVersionPaid
	}
	v := make([]byte, 0, 2+6*len(t.counts)+2*sumSize)
	v = append(v, version, byte(len(t.counts)))
	for _, c := range t.counts {
		v = binary.BigEndian.AppendUint32(append(v, c.kind, c.state), c.n)
	}
	v = appendSum(v, t.minor, t.booked, t.skipped)
	if version == tallyVersionPaid {
		v = appendSum(v, t.paid.minor, t.paid.count, t.paid.skipped)
	}
	return v
}

func appendSum(v []byte, minor int64, count, skipped uint32) []byte {
	v = binary.BigEndian.AppendUint64(v, uint64(minor))
	v = binary.BigEndian.AppendUint32(v, count)
	return binary.BigEndian.AppendUint32(v, skipped)
}

func asTally(v []byte) (Tally, error) {
	var t Tally
	if len(v) == 0 {
		return t, nil
	}
	if len(v) < 2 || v[0] != tallyVersion && v[0] != tallyVersionPaid || len(v) != 2+6*int(v[1])+sumSize*int(v[0]) {
		return t, fmt.Errorf("counts %w", errFormat)
	}
	t.counts = make([]count, v[1], v[1]+1)
	rest := v[2:]
	for i := range t.counts {
		if int(rest[0]) >= len(kindWords) || int(rest[1]) >= len(stateWords) {
			return Tally{}, fmt.Errorf("counts %w", errFormat)
		}
		t.counts[i] = count{rest[0], rest[1], binary.BigEndian.Uint32(rest[2:])}
		rest = rest[6:]
	}
	t.minor, t.booked, t.skipped = sumOf(rest)
	if v[0] == tallyVersionPaid {
		t.paid.minor, t.paid.count, t.paid.skipped = sumOf(rest[sumSize:])
	}
	return t, nil
}

func sumOf(v []byte) (minor int64, count, skipped uint32) {
	return int64(binary.BigEndian.Uint64(v)), binary.BigEndian.Uint32(v[8:]), binary.BigEndian.Uint32(v[12:])
}

// shift is what one change does to the counts: the total and the days.
type shift map[day]*Tally

// total is the key of shift for all days together; no row is of that day.
const total = day(1<<32 - 1)

// shiftOf is the difference that replacing old (nil: nothing) by new makes for
// a transaction created on the day.
func shiftOf(created day, old, new row) shift {
	s := shift{}
	at := func(d day) *Tally {
		if s[d] == nil {
			s[d] = &Tally{}
		}
		return s[d]
	}
	apply := func(r row, sign int) {
		if r == nil {
			return
		}
		at(created).add(r.kind(), r.state(), sign)
		at(total).add(r.kind(), r.state(), sign)
		if p := r.paid(); p != (paidSum{}) {
			at(created).paid.add(p, sign)
			at(total).paid.add(p, sign)
		}
		for i := range r.days() {
			d := r.depositDay(i)
			at(d.day).addDeposits(d, sign)
			at(total).addDeposits(d, sign)
		}
	}
	apply(old, -1)
	apply(new, +1)
	for d, t := range s {
		if t.empty() {
			delete(s, d)
		}
	}
	return s
}

// plus is t with the difference added.
func (t Tally) plus(d *Tally) Tally {
	t.counts = slices.Clone(t.counts)
	for _, c := range d.counts {
		t.add(c.kind, c.state, int(int32(c.n)))
	}
	t.minor += d.minor
	t.booked += d.booked
	t.skipped += d.skipped
	t.paid.add(d.paid, +1)
	return t
}
