package notify

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"cashier/api"
	"cashier/api/snap"
)

// maxExternalID is the header's length (header tables of BI SNAP).
const maxExternalID = 36

// Handler answers the sources' paths and, where a source is symmetric, the
// token endpoint. Whatever comes, the answer is JSON with a response code.
func (s *Server) Handler() http.Handler { return http.HandlerFunc(s.serve) }

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	a, src := s.answer(w, r)
	s.note(src, a, s.clock.Now())
	s.write(w, a)
}

// answer never panics: what a decoder does to a stranger's bytes must not end
// the program. The source is the one that is to blame or to praise, or nil.
func (s *Server) answer(w http.ResponseWriter, r *http.Request) (a answer, src *source) {
	service := "00" // no service has it
	isToken := s.tokenPath != "" && r.URL.Path == s.tokenPath
	rate := &s.asked
	switch src = s.routes[r.URL.Path]; {
	case src != nil:
		service, rate = src.Service, &src.rate
	case isToken:
		service = tokenCode
	default:
		return noRoute.of(service, ""), nil
	}
	defer func() {
		if p := recover(); p != nil {
			a = failure.of(service, fmt.Sprintf("reading a request went wrong: %T", p))
		}
	}()
	now := s.clock.Now()
	if r.Method != http.MethodPost {
		return wrongMethod.of(service, ""), src
	}
	if !rate.allow(now) || !s.total.allow(now) {
		return tooMany.of(service, ""), src
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, s.limits.Body))
	if err != nil {
		return badRequest.of(service, "the body is too long or did not come"), src
	}
	// Taken only now: whoever sends slowly holds nobody up.
	select {
	case s.working <- struct{}{}:
		defer func() { <-s.working }()
	default:
		return tooMany.of(service, ""), src
	}
	now = s.clock.Now()
	if isToken {
		return s.giveToken(r, body, now)
	}
	if src.Kind == Unsigned {
		return s.takeUnsigned(r.Context(), src, body, now), src
	}
	return s.take(r, src, body, now), src
}

// take is a signed notification.
func (s *Server) take(r *http.Request, src *source, body []byte, now time.Time) answer {
	sent, digest, refused := s.verify(src, r, body, now)
	if refused != nil {
		return *refused
	}
	a := s.takeVerified(r, src, body, Hint{
		Source: src.Name, Service: src.Service, Digest: digest,
		SentAt: sent, ReceivedAt: now, Stale: stale(sent, now), Verified: true,
	})
	a.alive = true
	return a
}

func (s *Server) takeVerified(r *http.Request, src *source, body []byte, h Hint) answer {
	h.ExternalID = r.Header.Get(snap.HeaderExternalID)
	switch {
	case h.ExternalID == "":
		return missingField.of(src.Service, snap.HeaderExternalID)
	case len(h.ExternalID) > maxExternalID || api.Clean(h.ExternalID, maxExternalID) != h.ExternalID:
		return badFormat.of(src.Service, snap.HeaderExternalID)
	}
	notices, err := src.Decode(body)
	if err != nil {
		return src.unreadable(err)
	}
	hints := make([]Hint, len(notices))
	for i, n := range notices {
		n.Customer, n.Destination = api.Text(api.MaskNumber(string(n.Customer))), api.Text(api.MaskNumber(string(n.Destination)))
		hints[i] = h
		hints[i].Notice = n
	}
	id := name{src.Name, h.ExternalID, day(h.ReceivedAt)}
	p, isNew := s.memory.begin(id, h.Digest)
	switch {
	case p == nil:
		return conflict.of(src.Service, "")
	case isNew:
		s.carry(r.Context(), hints, func(err error) { s.memory.end(id, p, err) })
	}
	return s.await(src, p)
}

// takeUnsigned keeps the references alone, and answers alike whether they are
// known or not.
func (s *Server) takeUnsigned(ctx context.Context, src *source, body []byte, now time.Time) answer {
	notices, err := src.Decode(body)
	if err != nil {
		return src.unreadable(err)
	}
	digests := snap.InboundDigests(body)
	hints := make([]Hint, len(notices))
	for i, n := range notices {
		hints[i] = Hint{
			Notice: Notice{Reference: n.Reference, ProviderReference: n.ProviderReference},
			Source: src.Name, Service: src.Service, Digest: digests[len(digests)-1], ReceivedAt: now,
		}
	}
	p := &passage{done: make(chan struct{})}
	s.carry(ctx, hints, func(err error) {
		if !errors.Is(err, ErrUnknown) {
			p.err = err
		}
		close(p.done)
	})
	a := s.await(src, p)
	a.alive = a.is(done)
	return a
}

// unreadable is the answer to a body that the decoder refused.
func (src *source) unreadable(err error) answer {
	field, ok := errors.AsType[*api.FieldError](err)
	switch {
	case !ok:
		return badRequest.of(src.Service, err.Error())
	case field.Missing:
		return missingField.of(src.Service, field.Field)
	}
	return badFormat.of(src.Service, field.Field)
}

var (
	errBusy = errors.New("the journal is busy with earlier notifications")
	errSlow = errors.New("the journal did not take it in time")
)

// carry hands the hints over, on a goroutine of its own: a journal that hangs
// must not keep the provider waiting, nor may a provider that hangs up stop
// what it began. end is called once, also when the answer has long left.
func (s *Server) carry(ctx context.Context, hints []Hint, end func(error)) {
	if !s.hands.enter() {
		end(errBusy)
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.limits.Answer)
	go func() {
		defer s.hands.leave()
		defer cancel()
		err := errors.New("the hand-over broke down")
		defer func() {
			if p := recover(); p != nil {
				err = fmt.Errorf("the hand-over broke down: %T", p)
			}
			end(err)
		}()
		err = s.handAll(ctx, hints)
	}()
}

// handAll tries every hint. A failure counts most, then a hint that was taken,
// then references that are unknown.
func (s *Server) handAll(ctx context.Context, hints []Hint) error {
	var failed, unknown error
	taken := len(hints) == 0
	for _, h := range hints {
		switch err := s.hand(ctx, h); {
		case err == nil:
			taken = true
		case errors.Is(err, ErrUnknown):
			unknown = err
		default:
			failed = errors.Join(failed, err)
		}
	}
	if failed != nil || taken {
		return failed
	}
	return unknown
}

// await is the answer once the journal has the notification, or the one for a
// journal that is late. The repeat then finds what became of it.
func (s *Server) await(src *source, p *passage) answer {
	late := time.NewTimer(s.limits.Answer)
	defer late.Stop()
	err := errSlow
	select {
	case <-p.done:
		err = p.err
	case <-late.C:
	}
	switch {
	case err == nil:
		return done.of(src.Service, "")
	case errors.Is(err, ErrUnknown):
		return notFound.of(src.Service, "")
	}
	return failure.of(src.Service, err.Error())
}
