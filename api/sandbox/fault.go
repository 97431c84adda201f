package sandbox

import (
	"errors"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"

	"cashier/api"
	"cashier/api/snap"
)

// Kind is how an exchange goes wrong.
type Kind string

// Kinds that stop a request: it is not processed, nothing changes.
const (
	Refuse       Kind = "refuse"        // the connection is reset before the body is read
	RequestLost  Kind = "request-lost"  // the connection is hung up
	Timeout      Kind = "timeout"       // silence, until the client goes or Options.Hold is over
	HTTP500      Kind = "http-500"      // a gateway's page without a code
	TooMany      Kind = "too-many"      // 429-00
	TokenExpired Kind = "token-expired" // the request's token is taken back: 401-01
)

// Kinds that spoil the answer of a request that was processed.
const (
	Delay            Kind = "delay"             // it comes after Options.Delay
	AnswerLost       Kind = "answer-lost"       // the connection is hung up instead
	HTTP504          Kind = "http-504"          // a gateway gave up waiting: a page without a code
	BadJSON          Kind = "bad-json"          // as the documents' samples: commas are missing
	Truncated        Kind = "truncated"         // half of the body
	Empty            Kind = "empty"             // no body
	Huge             Kind = "huge"              // more than 1 MiB
	WrongType        Kind = "wrong-type"        // lists where texts belong, texts where lists and objects do
	ForeignReference Kind = "foreign-reference" // the answer to somebody else's request
	Escape           Kind = "escape"            // terminal control sequences in every text
	MissingField     Kind = "missing-field"     // the code and the message alone
	RepeatItems      Kind = "repeat-items"      // every item of a list twice, as in the document's sample
	Contradiction    Kind = "contradiction"     // HTTP 200 with a refusing code, HTTP 500 with a good one
)

// codePrefix begins a kind that answers a code and processes nothing:
// code-4039005.
const codePrefix = "code-"

var knownKinds = []Kind{
	Refuse, Delay, Timeout, AnswerLost, RequestLost, HTTP500, HTTP504, TooMany, TokenExpired,
	BadJSON, Truncated, Empty, Huge, WrongType, ForeignReference, Escape,
	MissingField, RepeatItems, Contradiction,
}

// Kinds lists what a rule may name, beside code- and a response code.
func Kinds() []Kind { return slices.Clone(knownKinds) }

// code is the response code of a code- kind.
func (k Kind) code() (snap.Code, bool) {
	text, ok := strings.CutPrefix(string(k), codePrefix)
	if !ok {
		return snap.Code{}, false
	}
	code, err := snap.ParseCode(text)
	// 1xx is no final HTTP status; 204 and 304 have no body for the code.
	if err != nil || code.HTTP < 200 || code.HTTP == 204 || code.HTTP == 304 {
		return snap.Code{}, false
	}
	return code, true
}

// Rule is one fault: SERVICE:KIND[:RATE[:COUNT]].
type Rule struct {
	Service string  // two digits, or * for every service
	Kind    Kind    //
	Rate    float64 // how often it strikes, above 0 and up to 1
	Count   int     // how often at most; 0: no limit
}

// ErrRule says that a text is not a rule; errors wrap it.
var ErrRule = errors.New("not a fault rule (SERVICE:KIND[:RATE[:COUNT]], such as 90:answer-lost:1:1)")

