package config

import (
	"maps"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"cashier/api"
	"cashier/api/snap"
)

// validName tells what profiles and providers may be called: up to 40 small
// letters, digits, dots, dashes and underscores that begin and end with a
// letter or a digit. A profile's name is a file's name too, on systems that do
// not tell A from a. Every start asks, so no pattern is compiled for it.
func validName(name string) bool {
	const longest = 40
	if name == "" || len(name) > longest || !letterOrDigit(name[0]) || !letterOrDigit(name[len(name)-1]) {
		return false
	}
	for i := range len(name) {
		if c := name[i]; !letterOrDigit(c) && c != '.' && c != '_' && c != '-' {
			return false
		}
	}
	return !reserved(name)
}

func letterOrDigit(c byte) bool { return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' }

// reserved reports the device names that no file may have on Windows, whatever
// follows the first dot.
func reserved(name string) bool {
	device, _, _ := strings.Cut(name, ".")
	switch device {
	case "con", "prn", "aux", "nul":
		return true
	}
	return len(device) == 4 && (device[:3] == "com" || device[:3] == "lpt") && device[3] >= '0' && device[3] <= '9'
}

// listed names profiles of a file that may be wrong in other places too.
func listed(names []string) string {
	const most = 10
	names = slices.DeleteFunc(names, func(name string) bool { return !validName(name) })
	if len(names) > most {
		names = append(names[:most:most], "…")
	}
	return strings.Join(names, ", ")
}

const nameCure = "use small letters, digits, and . _ - between them, 40 at most, and none of Windows' device names"

// courierFields are the fields that limits may name: the provider's table
// (seed 001, QrGenerateAdditionalInfo) has no lengths.
func courierFields(c api.Courier) map[string]string {
	return map[string]string{
		"courierNo": c.No, "courierName": c.Name, "courierMobile": c.Mobile, "regionNo": c.RegionNo,
		"branchNo": c.BranchNo, "notifyUrl": c.NotifyURL, "channelCode": c.Channel,
	}
}

// check looks at what the types alone do not forbid.
func (d *decoder) check(c *Config) {
	d.oneOf("language", c.Language, "id", "en")
	d.oneOf("background", c.Background, "light", "dark")
	for _, name := range c.Names() {
		path := join("profiles", name)
		if !validName(name) {
			d.fail(path, "is no name for a profile; %s", nameCure)
		}
		p := c.Profiles[name]
		p.Name = name
		d.profile(&p, path)
		c.Profiles[name] = p
	}
	switch {
	case len(c.Profiles) == 0:
		if !d.failed("profiles") {
			d.fail("profiles", `there is no profile; write at least one, such as "profiles":{"sandbox":{"sandbox":true}}`)
		}
	case c.Default == "" && d.failed("profile"):
	case c.Default == "" && len(c.Profiles) == 1:
		c.Default = c.Names()[0]
	case c.Default == "":
		d.fail("profile", "is missing, and there are several profiles; name one of: %s", listed(c.Names()))
	default:
		if _, ok := c.Profiles[c.Default]; !ok {
			d.fail("profile", "names no profile of this file; name one of: %s", listed(c.Names()))
		}
	}
}

func (d *decoder) profile(p *Profile, path string) {
	d.lengths(path+".terminal", map[string]limited{
		"id": {p.Terminal.ID, 32}, "deviceId": {p.Terminal.DeviceID, 64}, "deviceVersion": {p.Terminal.DeviceVersion, 128},
		"deviceModel": {p.Terminal.DeviceModel, 128}, "deviceIp": {p.Terminal.DeviceIP, 64}, "channel": {p.Terminal.Channel, 64},
	})
	d.lengths(path+".merchant", map[string]limited{
		"id": {p.Merchant.ID, 64}, "subMerchantId": {p.Merchant.SubID, 32}, "name": {p.Merchant.Name, 64},
		"location": {p.Merchant.Location, 64}, "storeId": {p.Merchant.Store, 64}, "acquirerName": {p.Merchant.Acquirer, 64},
	})
	t := p.Terminal
	d.header(path+".terminal", map[string]string{
		"deviceId": t.DeviceID, "deviceIp": t.DeviceIP, "origin": t.Origin, "latitude": t.Latitude, "longitude": t.Longitude,
	})
	d.degrees(path+".terminal.latitude", t.Latitude, 90)
	d.degrees(path+".terminal.longitude", t.Longitude, 180)
	if _, err := netip.ParseAddr(t.DeviceIP); t.DeviceIP != "" && err != nil {
		d.fail(path+".terminal.deviceIp", `is no IP address; write one, such as "203.0.113.7"`)
	}
	d.courier(p, path)
	d.poll(p.Poll, path+".poll")
	d.retention(p, path)
	for _, name := range p.ProviderNames() {
		at := join(path+".providers", name)
		if !validName(name) {
			d.fail(at, "is no name for a provider; %s", nameCure)
		}
		provider := p.Providers[name]
		d.provider(&provider, at, p.Sandbox)
		p.Providers[name] = provider
	}
	d.notify(p, path+".notify")
	d.printer(p.Printer, path+".printer")
	if !p.Sandbox && len(p.Providers) == 0 && !d.failed(path) && !d.failed(path+".providers") && !d.failed(path+".sandbox") {
		d.fail(path, `has no providers; write "providers":{…}, or "sandbox":true`)
	}
}

func (d *decoder) courier(p *Profile, path string) {
	fields := courierFields(p.Courier)
	names := slices.Sorted(maps.Keys(fields))
	for _, name := range slices.Sorted(maps.Keys(p.Limits)) {
		at := join(path+".limits", name)
		if _, ok := fields[name]; !ok {
			d.fail(at, "is no field with a limit; %s", suggest(name, "use one of: ", names))
		} else if n := p.Limits[name]; (n < 1 || n > maxText) && !d.failed(at) {
			d.fail(at, "must be a number of characters from 1 to %d", maxText)
		}
	}
	for _, name := range names {
		at := path + ".courier." + name
		if most, ok := p.Limits[name]; ok && most > 0 && utf8.RuneCountInString(fields[name]) > most {
			d.fail(at, "is longer than limits.%s allows (%d characters); shorten it", name, most)
		}
	}
	if at := path + ".courier.notifyUrl"; p.Courier.NotifyURL != "" {
		// The document's sample has no scheme: www.test.com.
		text := p.Courier.NotifyURL
		if !strings.Contains(text, "://") {
			text = "https://" + text
		}
		u, err := url.Parse(text)
		switch {
		case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
			d.fail(at, "is no address; write it as https://host/path")
		case u.User != nil:
			d.fail(at, "holds a user or password; remove it")
		}
	}
}

// dialect is what a provider's document needs of a profile.
type dialect struct {
	signature map[string]snap.Kind // service -> the document's signature kind
	tokens    []string             // services of its access tokens; always signed with the client key
	needs     []string             // mandatory beside baseUrl, clientKey and privateKey
	channel   bool                 // CHANNEL-ID is in its header sets
	takes     []string             // of the fields that not every dialect has a use for
	prefix    string               // of Authorization-Customer
	notifies  snap.Kind            // how its notifications are signed; empty: it has none
	path      string               // where it sends them
}

// dialects: PayCools by seeds 000 and 001; SNAP CPM by seed 003, whose payment
// table has merchantId M, and whose samples carry CHANNEL-ID; Paydia by seed
// 002's header table, its sample has no Bearer; Finnet by seed 004, merchantId
// M, without a header table: the set of seed 003. A customer's token (74) is BI
// SNAP's, whoever has the header for it. The path of PayCools' notifications is
// ours: its document leaves it to notifyUrl.
var dialects = map[string]dialect{
	"paycools": {
		signature: map[string]snap.Kind{"90": snap.ClientKey, "91": snap.ClientKey},
		tokens:    []string{"73"},
		notifies:  Unsigned,
		path:      "/v2.0/cdm/cdm-mpm-notify",
	},
	"snap-cpm": {
		signature: map[string]snap.Kind{
			"59": snap.Symmetric, "60": snap.Symmetric, "61": snap.Symmetric, "62": snap.Symmetric, "80": snap.Symmetric,
		},
		tokens:   []string{"73", "74"},
		needs:    []string{"merchantId"},
		channel:  true,
		takes:    []string{"statuses", "expiry", "customerToken", "consent", "customerPrefix", "userAccessToken"},
		prefix:   "Bearer",
		notifies: snap.Symmetric,
		path:     "/v1.0/qr/qr-cpm-notify",
	},
	"paydia": {
		signature: map[string]snap.Kind{"51": snap.Symmetric},
		tokens:    []string{"73", "74"},
		channel:   true,
		takes:     []string{"statuses", "customerToken", "consent", "customerPrefix", "originalService"},
	},
	"finnet": {
		signature: map[string]snap.Kind{"51": snap.Symmetric},
		tokens:    []string{"73", "74"},
		needs:     []string{"merchantId"},
		channel:   true,
		takes:     []string{"statuses", "customerToken", "consent", "customerPrefix", "originalService"},
		prefix:    "Bearer",
	},
}

// partnerIDLimit and channelIDLimit are those of the header tables of seeds
// 000, 001 and 002, in characters.
const (
	partnerIDLimit = 36
	channelIDLimit = 5
)

var (
	grantPattern = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z][A-Za-z_]{0,31}$`) })
	pathPattern  = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(/[A-Za-z0-9._~%:@!$&'()*+,;=-]+)+/?(\?[!-~]*)?$`) })
)

