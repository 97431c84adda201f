package cli

import (
	"context"
	"time"

	"cashier/api"
	"cashier/ui"
	"cashier/ui/term"
)

// beside is what a console that is a guest knows of the journal's owner.
type beside struct {
	links []linkHealth
	since time.Time // since when the owner does not answer; zero: it does
}

// healthEvery is how often a guest's status bar asks its owner.
const healthEvery = time.Second

// moved goes on as the owner: what the one that is gone saw to is seen to here.
func (d *desk) moved(ctx context.Context, guard *term.Guard) {
	d.start(guard, func() {
		if ctx.Err() == nil {
			d.load(ctx, guard)
		}
	})
}

// ask keeps the status bar of a guest as the owner knows its links.
func (d *desk) ask(ctx context.Context) {
	var last beside
	for ctx.Err() == nil {
		links, err := health.do(ctx, d.station.seat, none{})
		switch {
		case err == nil:
			last = beside{links: links}
		case last.since.IsZero():
			last.since = time.Now()
		}
		now := last
		d.owner.Store(&now)
		_ = wait(ctx, healthEvery) // the loop's condition says why
	}
}

// health is how a link stands, as far as this process or the owner knows.
func (d *desk) health(l link) (h api.Health, known bool) {
	if !d.station.seat.guest {
		return l.client.Health()
	}
	if b := d.owner.Load(); b != nil {
		for _, far := range b.links {
			if far.Name == l.endpoint.Name {
				return far.Health, far.Known
			}
		}
	}
	return api.Health{}, false
}

// ownerLink tells a guest's status bar that another process has the journal,
// and since when that one does not answer.
func (d *desk) ownerLink() (link ui.Link, shown bool) {
	s := d.station.seat
	if !s.guest || s.holding() != nil {
		return link, false
	}
	link = ui.Link{Name: d.app.words.T("owner.beside"), Tone: ui.Good}
	if b := d.owner.Load(); b != nil && !b.since.IsZero() {
		link.Tone, link.Note = ui.Bad, d.app.words.Clock(b.since)
	}
	return link, true
}
