package snap

import (
	"bytes"
	"cmp"
	"crypto/rsa"
	"slices"
	"strings"
	"unicode"
)

// Cause names what is wrong with a string to sign or a signature. Its value is
// the key by which screens find their words.
type Cause string

const (
	Incomplete Cause = "incomplete" // the parts given make no string to sign
	WrongKind  Cause = "kind"       // symmetric, asymmetric or client-key: another than asked for
	WrongOrder Cause = "order"
	Separator  Cause = "separator"
	WhiteSpace Cause = "white-space" // spaces or line ends that do not belong there
	MissedPart Cause = "part-missing"
	ExtraPart  Cause = "part-extra"

	MethodCase  Cause = "method-case"
	OtherMethod Cause = "method"

	PathHost     Cause = "path-host" // scheme and host stand before the path
	PathPrefix   Cause = "path-prefix"
	PathSlash    Cause = "path-slash"
	PathEscaping Cause = "path-escaping"
	Query        Cause = "query"
	OtherPath    Cause = "path"

	TimestampZone   Cause = "timestamp-zone"
	TimestampFormat Cause = "timestamp-format"
	OtherTimestamp  Cause = "timestamp"

	BodyNotMinified Cause = "body-not-minified"
	BodyPHP         Cause = "body-php" // written again by PHP's json_encode
	BodyGo          Cause = "body-go"  // written again by Go's json.Marshal
	BodyRewritten   Cause = "body-rewritten"
	BodyEmpty       Cause = "body-empty" // the digest of nothing, or of something for nothing
	BodyNotDigested Cause = "body-not-digested"
	OtherBody       Cause = "body"
	DigestCase      Cause = "digest-case"
	DigestEncoding  Cause = "digest-encoding" // base64 where hex belongs
	DigestAlgorithm Cause = "digest-algorithm"

	Bearer     Cause = "bearer" // "Bearer " stands before the token
	OtherToken Cause = "token"

	PartnerID      Cause = "partner-id" // the partner id in the client key's place
	SecretAsKey    Cause = "secret-as-key"
	OtherClientKey Cause = "client-key"

	Unreadable         Cause = "signature-unreadable"
	SignatureEncoding  Cause = "signature-encoding" // hex for base64 or the reverse
	SignatureAlgorithm Cause = "signature-algorithm"
	SecretSpelling     Cause = "secret-spelling" // a line end too many, or still encoded
	WrongSecret        Cause = "secret"
	WrongKey           Cause = "key"
	NoKey              Cause = "no-key"  // nothing can be tried without it
	Unexplained        Cause = "unknown" // it differs, and in no way that is known
)

// Evidence is what a string to sign or a signature is judged by. Everything is
// optional; the alternatives are values that may have been taken by mistake, at
// most [maxAlternatives] of a sort are looked at.
type Evidence struct {
	StringToSign string   // as somebody else composed it
	Signature    string   // as X-SIGNATURE has it
	Encoding     Encoding // in which it ought to be
	Secret       []byte
	PrivateKey   *rsa.PrivateKey // only its public half is used
	PublicKey    *rsa.PublicKey

	Secrets      [][]byte
	Endpoints    []string // paths, or whole URLs
	Timestamps   []string
	AccessTokens []string
	ClientKeys   []string
	PartnerIDs   []string
	Bodies       [][]byte
}

// Finding is one thing that is wrong. No field ever holds a secret, a token or
// a part of the body: Want and Have are set only for parts that may be shown.
type Finding struct {
	Cause  Cause
	Detail string // one sentence
	// At is the byte in the pasted string to sign at which the difference
	// begins; where a signature alone was pasted, in the one of the parts. -1:
	// it is at no place of the string.
	At   int
	Want string // as the parts say
	Have string // as it was signed
}

const (
	// maxAlternatives bounds each list of an [Evidence].
	maxAlternatives = 8
	// maxText bounds the strings to sign that are compared and tried, in bytes.
	maxText = 64 << 10
)

// Diagnose compares what was pasted with what the parts ought to give, and names
// what is wrong, the first difference first. For a signature, which does not
// show what it was made over, it tries a bounded number of variants of the
// parts, one and two mistakes at a time, until one would have made it. Nothing
// pasted, or everything right, gives no finding.
func Diagnose(p Parts, have Evidence) []Finding {
	if have.StringToSign == "" && have.Signature == "" {
		return nil
	}
	l, err := newLab(p, have)
	if err != nil {
		return l.scrub([]Finding{{Cause: Incomplete, Detail: err.Error(), At: -1}})
	}
	var found []Finding
	if have.StringToSign != "" {
		found = l.comparePasted(have.StringToSign)
		slices.SortStableFunc(found, func(a, b Finding) int { return cmp.Compare(a.At, b.At) })
	}
	if have.Signature != "" {
		found = append(found, l.trySignature()...)
	}
	return l.scrub(found)
}

// role is a part's place in a string to sign.
type role int

const (
	methodRole role = iota
	pathRole
	tokenRole
	digestRole
	keyRole
	timestampRole
	roles
)

func (r role) String() string {
	return [...]string{"method", "path", "token", "digest", "client key", "timestamp"}[r]
}

