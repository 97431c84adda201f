package config

import (
	"cmp"
	"crypto/rsa"
	"fmt"
	"maps"
	"net"
	"net/netip"
	"slices"
	"strings"

	"cashier/api/snap"
)

// Notify is where providers tell us of payments and deposits by themselves.
type Notify struct {
	// Listen is the address of our own server, host:port with an IP address or
	// localhost; empty: the console does not listen.
	Listen    string                  `json:"listen,omitempty"`
	TokenPath string                  `json:"tokenPath,omitempty"` // of our token endpoint (73); empty: /v1.0/access-token/b2b
	Sources   map[string]NotifySource `json:"sources,omitempty"`   // by the provider's name
}

// NotifySource is one provider that notifies us, as written; [Profile.Inbound]
// makes of it what the server takes.
type NotifySource struct {
	Dialect    string    `json:"dialect,omitempty"`    // snap-cpm or paycools; empty: the provider's
	Signature  snap.Kind `json:"signature,omitempty"`  // symmetric or asymmetric; empty: the document's
	Path       string    `json:"path,omitempty"`       // where it posts; empty: the document's
	SignedPath string    `json:"signedPath,omitempty"` // the path that it signs, where a proxy passes on another
	// ClientKey and ClientSecret are those that we gave to the provider, for
	// symmetric signatures; PublicKey is the provider's.
	ClientKey    string    `json:"clientKey,omitempty"`
	ClientSecret Secret    `json:"clientSecret,omitzero"`
	PublicKey    PublicKey `json:"publicKey,omitzero"`
}

// Unsigned is the kind of notifications whose document knows no signature.
const Unsigned snap.Kind = "unsigned"

const (
	inboundTokenPath = "/v1.0/access-token/b2b"
	listenCure       = `write "127.0.0.1:8080", or "0.0.0.0:8080" for every address of this machine`
)

// Inbound is one source of notifications with the defaults of its dialect.
type Inbound struct {
	Name       string // the provider's in the profile
	Dialect    string
	Kind       snap.Kind // snap.Symmetric, snap.Asymmetric or Unsigned
	Path       string
	SignedPath string // empty: Path
	ClientKey  string
	// PublicKey and ClientSecret read when they are called; nil where the config
	// names none.
	PublicKey    func() (*rsa.PublicKey, error)
	ClientSecret func() ([]byte, error)
}

// Inbound lists the profile's sources of notifications in alphabetical order.
// Nothing is read yet.
func (p Profile) Inbound() []Inbound {
	var all []Inbound
	for _, name := range slices.Sorted(maps.Keys(p.Notify.Sources)) {
		source := p.source(name)
		at := join(join("profiles", p.Name)+".notify.sources", name)
		one := Inbound{
			Name: name, Dialect: source.Dialect, Kind: source.Signature, Path: source.Path, SignedPath: source.SignedPath,
			ClientKey: source.ClientKey, ClientSecret: source.ClientSecret.reader(at + ".clientSecret"),
		}
		if !source.PublicKey.IsZero() {
			one.PublicKey = func() (*rsa.PublicKey, error) {
				key, err := source.PublicKey.Read()
				if err != nil {
					return nil, fmt.Errorf("%s.publicKey: %w", at, err)
				}
				return key, nil
			}
		}
		all = append(all, one)
	}
	return all
}

// source fills in what the config leaves to the provider and its document.
func (p Profile) source(name string) NotifySource {
	s := p.Notify.Sources[name]
	s.Dialect = cmp.Or(s.Dialect, p.Providers[name].Dialect)
	row := dialects[s.Dialect]
	s.Signature, s.Path = cmp.Or(s.Signature, row.notifies), cmp.Or(s.Path, row.path)
	return s
}

func (d *decoder) notify(p *Profile, path string) {
	n := p.Notify
	if n.Listen != "" || d.has(path+".listen") && !d.failed(path+".listen") {
		d.listen(n.Listen, path+".listen", p.Sandbox)
		// The built-in providers of a sandbox need no source.
		if len(n.Sources) == 0 && !p.Sandbox && !d.failedWithin(path+".sources") {
			d.fail(path, `listens to nobody; write "sources":{…}, or remove listen`)
		}
	}
	d.inboundPath(path+".tokenPath", n.TokenPath)
	posted := map[string]bool{} // paths that are taken
	if slices.ContainsFunc(slices.Collect(maps.Keys(n.Sources)), func(name string) bool { return p.source(name).Signature == snap.Symmetric }) {
		posted[cmp.Or(n.TokenPath, inboundTokenPath)] = true
	}
	clients := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(n.Sources)) {
		at := join(path+".sources", name)
		d.source(p, name, at)
		s := p.source(name)
		if s.Path != "" && posted[s.Path] && !d.failed(at+".path") {
			d.fail(at+".path", "is another source's path, or the token endpoint's; give each its own")
		}
		if s.ClientKey != "" && clients[s.ClientKey] && !d.failed(at+".clientKey") {
			d.fail(at+".clientKey", "is another source's; give each its own")
		}
		posted[s.Path], clients[s.ClientKey] = true, true
	}
}