// ParseRule reads a rule. Without a rate it strikes always, without a count
// without end.
func ParseRule(text string) (Rule, error) {
	parts := strings.Split(strings.TrimSpace(text), ":")
	if len(parts) < 2 || len(parts) > 4 {
		return Rule{}, fmt.Errorf("%w: %q has %d parts", ErrRule, api.Clean(text, 80), len(parts))
	}
	rule := Rule{Service: parts[0], Kind: Kind(parts[1]), Rate: 1}
	if rule.Service != "*" && !slices.Contains(services(), rule.Service) {
		return Rule{}, fmt.Errorf("%w: the sandbox has no service %q, it has %s and * for all", ErrRule,
			api.Clean(rule.Service, 20), strings.Join(services(), ", "))
	}
	if _, isCode := rule.Kind.code(); !isCode && !slices.Contains(knownKinds, rule.Kind) {
		if strings.HasPrefix(string(rule.Kind), codePrefix) {
			return Rule{}, fmt.Errorf("%w: %q does not name a response code of seven digits with an HTTP status that has a body",
				ErrRule, api.Clean(parts[1], 40))
		}
		return Rule{}, fmt.Errorf("%w: the kind %q is not known, use %s or code- and seven digits", ErrRule,
			api.Clean(parts[1], 40), joinKinds())
	}
	var err error
	if len(parts) > 2 {
		rule.Rate, err = strconv.ParseFloat(parts[2], 64)
		if err != nil || !(rule.Rate > 0 && rule.Rate <= 1) {
			return Rule{}, fmt.Errorf("%w: the rate %q is not a number above 0 and up to 1", ErrRule, api.Clean(parts[2], 20))
		}
	}
	if len(parts) > 3 {
		rule.Count, err = strconv.Atoi(parts[3])
		if err != nil || rule.Count < 1 {
			return Rule{}, fmt.Errorf("%w: the count %q is not a whole number from 1", ErrRule, api.Clean(parts[3], 20))
		}
	}
	return rule, nil
}

func joinKinds() string {
	names := make([]string, len(knownKinds))
	for i, k := range knownKinds {
		names[i] = string(k)
	}
	return strings.Join(names, ", ")
}

var services = sync.OnceValue(func() []string {
	var list []string
	for _, op := range operations() {
		list = append(list, op.service)
	}
	slices.Sort(list)
	return slices.Compact(list)
})

// String spells the rule as ParseRule reads it.
func (r Rule) String() string {
	text := r.Service + ":" + string(r.Kind)
	if r.Rate != 1 || r.Count != 0 {
		text += ":" + strconv.FormatFloat(r.Rate, 'g', -1, 64)
	}
	if r.Count != 0 {
		text += ":" + strconv.Itoa(r.Count)
	}
	return text
}

// faults are the rules in force, each with dice of its own: what one rule does
// is the same in every run with the same seed and the same requests to it.
type faults struct {
	mu    sync.Mutex
	rules []*loaded
	added uint64
}

type loaded struct {
	rule   Rule
	struck int
	dice   *rand.Rand
}

// AddFault puts a rule behind those in force. For each request the first rule
// that strikes is the one that counts.
func (s *Sandbox) AddFault(rule string) error {
	r, err := ParseRule(rule)
	if err != nil {
		return err
	}
	hash := fnv.New64a()
	hash.Write([]byte(r.String()))
	f := &s.faults
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rules = append(f.rules, &loaded{rule: r, dice: rand.New(rand.NewPCG(uint64(s.options.Seed), hash.Sum64()+f.added))})
	f.added++
	return nil
}

// ClearFaults ends all faults. The rules that are added next roll as the first
// ones did.
func (s *Sandbox) ClearFaults() {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.rules, s.faults.added = nil, 0
}

// Faults lists the rules in force; the count of each is what is left of it.
func (s *Sandbox) Faults() []Rule {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	rules := make([]Rule, len(s.faults.rules))
	for i, l := range s.faults.rules {
		rules[i] = l.rule
		if l.rule.Count > 0 {
			rules[i].Count -= l.struck
		}
	}
	return rules
}

// strike decides how a request of the service goes wrong; empty: it does not.
func (f *faults) strike(service string) Kind {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, l := range f.rules {
		if l.rule.Service != "*" && l.rule.Service != service || l.dice.Float64() >= l.rule.Rate {
			continue
		}
		if l.struck++; l.struck == l.rule.Count {
			f.rules = slices.Delete(f.rules, i, i+1)
		}
		return l.rule.Kind
	}
	return ""
}
