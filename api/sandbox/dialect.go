package sandbox

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"cashier/api"
	"cashier/api/snap"
)

// Providers: whose document an operation is of.
const (
	payCools = "paycools"
	snapCPM  = "snap-cpm"
	paydia   = "paydia"
	finnet   = "finnet"
)

// Dialect is how a provider differs from the document that it follows: the
// same operations under other paths and names. The zero value differs in
// nothing.
type Dialect struct {
	// Provider is whose document the provider follows: paycools, snap-cpm,
	// paydia or finnet; the others are played as ever. Empty: all four differ.
	Provider string
	// Paths are where services are instead ("60" -> "/api/pay"). 51, which has
	// two documents, needs Provider.
	Paths map[string]string
	// GrantName is the one name of a token request's grantType; empty:
	// grantType and grant_type.
	GrantName string
	// Encoding is the one encoding of signatures, taken and sent; empty: either
	// is taken, base64 sent.
	Encoding snap.Encoding
	// SignPrefix stands before the path in what is signed: a gateway's.
	SignPrefix string
	// Headers are those that must come (true) or need not (false) where the
	// document has it otherwise; token requests keep theirs.
	Headers map[string]bool
	// Spellings are names of fields, the document's -> the provider's, at
	// every depth of requests, answers and notifications. The document's own
	// name is then unknown.
	Spellings map[string]string
	// Statuses are latestTransactionStatus, the document's -> the provider's
	// ("00" -> "02").
	Statuses map[string]string
}

func (d Dialect) check() error {
	if d.Provider != "" && !slices.Contains([]string{payCools, snapCPM, paydia, finnet}, d.Provider) {
		return fmt.Errorf("the dialect's provider %q is not known: use %s, %s, %s or %s",
			api.Clean(d.Provider, 20), payCools, snapCPM, paydia, finnet)
	}
	for service, path := range d.Paths {
		switch {
		case !slices.ContainsFunc(operations(), func(op *operation) bool { return op.service == service && d.covers(op.provider) }):
			return fmt.Errorf("the dialect has a path for %q, which is no service of its provider", api.Clean(service, 20))
		case service == "51" && d.Provider == "":
			return errors.New("the dialect has a path for 51, which two providers have: name one")
		case !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "/_sandbox/"):
			return fmt.Errorf("the dialect's path %q does not begin with / or is the sandbox's own", api.Clean(path, 80))
		}
	}
	if _, err := snap.ParseEncoding(string(d.Encoding)); err != nil {
		return fmt.Errorf("the dialect: %w", err)
	}
	taken := map[string]bool{}
	for ours, theirs := range d.Spellings {
		if ours == "" || theirs == "" || taken[theirs] {
			return fmt.Errorf("the dialect spells %q in a way that is empty or another field's", api.Clean(ours, 64))
		}
		taken[theirs] = true
	}
	for ours, theirs := range d.Statuses {
		if statusWords[ours] == "" || !twoDigits(theirs) {
			return fmt.Errorf("the dialect's status %q is not one of 00 to 07 with two digits", api.Clean(ours, 20))
		}
	}
	return nil
}

func (d Dialect) covers(provider string) bool { return d.Provider == "" || d.Provider == provider }

// speech is a dialect as an operation has it; nil: the document's own.
type speech struct {
	Dialect
	ours map[string]string // the provider's name of a field -> the document's
}

// speech is nil for a provider that the dialect is not about, and where it
// differs in nothing.
func (d Dialect) speech(provider string) *speech {
	if !d.covers(provider) || d.GrantName == "" && d.Encoding == "" && d.SignPrefix == "" &&
		len(d.Paths)+len(d.Headers)+len(d.Spellings)+len(d.Statuses) == 0 {
		return nil
	}
	sp := &speech{Dialect: d, ours: map[string]string{}}
	for ours, theirs := range d.Spellings {
		sp.ours[theirs] = ours
	}
	return sp
}

// play turns a document's operation into the provider's.
func (d Dialect) play(op *operation) {
	if op.speech = d.speech(op.provider); op.speech == nil {
		return
	}
	if path := d.Paths[op.service]; path != "" {
		op.path = path
	}
	op.body = d.respell(op.body)
	for i, f := range op.body {
		if f.name == grantName && d.GrantName != "" {
			op.body[i] = field{name: d.GrantName, mandatory: true, oneOf: f.oneOf}
			op.body = slices.DeleteFunc(op.body, func(f field) bool { return f.name == alsoGrantName && f.name != d.GrantName })
			break
		}
	}
	if op.service == "73" || op.service == "74" {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(d.Headers)) {
		i := slices.IndexFunc(op.headers, func(f field) bool { return strings.EqualFold(f.name, name) })
		if i < 0 {
			op.headers = append(op.headers, field{name: name, mandatory: d.Headers[name]})
			continue
		}
		if op.headers[i].mandatory = d.Headers[name]; op.headers[i].format == credential {
			op.headers[i].format = anyText // its absence is not refused by itself any more
		}
	}
}

