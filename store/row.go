package store

import (
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"unicode/utf8"

	"cashier/api"
	"cashier/api/till"
)

// A row is what lists show and what filters ask of a transaction, so that
// neither ever decodes a whole record:
//
//	 0  version 1      1  kind         2  state       3  flags
//	 4  revision u32   8  updated, unix nanoseconds, 0 for none
//	16  amount in hundredths           24  booked deposits u32
//	28  currency, 3 letters or zeros   31  length of the reference
//	32  key of the last event          48  length of the provider
//	49  length of the sale             50  length of the label u16
//	52  length of the search text u16  54  number of deposit days u16
//	56  reference, provider, label, sale, search text, deposit days
//
// The sale is empty where there is none, or where it is the reference: then a
// flag says so. The search text is in lower case, its parts separated by a zero
// byte. A deposit day is: day u32, hundredths of rupiah i64, deposits u32,
// skipped u32.
const (
	rowVersion  = 1
	rowHeader   = 56
	depositSize = 20

	// flagSearchCut: the search text did not hold all; ask the record.
	flagSearchCut = 1
	// flagDue: the state has ended, and the till has still something to find
	// out (till.Transaction.Unsettled).
	flagDue = 2
	// flagOwnSale: the sale is the reference.
	flagOwnSale = 4
	// flagCourierPart: the courier lacks number, name or mobile number, so that
	// their places in the search text are not known.
	flagCourierPart = 8

	maxLabel  = 256     // bytes
	maxSearch = 4 << 10 // bytes
	maxDays   = 1<<16 - 1
)

// row is a row's encoded bytes, checked by asRow. They may lie in the mapped
// file: valid in the transaction only.
type row []byte

// asRow checks that the lengths fit together, so that the accessors are safe.
func asRow(v []byte) (row, error) {
	if len(v) < rowHeader || v[0] != rowVersion {
		return nil, fmt.Errorf("row %w", errFormat)
	}
	r := row(v)
	if int(v[1]) >= len(kindWords) || int(v[2]) >= len(stateWords) || v[1] == 0 || v[2] == 0 ||
		len(v) != r.daysAt()+r.days()*depositSize {
		return nil, fmt.Errorf("row %w", errFormat)
	}
	return r, nil
}

func (r row) kind() byte        { return r[1] }
func (r row) state() byte       { return r[2] }
func (r row) searchCut() bool   { return r[3]&flagSearchCut != 0 }
func (r row) courierPart() bool { return r[3]&flagCourierPart != 0 }
func (r row) due() bool         { return r[3]&flagDue != 0 }
func (r row) ownSale() bool     { return r[3]&flagOwnSale != 0 }
func (r row) revision() int     { return int(binary.BigEndian.Uint32(r[4:])) }
func (r row) lastEvent() key    { return key(r[32:48]) }
func (r row) updated() int64    { return int64(binary.BigEndian.Uint64(r[8:])) }
func (r row) minor() int64      { return int64(binary.BigEndian.Uint64(r[16:])) }
func (r row) deposits() int     { return int(binary.BigEndian.Uint32(r[24:])) }
func (r row) currency() []byte  { return r[28:31] }
func (r row) days() int         { return int(binary.BigEndian.Uint16(r[54:])) }
func (r row) providerAt() int   { return rowHeader + int(r[31]) }
func (r row) labelAt() int      { return r.providerAt() + int(r[48]) }
func (r row) saleAt() int       { return r.labelAt() + int(binary.BigEndian.Uint16(r[50:])) }
func (r row) searchAt() int     { return r.saleAt() + int(r[49]) }
func (r row) daysAt() int       { return r.searchAt() + int(binary.BigEndian.Uint16(r[52:])) }
func (r row) reference() []byte { return r[rowHeader:r.providerAt()] }
func (r row) provider() []byte  { return r[r.providerAt():r.labelAt()] }
func (r row) otherSale() []byte { return r[r.saleAt():r.searchAt()] }
func (r row) search() []byte    { return r[r.searchAt():r.daysAt()] }

// sale is what the transaction belongs to, empty when to none.
func (r row) sale() []byte {
	if r.ownSale() {
		return r.reference()
	}
	return r.otherSale()
}

// paid is what the row adds to the payments of its day.
func (r row) paid() (p paidSum) {
	if kindWords[r.kind()] != till.CPM {
		return p
	}
	switch stateWords[r.state()] {
	case till.Paid, till.LatePaid, till.Doubled:
		if minor := r.minor(); string(r.currency()) == "IDR" && minor >= 0 && minor <= maxSummed {
			p.minor, p.count = minor, 1
		} else {
			p.skipped = 1
		}
	}
	return p
}

// depositDay is what a transaction adds to one day's deposits.
type depositDay struct {
	day     day
	minor   int64 // hundredths of rupiah
	count   uint32
	skipped uint32
}

func (r row) depositDay(i int) depositDay {
	b := r[r.daysAt()+i*depositSize:]
	return depositDay{
		day:     day(binary.BigEndian.Uint32(b)),
		minor:   int64(binary.BigEndian.Uint64(b[4:])),
		count:   binary.BigEndian.Uint32(b[12:]),
		skipped: binary.BigEndian.Uint32(b[16:]),
	}
}

// shown are the texts of a list's row.
func (r row) shown() (reference, provider, label []byte) {
	providerAt := r.providerAt()
	labelAt := providerAt + int(r[48])
	return r[rowHeader:providerAt], r[providerAt:labelAt], r[labelAt : labelAt+int(binary.BigEndian.Uint16(r[50:]))]
}

