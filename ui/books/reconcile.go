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
	Open     func() (io.ReadCloser, error) // the file, read up to three times
	Each     func()                        // called for every line and every transaction
}

// ErrNoPeriod says that a file has no times, and no period was named.
var ErrNoPeriod = errors.New("the file has no times, and no day was named")

// item is one payment or deposit of the journal.
type item struct {
	reference, provider string
	amount, back        api.Amount
	status              string
	at                  time.Time
	came                bool // the money was paid
	inside              bool // made in the period: to be expected in the file
}

// Compare reads the file once to check every line of it, and once to keep what
// it says, 32 bytes a line; then the journal's period once, and the file again
// where lines are left. Emit is given the differences as they are found; an
// error of it ends the comparison. A *FileError comes before anything was
// emitted.
func (s Settlement) Compare(ctx context.Context, emit func(Finding) error) (Outcome, error) {
	o := Outcome{Found: map[Difference]int{}}
	c := &comparison{Settlement: s, ctx: ctx, o: &o, emit: func(f Finding) error {
		o.Found[f.What]++
		return emit(f)
	}}
	for _, step := range []func() error{c.check, c.gather, c.journal, c.rest} {
		if err := step(); err != nil {
			return o, err
		}
	}
	return o, nil
}

type comparison struct {
	Settlement
	ctx  context.Context
	o    *Outcome
	emit func(Finding) error
	said claims
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

// gather keeps what the file says.
func (c *comparison) gather() error {
	c.said.lines = make([]claim, 0, c.o.Lines)
	if err := c.read(c.said.add); err != nil {
		return err
	}
	c.said.sort()
	return nil
}

// journal compares what the journal has of the period.
func (c *comparison) journal() error {
	compare := func(tx till.Transaction) error {
		for _, it := range c.itemsOf(tx, c.o.From, c.o.To) {
			if err := c.judge(it, c.said.take(it.reference, it.provider)); err != nil {
				return err
			}
		}
		return nil
	}
	if c.Deposits {
		return touching(c.ctx, c.Journal, c.o.From, c.o.To, c.Each, compare)
	}
	for tx, err := range c.Journal.All(c.ctx, till.Filter{Kind: till.CPM, Provider: c.Provider, From: c.o.From, To: c.o.To}) {
		if err != nil {
			return err
		}
		c.Each()
		if err := compare(tx); err != nil {
			return err
		}
	}
	return nil
}

// rest looks at the lines that are about nothing of the period.
func (c *comparison) rest() error {
	if !c.said.left() {
		return nil
	}
	return c.read(func(e entry) error {
		lines := c.said.of(keyOf(e.reference, e.provider))
		at := slices.IndexFunc(lines, func(l claim) bool { return int(l.line) == e.line })
		switch {
		case at < 0:
			return errors.New("the settlement file has changed while it was compared; compare it again")
		case lines[0].taken:
			return nil
		case at > 0 || e.reference == "":
			return c.stray(e, lines[:at])
		}
		tx, err := c.Journal.Get(c.ctx, api.Reference(e.reference))
		if err != nil && !errors.Is(err, till.ErrNotFound) {
			return err
		}
		if found := c.itemsOf(tx, c.o.From, c.o.To); err == nil && len(found) > 0 {
			lines[0].taken = true
			return c.judge(found[0], lines)
		}
		return c.stray(e, nil)
	})
}

// itemsOf are the payment, or the deposits, that a transaction is here.
func (c *comparison) itemsOf(tx till.Transaction, from, to time.Time) []item {
	if c.Provider != "" && tx.Provider != c.Provider {
		return nil
	}
	if c.Deposits {
		if tx.Kind != till.CDM {
			return nil
		}
		var all []item
		for _, d := range tx.Deposits {
			if within(d.CreatedAt, from, to) && d.ChannelReference != "" {
				all = append(all, item{
					reference: string(tx.Reference), provider: string(d.ChannelReference), amount: d.Amount,
					status: string(d.State), at: d.CreatedAt, came: d.State == api.DepositBooked, inside: true,
				})
			}
		}
		return all
	}
	if tx.Payment == nil || tx.State == till.Intent || tx.State == till.Unsent {
		return nil
	}
	back, _ := tx.Returned()
	return []item{{
		reference: string(tx.Reference), provider: string(tx.ProviderReference), amount: tx.Amount, back: back,
		status: string(tx.State), at: tx.CreatedAt, came: paid(tx.State), inside: within(tx.CreatedAt, from, to),
	}}
}

// stray is an entry that the journal does not know, behind others of the same
// key. One that says no money came is no difference.
func (c *comparison) stray(e entry, before []claim) error {
	if e.says == saysOther {
		c.o.NotCounted++
		return nil
	}
	what := MissingHere
	if e.says == saysPaid && slices.ContainsFunc(before, func(l claim) bool { return l.says != saysOther }) {
		what = Duplicate
	}
	return c.emit(Finding{
		What: what, Line: e.line, Reference: api.Reference(e.reference), ProviderReference: e.provider,
		There: Side{money(e.minor, e.currency), cmp.Or(e.word, map[says]string{saysPaid: "paid", saysRefunded: "refunded"}[e.says])}, At: e.at,
	})
}

// judge compares both sides of one payment: an item with the lines about it, in
// the file's order.
func (c *comparison) judge(it item, lines []claim) error {
	if len(lines) == 0 {
		if it.came && it.inside {
			return c.emit(it.finding(MissingThere))
		}
		return nil
	}
	var paidLines, refunds int
	var there, returned int64
	var currency, word string
	for _, l := range lines {
		switch l.says {
		case saysPaid:
			if paidLines++; paidLines > 1 {
				f := it.finding(Duplicate)
				f.Line, f.There = int(l.line), Side{money(l.minor, string(l.currency[:])), c.said.word(l)}
				if err := c.emit(f); err != nil {
					return err
				}
				continue
			}
			there, currency = l.minor, string(l.currency[:])
		case saysRefunded:
			refunds++
			returned += l.minor
			currency = cmp.Or(currency, string(l.currency[:]))
		default:
			word = c.said.word(l)
		}
	}
	ours := cmp.Or(it.amount.Currency(), rupiah)
	currency = cmp.Or(currency, ours)
	what := Difference("")
	switch {
	case paidLines+refunds == 0 && it.came:
		what = StatusDiffers
	case paidLines+refunds == 0:
		c.o.NotCounted++
		return nil
	case !it.came:
		what, word = StatusDiffers, cmp.Or(word, "paid")
	case paidLines > 0 && there != it.amount.Minor(), currency != ours:
		what, word = AmountDiffers, "paid"
	case refunds > 0 && returned != it.back.Minor():
		what, word, there = StatusDiffers, "refunded "+money(returned, currency).Value(), returned
	default:
		c.o.Matched++
		return nil
	}
	f := it.finding(what)
	f.Line, f.There = int(lines[0].line), Side{money(there, currency), word}
	return c.emit(f)
}

// finding is a difference with what the journal says.
func (it item) finding(what Difference) Finding {
	f := Finding{What: what, Reference: api.Reference(it.reference), ProviderReference: it.provider, Here: Side{it.amount, it.status}, At: it.at}
	if !it.back.Zero() {
		f.Here.Status += " (refunded " + it.back.Value() + ")"
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
