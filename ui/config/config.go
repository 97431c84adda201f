// Package config reads the config file: the profiles, their providers, and
// where their secrets are. It never holds a secret by itself: a secret is a
// reference, read when it is first needed, and known to [Redact] from then on.
//
// Everything that is wrong with a file is reported together, each with line,
// column, path and cure, and never with the value that stands there: what was
// put in the wrong place may be a secret.
//
// Source of the shape: DESIGN.md 3, "Profiles".
package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"cashier/api"
	"cashier/api/snap"
)

// MaxSize is the largest config file that is read, in bytes.
const MaxSize = 1 << 20

// Config is a config file that was found good.
type Config struct {
	File       string             `json:"-"`                    // where it was read, absolute; empty: built in
	Default    string             `json:"profile,omitempty"`    // the profile that is meant when none is named
	Language   string             `json:"language,omitempty"`   // id or en; empty: not said
	Background string             `json:"background,omitempty"` // light or dark; empty: ask the terminal
	Profiles   map[string]Profile `json:"profiles"`
}

// Profile is one environment: who we are, and the providers we speak to.
type Profile struct {
	Name      string         `json:"-"`
	Sandbox   bool           `json:"sandbox"` // no real money: loopback only
	Terminal  Terminal       `json:"terminal,omitzero"`
	Merchant  Merchant       `json:"merchant,omitzero"`
	Courier   api.Courier    `json:"courier,omitzero"`   // what the wizard starts from
	Limits    map[string]int `json:"limits,omitempty"`   // courier's wire field -> characters at most
	MaxAmount Amount         `json:"maxAmount,omitzero"` // of a payment, in rupiah; zero: none but the wire's
	// RetentionMonths is how many whole months before the present one stay in
	// the journal; see [Profile.Retention].
	RetentionMonths int                 `json:"retentionMonths,omitempty"`
	Poll            Poll                `json:"poll"`
	Notify          Notify              `json:"notify,omitzero"`
	Printer         Printer             `json:"printer,omitzero"`
	Providers       map[string]Provider `json:"providers,omitempty"`
}

// Terminal is the machine that cashier runs on. Lengths are those of seed 003,
// payment request; the header values follow its samples.
type Terminal struct {
	ID            string `json:"id,omitempty"`            // terminalId, 32 characters at most
	DeviceID      string `json:"deviceId,omitempty"`      // 64; X-DEVICE-ID too
	DeviceVersion string `json:"deviceVersion,omitempty"` // 128
	DeviceModel   string `json:"deviceModel,omitempty"`   // 128
	DeviceIP      string `json:"deviceIp,omitempty"`      // 64; X-IP-ADDRESS too
	Origin        string `json:"origin,omitempty"`        // ORIGIN: a host name
	Latitude      string `json:"latitude,omitempty"`      // X-LATITUDE, decimal degrees as sent
	Longitude     string `json:"longitude,omitempty"`     // X-LONGITUDE, likewise
	Channel       string `json:"channel,omitempty"`       // additionalInfo.channel; it has no table, 64 as deviceId
}

// Merchant is the shop as receipts and payments name it. Lengths are those of
// seed 003. The merchantId of a request is the provider's, see [Provider].
type Merchant struct {
	ID       string `json:"id,omitempty"`            // 64; for receipts
	SubID    string `json:"subMerchantId,omitempty"` // 32
	Name     string `json:"name,omitempty"`          // merchantName, 64
	Location string `json:"location,omitempty"`      // merchantLocation, 64
	Store    string `json:"storeId,omitempty"`       // externalStoreId, 64
	Acquirer string `json:"acquirerName,omitempty"`  // 64
}

