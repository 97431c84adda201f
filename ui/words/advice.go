package words

import (
	"slices"
	"strings"
)

// Advice is what to tell somebody about a response code, in three parts of
// whole sentences: what it means, what happened to the money, what to do now.
type Advice struct{ Means, Money, Do string }

// String is the three parts as one paragraph.
func (a Advice) String() string {
	return strings.Join(slices.DeleteFunc([]string{a.Means, a.Money, a.Do}, func(s string) bool { return s == "" }), " ")
}

// Keys of Advice for answers without a usable response code.
const (
	Timeout      = "timeout"       // the request may have arrived, no answer came in time
	NoConnection = "no-connection" // the request was provably not sent
	Unclear      = "unclear"       // an answer came and cannot be used: broken, incomplete, contradictory
	UnknownCode  = "unknown-code"  // a response code that no document lists
)

// Advice explains the answer key to operation service (two digits) at
// provider: "paycools", "snap-cpm", "paydia" or "finnet"; any other, or none,
// is "the provider" (services 90 and 91 are PayCools' alone). The key is HTTP
// status and case, "403-05", or one of the four constants above.
//
// It supposes that no earlier attempt of the same transaction is unclear; when
// one is, use AdviceAfterUnclear. A key that no document lists gives the advice
// of UnknownCode and false.
func (c *Catalogue) Advice(provider, service, key string) (Advice, bool) {
	return c.advise(provider, service, key, classify)
}

// AdviceAfterUnclear is Advice for an attempt that follows an unclear one of
// the same transaction: a refusal of this attempt then proves nothing of the
// first (PROTOCOLS 3, "the same codes after an unclear attempt").
func (c *Catalogue) AdviceAfterUnclear(provider, service, key string) (Advice, bool) {
	return c.advise(provider, service, key, tainted)
}

func (c *Catalogue) advise(provider, service, key string, class func(operation, string) outcome) (Advice, bool) {
	code, known := codes[key]
	if !known {
		key, code = UnknownCode, codes[UnknownCode]
	}
	op := operationOf(service)
	who := providerOf(provider, op)
	result := class(op, key)

	means := code.means
	if p, ok := meansFor[opKey{op, key}]; ok {
		means = p
	}
	text := []string{means.in(c.lang)}
	if op == opNotify && isCode(key) {
		text = []string{notifyAnswer.in(c.lang), text[0]}
	}
	name := who.name.in(c.lang)
	if note, ok := who.note(op, key); ok {
		text = append(text, fill(note.in(c.lang), "provider", name))
	}
	return Advice{
		Means: strings.Join(text, " "),
		Money: moneyFor(op, result).in(c.lang),
		Do: fill(doFor(op, service, key, code.cause, result, c.lang),
			"provider", name, "again", again[op].in(c.lang)),
	}, known
}

// isCode tells a response code's key from the four constants.
func isCode(key string) bool {
	return key != "" && key[0] >= '0' && key[0] <= '9'
}

// operation groups the services whose advice is the same.
type operation int

const (
	opOther    operation = iota // a service this program does not use
	opToken                     // 73, 74
	opCode                      // 59
	opPay                       // 60
	opAsk                       // 61, and 47, 51, 53: a payment is asked about
	opCancel                    // 62
	opNotify                    // 79: the answer is ours
	opRefund                    // 80
	opUserID                    // 90
	opDeposits                  // 91
)

func operationOf(service string) operation {
	switch service {
	case "73", "74":
		return opToken
	case "59":
		return opCode
	case "60":
		return opPay
	case "61", "47", "51", "53":
		return opAsk
	case "62":
		return opCancel
	case "79":
		return opNotify
	case "80":
		return opRefund
	case "90":
		return opUserID
	case "91":
		return opDeposits
	}
	return opOther
}

// opKey chooses a sentence that holds for one operation and one key only.
type opKey struct {
	op  operation
	key string
}

// party is a provider as the advice needs it.
type party struct {
	name pair
	// lists holds the codes of the provider's own document by operation; an
	// operation that is there with no codes has a document without any list.
	lists map[operation][]string
}

var parties = map[string]party{
	"paycools": {pair{"PayCools", "PayCools"}, map[operation][]string{opUserID: paycools90, opDeposits: paycools91}},
	"paydia":   {pair{"Paydia", "Paydia"}, map[operation][]string{opAsk: paydia51}},
	"finnet":   {pair{"Finnet", "Finnet"}, map[operation][]string{opAsk: nil}},
}

var anyParty = party{name: pair{"the provider", "penyedia"}}

func providerOf(provider string, op operation) party {
	if op == opUserID || op == opDeposits {
		provider = "paycools"
	}
	if who, ok := parties[strings.ToLower(provider)]; ok {
		return who
	}
	return anyParty
}

// The codes of the providers' own lists. Sources: seed 001, "Response Code and
// Message" (14 codes); seed 000, the same (10 codes); seed 002, the same
// (7 codes).
var (
	paycools90 = []string{
		"200-00", "400-00", "400-01", "400-02", "401-00", "401-01", "403-02", "403-05", "403-15",
		"404-08", "404-18", "429-00", "500-00", "500-01",
	}
	paycools91 = []string{
		"200-00", "400-00", "400-01", "400-02", "401-00", "401-01", "404-01", "429-00", "500-00", "500-01",
	}
	paydia51 = []string{"200-00", "400-01", "400-02", "401-00", "401-01", "404-01", "500-01"}
)

var (
	notifyAnswer = pair{
		"This is our answer to a payment notification.",
		"Ini jawaban kami atas notifikasi pembayaran.",
	}
	notListed = pair{
		"The list of {provider} does not have this code; the meaning is that of the general SNAP list.",
		"Kode ini tidak ada di daftar {provider}; artinya diambil dari daftar umum SNAP.",
	}
	noList = pair{
		"{provider} gives no list of codes; the meaning is that of the general SNAP list.",
		"{provider} tidak memberi daftar kode; artinya diambil dari daftar umum SNAP.",
	}
)

// note says where a meaning comes from when it is not the provider's own.
func (p party) note(op operation, key string) (pair, bool) {
	list, ok := p.lists[op]
	switch {
	case !ok || !isCode(key) || slices.Contains(list, key):
		return pair{}, false
	case len(list) == 0:
		return noList, true
	}
	return notListed, true
}
