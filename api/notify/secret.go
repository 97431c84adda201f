package notify

import (
	"errors"
	"sync"
)

// secret is fetched when it is first needed and kept. A fetch that fails is
// tried again by the next request: the file may come back.
type secret[T any] struct {
	fetch func() (T, error)

	mu    sync.Mutex
	value T
	have  bool
}

func (s *secret[T]) get() (T, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.have {
		return s.value, nil
	}
	if s.fetch == nil {
		return s.value, errors.New("none is configured")
	}
	value, err := s.fetch()
	if err != nil {
		return s.value, err
	}
	s.value, s.have = value, true
	return value, nil
}