// Provider is one provider of a profile, as written; [Profile.Endpoint] makes
// of it what the client takes. Paths, Signature and Timeouts go by service
// code ("90") and hold what differs from the provider's document.
type Provider struct {
	Dialect         string               `json:"dialect"` // paycools, snap-cpm, paydia or finnet
	BaseURL         string               `json:"baseUrl"` // https://host[/prefix] without a slash at its end; http to loopback
	ClientKey       string               `json:"clientKey"`
	PartnerID       string               `json:"partnerId,omitempty"`  // empty: ClientKey
	MerchantID      string               `json:"merchantId,omitempty"` // empty: PartnerID
	ChannelID       string               `json:"channelId,omitempty"`
	PrivateKey      Secret               `json:"privateKey,omitzero"`
	ClientSecret    Secret               `json:"clientSecret,omitzero"`
	Encoding        snap.Encoding        `json:"encoding,omitempty"` // base64 or hex; empty: base64
	TokenPath       string               `json:"tokenPath,omitempty"`
	GrantName       string               `json:"grantName,omitempty"`
	SignPrefix      string               `json:"signPrefix,omitempty"`
	Paths           map[string]string    `json:"paths,omitempty"`
	Signature       map[string]snap.Kind `json:"signature,omitempty"`
	Timeouts        map[string]Duration  `json:"timeouts,omitempty"`
	TLS12           bool                 `json:"tls12,omitempty"`
	ReuseExternalID bool                 `json:"reuseExternalId,omitempty"`
	RetryPause      Duration             `json:"retryPause,omitempty"`   // before a repeat that the document allows; 0: the client's second
	RangeReading    api.RangeReading     `json:"rangeReading,omitempty"` // of 91; empty: jakarta
	// Statuses are digits of latestTransactionStatus whose meaning is not the
	// document's; the others keep theirs.
	Statuses  map[string]api.PaymentStatus `json:"statuses,omitempty"`
	Spellings map[string]string            `json:"spellings,omitempty"` // the document's name of a field -> the provider's
	Expiry    api.ExpirySpelling           `json:"expiry,omitempty"`    // of expiryTime; empty: iso
	// Headers are the optional headers of a service, where they are not the
	// document's; an empty list leaves all of them out.
	Headers map[string][]string `json:"headers,omitempty"`
	// OriginalService is serviceCode in the body of 51; empty: the document's.
	OriginalService string `json:"originalService,omitempty"`
	// CustomerToken is sent as Authorization-Customer, CustomerPrefix and a space
	// before it; a nil prefix is the document's, an empty one none.
	CustomerToken   Secret  `json:"customerToken,omitzero"`
	Consent         Consent `json:"consent,omitzero"` // in place of CustomerToken
	CustomerPrefix  *string `json:"customerPrefix,omitempty"`
	UserAccessToken Secret  `json:"userAccessToken,omitzero"` // of 59
	// Settlement is how its settlement files are written.
	Settlement Settlement `json:"settlement,omitzero"`
}

// Duration is a time.Duration that is written as "250ms".
type Duration time.Duration

// MarshalText writes the duration as the config file does.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

func (d Duration) String() string { return time.Duration(d).String() }

// Sandbox is the config of a machine without a config file: one profile named
// sandbox, whose providers the embedded sandbox supplies.
func Sandbox() *Config {
	const name = "sandbox"
	return &Config{
		Default:  name,
		Profiles: map[string]Profile{name: {Name: name, Sandbox: true, Poll: DefaultPoll()}},
	}
}

// Load reads a config file and checks all of it, without reading a secret.
// What is wrong inside the file comes as *[Errors]; a file that is not there
// is fs.ErrNotExist.
func Load(path string) (*Config, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("config file %s: %w", path, err)
	}
	info, err := os.Stat(absolute)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("there is no config file %s; `cashier config init` writes one: %w", absolute, fs.ErrNotExist)
	case err != nil:
		return nil, fmt.Errorf("config file: %w", err)
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("config file %s is not a file; name a file", absolute)
	}
	file, err := os.Open(absolute)
	if err != nil {
		return nil, fmt.Errorf("config file: %w", err)
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, MaxSize+1))
	if err != nil {
		return nil, fmt.Errorf("config file: %w", err)
	}
	if len(text) > MaxSize {
		return nil, fmt.Errorf("config file %s is larger than %d bytes; it cannot be a config file", absolute, MaxSize)
	}
	return parse(absolute, text)
}

// parse is Load without the disk. File gives errors their name and secrets
// the folder that their paths are relative to.
func parse(file string, text []byte) (*Config, error) {
	doc, root, problem := read(text)
	if problem != nil {
		return nil, &Errors{File: file, Problems: []Problem{*problem}}
	}
	d := &decoder{
		doc: doc, folder: filepath.Dir(file),
		at: map[string]int{}, meant: map[string]bool{}, reported: map[string]bool{}, within: map[string]bool{},
	}
	c := &Config{File: file}
	d.decode(root, c)
	d.check(c)
	if len(d.problems) > 0 {
		return nil, d.errors(file)
	}
	return c, nil
}

// Names lists the profiles in alphabetical order.
func (c *Config) Names() []string { return slices.Sorted(maps.Keys(c.Profiles)) }

// Profile finds a profile by name; the empty name means the default one.
func (c *Config) Profile(name string) (Profile, error) {
	if name == "" {
		name = c.Default
	}
	p, ok := c.Profiles[name]
	if !ok {
		return Profile{}, fmt.Errorf("there is no profile %q; there are: %s", name, strings.Join(c.Names(), ", "))
	}
	return p, nil
}

// ProviderNames lists the profile's providers in alphabetical order.
func (p Profile) ProviderNames() []string { return slices.Sorted(maps.Keys(p.Providers)) }

// String says who and where; the rest is of no use in a log.
func (p Provider) String() string { return p.Dialect + " at " + p.BaseURL }

// GoString keeps %#v as short as %v.
func (p Provider) GoString() string { return p.String() }
