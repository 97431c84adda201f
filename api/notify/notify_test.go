package notify_test

import (
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"cashier/api"
	"cashier/api/notify"
	"cashier/api/snap"
)

func expect(t *testing.T, got reply, code, message string) {
	t.Helper()
	if got.Code != code || got.Message != message {
		t.Errorf("answer %s %q, want %s %q", got.Code, got.Message, code, message)
	}
}

func TestSampleIsHandedOverMasked(t *testing.T) {
	for name, encoding := range map[string]snap.Encoding{"base64": snap.Base64, "hex": snap.Hex} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, nil)
			m := w.payment("41807553358950093184162180797837", sample(t))
			m.encoding = encoding
			got := w.send(m.request(t))
			expect(t, got, "2007900", "Successful")
			if stamp := got.Header.Get(snap.HeaderTimestamp); stamp != "2026-11-20T12:00:00+07:00" {
				t.Errorf("X-TIMESTAMP %q", stamp)
			}
			minified, err := snap.Minify([]byte(m.body))
			if err != nil {
				t.Fatal(err)
			}
			want := notify.Hint{
				Notice: notify.Notice{
					Reference: "2020102900000000000001", ProviderReference: "2020102977770000000009",
					Status: api.StatusPaid, RawStatus: "00", Amount: api.IDR(50_000_00),
					Customer: "****0001", Destination: "****8292",
				},
				Source: "asym", Service: "79", ExternalID: m.externalID, Digest: snap.Digest(minified),
				SentAt: noon, ReceivedAt: noon, Verified: true,
			}
			if hints := w.took(); len(hints) != 1 || !reflect.DeepEqual(hints[0], want) {
				t.Errorf("handed over %+v\nwant %+v", hints, want)
			}
			if h := w.server.Health(); h.Count != 1 || h.Refused != 0 || !h.LastAt.Equal(noon) || h.LastError != "" || h.Listening {
				t.Errorf("health %+v", h)
			}
		})
	}
}

// TestMasking: whatever a decoder lets through, a hint holds no account number.
func TestMasking(t *testing.T) {
	w := newWorld(t, func(o *notify.Options) {
		o.Sources[0].Decode = func([]byte) ([]notify.Notice, error) {
			return []notify.Notice{{Reference: "R1", Customer: "6281388370001", Destination: "1234567"}}, nil
		}
	})
	expect(t, w.send(w.payment("1", "{}").request(t)), "2007900", "Successful")
	hints := w.took()
	if len(hints) != 1 || hints[0].Customer != "****0001" || hints[0].Destination != "****" {
		t.Fatalf("hints %+v", hints)
	}
	if text := fmt.Sprintf("%+v %s", hints, hints[0].Note()); strings.Contains(text, "138837") || strings.Contains(text, "34567") {
		t.Errorf("an account number stands in %s", text)
	}
}

func TestNote(t *testing.T) {
	h := notify.Hint{
		Notice: notify.Notice{Reference: "R1", RawStatus: "00", Amount: api.IDR(12_500_00), Customer: "****0001"},
		Source: "dana", ExternalID: "42", SentAt: noon, Stale: true, Verified: true,
	}
	want := "dana notified; status 00; amount IDR 12500.00; customer ****0001; external id 42; stale, sent 2026-11-20T12:00:00+07:00"
	if got := h.Note(); got != want {
		t.Errorf("note %q\nwant %q", got, want)
	}
	if got := (notify.Hint{Source: "paycools"}).Note(); got != "paycools notified (unsigned)" {
		t.Errorf("note %q", got)
	}
}