// amount is that of the payment, or the sum of the booked deposits.
func (r row) amount() api.Amount {
	switch minor, code := r.minor(), r[28:31]; {
	case code[0] == 'I' && code[1] == 'D' && code[2] == 'R':
		return api.IDR(minor)
	case code[0] == 0:
		return api.Amount{}
	default:
		a, err := api.ParseAmount(api.IDR(minor).Value(), string(code))
		if err != nil {
			return api.Amount{} // asRow cannot know; Verify does, by the hash
		}
		return a
	}
}

// encodeRow makes the row of t, whose last event is at last.
func encodeRow(t *till.Transaction, last key) (row, error) {
	kind, state := kindCodes[t.Kind], stateCodes[t.State]
	switch {
	case kind == 0:
		return nil, fmt.Errorf("the journal does not know the kind %q", t.Kind)
	case state == 0:
		return nil, fmt.Errorf("the journal does not know the state %q", t.State)
	case len(t.Provider) > math.MaxUint8:
		return nil, fmt.Errorf("the provider's name has %d bytes, at most 255 are kept", len(t.Provider))
	case t.Revision > math.MaxUint32:
		return nil, fmt.Errorf("revision %d is too large", t.Revision)
	}
	var updated int64
	if !t.UpdatedAt.IsZero() {
		var err error
		if updated, err = nanosOf(t.UpdatedAt, "updated"); err != nil {
			return nil, err
		}
	}
	shown := till.RowOf(*t)
	label := cut(shown.Label, maxLabel)
	search, whole := searchText(t)
	days := depositDays(t)
	sale := string(t.Sale)

	v := make([]byte, rowHeader, rowHeader+len(t.Reference)+len(t.Provider)+len(label)+len(sale)+len(search)+len(days)*depositSize)
	v[0], v[1], v[2] = rowVersion, kind, state
	if !whole {
		v[3] |= flagSearchCut
	}
	if t.Unsettled() && !t.State.Open() {
		v[3] |= flagDue
	}
	if c := t.Courier; t.Kind == till.CDM && (c == nil || c.No == "" || c.Name == "" || c.Mobile == "") {
		v[3] |= flagCourierPart
	}
	if t.Sale == t.Reference {
		v[3] |= flagOwnSale
		sale = ""
	}
	binary.BigEndian.PutUint32(v[4:], uint32(t.Revision))
	binary.BigEndian.PutUint64(v[8:], uint64(updated))
	binary.BigEndian.PutUint64(v[16:], uint64(shown.Amount.Minor()))
	binary.BigEndian.PutUint32(v[24:], uint32(shown.Deposits))
	copy(v[28:31], shown.Amount.Currency())
	v[31] = byte(len(t.Reference))
	copy(v[32:48], last[:])
	v[48] = byte(len(t.Provider))
	v[49] = byte(len(sale))
	binary.BigEndian.PutUint16(v[50:], uint16(len(label)))
	binary.BigEndian.PutUint16(v[52:], uint16(len(search)))
	binary.BigEndian.PutUint16(v[54:], uint16(len(days)))
	v = append(v, t.Reference...)
	v = append(v, t.Provider...)
	v = append(v, label...)
	v = append(v, sale...)
	v = append(v, search...)
	for _, d := range days {
		v = binary.BigEndian.AppendUint32(v, uint32(d.day))
		v = binary.BigEndian.AppendUint64(v, uint64(d.minor))
		v = binary.BigEndian.AppendUint32(v, d.count)
		v = binary.BigEndian.AppendUint32(v, d.skipped)
	}
	return v, nil
}

func cut(s string, most int) string {
	if len(s) <= most {
		return s
	}
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return s[:most]
}

// searchParts are what Filter.Text looks into.
func searchParts(t *till.Transaction) []string {
	parts := []string{string(t.Reference), string(t.ProviderReference), t.QR}
	if t.Sale != t.Reference {
		parts = append(parts, string(t.Sale))
	}
	if t.Payment != nil {
		parts = append(parts, t.Payment.Card.String())
	}
	if c := t.Courier; c != nil {
		parts = append(parts, c.No, c.Name, c.Mobile)
	}
	last := ""
	for _, d := range t.Deposits {
		if m := string(d.Machine); m != last {
			parts, last = append(parts, m), m
		}
	}
	return parts
}

func searchText(t *till.Transaction) (text []byte, whole bool) {
	for _, part := range searchParts(t) {
		if part == "" {
			continue
		}
		part = strings.ToLower(part)
		if len(text)+1+len(part) > maxSearch {
			return text, false
		}
		if len(text) > 0 {
			text = append(text, 0)
		}
		text = append(text, part...)
	}
	return text, true
}

// maxSummed is ten trillion rupiah, more than anybody pays: an amount past it
// is skipped rather than let into sums that it could make overflow.
const maxSummed = 10_000_000_000_000_00

// depositDays are t's booked deposits by the day they were made.
func depositDays(t *till.Transaction) []depositDay {
	var days []depositDay
	for i := range t.Deposits {
		d := &t.Deposits[i]
		if t.Kind != till.CDM || d.State != api.DepositBooked {
			continue
		}
		made := d.CreatedAt
		if made.IsZero() {
			made = d.SeenAt
		}
		at := -1
		for j := range days {
			if days[j].day == dayOf(made) {
				at = j
			}
		}
		if at < 0 {
			if len(days) == maxDays {
				continue
			}
			days, at = append(days, depositDay{day: dayOf(made)}), len(days)
		}
		if d.Amount.Currency() != "IDR" || d.Amount.Minor() < 0 || d.Amount.Minor() > maxSummed {
			days[at].skipped++
			continue
		}
		days[at].minor += d.Amount.Minor()
		days[at].count++
	}
	return days
}
