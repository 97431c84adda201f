package books

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"cashier/api"
	"cashier/api/till"
)

// Difference is what is not the same here and there.
type Difference string

// Differences between a settlement file and the journal.
const (
	MissingHere   Difference = "missing-here"   // the file has it, the journal has not
	MissingThere  Difference = "missing-there"  // the journal has it as paid, the file has not
	AmountDiffers Difference = "amount-differs" // or its currency
	StatusDiffers Difference = "status-differs" // paid here and not there, or the reverse, or another sum given back
	Duplicate     Difference = "duplicate"      // the file has it once more
)

// Finding is one difference.
type Finding struct {
	What              Difference
	Line              int           // of the file; 0: it is not in it
	Reference         api.Reference // ours; empty where it is not known
	ProviderReference string
	Here, There       Side
	At                time.Time // the journal's, else the file's
}

// Side is what one of both says.
type Side struct {
	Amount api.Amount
	Status string // the journal's state, the file's word
}

// Outcome counts what a comparison found.
type Outcome struct {
	From, To   time.Time // the period: whole days in Jakarta
	Lines      int       // that name a payment
	Keyless    int       // without any reference, such as sums; not compared
	NotCounted int       // whose status counts neither as paid nor as given back, and the journal agrees
	Matched    int       // payments that are the same on both sides
	Found      map[Difference]int
}

// Differences is the number of findings.
func (o Outcome) Differences() int {
	n := 0
	for _, c := range o.Found {
		n += c
	}
	return n
}

// Settlement is one comparison.
type Settlement struct {
	Journal  Journal
	Provider string // its name in the profile; empty: all
	// Deposits: the file is about cash deposits, each known by the provider's
	// reference alone; otherwise it is about payments.
	Deposits bool
	Mapping  Mapping
	From, To time.Time                     // the period; zero: the days that the file's times are in
	Open     func() (io.ReadCloser, error) // the file, read twice
	Each     func()                        // called for every line and every transaction
}

// ErrNoPeriod says that a file has no times, and no period was named.
var ErrNoPeriod = errors.New("the file has no times, and no day was named")

// item is one payment or deposit of the journal's period. A million of them are
// about 150 MB; the file itself is never held.
type item struct {
	reference, provider string
	minor, back         int64 // hundredths
	currency, status    string
	at                  int64 // unix seconds
	came                bool  // the money was paid
	inside              bool  // made in the period: to be expected in the file

	// What the file says, added up over its lines.
	line            int32 // the first one; 0: none
	lines, refunds  int32 // that say paid, and given back
	there, returned int64
	thereCurrency   string
	word            string // of a line that counts as neither
}

// Compare reads the file once to check every line of it, and once more beside
// the journal. Emit is given the differences as they are found; an error of it
// ends the comparison. A *FileError comes before anything was emitted.
func (s Settlement) Compare(ctx context.Context, emit func(Finding) error) (Outcome, error) {
	o := Outcome{Found: map[Difference]int{}}
	c := &comparison{Settlement: s, ctx: ctx, o: &o, emit: func(f Finding) error {
		o.Found[f.What]++
		return emit(f)
	}}
	if err := c.check(); err != nil {
		return o, err
	}
	if err := c.load(); err != nil {
		return o, err
	}
	if err := c.read(c.line); err != nil {
		return o, err
	}
	for i := range slices.Backward(c.items) { // oldest first
		if err := c.judge(&c.items[i]); err != nil {
			return o, err
		}
	}
	return o, nil
}

type comparison struct {
	Settlement
	ctx        context.Context
	o          *Outcome
	emit       func(Finding) error
	byProvider bool // some lines have the provider's reference alone

	items        []item // newest first; behind them those of other days
	known        int    // how many of them were loaded for the period
	ours, theirs []int32
	others       map[string]int32 // of other days: key -> item
	unknownTwice map[string]bool  // keys that the journal does not have
}

// read gives each entry of the file.
func (c *comparison) read(each func(entry) error) error {
	file, err := c.Open()
	if err != nil {
		return err
	}
	defer file.Close()
	s, err := newSettlement(file, c.Mapping)
	if err != nil {
		return err
	}
	for {
		if err := c.ctx.Err(); err != nil {
			return err
		}
		e, err := s.next()
		if errors.Is(err, io.EOF) {
			c.o.Keyless = s.keyless
			return nil
		}
		if err != nil {
			return err
		}
		c.Each()
		if c.Deposits {
			e.reference = "" // a user id has many deposits
			if e.provider == "" {
				return &FileError{Line: e.line, Reason: "has no reference of the deposit; name its column as settlement.columns.providerReference of the provider"}
			}
		}
		if err := each(e); err != nil {
			return err
		}
	}
}

