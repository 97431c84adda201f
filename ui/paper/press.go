package paper

import (
	"context"
	"errors"
	"sync"
	"time"
)

// Press prints on one printer, one job at a time.
type Press struct {
	Sheet Sheet
	Name  string                                      // of the printer
	Out   func(ctx context.Context, job []byte) error // such as Printer.Print
	Marks Marks                                       // knows which receipts were printed

	once sync.Once
	turn chan struct{} // holds one: whose turn it is
}

// Marks keeps small values from one start to the next; the journal's settings
// do.
type Marks interface {
	reader
	SetSetting(name string, value []byte) error
	// ClaimSetting keeps a value under a name that has none, for one of all who
	// ask at once.
	ClaimSetting(name string, value []byte) (first bool, err error)
}

type reader interface {
	Setting(name string) ([]byte, error)
}

// mark is the setting that says when a receipt was first printed.
func mark(reference string) string { return "printed." + reference }

// Printed reports whether the receipt of a reference was printed before; one
// that cannot be known counts as printed.
func Printed(m reader, reference string) bool {
	v, err := m.Setting(mark(reference))
	return err != nil || len(v) > 0
}

// Claim marks a receipt as printed. It reports whether this is the first time,
// and gives a way back for a print of which nothing left. Where it cannot be
// recorded it is a copy: there is one original at most.
func Claim(m Marks, reference string, now time.Time) (first bool, giveBack func()) {
	if Printed(m, reference) { // a look is cheaper than a claim
		return false, func() {}
	}
	if first, err := m.ClaimSetting(mark(reference), []byte(now.UTC().Format(time.RFC3339))); !first || err != nil {
		return false, func() {}
	}
	return true, func() { _ = m.SetSetting(mark(reference), nil) } // else the next one says copy
}

// Print prints a document that may be printed as often as one likes.
func (p *Press) Print(ctx context.Context, d *Document) error {
	job, err := d.Encode(p.Sheet)
	if err != nil {
		return err
	}
	release, err := p.wait(ctx)
	if err != nil {
		return &Trouble{p.Name, StageOff, err}
	}
	defer release()
	return p.Out(ctx, job)
}

// Receipt prints a receipt, of which there is one original: all but the first
// are made as copies. It is marked before it leaves; the mark goes when the
// printer has provably taken nothing.
func (p *Press) Receipt(ctx context.Context, reference string, receipt func(copied bool) *Document) (copied bool, err error) {
	release, err := p.wait(ctx)
	if err != nil {
		return false, &Trouble{p.Name, StageOff, err}
	}
	defer release()
	first, giveBack := Claim(p.Marks, reference, time.Now())
	job, err := receipt(!first).Encode(p.Sheet)
	if err == nil {
		err = p.Out(ctx, job)
	}
	if untaken(err) {
		giveBack()
	}
	return !first, err
}

func (p *Press) wait(ctx context.Context) (release func(), err error) {
	p.once.Do(func() { p.turn = make(chan struct{}, 1) })
	select {
	case p.turn <- struct{}{}:
		return func() { <-p.turn }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// untaken reports whether a job failed before the printer had any of it.
func untaken(err error) bool {
	if err == nil {
		return false
	}
	t, ok := errors.AsType[*Trouble](err)
	return !ok || t.Stage == StageOff
}