// source looks at one; dialects by seeds 003 (service 79) and 001 (notifyUrl).
func (d *decoder) source(p *Profile, name, path string) {
	written, s := p.Notify.Sources[name], p.source(name)
	provider, is := p.Providers[name]
	row := dialects[s.Dialect]
	var speak []string
	for dialect, row := range dialects {
		if row.notifies != "" {
			speak = append(speak, dialect)
		}
	}
	slices.Sort(speak)
	switch {
	case !validName(name):
		d.fail(path, "is no name for a provider; %s", nameCure)
	case !is && len(p.Providers) > 0:
		d.fail(path, "is no provider of this profile; name one of: %s", listed(p.ProviderNames()))
	case d.failed(path) || d.failed(path+".dialect"):
	case written.Dialect == "" && (!is || d.has(path+".dialect")):
		d.need(path, "dialect", true, "write one of: "+strings.Join(speak, ", "))
	case row.notifies == "" && written.Dialect != "":
		d.fail(path+".dialect", "is no dialect that notifies; use one of: %s", strings.Join(speak, ", "))
	case row.notifies == "":
		if provider.Dialect != "" {
			d.fail(path, "is a provider whose document knows no notifications; remove it")
		}
	case is && written.Dialect != "" && provider.Dialect != written.Dialect:
		d.fail(path+".dialect", "is not the one of this provider; remove it")
	}
	kinds := []string{string(snap.Symmetric), string(snap.Asymmetric)}
	if row.notifies == Unsigned {
		kinds = append(kinds, string(Unsigned))
	}
	d.oneOf(path+".signature", string(written.Signature), kinds...)
	d.inboundPath(path+".path", written.Path)
	d.inboundPath(path+".signedPath", written.SignedPath)
	d.header(path, map[string]string{"clientKey": s.ClientKey})
	if !d.failed(path) && !d.failed(path+".dialect") && !d.failed(path+".signature") {
		d.verified(s, path)
	}
}

// verified looks for the keys that a kind of signature is verified with.
func (d *decoder) verified(s NotifySource, path string) {
	for _, key := range []struct {
		field string
		zero  bool
		of    []snap.Kind
		cure  string
	}{
		{"publicKey", s.PublicKey.IsZero(), []snap.Kind{snap.Symmetric, snap.Asymmetric}, "the provider's key verifies what it signs; " + publicKeyCure},
		{"clientKey", s.ClientKey == "", []snap.Kind{snap.Symmetric}, "the provider asks us for a token with it; write the one that you gave to the provider"},
		{"clientSecret", s.ClientSecret.IsZero(), []snap.Kind{snap.Symmetric}, "it is shared with the provider, for symmetric signatures; " + secretCure},
	} {
		if slices.Contains(key.of, s.Signature) {
			d.need(path, key.field, key.zero, key.cure)
		} else if at := path + "." + key.field; d.has(at) && !d.failedWithin(at) && s.Signature != "" {
			d.fail(at, "verifies nothing of a source whose signature is %s; write another signature, or remove this", s.Signature)
		}
	}
}

// listen looks at the address of our server. Names other than localhost would
// be asked of the network, and an empty host would mean every address unsaid.
func (d *decoder) listen(address, path string, sandbox bool) {
	host, port, err := net.SplitHostPort(address)
	ip, notIP := netip.ParseAddr(host)
	switch {
	case err != nil || host != "localhost" && (notIP != nil || ip.Zone() != ""):
		d.fail(path, "is no address to listen at; %s", listenCure)
	case port == "" || !validPort(port) && (port != "0" || !sandbox):
		d.fail(path, "has no port from 1 to 65535; %s", listenCure)
	case sandbox && !loopback(host):
		d.fail(path, `is not this machine alone, and a sandbox speaks to no other; write "127.0.0.1:8080"`)
	}
}

// inboundPath looks at a path of ours: one that is compared as it stands.
func (d *decoder) inboundPath(at, text string) {
	switch {
	case text == "" && (!d.has(at) || d.failed(at)):
	case text == "" || !prefixPattern().MatchString(text):
		d.fail(at, `is no plain path; write it from the host on, without query and without / at its end, such as "/v1.0/qr/qr-cpm-notify"`)
	default:
		d.path(at, text)
	}
}
