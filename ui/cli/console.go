package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"

	tea "github.com/charmbracelet/bubbletea"

	"cashier/api"
	"cashier/api/till"
	"cashier/qr"
	"cashier/ui"
	"cashier/ui/config"
	"cashier/ui/term"
	"cashier/views"
)

// console opens the screens; commands are what there is without a terminal.
// Nothing before the first frame reads a key, touches the network or makes the
// sandbox's keys.
func (a *app) console(ctx context.Context, commands string) error {
	if !isTerminal(a.in) || !isTerminal(a.out) {
		return usagef("the console needs a terminal on standard input and output; without one use a command: %s", commands)
	}
	if accessible(os.Getenv) {
		return a.linear(ctx)
	}
	guard := term.NewGuard(term.GuardOptions{Dir: crashFolder(), Redact: config.Redact, Version: version()})
	// The guard ends the screens at a signal by itself; its cause then says so.
	err := a.screens(context.WithoutCancel(ctx), guard)
	closing := guard.Close()
	if farewell := ui.Farewell(a.words, err); farewell != "" {
		fmt.Fprintln(a.err, farewell)
		a.exit = term.ExitCode(err)
		return closing
	}
	if _, ok := errors.AsType[*term.Signal](err); ok {
		a.exit = term.ExitCode(err)
		return closing
	}
	if errors.Is(err, ui.ErrNoTerminal) {
		return usageError{err}
	}
	return errors.Join(err, closing)
}

func crashFolder() string {
	folder, err := config.StateDir()
	if err != nil {
		folder = filepath.Join(os.TempDir(), "cashier")
	}
	return filepath.Join(folder, "crashes")
}

func (a *app) screens(ctx context.Context, guard *term.Guard) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	d := &desk{app: a, painted: make(chan struct{}), ending: make(chan struct{}), news: newNews()}
	s, err := a.openStation(stationOptions{
		start: func(f func()) { d.start(guard, f) }, changed: d.changed, missed: func() { d.news.tell("") },
		moved: func() { d.moved(ctx, guard) }, serveLater: true,
	})
	if err != nil {
		return err
	}
	d.station = s
	guard.Cleanup("the journal", func() error {
		cancel()
		return d.close()
	})
	background, err := term.Choose(s.config.Background, os.Getenv)
	if err != nil {
		return configError{err}
	}
	d.recall()
	if !s.seat.guest {
		d.load(ctx, guard)
	}
	d.start(guard, func() { _ = d.dropOldMonths(ctx) })
	if err := d.background(ctx, guard); err != nil {
		return err
	}
	theme := ui.NewTheme(ui.ThemeOptions{NoColor: a.noColor, Light: background == term.Light})
	kit := ui.Kit{Words: a.words, Theme: theme, Clock: ui.SystemClock()}
	options := ui.Options{
		Home: func() ui.Screen { return views.Home(kit, d.deps()) }, Kit: kit, Who: d.who, Status: d.status,
		Start: func(send func(tea.Msg)) { d.news.deliver(ctx, send) }, OnFirstFrame: func() { d.firstFrame(ctx) },
		Background: background, Guard: guard, Input: a.in, Output: a.out, Scan: scanTiming,
	}
	if s.profile.Sandbox {
		options.Badge = "SANDBOX"
	}
	err = ui.Run(ctx, options)
	if broken := d.broken.Load(); broken != nil {
		return errors.Join(broken.error, err)
	}
	return err
}

// scanTiming tells scanners and fingers apart. The zero value is right; a test
// of a slow scanner takes more time, since its machine may be a busy one.
var scanTiming ui.ScanTiming

// load loads and schedules what is open right after the first frame; the till
// starts nothing new before that is done.
func (d *desk) load(ctx context.Context, guard *term.Guard) {
	work := d.station.till
	work.Announce()
	d.start(guard, func() {
		if _, err := work.Resume(ctx, nil); err != nil && ctx.Err() == nil {
			d.broken.Store(&brokenStart{fmt.Errorf("load what is open: %w", err)})
			d.news.stop()
		}
	})
}

// brokenStart is why the console ended right after it began.
type brokenStart struct{ error }