// ordered gives a kind's parts and what stands between them.
func (k Kind) ordered() ([]role, string) {
	switch k {
	case Symmetric:
		return []role{methodRole, pathRole, tokenRole, digestRole, timestampRole}, ":"
	case Asymmetric:
		return []role{methodRole, pathRole, digestRole, timestampRole}, ":"
	}
	return []role{keyRole, timestampRole}, "|"
}

// lab is one diagnosis.
type lab struct {
	parts  Parts
	have   Evidence
	text   string        // what ought to be signed
	values [roles]string // of its parts, those of other kinds too
	others [roles][]alternative
	hidden []string // never to be shown
}

// alternative is what a part is mistaken for.
type alternative struct {
	value  string
	cause  Cause
	detail string
	likely bool // tried together with other mistakes, too
}

func newLab(p Parts, have Evidence) (*lab, error) {
	for _, list := range []*[]string{&have.Endpoints, &have.Timestamps, &have.AccessTokens, &have.ClientKeys, &have.PartnerIDs} {
		*list = (*list)[:min(len(*list), maxAlternatives)]
	}
	have.Secrets = have.Secrets[:min(len(have.Secrets), maxAlternatives)]
	have.Bodies = have.Bodies[:min(len(have.Bodies), maxAlternatives)]
	l := &lab{parts: p, have: have}
	l.hide(p.AccessToken, string(have.Secret))
	l.hide(have.AccessTokens...)
	for _, s := range have.Secrets {
		l.hide(string(s))
	}
	text, _, err := p.StringToSign()
	if err != nil {
		return l, err
	}
	l.text = text
	l.values = [roles]string{p.Method, p.Endpoint, p.AccessToken, "", p.ClientKey, p.Timestamp}
	// A client-key signature does not cover the body, which need not be JSON.
	minified, err := p.Minified()
	if err != nil {
		minified = p.Body
	}
	l.values[digestRole] = cmp.Or(p.Digest, Digest(minified))
	l.others = [roles][]alternative{
		l.otherMethods(), l.otherPaths(), l.otherTokens(), l.otherDigests(minified), l.otherKeys(), l.otherTimestamps(),
	}
	for r := range l.others {
		seen := map[string]bool{l.values[r]: true}
		l.others[r] = slices.DeleteFunc(l.others[r], func(a alternative) bool {
			double := seen[a.value]
			seen[a.value] = true
			return double
		})
	}
	return l, nil
}

// join composes a string to sign.
func (l *lab) join(order []role, values *[roles]string, sep string) string {
	fields := make([]string, len(order))
	for i, r := range order {
		fields[i] = values[r]
	}
	return strings.Join(fields, sep)
}

// start is where a part stands in the string to sign of the parts, -1 for one
// that it does not have.
func (l *lab) start(r role) int {
	order, sep := l.parts.Kind.ordered()
	at := 0
	for _, o := range order {
		if o == r {
			return at
		}
		at += len(l.values[o]) + len(sep)
	}
	return -1
}

// shown reports whether a part may be seen.
func (r role) shown() bool { return r != tokenRole && r != keyRole }

// finding says that a part has another value; at is where the part begins.
func (l *lab) finding(r role, a alternative, at int) Finding {
	f := Finding{Cause: a.cause, Detail: a.detail, At: at}
	if at >= 0 {
		f.At += common(l.values[r], a.value)
	}
	if r.shown() && a.cause != BodyNotDigested {
		f.Want, f.Have = l.values[r], a.value
	}
	return f
}

// common is how many bytes a and b begin with alike.
func common(a, b string) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}

// leastHidden is the shortest text that is struck out: a secret of five bytes
// hides nothing, and striking it out would tear words apart.
const leastHidden = 6

func (l *lab) hide(texts ...string) {
	for _, t := range texts {
		for _, form := range []string{t, strings.TrimSpace(t), strings.TrimSpace(trimBearer(t))} {
			if len(form) >= leastHidden && !slices.Contains(l.hidden, form) {
				l.hidden = append(l.hidden, form)
			}
		}
	}
}

// longestShown bounds Want and Have, in characters.
const longestShown = 200

// scrub is the last look at what leaves: what is secret is struck out, also
// where it was pasted in another part's place, and control characters go.
func (l *lab) scrub(found []Finding) []Finding {
	slices.SortFunc(l.hidden, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	clean := func(s string) string {
		for _, h := range l.hidden {
			s = strings.ReplaceAll(s, h, "…")
		}
		s = strings.Map(func(r rune) rune {
			if unicode.IsPrint(r) {
				return r
			}
			return '·'
		}, s)
		if r := []rune(s); len(r) > longestShown {
			s = string(r[:longestShown]) + "…"
		}
		return s
	}
	for i := range found {
		found[i].Detail, found[i].Want, found[i].Have = clean(found[i].Detail), clean(found[i].Want), clean(found[i].Have)
	}
	return found
}

// trimBearer takes the scheme's name from a token, however it is written.
func trimBearer(token string) string {
	const scheme = "bearer"
	if len(token) > len(scheme) && strings.EqualFold(token[:len(scheme)], scheme) {
		return strings.TrimLeft(token[len(scheme):], " ")
	}
	return token
}

// sameText reports whether a secret is given in a list already.
func sameText(list [][]byte, s []byte) bool {
	return slices.ContainsFunc(list, func(o []byte) bool { return bytes.Equal(o, s) })
}
