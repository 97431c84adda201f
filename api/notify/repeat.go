package notify

import (
	"sync"
	"time"

	"cashier/api"
)

// memory knows what was acknowledged and what is on its way: an exact repeat
// gets the same answer and is not handed over again. An X-EXTERNAL-ID is unique
// in a Jakarta day; a repeat may come just after midnight. It is bounded, and
// what it forgot is handed over again.
type memory struct {
	max int

	mu    sync.Mutex
	known map[name]*passage
	order []name // acknowledged ones, oldest first
}

type name struct {
	source, externalID string
	day                int64 // since 1970, in Jakarta
}

// passage is one notification on its way to the journal, or there.
type passage struct {
	digest string
	done   chan struct{} // closed when err is final
	err    error
}

func (p *passage) arrived() bool {
	select {
	case <-p.done:
		return p.err == nil
	default:
		return false
	}
}

func day(t time.Time) int64 {
	_, offset := t.In(api.Jakarta).Zone()
	return (t.Unix() + int64(offset)) / (24 * 60 * 60)
}

// begin says whether a notification is new: then the caller carries it and
// calls end. Otherwise somebody else does or did. A nil passage is a conflict:
// the external id belongs to another body.
func (m *memory) begin(n name, digest string) (p *passage, isNew bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if p := m.known[n]; p != nil {
		if p.digest != digest {
			return nil, false
		}
		return p, false
	}
	before := n
	before.day--
	if p := m.known[before]; p != nil && p.digest == digest && p.arrived() {
		return p, false
	}
	if m.known == nil {
		m.known = map[name]*passage{}
	}
	p = &passage{digest: digest, done: make(chan struct{})}
	m.known[n] = p
	return p, true
}

// end keeps a notification that was taken and forgets any other, so that its
// repeat is tried anew.
func (m *memory) end(n name, p *passage, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	p.err = err
	close(p.done)
	if err != nil {
		delete(m.known, n)
		return
	}
	m.order = append(m.order, n)
	if len(m.order) > m.max {
		delete(m.known, m.order[0])
		m.order = m.order[1:]
	}
}
