package cli

import (
	"cmp"
	"context"
	"crypto/rsa"
	"errors"
	"sync"

	"cashier/api"
	"cashier/api/cpm"
	"cashier/api/finnet"
	"cashier/api/notify"
	"cashier/api/paycools"
	"cashier/api/paydia"
	"cashier/api/snap"
	"cashier/ui/config"
	"cashier/views"
)

// signLab is the sign lab's work behind its screen: it reads keys where they
// are kept, and shows neither them nor a token.
type signLab struct {
	station  *station // nil: keys are named
	listed   sync.Once
	sources  map[string]labSource
	received map[string]config.Inbound // who notifies us, by the source's name
	order    []views.LabSource
}

// labSource is one request of the profile that can be signed with its own keys.
type labSource struct {
	endpoint api.Endpoint
	op       api.Operation
}

// newSignLab offers the operations of a station's providers, and what they
// notify. It lists them when the screen is opened.
func newSignLab(s *station) *signLab { return &signLab{station: s} }

// lookupQueries are the questions about payments made elsewhere, by dialect.
var lookupQueries = map[string]func() api.Operation{paydia.Dialect: paydia.Query, finnet.Dialect: finnet.Query}

func (l *signLab) list() {
	s := l.station
	if s == nil {
		return
	}
	l.sources = map[string]labSource{}
	add := func(e api.Endpoint, title string, ops ...api.Operation) {
		for _, op := range ops {
			kind, path := e.Signed(op)
			name := e.Name + " " + op.Service
			l.sources[name] = labSource{e, op}
			l.order = append(l.order, views.LabSource{Name: name, Title: title + " · " + op.Name + " (" + op.Service + ")", Kind: string(kind), Path: path})
		}
	}
	if s.client != nil {
		add(s.endpoint, "PayCools", api.TokenOperation(s.endpoint.Dialect), paycools.Generate, paycools.Query)
	}
	if s.pay != nil {
		add(s.payAt, "CPM", cpm.Generate, cpm.Payment, cpm.Query, cpm.Cancel, cpm.Refund)
	}
	for _, in := range s.lookups {
		if query := lookupQueries[in.endpoint.Dialect]; query != nil {
			add(in.endpoint, providerTitles[in.endpoint.Dialect], query())
		}
	}
	l.received = map[string]config.Inbound{}
	for _, in := range s.inbound() {
		if in.Kind == notify.Unsigned {
			continue
		}
		name, path := "from "+in.Name, cmp.Or(in.SignedPath, in.Path)
		l.received[name] = in
		l.order = append(l.order, views.LabSource{Name: name, Title: in.Name + " → " + in.Path, Kind: string(in.Kind), Path: path, Received: true})
	}
}

func (l *signLab) Sources() []views.LabSource {
	l.listed.Do(l.list)
	return l.order
}

// keys of one composition.
type labKeys struct {
	private  *rsa.PrivateKey
	secret   []byte
	encoding snap.Encoding
	partner  string
}

// read finds the parts and the keys of an input. Only the kind's own keys are
// needed.
func (l *signLab) read(in views.LabInput) (snap.Parts, labKeys, error) {
	kind, err := snap.ParseKind(in.Kind)
	if err != nil {
		return snap.Parts{}, labKeys{}, err
	}
	p := snap.Parts{Kind: kind, Method: in.Method, Endpoint: in.Path, ClientKey: in.ClientKey, Timestamp: in.Timestamp, Body: []byte(in.Body)}
	var k labKeys
	if p.AccessToken, err = labToken(in, kind); err != nil {
		return p, k, err
	}
	if in.Source == "" {
		k.secret, k.private, err = namedKeys(in, kind)
		return p, k, err
	}
	e := l.sources[in.Source].endpoint
	k.encoding, k.partner = e.Encoding, e.PartnerID
	if p.ClientKey == "" {
		p.ClientKey = e.ClientKey
	}
	switch {
	case kind == snap.Symmetric && e.ClientSecret != nil:
		k.secret, err = e.ClientSecret()
	case kind != snap.Symmetric && e.PrivateKey != nil:
		k.private, err = e.PrivateKey()
	default:
		err = errors.New("this provider has no such key in the profile")
	}
	return p, k, err
}

// labToken is the token that a symmetric signature covers: that of a request
// that was pasted, or a variable's.
func labToken(in views.LabInput, kind snap.Kind) (string, error) {
	switch {
	case kind != snap.Symmetric:
		return "", nil
	case in.Token != "":
		return in.Token, nil
	case in.TokenEnv == "":
		return "", errors.New("a symmetric signature covers the access token: name its environment variable")
	}
	token, err := config.Secret{Env: in.TokenEnv}.Read()
	return string(token), err
}

func namedKeys(in views.LabInput, kind snap.Kind) (secret []byte, private *rsa.PrivateKey, err error) {
	if kind == snap.Symmetric {
		if in.SecretEnv == "" {
			return nil, nil, errors.New("name the environment variable of the client secret")
		}
		secret, err = config.Secret{Env: in.SecretEnv}.Read()
		return secret, nil, err
	}
	if in.KeyFile == "" {
		return nil, nil, errors.New("name the file of the private key")
	}
	private, err = config.Secret{File: in.KeyFile}.PrivateKey()
	return nil, private, err
}

