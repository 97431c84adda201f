package cli

import (
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cashier/api"
	"cashier/api/sandbox"
	"cashier/api/snap"
)

// fifthSpellings are how a provider without a document of its own calls fields
// of BI SNAP.
var fifthSpellings = map[string]string{
	"partnerReferenceNo": "merchantOrderNo", "originalPartnerReferenceNo": "origOrderNo", "value": "nominal",
	"referenceNo":     "partnerReferenceNo", // a name of another field of the document
	"externalStoreID": "storeId", "deviceId": "device", "latestTransactionStatus": "state", "responseMessage": "responseText",
	"accessToken": "access_token",
}

// fifth is a provider that exists in a config file alone, and the machine that
// the program runs on.
type fifth struct {
	t      *testing.T
	box    *sandbox.Sandbox
	folder string
}

// newFifth plays a provider and writes the profile that describes it: profile
// is the provider's own part, in JSON.
func newFifth(t *testing.T, dialect sandbox.Dialect, profile map[string]any) fifth {
	t.Helper()
	f := fifth{t: t, folder: t.TempDir()}
	for _, name := range []string{"HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME"} {
		t.Setenv(name, f.folder)
	}
	t.Setenv("LC_ALL", "C")
	var err error
	if f.box, err = sandbox.Open(sandbox.Options{Dialect: dialect, ReuseExternalID: true, Seed: 5}); err != nil {
		t.Fatal(err)
	}
	listener, err := sandbox.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- f.box.Serve(ctx, listener) }()
	t.Cleanup(func() {
		cancel()
		if err := <-served; err != nil {
			t.Error(err)
		}
		if err := f.box.Close(); err != nil {
			t.Error(err)
		}
	})

	credentials, err := f.box.Keys(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	key, err := credentials.PrivateKeyPEM()
	if err != nil {
		t.Fatal(err)
	}
	f.write("key.pem", key)
	f.write("secret", credentials.ClientSecret)
	profile["baseUrl"], profile["clientKey"], profile["merchantId"] = "http://"+listener.Addr().String(), credentials.ClientKey, f.box.MerchantID()
	profile["privateKey"], profile["clientSecret"] = map[string]string{"file": "key.pem"}, map[string]string{"file": "secret"}
	profile["tokenPath"], profile["grantName"], profile["encoding"] = "/open/token", "grant_type", "hex"
	profile["signPrefix"], profile["reuseExternalId"], profile["spellings"] = "/gateway", true, fifthSpellings
	profile["statuses"] = map[string]string{"00": "pending", "01": "pending", "02": "paid", "09": "cancelled"}
	text, err := json.Marshal(map[string]any{"profiles": map[string]any{"fifth": map[string]any{
		"sandbox":  true,
		"terminal": map[string]string{"id": "T1", "origin": "shop.example"},
		"poll":     json.RawMessage(quick), "providers": map[string]any{"fifth": profile},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	f.write("config.json", text)
	return f
}

func (f fifth) write(name string, text []byte) string {
	f.t.Helper()
	path := filepath.Join(f.folder, name)
	if err := os.WriteFile(path, text, 0o600); err != nil {
		f.t.Fatal(err)
	}
	return path
}

// run runs a command line in this process, and wants its exit code and one
// transaction.
func (f fifth) run(exit int, args ...string) transactionJSON {
	f.t.Helper()
	var files []*os.File
	for _, name := range []string{"in", "out", "err"} {
		file, err := os.OpenFile(filepath.Join(f.folder, name), os.O_CREATE|os.O_RDWR|os.O_TRUNC, 0o600)
		if err != nil {
			f.t.Fatal(err)
		}
		defer file.Close()
		files = append(files, file)
	}
	code := Main(append(slices.Clone(args), "--json", "--config", filepath.Join(f.folder, "config.json")), files[0], files[1], files[2])
	read := func(file *os.File) []byte {
		text, err := io.ReadAll(io.NewSectionReader(file, 0, 1<<20))
		if err != nil {
			f.t.Fatal(err)
		}
		return text
	}
	out := read(files[1])
	var tx transactionJSON
	if err := json.Unmarshal(out, &tx); err != nil || code != exit {
		f.t.Fatalf("cashier %s: exit code %d, want %d, %v\n%s%s", strings.Join(args, " "), code, exit, err, out, read(files[2]))
	}
	return tx
}

// code is a test customer's, in a file.
func (f fifth) code(customer string) string {
	f.t.Helper()
	all := sandbox.Customers()
	i := slices.IndexFunc(all, func(c sandbox.Customer) bool { return c.ID == customer })
	if i < 0 {
		f.t.Fatalf("there is no customer %s", customer)
	}
	return "@" + f.write(customer, []byte(all[i].Content))
}

// TestFifthProviderPays: paths, the token's grant_type, hex signatures behind a
// gateway's path, header sets, names of fields, external ids that are used again
// and the status 02 for paid are a profile's to say.
func TestFifthProviderPays(t *testing.T) {
	f := newFifth(t, sandbox.Dialect{
		Provider: "snap-cpm",
		Paths: map[string]string{
			"73": "/open/token", "60": "/open/acquiring/pay", "61": "/open/acquiring/status", "62": "/open/acquiring/void", "80": "/open/acquiring/return",
		},
		GrantName: "grant_type", Encoding: snap.Hex, SignPrefix: "/gateway", Spellings: fifthSpellings,
		Headers:  map[string]bool{"CHANNEL-ID": false, "ORIGIN": true},
		Statuses: map[string]string{"00": "02", "02": "01", "05": "09"},
	}, func() map[string]any {
		headers := []string{"ORIGIN", "X-EXTERNAL-ID"}
		return map[string]any{
			"dialect":  "snap-cpm",
			"paths":    map[string]string{"60": "/open/acquiring/pay", "61": "/open/acquiring/status", "62": "/open/acquiring/void", "80": "/open/acquiring/return"},
			"headers":  map[string][]string{"59": headers, "60": headers, "61": headers, "62": headers, "80": headers},
			"timeouts": map[string]string{"80": "1s"},
		}
	}())

	// The token ends on the way: the payment is asked again under the same
	// external id.
	if err := f.box.AddFault("60:token-expired:1:1"); err != nil {
		t.Fatal(err)
	}
	paid := f.run(exitOK, "cpm", "pay", "--qr", f.code("approves"), "--amount", "10000", "--reference", "F-1")
	if paid.State != "paid" || paid.Provider != "fifth" || paid.ResponseCode != "2006000" || paid.Amount != api.IDR(10000_00) {
		t.Errorf("paid: %+v", paid)
	}
	ids, sent := map[string]bool{}, 0
	for _, e := range paid.Events {
		if e.Service == "60" && e.State == "sent" && e.HTTPStatus == 0 {
			ids[e.ExternalID], sent = true, sent+1
		}
	}
	if sent != 2 || len(ids) != 1 || ids[""] {
		t.Errorf("sent %d times, under %v: %+v", sent, ids, paid.Events)
	}
	if tx := f.run(exitOpen, "cpm", "pay", "--qr", f.code("asked"), "--amount", "7000", "--reference", "F-2", "--no-wait"); tx.State != "pending" {
		t.Errorf("waits: %+v", tx)
	}
	if tx := f.run(exitOK, "cpm", "cancel", "F-2"); tx.State != "cancelled" {
		t.Errorf("cancelled: %+v", tx)
	}

	// A refund whose answer is lost goes out again and is one refund.
	if err := f.box.AddFault("80:answer-lost:1:1"); err != nil {
		t.Fatal(err)
	}
	tx := f.run(exitOK, "cpm", "refund", "F-1", "--amount", "4000", "--refund-reference", "R-1")
	if len(tx.Refunds) != 1 || tx.Refunds[0].State != "refunded" {
		t.Errorf("refunded: %+v", tx.Refunds)
	}

	// What really happened, by the provider's own books.
	l := f.box.Ledger()
	if len(l.Payments) != 2 || len(l.Refunds) != 1 {
		t.Fatalf("the ledger has %+v", l)
	}
	for _, p := range l.Payments {
		want := map[string]struct {
			status, refunded string
			debits           int
		}{"F-1": {"00", "4000.00", 1}, "F-2": {"05", "0.00", 0}}[p.Reference]
		if p.Status != want.status || p.Debits != want.debits || p.Refunded.Value() != want.refunded {
			t.Errorf("%s: %+v, want %+v", p.Reference, p, want)
		}
	}
}

// TestFifthProviderIsAsked is the same for payments made elsewhere.
func TestFifthProviderIsAsked(t *testing.T) {
	f := newFifth(t, sandbox.Dialect{
		Provider: "paydia", Paths: map[string]string{"73": "/open/token", "51": "/open/status"},
		GrantName: "grant_type", Encoding: snap.Hex, SignPrefix: "/gateway", Spellings: fifthSpellings,
		Headers:  map[string]bool{"CHANNEL-ID": false, "Authorization-Customer": false, "ORIGIN": true},
		Statuses: map[string]string{"00": "02", "02": "01", "05": "09"},
	}, map[string]any{
		"dialect": "paydia", "paths": map[string]string{"51": "/open/status"}, "originalService": "47",
		"headers": map[string][]string{"51": {"ORIGIN", "X-EXTERNAL-ID"}},
	})
	for _, c := range []struct{ status, state, raw string }{
		{"00", "paid", "02"}, {"02", "pending", "01"}, {"05", "cancelled", "09"}, {"06", "failed", "06"},
	} {
		reference := "FIFTH-" + c.status
		if _, err := f.box.MPM(t.Context(), sandbox.MPMRequest{Provider: "paydia", Reference: reference, Partner: "OURS-" + c.status, Status: c.status, Amount: api.IDR(5000_00)}); err != nil {
			t.Fatal(err)
		}
		tx := f.run(exitOK, "mpm", "query", "--partner-reference", "OURS-"+c.status)
		if string(tx.State) != c.state || tx.Provider != "fifth" || tx.Lookup == nil || string(tx.Lookup.RawStatus) != c.raw ||
			tx.Lookup.Service != "47" || string(tx.ProviderReference) != reference || len(tx.Lookup.Oddities) != 0 {
			t.Errorf("%s: %+v, %+v", c.status, tx, tx.Lookup)
		}
	}
	if tx := f.run(exitOK, "mpm", "query", "--provider", "fifth", "--reference", "NOBODY"); tx.State != "not-found" {
		t.Errorf("nobody's: %+v", tx)
	}
}