// respell gives a table the provider's names. Where only one of two spellings
// in the document is another one there, the other is taken too. The grant is
// GrantName's affair.
func (d Dialect) respell(table []field) []field {
	table = slices.Clone(table)
	for i, f := range table {
		table[i].object = d.respell(f.object)
		if f.name == grantName || f.name == alsoGrantName {
			continue
		}
		if theirs := d.Spellings[f.name]; theirs != "" {
			table[i].name, table[i].also = theirs, d.Spellings[f.also]
		} else if theirs := d.Spellings[f.also]; theirs != "" {
			table[i].name, table[i].also = theirs, f.name
		}
	}
	if len(table) == 0 {
		return nil // an object without rows of its own
	}
	return table
}

// document is a request under the document's names.
func (sp *speech) document(o object) object {
	if sp == nil || len(sp.ours) == 0 {
		return o
	}
	return translate(o, sp.ours, nil, "").(object)
}

// detail is a refusal's field under the provider's name.
func (sp *speech) detail(text string) string {
	if sp == nil {
		return text
	}
	path := strings.Split(text, ".")
	for i, name := range path {
		if theirs := sp.Spellings[name]; theirs != "" {
			path[i] = theirs
		}
	}
	return strings.Join(path, ".")
}

// member is a member of an answer in the provider's spelling.
func (sp *speech) member(m member) (member, error) {
	if sp == nil || len(sp.Spellings) == 0 && len(sp.Statuses) == 0 {
		return m, nil
	}
	text, err := json.Marshal(m.value)
	if err != nil {
		return m, fmt.Errorf("encode %s: %w", m.name, err)
	}
	// In an object of its own, so that a plain value can be read like any.
	o, err := decodeObject(slices.Concat([]byte(`{"value":`), text, []byte("}")))
	if err != nil {
		return m, fmt.Errorf("decode %s: %w", m.name, err)
	}
	value := translate(o.values["value"], sp.Spellings, sp.Statuses, m.name)
	if theirs := sp.Spellings[m.name]; theirs != "" {
		m.name = theirs
	}
	return member{m.name, value}, nil
}

// body is a whole notification in the provider's spelling.
func (sp *speech) body(value any) ([]byte, error) {
	m, err := sp.member(member{value: value})
	if err != nil {
		return nil, err
	}
	return json.Marshal(m.value)
}

// encode writes a signature.
func (sp *speech) encode(signature []byte) string {
	if sp == nil {
		return snap.Base64.Encode(signature)
	}
	return sp.Encoding.Encode(signature)
}

// decode reads a signature, in the provider's encoding alone where it has one.
func (sp *speech) decode(text string) ([]byte, error) {
	text = strings.TrimSpace(text)
	signature, err := snap.DecodeSignature(text)
	if err != nil || sp == nil || sp.Encoding == "" {
		return signature, err
	}
	if _, err := hex.DecodeString(text); (err == nil) != (sp.Encoding == snap.Hex) {
		return nil, fmt.Errorf("the signature is not %s", sp.Encoding)
	}
	return signature, nil
}

// endpoint is the path of a request as it is signed.
func (x *exchange) endpoint() string {
	if sp := x.operation.speech; sp != nil {
		return sp.SignPrefix + x.request.URL.RequestURI()
	}
	return x.request.URL.RequestURI()
}

// translate exchanges names at every depth, and statuses; name is the value's
// own before it was exchanged.
func translate(value any, names, statuses map[string]string, name string) any {
	switch v := value.(type) {
	case string:
		if other := statuses[v]; other != "" && name == "latestTransactionStatus" {
			return other
		}
	case []any:
		for i := range v {
			v[i] = translate(v[i], names, statuses, name)
		}
	case object:
		o := object{values: make(map[string]any, len(v.names))}
		for _, was := range v.names {
			is := names[was]
			if is == "" {
				is = was
			}
			o.names = append(o.names, is)
			o.values[is] = translate(v.values[was], names, statuses, was)
		}
		return o
	}
	return value
}
