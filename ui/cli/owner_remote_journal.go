package cli

import (
	"context"
	"iter"
	"time"

	"cashier/api"
	"cashier/api/till"
	"cashier/store"
)

// seatJournal is the journal from a seat: each method is a call, and the
// function beside it is what the owner runs.
type seatJournal struct{ seat *seat }

var _ journal = seatJournal{}

func (j seatJournal) Path() string { return j.seat.path }

func (j seatJournal) Get(ctx context.Context, reference api.Reference) (till.Transaction, error) {
	return journalGet.do(ctx, j.seat, reference)
}

var journalGet = reads("get", func(ctx context.Context, h *holding, reference api.Reference) (till.Transaction, error) {
	return h.store.Get(ctx, reference)
})

func (j seatJournal) Events(ctx context.Context, reference api.Reference) ([]till.Event, error) {
	return journalEvents.do(ctx, j.seat, reference)
}

var journalEvents = reads("events", func(ctx context.Context, h *holding, reference api.Reference) ([]till.Event, error) {
	return h.store.Events(ctx, reference)
})

func (j seatJournal) Page(ctx context.Context, filter till.Filter, cursor string, limit int) (till.Page, error) {
	return journalPage.do(ctx, j.seat, pageArgs{filter, cursor, limit})
}

type pageArgs struct {
	Filter till.Filter
	Cursor string
	Limit  int
}

var journalPage = reads("page", func(ctx context.Context, h *holding, a pageArgs) (till.Page, error) {
	return h.store.Page(ctx, a.Filter, a.Cursor, a.Limit)
})

func (j seatJournal) Search(ctx context.Context, filter till.Filter, cursor string, limit int) (till.Stretch, error) {
	return journalSearch.do(ctx, j.seat, pageArgs{filter, cursor, limit})
}

var journalSearch = reads("search", func(ctx context.Context, h *holding, a pageArgs) (till.Stretch, error) {
	return h.store.Search(ctx, a.Filter, a.Cursor, a.Limit)
})

func (j seatJournal) Rows(ctx context.Context, filter till.Filter) iter.Seq2[till.Row, error] {
	return sequence(ctx, j.seat, journalRows, filter,
		func(r till.Row) (api.Reference, time.Time) { return r.Reference, r.CreatedAt.Time() }, upTo)
}

var journalRows = yields("rows", func(ctx context.Context, h *holding, filter till.Filter, send func(till.Row) error) error {
	return sendAll(h.store.Rows(ctx, filter), send)
})

func (j seatJournal) All(ctx context.Context, filter till.Filter) iter.Seq2[till.Transaction, error] {
	return sequence(ctx, j.seat, journalAll, filter, ageOf, upTo)
}

var journalAll = yields("all", func(ctx context.Context, h *holding, filter till.Filter, send func(till.Transaction) error) error {
	return sendAll(h.store.All(ctx, filter), send)
})

func (j seatJournal) Open(ctx context.Context) iter.Seq2[till.Transaction, error] {
	return sequence(ctx, j.seat, journalOpen, none{}, ageOf, nil)
}

var journalOpen = yields("open", func(ctx context.Context, h *holding, _ none, send func(till.Transaction) error) error {
	return sendAll(h.store.Open(ctx), send)
})

func ageOf(tx till.Transaction) (api.Reference, time.Time) { return tx.Reference, tx.CreatedAt }

// upTo narrows a filter to what is left of a list, newest first, when the one
// of that time was given last.
func upTo(f till.Filter, last time.Time) till.Filter {
	f.To = last.Add(1) // To is not in it, and others may be of the same time
	return f
}

func sendAll[R any](items iter.Seq2[R, error], send func(R) error) error {
	for item, err := range items {
		if err != nil {
			return err
		}
		if err := send(item); err != nil {
			return err
		}
	}
	return nil
}

func (j seatJournal) Sale(ctx context.Context, sale api.Reference) ([]till.Transaction, error) {
	return journalSale.do(ctx, j.seat, sale)
}

var journalSale = reads("sale", func(ctx context.Context, h *holding, sale api.Reference) ([]till.Transaction, error) {
	return h.store.Sale(ctx, sale)
})

func (j seatJournal) Counts(ctx context.Context) (store.Counts, error) {
	return journalCounts.do(ctx, j.seat, none{})
}

var journalCounts = reads("counts", func(ctx context.Context, h *holding, _ none) (store.Counts, error) {
	return h.store.Counts(ctx)
})

func (j seatJournal) Day(ctx context.Context, t time.Time) (store.Tally, error) {
	return journalDay.do(ctx, j.seat, t)
}

var journalDay = reads("day", func(ctx context.Context, h *holding, t time.Time) (store.Tally, error) {
	return h.store.Day(ctx, t)
})

// Settings are asked for without a context.
func (j seatJournal) Setting(name string) ([]byte, error) {
	return journalSetting.do(context.Background(), j.seat, name)
}

var journalSetting = reads("setting", func(_ context.Context, h *holding, name string) ([]byte, error) {
	return h.store.Setting(name)
})

func (j seatJournal) SetSetting(name string, value []byte) error {
	_, err := journalSet.do(context.Background(), j.seat, settingArgs{name, value})
	return err
}

type settingArgs struct {
	Name  string
	Value []byte
}

var journalSet = reads("set", func(_ context.Context, h *holding, a settingArgs) (none, error) {
	return none{}, h.store.SetSetting(a.Name, a.Value)
})

// ClaimSetting may be asked for again where an owner ended meanwhile; its claim
// stands then, and nobody is told of it: at most one has it.
func (j seatJournal) ClaimSetting(name string, value []byte) (bool, error) {
	return journalClaim.do(context.Background(), j.seat, settingArgs{name, value})
}

var journalClaim = reads("claim", func(_ context.Context, h *holding, a settingArgs) (bool, error) {
	return h.store.ClaimSetting(a.Name, a.Value)
})