// desk is what the console has beside the station: who works here, and what
// waits for the first frame.
type desk struct {
	app     *app
	station *station

	painted chan struct{} // closed after the first frame
	ending  chan struct{} // closed when the console ends
	once    sync.Once
	working sync.WaitGroup // the till's goroutines
	courier atomic.Pointer[api.Courier]
	shift   atomic.Pointer[till.Session] // the open session as it was heard of last
	news    *news
	broken  atomic.Pointer[brokenStart] // what is open could not be loaded

	notifier *notifier // nil: the profile does not listen
	owner    atomic.Pointer[beside]
}

// start runs a goroutine of the till, after the first frame.
func (d *desk) start(guard *term.Guard, f func()) {
	d.working.Add(1)
	guard.Go(func() {
		defer d.working.Done()
		select {
		case <-d.painted:
		case <-d.ending:
		}
		f()
	})
}

func (d *desk) firstFrame(ctx context.Context) {
	d.once.Do(func() { close(d.painted) })
	d.station.seat.letIn()
	if d.station.box != nil {
		d.station.box.warm(ctx)
	}
}

// close lets what is under way be recorded, then closes the journal; the
// guard bounds it.
func (d *desk) close() error {
	close(d.ending)
	err := d.station.till.StopAll(context.Background())
	d.working.Wait()
	return errors.Join(err, d.station.close(context.Background()))
}

// changed hears of every change that the journal took.
func (d *desk) changed(tx till.Transaction) {
	if tx.Courier != nil && tx.State == till.Intent {
		d.courier.Store(tx.Courier)
	}
	d.news.tell(tx.Reference)
}

// recall finds the courier of last time, else the config's.
func (d *desk) recall() {
	c := d.station.profile.Courier
	if saved, err := d.station.store.Setting("courier"); err == nil && len(saved) > 0 {
		var remembered api.Courier
		if json.Unmarshal(saved, &remembered) == nil && remembered != (api.Courier{}) {
			c = remembered
		}
	}
	d.courier.Store(&c)
}

// providerTitles are the providers as people call them, by dialect.
var providerTitles = map[string]string{"paycools": "PayCools", "snap-cpm": "CPM", "paydia": "Paydia", "finnet": "Finnet"}

// status is each link as its last exchange was.
func (d *desk) status() []ui.Link {
	var links []ui.Link
	for _, l := range d.station.links() {
		links = append(links, d.link(l))
	}
	if d.notifier != nil {
		links = append(links, d.notifyLink())
	}
	if owner, shown := d.ownerLink(); shown {
		links = append(links, owner)
	}
	return links
}

func (d *desk) link(l link) ui.Link {
	shown := ui.Link{Name: providerTitles[l.endpoint.Dialect], Tone: ui.Dim, Note: "–"}
	h, known := d.health(l)
	switch {
	case !known:
	case !h.Since.IsZero():
		shown.Tone, shown.Note = ui.Bad, d.app.words.Clock(h.Since)
	case h.Skew != 0:
		shown.Tone, shown.Note = ui.Wait, h.Skew.String()
	default:
		shown.Tone, shown.Note = ui.Good, fmt.Sprintf("%d ms", h.Latency.Milliseconds())
	}
	return shown
}

func (d *desk) deps() views.Deps {
	s := d.station
	deps := views.Deps{
		UserIDs: s.till, Watch: s.till.WatchDeposits,
		Journal: journalView{s.store}, Settings: s.store, Provider: providerTitles[s.endpoint.Dialect],
		Courier: s.profile.Courier, Limit: func(field string) int { return s.profile.Limits[field] },
		Timeout: s.endpoint.Timeouts["90"], QR: qr.Detect(os.Getenv), PNGFolder: pictureFolder(), Checkout: d.checkout(),
	}
	deps.Sessions = shifts{s.store, s.till, d}
	deps.Lookups = s.asked()
	deps.Board, deps.Links = boardView{s.till}, d.boardLinks
	deps.Explain, deps.Lab = explained(), newSignLab(s)
	deps.Press, deps.Books = press(s.profile, s.store), s.store
	if s.box != nil {
		deps.Machine = s.box
	}
	return deps
}

// pictureFolder is where people find what the console saves for them.
func pictureFolder() string {
	home, err := os.UserHomeDir()
	if err != nil {
		home = os.TempDir()
	}
	return filepath.Join(home, "cashier")
}