func (l *signLab) Compose(_ context.Context, in views.LabInput) (views.LabResult, error) {
	p, k, err := l.read(in)
	if err != nil {
		return views.LabResult{}, err
	}
	minified, err := p.Minified()
	if err != nil {
		return views.LabResult{}, err
	}
	text, digest, err := p.StringToSign()
	if err != nil {
		return views.LabResult{}, err
	}
	var signature []byte
	if k.private != nil {
		if signature, err = snap.SignRSA(k.private, text); err != nil {
			return views.LabResult{}, err
		}
	} else {
		signature = snap.SignHMAC(k.secret, text)
	}
	shown := text
	if p.Kind == snap.Symmetric {
		masked := p
		masked.AccessToken = config.Redacted
		if shown, _, err = masked.StringToSign(); err != nil {
			return views.LabResult{}, err
		}
	}
	r := views.LabResult{
		Minified: string(minified), Digest: digest, StringToSign: shown, Signature: k.encoding.Encode(signature),
		Headers: []views.LabHeader{{Name: snap.HeaderTimestamp, Value: p.Timestamp}},
	}
	if p.Kind == snap.Symmetric {
		r.Headers = append(r.Headers, views.LabHeader{Name: snap.HeaderAuthorization, Value: "Bearer " + config.Redacted})
	}
	r.Headers = append(r.Headers, views.LabHeader{Name: snap.HeaderSignature, Value: r.Signature})
	return r, nil
}

// Verify checks a request as it came, as sign verify does.
func (l *signLab) Verify(_ context.Context, in views.LabInput) (views.LabVerdict, error) {
	kind, err := snap.ParseKind(in.Kind)
	if err != nil {
		return views.LabVerdict{}, err
	}
	p := snap.Parts{Kind: kind, Method: in.Method, Endpoint: in.Path, ClientKey: in.ClientKey, Timestamp: in.Timestamp, Body: []byte(in.Body)}
	if p.AccessToken, err = labToken(in, kind); err != nil {
		return views.LabVerdict{}, err
	}
	have, err := l.otherSide(in, kind, &p)
	if err != nil {
		return views.LabVerdict{}, err
	}
	known := asReceived(p)
	if _, _, err := known.StringToSign(); err != nil {
		return views.LabVerdict{}, err
	}
	signed, valid := received(p, have, in.Signature)
	v := views.LabVerdict{Valid: valid, Signed: signed.body}
	if !valid {
		have.Signature = in.Signature
		v.Findings = findings(known, have)
	} else {
		known.Digest = signed.digest
	}
	masked := known
	if kind == snap.Symmetric {
		masked.AccessToken = config.Redacted
	}
	v.StringToSign, v.Digest, err = masked.StringToSign()
	v.Signature, v.Minified = in.Signature, string(known.Body)
	if minified, bad := known.Minified(); bad == nil {
		v.Minified = string(minified)
	}
	return v, err
}

// otherSide is what a received signature is checked with: the keys of whoever
// notifies us, or named ones.
func (l *signLab) otherSide(in views.LabInput, kind snap.Kind, p *snap.Parts) (have snap.Evidence, err error) {
	from, ours := l.received[in.Source]
	if p.ClientKey == "" {
		p.ClientKey = from.ClientKey
	}
	switch {
	case kind == snap.Symmetric && ours && from.ClientSecret != nil:
		have.Secret, err = from.ClientSecret()
	case kind == snap.Symmetric && ours, kind != snap.Symmetric && ours && from.PublicKey == nil:
		err = errors.New("the profile has no such key of this provider")
	case kind == snap.Symmetric:
		have.Secret, _, err = namedKeys(in, kind)
	case ours:
		have.PublicKey, err = from.PublicKey()
	case in.KeyFile == "":
		err = errors.New("name the file of the other side's public key")
	default:
		have.PublicKey, err = config.PublicKey{File: in.KeyFile}.Read()
	}
	return have, err
}

func findings(p snap.Parts, have snap.Evidence) []views.LabFinding {
	var found []views.LabFinding
	for _, f := range snap.Diagnose(p, have) {
		found = append(found, views.LabFinding{Cause: string(f.Cause), Detail: f.Detail, At: f.At, Want: f.Want, Have: f.Have})
	}
	return found
}

func (l *signLab) Compare(_ context.Context, in views.LabInput, pasted string) ([]views.LabFinding, error) {
	p, k, err := l.read(in)
	if err != nil {
		return nil, err
	}
	have := snap.Evidence{Encoding: k.encoding, Secret: k.secret, PrivateKey: k.private}
	if k.partner != "" {
		have.PartnerIDs = []string{k.partner}
	}
	if _, err := snap.DecodeSignature(pasted); err == nil {
		have.Signature = pasted
	} else {
		have.StringToSign = pasted
	}
	return findings(p, have), nil
}