// TestRefusals: one fault each, and nothing is handed over.
func TestRefusals(t *testing.T) {
	body := sample(t)
	without := func(field string) string {
		var object map[string]json.RawMessage
		if err := json.Unmarshal([]byte(body), &object); err != nil {
			t.Fatal(err)
		}
		if _, ok := object[field]; !ok {
			t.Fatalf("the sample has no %s", field)
		}
		delete(object, field)
		out, err := json.Marshal(object)
		if err != nil {
			t.Fatal(err)
		}
		return string(out)
	}
	long := strings.Repeat("9", 65)
	for name, c := range map[string]struct {
		change        func(*message)
		code, message string
	}{
		"no timestamp":       {func(m *message) { m.header = map[string]string{snap.HeaderTimestamp: ""} }, "4007902", "Invalid Mandatory Field X-TIMESTAMP"},
		"no time":            {func(m *message) { m.timestamp = "yesterday" }, "4007901", "Invalid Field Format X-TIMESTAMP"},
		"no signature":       {func(m *message) { m.header = map[string]string{snap.HeaderSignature: ""} }, "4007902", "Invalid Mandatory Field X-SIGNATURE"},
		"odd signature":      {func(m *message) { m.header = map[string]string{snap.HeaderSignature: "%%"} }, "4017900", "Unauthorized. [Invalid Signature]"},
		"another key":        {func(m *message) { m.key = strangerKey() }, "4017900", "Unauthorized. [Invalid Signature]"},
		"another body":       {func(m *message) { other := strings.Replace(body, "50000", "90000", 1); m.signedBody = &other }, "4017900", "Unauthorized. [Invalid Signature]"},
		"another timestamp":  {func(m *message) { m.header = map[string]string{snap.HeaderTimestamp: "2026-11-20T12:00:01+07:00"} }, "4017900", "Unauthorized. [Invalid Signature]"},
		"no external id":     {func(m *message) { m.externalID = "" }, "4007902", "Invalid Mandatory Field X-EXTERNAL-ID"},
		"long external id":   {func(m *message) { m.externalID = strings.Repeat("1", 37) }, "4007901", "Invalid Field Format X-EXTERNAL-ID"},
		"odd external id":    {func(m *message) { m.externalID = "1\u202e2" }, "4007901", "Invalid Field Format X-EXTERNAL-ID"},
		"empty body":         {func(m *message) { m.body = "" }, "4007900", "Bad Request"},
		"half a body":        {func(m *message) { m.body = body[:100] }, "4007900", "Bad Request"},
		"a list":             {func(m *message) { m.body = "[]" }, "4007900", "Bad Request"},
		"null":               {func(m *message) { m.body = "null" }, "4007902", "Invalid Mandatory Field originalPartnerReferenceNo"},
		"no merchant":        {func(m *message) { m.body = without("merchantId") }, "4007902", "Invalid Mandatory Field merchantId"},
		"no status":          {func(m *message) { m.body = without("latestTransactionStatus") }, "4007902", "Invalid Mandatory Field latestTransactionStatus"},
		"long status":        {func(m *message) { m.body = strings.Replace(body, `"00"`, `"000"`, 1) }, "4007901", "Invalid Field Format latestTransactionStatus"},
		"long reference":     {func(m *message) { m.body = strings.Replace(body, "2020102900000000000001", long, 1) }, "4007901", "Invalid Field Format originalPartnerReferenceNo"},
		"long bank":          {func(m *message) { m.body = strings.Replace(body, `"002"`, `"002002002"`, 1) }, "4007901", "Invalid Field Format bankCode"},
		"too much":           {func(m *message) { m.body = body + strings.Repeat(" ", 64<<10) }, "4007900", "Bad Request"},
		"another method":     {func(m *message) { m.method = http.MethodGet }, "4057900", "Requested Function Is Not Supported"},
		"another path":       {func(m *message) { m.path = "/" }, "4040002", "Invalid Routing"},
		"symmetric no token": {func(m *message) { *m = m.symmetric("x"); m.header = map[string]string{"Authorization": ""} }, "4017903", "Token Not Found (B2B)"},
		"symmetric bad":      {func(m *message) { *m = m.symmetric("x") }, "4017901", "Invalid Token (B2B)"},
		"symmetric basic":    {func(m *message) { *m = m.symmetric("x"); m.header = map[string]string{"Authorization": "Basic eA=="} }, "4017903", "Token Not Found (B2B)"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, nil)
			m := w.payment("1", body)
			c.change(&m)
			got := w.send(m.request(t))
			expect(t, got, c.code, c.message)
			if hints := w.took(); len(hints) != 0 {
				t.Errorf("handed over %+v", hints)
			}
			h := w.server.Health()
			if h.Refused != 1 || h.Count != 0 || !strings.Contains(h.LastError, c.code) || !h.ErrorAt.Equal(noon) {
				t.Errorf("health %+v", h)
			}
			if c.code == "4057900" && got.Header.Get("Allow") != http.MethodPost {
				t.Errorf("Allow %q", got.Header.Get("Allow"))
			}
		})
	}
}