func (d *decoder) provider(p *Provider, path string, sandbox bool) {
	row, known := dialects[p.Dialect]
	names := strings.Join(slices.Sorted(maps.Keys(dialects)), ", ")
	d.need(path, "dialect", p.Dialect == "", "write one of: "+names)
	if p.Dialect != "" && !known {
		d.fail(path+".dialect", "is no dialect that cashier speaks; use one of: %s", names)
	}
	d.baseURL(p, path+".baseUrl", sandbox)
	d.need(path, "clientKey", p.ClientKey == "", "write the client key (PayCools calls it appId) that the provider gave you")
	d.need(path, "privateKey", p.PrivateKey.IsZero(), secretCure)
	needs := row.needs
	if row.sends(p, snap.HeaderChannelID) {
		needs = append(slices.Clone(needs), "channelId")
	}
	for _, field := range needs {
		d.need(path, field, map[string]string{"merchantId": p.MerchantID, "channelId": p.ChannelID}[field] == "",
			"the dialect "+p.Dialect+" sends it in every request; write what the contract says")
	}
	d.header(path, map[string]string{"clientKey": p.ClientKey, "partnerId": p.PartnerID, "channelId": p.ChannelID})
	d.lengths(path, map[string]limited{
		"partnerId": {p.PartnerID, partnerIDLimit}, "channelId": {p.ChannelID, channelIDLimit}, "merchantId": {p.MerchantID, 64},
	})
	d.oneOf(path+".encoding", string(p.Encoding), string(snap.Base64), string(snap.Hex))
	d.oneOf(path+".rangeReading", string(p.RangeReading), string(api.RangeJakarta), string(api.RangeUTCLabelled), string(api.RangeUTC))
	if p.GrantName != "" && !grantPattern().MatchString(p.GrantName) {
		d.fail(path+".grantName", "is no field name; write grantType or grant_type")
	}
	d.path(path+".tokenPath", p.TokenPath)
	d.path(path+".signPrefix", p.SignPrefix)
	if strings.HasSuffix(p.SignPrefix, "/") {
		d.fail(path+".signPrefix", "ends with /; remove it")
	}
	d.payment(p, row, known, path)
	d.settlement(p.Settlement, path+".settlement")
	if known {
		d.overrides(p, row, path)
	}
}

