package cli

import (
	"context"
	"sync"

	tea "github.com/charmbracelet/bubbletea"

	"cashier/api"
	"cashier/api/till"
	"cashier/store"
	"cashier/views"
)

// announcing is a journal that says what it took. Screens never hold it up. It
// is the store in all else: the till also asks it for sales and for space.
type announcing struct {
	*store.Store
	changed func(till.Transaction)
}

func (j announcing) Append(ctx context.Context, change till.Change) error {
	err := j.Store.Append(ctx, change)
	if err == nil {
		j.changed(change.Transaction)
	}
	return err
}

var (
	_ till.Sales                   = announcing{}
	_ interface{ Reserve() error } = announcing{}
)

// news collects the references that changed until the screens take them: each
// once, however often it changed meanwhile.
type news struct {
	mu   sync.Mutex
	refs map[api.Reference]bool
	wake chan struct{}
	over bool // nothing can be done here: the screens end
}

func newNews() *news { return &news{refs: map[api.Reference]bool{}, wake: make(chan struct{}, 1)} }

func (n *news) tell(r api.Reference) {
	n.mu.Lock()
	n.refs[r] = true
	n.mu.Unlock()
	n.nudge()
}

// stop ends the screens.
func (n *news) stop() {
	n.mu.Lock()
	n.over = true
	n.mu.Unlock()
	n.nudge()
}

func (n *news) nudge() {
	select {
	case n.wake <- struct{}{}:
	default:
	}
}

// deliver sends the news until ctx ends.
func (n *news) deliver(ctx context.Context, send func(tea.Msg)) {
	for {
		select {
		case <-n.wake:
		case <-ctx.Done():
			return
		}
		n.mu.Lock()
		refs, over := n.refs, n.over
		n.refs = map[api.Reference]bool{}
		n.mu.Unlock()
		if over {
			send(tea.Quit())
			return
		}
		for r := range refs {
			send(views.Changed{Reference: r})
		}
	}
}