func TestSymmetricSignature(t *testing.T) {
	w := newWorld(t, nil)
	m := w.payment("1", sample(t)).symmetric(w.token())
	m.secret = clientSecret + "x"
	expect(t, w.send(m.request(t)), "4017900", "Unauthorized. [Invalid Signature]")
	m.secret = clientSecret
	for _, encoding := range []snap.Encoding{snap.Base64, snap.Hex} {
		m.encoding, m.externalID = encoding, "ext-"+string(encoding)
		expect(t, w.send(m.request(t)), "2007900", "Successful")
	}
	if hints := w.took(); len(hints) != 2 || hints[0].Source != "sym" {
		t.Errorf("hints %+v", hints)
	}
}

// TestSignedBytes: the raw bytes are tried first, then the minified ones; what
// a library would have written is neither.
func TestSignedBytes(t *testing.T) {
	body := sample(t)
	minified, err := snap.Minify([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	var object any
	if err := json.Unmarshal([]byte(body), &object); err != nil {
		t.Fatal(err)
	}
	marshalled, err := json.Marshal(object)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ signed, code string }{
		"raw": {body, "2007900"}, "minified": {string(minified), "2007900"}, "re-marshalled": {string(marshalled), "4017900"},
	} {
		for _, kind := range []snap.Kind{snap.Asymmetric, snap.Symmetric} {
			t.Run(name+" "+string(kind), func(t *testing.T) {
				w := newWorld(t, nil)
				m := w.payment("1", body)
				if kind == snap.Symmetric {
					m = m.symmetric(w.token())
				}
				m.signedBody = &c.signed
				if got := w.send(m.request(t)); got.Code != c.code {
					t.Errorf("answer %s, want %s", got.Raw, c.code)
				}
			})
		}
	}
}

func TestSignedPath(t *testing.T) {
	w := newWorld(t, func(o *notify.Options) { o.Sources[0].SignedPath = "/hooks" + notify.PaymentPath })
	m := w.payment("1", sample(t))
	r := m.request(t)
	expect(t, w.send(r), "4017900", "Unauthorized. [Invalid Signature]")
	for i, query := range []string{"", "?shop=7"} {
		m.path, m.externalID = "/hooks"+notify.PaymentPath+query, fmt.Sprint(i)
		r = m.request(t)
		r.URL.Path, r.RequestURI = notify.PaymentPath, notify.PaymentPath+query
		expect(t, w.send(r), "2007900", "Successful")
	}
	// Without a proxy the path is signed as it was sent, query string included.
	w = newWorld(t, nil)
	m = w.payment("1", sample(t))
	m.path += "?shop=7"
	expect(t, w.send(m.request(t)), "2007900", "Successful")
}

// TestStale: the link may have been down for an hour, a hint is still a hint.
func TestStale(t *testing.T) {
	for name, c := range map[string]struct {
		off   time.Duration
		stale bool
	}{
		"now": {0, false}, "5 min ago": {-5 * time.Minute, false}, "5 min ahead": {5 * time.Minute, false},
		"older": {-5*time.Minute - time.Second, true}, "newer": {5*time.Minute + time.Second, true}, "years ago": {-50_000 * time.Hour, true},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, nil)
			m := w.payment("1", sample(t))
			m.timestamp = api.Timestamp(noon.Add(c.off))
			expect(t, w.send(m.request(t)), "2007900", "Successful")
			hints := w.took()
			if len(hints) != 1 || hints[0].Stale != c.stale || !hints[0].SentAt.Equal(noon.Add(c.off)) {
				t.Errorf("hints %+v", hints)
			}
		})
	}
}

func TestHandOverRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		err           error
		code, message string
		shown         string
	}{
		"unknown": {fmt.Errorf("R1: %w", notify.ErrUnknown), "4047901", "Transaction Not Found", "asym: 4047901 Transaction Not Found"},
		"store":   {errDisk, "5007900", "General Error", "asym: 5007900 General Error: the disk is full"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, nil)
			w.refuseWith(c.err)
			m := w.payment("1", sample(t))
			for range 2 {
				expect(t, w.send(m.request(t)), c.code, c.message)
			}
			h := w.server.Health()
			if h.LastError != c.shown || h.Refused != 2 || !h.LastAt.Equal(noon) {
				t.Errorf("health %+v", h)
			}
			// Nothing of a failure is remembered: the repeat is tried anew, and
			// the id is not taken.
			w.refuseWith(nil)
			expect(t, w.send(m.request(t)), "2007900", "Successful")
			if len(w.took()) != 1 {
				t.Errorf("took %+v", w.took())
			}
		})
	}
}

func TestPanics(t *testing.T) {
	t.Run("decoder", func(t *testing.T) {
		w := newWorld(t, func(o *notify.Options) {
			o.Sources[0].Decode = func([]byte) ([]notify.Notice, error) { panic("canary 4111111111111111") }
		})
		expect(t, w.send(w.payment("1", "{}").request(t)), "5007900", "General Error")
		if e := w.server.Health().LastError; strings.Contains(e, "4111") || e == "" {
			t.Errorf("last error %q", e)
		}
	})
	t.Run("hand-over", func(t *testing.T) {
		w := newWorld(t, nil)
		w.refuse = func(notify.Hint) error { panic("canary 4111111111111111") }
		m := w.payment("1", sample(t))
		expect(t, w.send(m.request(t)), "5007900", "General Error")
		if e := w.server.Health().LastError; strings.Contains(e, "4111") || e == "" {
			t.Errorf("last error %q", e)
		}
		w.refuseWith(nil)
		expect(t, w.send(m.request(t)), "2007900", "Successful")
	})
}

func TestSecretsThatAreNotThere(t *testing.T) {
	var missing error = fs.ErrNotExist
	w := newWorld(t, func(o *notify.Options) {
		for i := range o.Sources {
			key, secret := o.Sources[i].PublicKey, o.Sources[i].ClientSecret
			o.Sources[i].PublicKey = func() (*rsa.PublicKey, error) {
				if missing != nil {
					return nil, missing
				}
				return key()
			}
			o.Sources[i].ClientSecret = func() ([]byte, error) {
				if missing != nil {
					return nil, missing
				}
				return secret()
			}
		}
	})
	m := w.payment("1", sample(t))
	expect(t, w.send(m.request(t)), "5007900", "General Error")
	if e := w.server.Health().LastError; e != "asym: 5007900 General Error: public key: file does not exist" {
		t.Errorf("last error %q", e)
	}
	expect(t, w.send(w.tokenRequest(grant)), "5007300", "General Error")
	missing = nil
	expect(t, w.send(m.request(t)), "2007900", "Successful")
	token := w.token()
	missing = fs.ErrNotExist
	expect(t, w.send(m.symmetric(token).request(t)), "5007900", "General Error")
	missing = nil
	expect(t, w.send(m.symmetric(token).request(t)), "2007900", "Successful")
}