// overrides looks at what goes by service, and whether a signature needs the
// client secret.
func (d *decoder) overrides(p *Provider, row dialect, path string) {
	services := slices.Sorted(maps.Keys(row.signature))
	sent := slices.Sorted(slices.Values(append(slices.Clone(row.tokens), services...)))
	service := func(field, name string, known []string) string {
		at := join(path+"."+field, name)
		if !slices.Contains(known, name) {
			d.fail(at, "is no service of the dialect %s that this can be said of; use one of: %s", p.Dialect, strings.Join(known, ", "))
		}
		return at
	}
	for _, name := range slices.Sorted(maps.Keys(p.Paths)) {
		// 73 has tokenPath.
		known := slices.DeleteFunc(slices.Clone(sent), func(s string) bool { return s == "73" })
		d.path(service("paths", name, known), p.Paths[name])
	}
	for _, name := range slices.Sorted(maps.Keys(p.Timeouts)) {
		service("timeouts", name, sent)
	}
	for _, name := range slices.Sorted(maps.Keys(p.Signature)) {
		at := service("signature", name, services)
		if d.oneOf(at, string(p.Signature[name]), string(snap.Symmetric), string(snap.Asymmetric), string(snap.ClientKey)); p.Signature[name] == "" && !d.failed(at) {
			d.fail(at, "is empty; write symmetric, asymmetric or client-key")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(p.Headers)) {
		d.headerSet(service("headers", name, services), p.Headers[name])
	}
	for _, name := range services {
		if kind, said := p.Signature[name]; kind == snap.Symmetric || !said && row.signature[name] == snap.Symmetric {
			d.need(path, "clientSecret", p.ClientSecret.IsZero(),
				"service "+name+" is signed symmetrically; "+secretCure)
			break
		}
	}
}

// need reports a mandatory field that is missing or empty, unless something
// else was wrong with it.
func (d *decoder) need(path, field string, empty bool, cure string) {
	at := path + "." + field
	switch {
	case !empty || d.failed(path) || d.failedWithin(at):
	case d.has(at):
		d.fail(at, "is empty; %s", cure)
	default:
		d.fail(at, "is missing; %s", cure)
	}
}

func (d *decoder) oneOf(path, value string, allowed ...string) {
	if value == "" && !d.has(path) || d.failed(path) || slices.Contains(allowed, value) {
		return
	}
	d.fail(path, "is not a value that it can have; %s", suggest(value, "use one of: ", allowed))
}

// limited is a text and how many characters it may have.
type limited struct {
	text string
	most int
}

func (d *decoder) lengths(path string, fields map[string]limited) {
	for name, f := range fields {
		if utf8.RuneCountInString(f.text) > f.most {
			d.fail(path+"."+name, "is longer than the provider's table allows (%d characters); shorten it", f.most)
		}
	}
}

// header looks at texts that are sent as header values.
func (d *decoder) header(path string, fields map[string]string) {
	for name, text := range fields {
		if strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' }) {
			d.fail(path+"."+name, "is sent in a header and may hold neither a space nor a letter beyond ASCII; correct it")
		}
	}
}

func (d *decoder) degrees(path, text string, most float64) {
	if v, err := strconv.ParseFloat(text, 64); text != "" && (err != nil || !(-most <= v && v <= most)) {
		d.fail(path, `is no number of degrees within ±%v; write it as "-6.108841"`, most)
	}
}

// path looks at an URL's path that is signed and sent as it stands.
func (d *decoder) path(at, text string) {
	switch {
	case text == "" && (!d.has(at) || d.failed(at)):
	case !strings.HasPrefix(text, "/") || !pathPattern().MatchString(text):
		d.fail(at, `is no path; write it from the host on, beginning with one /, such as "/v1.0/access-token/b2b"`)
	case slices.ContainsFunc(strings.Split(text, "/"), func(s string) bool { return s == "." || s == ".." }):
		d.fail(at, "holds . or .. as a folder; write the path without")
	}
}
