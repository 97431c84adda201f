package views

import (
	"context"
	"sync"
	"testing"
	"time"

	"cashier/api"
	"cashier/api/till"
)

// register is a provider of lookups that the test moves.
type register struct {
	mu    sync.Mutex
	news  api.LookupNews
	asked int
}

func (*register) Name() string               { return "issuer" }
func (*register) Binding() string            { return "https://issuer.example" }
func (*register) Fits(k api.LookupKey) error { return paydiaFits.Fits(k) }

func (r *register) Lookup(context.Context, api.LookupKey) (api.LookupNews, api.Answer) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.asked++
	return r.news, api.Answer{Class: api.Done, HTTPStatus: 200}
}

func (r *register) say(news api.LookupNews) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.news = news
}

func (r *register) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.asked
}

// ownBoard is the board of a till in this process.
type ownBoard struct{ *till.Till }

func (b ownBoard) Rows(context.Context) ([]till.BoardRow, bool, error) {
	return b.Board(), b.Paused(), nil
}

func (b ownBoard) CheckAll(context.Context) error { b.HurryAll(); return nil }

func (b ownBoard) Pause(_ context.Context, paused bool) error { b.Till.Pause(paused); return nil }

// A lookup and the board with the real till behind them: watched until final,
// seen on the board, held back by a pause, and gone when it has ended.
func TestLookupAndBoardWithTheTill(t *testing.T) {
	var r *register
	ctx, stop := context.WithCancel(t.Context())
	runLive(t, options{deps: func(d *Deps) {
		w := d.Journal.(*world)
		r = &register{news: api.LookupNews{Status: api.StatusPending, RawStatus: "03"}}
		own := till.New(till.Options{Journal: ledger{w}, Lookups: []till.Lookups{r}, Clock: w.clock})
		d.Lookups.Till, d.Board = own, ownBoard{own}
		d.Lookups.Providers = d.Lookups.Providers[:1]
		go own.Run(ctx)
	}}, func(p *program, _ *fakeLive) {
		defer stop()
		p.lookWith("INV-77")
		p.press("w")
		p.want("WAITING", "next check in")
		p.pass(95 * time.Second)
		if n := r.count(); n != 2 { // at once, and by the till's plan a minute later
			t.Errorf("asked %d times in 95 s", n)
		}
		p.press("esc", "esc", "esc", "4")
		p.want("1 open", "… waiting")
		p.press("p")
		n := r.count()
		p.pass(20 * time.Minute)
		p.want("PAUSED", "paused")
		if r.count() != n {
			t.Error("asked during the pause")
		}
		r.say(paidNews())
		p.press("r")
		p.pass(1100 * time.Millisecond)
		p.want("0 open", "✓ paid", "Rp10.000")
		if r.count() != n+1 {
			t.Errorf("asked %d times for one check", r.count()-n)
		}
		p.pass(10 * time.Second)
		p.want("Nothing is open")
	})
}