// check finds the file's period.
func (c *comparison) check() error {
	var first, last time.Time
	err := c.read(func(e entry) error {
		c.o.Lines++
		c.byProvider = c.byProvider || e.reference == ""
		if !e.at.IsZero() {
			if first.IsZero() || e.at.Before(first) {
				first = e.at
			}
			if e.at.After(last) {
				last = e.at
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	c.o.From, c.o.To = c.From, c.To
	if c.From.IsZero() && c.To.IsZero() {
		if first.IsZero() {
			return ErrNoPeriod
		}
		c.o.From = midnight(first)
		c.o.To = midnight(last).AddDate(0, 0, 1)
	}
	return nil
}

func midnight(t time.Time) time.Time {
	y, m, d := t.In(api.Jakarta).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, api.Jakarta)
}

// load keeps what the journal has of the period.
func (c *comparison) load() error {
	take := func(tx till.Transaction) { c.items = append(c.items, c.itemsOf(tx, c.o.From, c.o.To)...) }
	if c.Deposits {
		if err := touching(c.ctx, c.Journal, c.o.From, c.o.To, c.Each, take); err != nil {
			return err
		}
		slices.SortStableFunc(c.items, func(a, b item) int { return cmp.Compare(b.at, a.at) })
	} else {
		for tx, err := range c.Journal.All(c.ctx, till.Filter{Kind: till.CPM, Provider: c.Provider, From: c.o.From, To: c.o.To}) {
			if err != nil {
				return err
			}
			c.Each()
			take(tx)
		}
	}
	c.known = len(c.items)
	c.ours = c.index(func(i *item) string { return i.reference })
	if c.byProvider {
		c.theirs = c.index(func(i *item) string { return i.provider })
	}
	c.others, c.unknownTwice = map[string]int32{}, map[string]bool{}
	return nil
}

// itemsOf are the payment, or the deposits, that a transaction is here.
func (c *comparison) itemsOf(tx till.Transaction, from, to time.Time) []item {
	if c.Deposits {
		if tx.Kind != till.CDM || c.Provider != "" && tx.Provider != c.Provider {
			return nil
		}
		var all []item
		for _, d := range tx.Deposits {
			if within(d.CreatedAt, from, to) && d.ChannelReference != "" {
				all = append(all, item{
					reference: string(tx.Reference), provider: string(d.ChannelReference), minor: d.Amount.Minor(), currency: d.Amount.Currency(),
					status: string(d.State), at: d.CreatedAt.Unix(), came: d.State == api.DepositBooked, inside: true,
				})
			}
		}
		return all
	}
	if tx.Payment == nil || tx.State == till.Intent || tx.State == till.Unsent || c.Provider != "" && tx.Provider != c.Provider {
		return nil
	}
	back, _ := tx.Returned()
	provider := ""
	if c.byProvider {
		provider = string(tx.ProviderReference)
	}
	return []item{{
		reference: string(tx.Reference), provider: provider, minor: tx.Amount.Minor(), back: back.Minor(), currency: tx.Amount.Currency(),
		status: string(tx.State), at: tx.CreatedAt.Unix(), came: paid(tx.State), inside: within(tx.CreatedAt, from, to),
	}}
}

// index are the items in the order of a key.
func (c *comparison) index(key func(*item) string) []int32 {
	order := make([]int32, len(c.items))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int { return cmp.Compare(key(&c.items[a]), key(&c.items[b])) })
	return order
}

func (c *comparison) search(order []int32, key func(*item) string, want string) int32 {
	at, found := slices.BinarySearchFunc(order, want, func(i int32, want string) int { return cmp.Compare(key(&c.items[i]), want) })
	if !found || want == "" {
		return -1
	}
	return order[at]
}

// line finds the item that an entry is about, and keeps what it says.
func (c *comparison) line(e entry) error {
	i, err := c.locate(e)
	if err != nil {
		return err
	}
	if i < 0 {
		return c.stray(e)
	}
	it := &c.items[i]
	if it.line == 0 {
		it.line = int32(e.line)
	}
	switch e.says {
	case saysPaid:
		if it.lines++; it.lines > 1 {
			return c.emit(c.finding(Duplicate, it, e.line, e.minor, e.currency, e.word))
		}
		it.there, it.thereCurrency = e.minor, e.currency
	case saysRefunded:
		it.refunds++
		it.returned += e.minor
		if it.thereCurrency == "" {
			it.thereCurrency = e.currency
		}
	default:
		it.word = e.word
	}
	return nil
}

// stray is an entry that the journal does not know. One that says no money came
// is no difference.
func (c *comparison) stray(e entry) error {
	if e.says == saysOther {
		c.o.NotCounted++
		return nil
	}
	key := cmp.Or(e.reference, "\x00"+e.provider)
	what := MissingHere
	if len(c.unknownTwice) < mostUnknown {
		if c.unknownTwice[key] && e.says == saysPaid {
			what = Duplicate
		}
		c.unknownTwice[key] = true
	}
	return c.emit(Finding{
		What: what, Line: e.line, Reference: api.Reference(e.reference), ProviderReference: e.provider,
		There: Side{money(e.minor, e.currency), cmp.Or(e.word, map[says]string{saysPaid: "paid", saysRefunded: "refunded"}[e.says])}, At: e.at,
	})
}

// mostUnknown bounds what is remembered of references that are not ours.
const mostUnknown = 1 << 20

// locate finds an entry's item: in the period, else by asking the journal.
func (c *comparison) locate(e entry) (int32, error) {
	if e.reference != "" {
		if i := c.search(c.ours, func(i *item) string { return i.reference }, e.reference); i >= 0 {
			return i, nil
		}
		if i, ok := c.others[e.reference]; ok {
			return i, nil
		}
		tx, err := c.Journal.Get(c.ctx, api.Reference(e.reference))
		switch {
		case errors.Is(err, till.ErrNotFound):
			return -1, nil
		case err != nil:
			return -1, err
		}
		found := c.itemsOf(tx, c.o.From, c.o.To)
		if len(found) == 0 {
			return -1, nil
		}
		c.items = append(c.items, found[0])
		i := int32(len(c.items) - 1)
		c.others[e.reference] = i
		return i, nil
	}
	return c.search(c.theirs, func(i *item) string { return i.provider }, e.provider), nil
}

// judge compares both sides of one payment.
func (c *comparison) judge(it *item) error {
	what := Difference("")
	word, line := it.word, int(it.line)
	there, currency := it.there, cmp.Or(it.thereCurrency, it.currency)
	switch {
	case it.line == 0 && it.came && it.inside:
		return c.emit(c.finding(MissingThere, it, 0, 0, "", ""))
	case it.line == 0:
		return nil
	case it.lines+it.refunds == 0 && it.came:
		what = StatusDiffers
	case it.lines+it.refunds == 0:
		c.o.NotCounted++
		return nil
	case !it.came:
		what, word = StatusDiffers, cmp.Or(word, "paid")
	case it.lines > 0 && it.there != it.minor, currency != it.currency:
		what, word = AmountDiffers, "paid"
	case it.refunds > 0 && it.returned != it.back:
		what, word, there = StatusDiffers, fmt.Sprintf("refunded %s", money(it.returned, currency).Value()), it.returned
	default:
		c.o.Matched++
		return nil
	}
	return c.emit(c.finding(what, it, line, there, currency, word))
}

func (c *comparison) finding(what Difference, it *item, line int, minor int64, currency, word string) Finding {
	f := Finding{
		What: what, Line: line, Reference: api.Reference(it.reference), ProviderReference: it.provider,
		Here: Side{money(it.minor, it.currency), it.status}, At: time.Unix(it.at, 0),
	}
	if it.back > 0 {
		f.Here.Status += " (refunded " + money(it.back, it.currency).Value() + ")"
	}
	if line > 0 {
		f.There = Side{money(minor, currency), word}
	}
	return f
}

// money is an amount that was one before.
func money(minor int64, currency string) api.Amount {
	if currency == rupiah || currency == "" {
		return api.IDR(minor)
	}
	a, err := api.ParseAmount(fmt.Sprintf("%d.%02d", minor/100, minor%100), currency)
	if err != nil {
		return api.Amount{}
	}
	return a
}
