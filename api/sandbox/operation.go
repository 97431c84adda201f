package sandbox

import (
	"crypto/rsa"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"cashier/api/snap"
)

// operation is one service of one provider as its document describes it: all
// that a request of it must satisfy, and what serves it. Another service is
// another row.
type operation struct {
	provider string // whose document it is of
	service  string // BI SNAP service code
	name     string
	path     string
	headers  []field
	body     []field
	codes    []caseMessage // the document's table of response codes
	// sampleService is the service part of its codes where the document's sample
	// has another than service.
	sampleService string
	speech        *speech // nil: as the document has it
	// verify decides whether the sender is who it says; after the headers
	// were found complete, before the body is looked at.
	verify func(*Sandbox, *exchange) *refusal
	serve  func(*Sandbox, *exchange) (answer, *refusal)
}

// caseMessage is one row of a table of response codes.
type caseMessage struct {
	key     string // HTTP status and case: "403-05"
	message string
}

// operations is every service that the sandbox plays.
func operations() []*operation {
	return []*operation{
		tokenOperation(payCools, payCoolsTokenPath), generateOperation(), queryOperation(),
		tokenOperation(snapCPM, snapTokenPath), codeOperation(), payOperation(), statusOperation(), cancelOperation(), refundOperation(),
		tokenOperation(paydia, paydiaTokenPath), customerTokenOperation(paydia, paydiaCustomerPath), paydiaOperation(),
		tokenOperation(finnet, finnetTokenPath), finnetOperation(finnetPaths[0]), finnetOperation(finnetPaths[1]),
	}
}

// exchange is one request on its way through an operation.
type exchange struct {
	operation *operation
	request   *http.Request
	raw       []byte
	body      object // once it was decoded
	at        time.Time
}

// process verifies, decodes, checks and serves: what a provider does when
// nothing goes wrong on the way.
func (s *Sandbox) process(x *exchange) answer {
	result, wrong := s.try(x)
	if wrong != nil {
		return x.operation.refuse(*wrong)
	}
	return result
}

func (s *Sandbox) try(x *exchange) (answer, *refusal) {
	if wrong := checkHeaders(x.operation.headers, x.request.Header); wrong != nil {
		return answer{}, wrong
	}
	if s.options.PerSecond > 0 && !s.rates.allow(x.operation.provider+" "+x.operation.service, s.options.PerSecond, x.at) {
		return answer{}, &refusal{key: "429-00"}
	}
	if wrong := x.operation.verify(s, x); wrong != nil {
		return answer{}, wrong
	}
	body, err := decodeObject(x.raw)
	if err != nil {
		return answer{}, &refusal{key: "400-00"}
	}
	if wrong := s.checkBody(x.operation.body, body, ""); wrong != nil {
		return answer{}, wrong
	}
	x.body = x.operation.speech.document(body)
	result, wrong := x.operation.serve(s, x)
	if wrong != nil {
		wrong.detail = x.operation.speech.detail(wrong.detail)
	}
	return result, wrong
}

// verifyTimestamp refuses a clock that is too far off.
func (s *Sandbox) verifyTimestamp(x *exchange) *refusal {
	at, err := jakartaTime(header(x.request.Header, snap.HeaderTimestamp))
	if err != nil {
		return invalid(snap.HeaderTimestamp)
	}
	if off := x.at.Sub(at).Abs(); s.options.Tolerance >= 0 && off > s.options.Tolerance {
		return &refusal{"401-00", fmt.Sprintf("%s is %d s off", snap.HeaderTimestamp, int(off.Seconds()))}
	}
	return nil
}

// verifyClientKey is the signature of 73, 90 and 91: over the client key and
// the timestamp alone.
func (s *Sandbox) verifyClientKey(x *exchange) *refusal {
	return verifyRSA(s.keys.partner(), snap.TokenStringToSign(s.ClientKey(), x.request.Header.Get(snap.HeaderTimestamp)), x)
}

func verifyRSA(key *rsa.PublicKey, stringToSign string, x *exchange) *refusal {
	wrong := &refusal{"401-00", "Invalid Signature"}
	signature, err := x.operation.speech.decode(x.request.Header.Get(snap.HeaderSignature))
	if err != nil || key == nil || snap.VerifyRSA(key, stringToSign, signature) != nil {
		return wrong
	}
	return nil
}

// bearer is the access token of a request.
func bearer(h http.Header) (string, bool) {
	scheme, token, ok := strings.Cut(header(h, snap.HeaderAuthorization), " ")
	return strings.TrimSpace(token), ok && strings.EqualFold(scheme, "Bearer")
}

// rates counts the requests of a provider's service in the running second.
type rates struct {
	mu      sync.Mutex
	windows map[string]window
}

type window struct {
	second int64
	count  int
}

func (r *rates) allow(service string, perSecond int, at time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.windows == nil {
		r.windows = map[string]window{}
	}
	w := r.windows[service]
	if w.second != at.Unix() {
		w = window{second: at.Unix()}
	}
	w.count++
	r.windows[service] = w
	return w.count <= perSecond
}
