package notify

import (
	"sync"
	"time"
)

// Health is how the link stands: a listener that silently died is worse than
// none.
type Health struct {
	Listening bool
	Address   string    // of the listener, while it listens
	LastAt    time.Time // of the newest notification, well signed or of an unsigned source; zero: none yet
	Count     int       // acknowledged since the start, repeats included
	Refused   int       // requests refused since the start, token requests included
	LastError string    // the newest refusal or failure, fit for a screen
	ErrorAt   time.Time
	Sources   []SourceHealth // in the order of Options
}

// SourceHealth is one provider's part of it. What an unsigned source sends
// anybody may have sent: that it came proves nothing of the provider.
type SourceHealth struct {
	Name     string
	Verified bool // its notifications are signed
	LastAt   time.Time
	Count    int
	Refused  int
}

// tally counts for one source; the zero value is ready.
type tally struct {
	mu      sync.Mutex
	lastAt  time.Time
	count   int
	refused int
}

// listening is the state that belongs to no source.
type listening struct {
	mu        sync.Mutex
	address   string
	refused   int // by no source: unknown paths, strangers at the token endpoint
	lastError string
	errorAt   time.Time
}

// Health is a snapshot.
func (s *Server) Health() Health {
	l := &s.listening
	l.mu.Lock()
	h := Health{Listening: l.address != "", Address: l.address, Refused: l.refused, LastError: l.lastError, ErrorAt: l.errorAt}
	l.mu.Unlock()
	for _, src := range s.sources {
		src.health.mu.Lock()
		one := SourceHealth{
			Name: src.Name, Verified: src.Kind != Unsigned,
			LastAt: src.health.lastAt, Count: src.health.count, Refused: src.health.refused,
		}
		src.health.mu.Unlock()
		h.Sources = append(h.Sources, one)
		h.Count += one.Count
		h.Refused += one.Refused
		if one.LastAt.After(h.LastAt) {
			h.LastAt = one.LastAt
		}
	}
	return h
}

// note counts an answer; src may be nil.
func (s *Server) note(src *source, a answer, now time.Time) {
	bad := a.code.HTTP != 200
	if src != nil {
		src.health.mu.Lock()
		if a.alive {
			src.health.lastAt = now
		}
		switch {
		case bad:
			src.health.refused++
		case a.alive:
			src.health.count++
		}
		src.health.mu.Unlock()
	}
	if !bad {
		return
	}
	s.listening.mu.Lock()
	defer s.listening.mu.Unlock()
	if src == nil {
		s.listening.refused++
	}
	s.listening.lastError, s.listening.errorAt = a.text(), now
	if src != nil {
		s.listening.lastError = src.Name + ": " + a.text()
	}
}
