package snap_test

import (
	"strings"
	"testing"

	"cashier/api/snap"
)

func TestPartsMissing(t *testing.T) {
	whole := snap.Parts{
		Method: "POST", Endpoint: "/v1.0/x?y=1", AccessToken: "token", ClientKey: "client",
		Timestamp: "2026-11-20T08:00:00+07:00", Body: []byte(`{"a": 1}`),
	}
	all := []snap.Kind{snap.Symmetric, snap.Asymmetric, snap.ClientKey}
	requests := []snap.Kind{snap.Symmetric, snap.Asymmetric}
	for _, c := range []struct {
		name  string
		spoil func(*snap.Parts)
		fails []snap.Kind
		says  string
	}{
		{"whole", func(*snap.Parts) {}, nil, ""},
		{"no timestamp", func(p *snap.Parts) { p.Timestamp = "" }, all, "timestamp"},
		{"no method", func(p *snap.Parts) { p.Method = "" }, requests, "method"},
		{"no endpoint", func(p *snap.Parts) { p.Endpoint = "" }, requests, "endpoint"},
		{"endpoint with host", func(p *snap.Parts) { p.Endpoint = "https://host/v1.0/x" }, requests, "without a host"},
		{"no token", func(p *snap.Parts) { p.AccessToken = "" }, []snap.Kind{snap.Symmetric}, "access token"},
		{"no client key", func(p *snap.Parts) { p.ClientKey = "" }, []snap.Kind{snap.ClientKey}, "client key"},
		{"bad body", func(p *snap.Parts) { p.Body = []byte(`{"a": `) }, requests, "byte 6"},
	} {
		for _, kind := range all {
			t.Run(c.name+"/"+string(kind), func(t *testing.T) {
				parts := whole
				parts.Kind = kind
				c.spoil(&parts)
				fails := false
				for _, k := range c.fails {
					fails = fails || k == kind
				}
				text, digest, err := parts.StringToSign()
				switch {
				case !fails && err != nil:
					t.Fatalf("refused: %v", err)
				case fails && (err == nil || !strings.Contains(err.Error(), c.says)):
					t.Fatalf("error %v does not say %q", err, c.says)
				case fails && text+digest != "":
					t.Errorf("an error came with %q and %q", text, digest)
				}
			})
		}
	}
	whole.Kind = "md5"
	if _, _, err := whole.StringToSign(); err == nil || !strings.Contains(err.Error(), `"md5"`) {
		t.Errorf("an unknown kind gives %v", err)
	}
}

func TestPartsWithoutBody(t *testing.T) {
	const empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	parts := snap.Parts{Kind: snap.Asymmetric, Method: "GET", Endpoint: "/v1.0/x?a=b&c=%20d", Timestamp: "T"}
	text, digest, err := parts.StringToSign()
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "digest", digest, empty)
	equal(t, "string to sign", text, "GET:/v1.0/x?a=b&c=%20d:"+empty+":T")
}

func TestParseKindAndEncoding(t *testing.T) {
	for _, k := range []snap.Kind{snap.Symmetric, snap.Asymmetric, snap.ClientKey} {
		if got, err := snap.ParseKind(string(k)); err != nil || got != k {
			t.Errorf("ParseKind(%q) = %q, %v", k, got, err)
		}
	}
	for _, s := range []string{"", "Symmetric", "rsa"} {
		if got, err := snap.ParseKind(s); err == nil || got != "" {
			t.Errorf("ParseKind(%q) = %q, %v", s, got, err)
		}
	}
	for s, want := range map[string]snap.Encoding{"": snap.Base64, "base64": snap.Base64, "hex": snap.Hex} {
		if got, err := snap.ParseEncoding(s); err != nil || got != want {
			t.Errorf("ParseEncoding(%q) = %q, %v", s, got, err)
		}
	}
	if got, err := snap.ParseEncoding("HEX"); err == nil || got != "" {
		t.Errorf("ParseEncoding(HEX) = %q, %v", got, err)
	}
}

func TestHeaderNames(t *testing.T) {
	// As the header tables of seeds 000 to 002 and the samples of seed 003 print them.
	for got, want := range map[string]string{
		snap.HeaderTimestamp: "X-TIMESTAMP", snap.HeaderSignature: "X-SIGNATURE", snap.HeaderClientKey: "X-CLIENT-KEY",
		snap.HeaderPartnerID: "X-PARTNER-ID", snap.HeaderExternalID: "X-EXTERNAL-ID", snap.HeaderChannelID: "CHANNEL-ID",
		snap.HeaderAuthorization: "Authorization", snap.HeaderAuthorizationCustomer: "Authorization-Customer",
		snap.HeaderOrigin: "ORIGIN", snap.HeaderDeviceID: "X-DEVICE-ID", snap.HeaderIPAddress: "X-IP-ADDRESS",
		snap.HeaderLatitude: "X-LATITUDE", snap.HeaderLongitude: "X-LONGITUDE",
	} {
		equal(t, "header", got, want)
	}
}
