package sandbox

import (
	"errors"
	"hash/fnv"
	"time"

	"cashier/api"
)

// externalID is an X-EXTERNAL-ID that was used: none may come twice in a
// Jakarta day (409-00).
type externalID struct {
	Day  string `json:"day"` // 20261120
	ID   string `json:"id"`
	Hash uint64 `json:"hash"` // of what it was used for
}

func (externalID) kind() string { return "externalId" }

func (e externalID) check(*state) error {
	if len(e.Day) != 8 || e.ID == "" {
		return errors.New("an external id lacks itself or its day")
	}
	return nil
}

// applyTo keeps the ids of the newest day alone.
func (e externalID) applyTo(st *state) {
	switch {
	case e.Day < st.day:
		return
	case e.Day > st.day:
		st.day, st.external = e.Day, map[string]uint64{}
	}
	st.external[e.ID] = e.Hash
}

// useExternalID takes the id of a request that was verified. A provider with
// Options.ReuseExternalID takes it again for the same request.
func (s *Sandbox) useExternalID(x *exchange) *refusal {
	hash := fnv.New64a()
	hash.Write([]byte(x.operation.path))
	hash.Write(x.raw)
	used := externalID{Day: s.now().Format("20060102"), ID: x.externalID(), Hash: hash.Sum64()}

	if used.ID == "" {
		return nil // a provider that does not ask for one
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if was, there := s.state.external[used.ID]; there && used.Day == s.state.day {
		if s.options.ReuseExternalID && was == used.Hash {
			return nil
		}
		return &refusal{key: "409-00"}
	}
	if err := s.record(used); err != nil {
		return &refusal{key: "500-01"}
	}
	return nil
}

// newExternalID is of a request that the sandbox makes itself: 32 digits.
func (s *Sandbox) newExternalID(at time.Time, purpose string) string {
	return at.In(api.Jakarta).Format("20060102150405") + s.digits("external id " + purpose)[:18]
}