func TestNewNamesWhatIsWrong(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*notify.Options)
		want   string
	}{
		"no hand-over":  {func(o *notify.Options) { o.Hand = nil }, "nobody takes them"},
		"no name":       {func(o *notify.Options) { o.Sources[0].Name = "" }, "no name"},
		"no decoder":    {func(o *notify.Options) { o.Sources[0].Decode = nil }, "nothing reads"},
		"no kind":       {func(o *notify.Options) { o.Sources[0].Kind = "" }, "signature kind"},
		"client-key":    {func(o *notify.Options) { o.Sources[0].Kind = snap.ClientKey }, "signature kind"},
		"no key":        {func(o *notify.Options) { o.Sources[0].PublicKey = nil }, "public key"},
		"no secret":     {func(o *notify.Options) { o.Sources[1].ClientSecret = nil }, "client secret"},
		"no client key": {func(o *notify.Options) { o.Sources[1].ClientKey = "" }, "client key"},
		"no path":       {func(o *notify.Options) { o.Sources[0].Paths = nil }, "no path"},
		"relative path": {func(o *notify.Options) { o.Sources[0].Paths = []string{"v1.0"} }, `does not begin with "/"`},
		"shared path":   {func(o *notify.Options) { o.Sources[1].Paths = o.Sources[0].Paths }, "given twice"},
		"token's path":  {func(o *notify.Options) { o.Sources[0].Paths = []string{notify.TokenPath} }, "token endpoint"},
		"service":       {func(o *notify.Options) { o.Sources[0].Service = "079" }, "two digits"},
		"same client":   {func(o *notify.Options) { o.Sources = append(o.Sources, o.Sources[1]) }, "same client key"},
	} {
		t.Run(name, func(t *testing.T) {
			o := notify.Options{Sources: sources(), Hand: newWorld(t, nil).take}
			c.change(&o)
			if _, err := notify.New(o); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		})
	}
}

// TestPublicVector is a notification that a provider really signed, read where
// the shared vectors stand beside the checkout.
func TestPublicVector(t *testing.T) {
	const path = "../../../shared/vectors/public/snap_demo.json"
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		t.Log("the shared vectors are not beside this checkout: nothing to compare")
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Vectors []struct {
			ID     string `json:"id"`
			Inputs struct {
				PublicKeyPem, Method, EndpointURL, BodyRaw, Timestamp, SignatureBase64 string
			} `json:"inputs"`
		} `json:"vectors"`
	}
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, v := range file.Vectors {
		if v.ID != "midtrans-demo-asym-notify-verify" {
			continue
		}
		seen++
		in := v.Inputs
		w := newWorld(t, func(o *notify.Options) {
			o.Sources[0].Paths = []string{in.EndpointURL}
			o.Sources[0].PublicKey = func() (*rsa.PublicKey, error) { return snap.ParsePublicKey([]byte(in.PublicKeyPem)) }
		})
		m := message{
			method: in.Method, path: in.EndpointURL, body: in.BodyRaw, timestamp: in.Timestamp, externalID: "1", key: providerKey(),
			header: map[string]string{snap.HeaderSignature: in.SignatureBase64},
		}
		expect(t, w.send(m.request(t)), "2007900", "Successful")
		hints := w.took()
		if len(hints) != 1 || hints[0].Reference != "GP24043015193402809" || hints[0].Amount != api.IDR(102_800_00) || !hints[0].Stale {
			t.Errorf("hints %+v", hints)
		}
		m.body = strings.Replace(m.body, "102800", "102801", 1)
		expect(t, w.send(m.request(t)), "4017900", "Unauthorized. [Invalid Signature]")
	}
	if seen != 1 {
		t.Errorf("%d vectors of a notification, want 1", seen)
	}
}
