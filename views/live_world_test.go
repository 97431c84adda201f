package views

import (
	"context"
	"errors"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"cashier/api"
	"cashier/api/finnet"
	"cashier/api/paydia"
	"cashier/api/snap"
	"cashier/api/till"
	"cashier/ui"
)

// fakeLive is the other side of lookups, the board and the lab: it keeps what
// it was asked, and the test says what comes of it.
type fakeLive struct {
	w *world

	mu      sync.Mutex
	looks   []string // provider and key
	wait    chan struct{}
	record  till.Transaction // what an answer tells; Revision 0: nothing
	answer  api.Answer
	err     error
	subs    map[chan till.Update]api.Reference
	rows    []till.BoardRow
	paused  bool
	checks  []string
	inputs  []LabInput
	pasted  []string
	found   []LabFinding
	labErr  error
	readErr error
}

func (f *fakeLive) providers() []LookupProvider {
	return []LookupProvider{
		{Name: "issuer", Title: "Paydia", Dialect: "paydia", Issuer: true, Fits: func(k api.LookupKey) error { return paydiaFits.Fits(k) }},
		{Name: "acquirer", Title: "Finnet", Dialect: "finnet", Fits: func(k api.LookupKey) error { return finnetFits.Fits(k) }},
	}
}

// The rules of the providers themselves.
var (
	paydiaFits = paydia.New(api.NewClient(api.Endpoint{Name: "issuer"}, nil))
	finnetFits = finnet.New(api.NewClient(api.Endpoint{Name: "acquirer", MerchantID: "M1"}, nil))
)

func (f *fakeLive) FittingLookups(key api.LookupKey) []string {
	var names []string
	for _, p := range f.providers() {
		if p.Fits(key) == nil {
			names = append(names, p.Name)
		}
	}
	return names
}

func (f *fakeLive) Look(ctx context.Context, provider string, key api.LookupKey) (till.Transaction, api.Answer, error) {
	f.mu.Lock()
	f.looks = append(f.looks, provider+" "+string(key.Reference)+" "+string(key.ProviderReference)+" "+key.ExternalID+" "+key.Amount.String())
	wait := f.wait
	f.mu.Unlock()
	if wait != nil {
		select {
		case <-wait:
		case <-ctx.Done():
			return till.Transaction{}, api.Answer{}, ctx.Err()
		case <-f.w.life.Done():
			return till.Transaction{}, api.Answer{}, f.w.life.Err()
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	tx := f.record
	tx.Provider = provider
	if tx.Revision > 0 {
		tx.Lookup = &till.Lookup{Key: key, News: tx.Lookup.News}
		f.w.put(tx)
	}
	return tx, f.answer, f.err
}

func (f *fakeLive) Follow(ctx context.Context, reference api.Reference) (<-chan till.Update, func(), error) {
	tx, err := f.w.Get(ctx, reference)
	if err != nil {
		return nil, nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	c := make(chan till.Update, 1)
	c <- till.Update{Transaction: tx, Next: f.w.clock.Now().Add(30 * time.Second)}
	f.subs[c] = reference
	return c, func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		delete(f.subs, c)
	}, nil
}

func (f *fakeLive) tell(u till.Update) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for c := range f.subs {
		select {
		case <-c:
		default:
		}
		c <- u
	}
}

// end lets everybody who follows go.
func (f *fakeLive) end() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for c := range f.subs {
		close(c)
	}
	f.subs = nil
}

func (f *fakeLive) Rows(context.Context) ([]till.BoardRow, bool, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	rows := slices.Clone(f.rows)
	for i := range rows {
		rows[i].Held = f.paused
	}
	return rows, f.paused, f.readErr
}

func (f *fakeLive) note(what string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.checks = append(f.checks, what)
	return f.err
}

func (f *fakeLive) CheckNow(_ context.Context, reference api.Reference) error {
	return f.note(string(reference))
}
func (f *fakeLive) CheckAll(context.Context) error { return f.note("all") }

func (f *fakeLive) Pause(_ context.Context, paused bool) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.paused = paused
	return f.err
}

func (f *fakeLive) Sources() []LabSource {
	return []LabSource{
		{Name: "cpm 60", Title: "CPM · payment (60)", Kind: "symmetric", Path: "/v1.0/qr/qr-cpm-payment"},
		{Name: "paycools 90", Title: "PayCools · CDM user ID (90)", Kind: "client-key", Path: "/v2.0/cdm/cdm-mpm-generate"},
		{Name: "from cpm", Title: "cpm → /notify", Kind: "symmetric", Path: "/notify", Received: true},
	}
}

// labToken and labSecret must be seen nowhere.
const (
	labToken  = "eyJhbGciOiJSUzI1NiJ9.c2VjcmV0LXRva2Vu.sig"
	labSecret = "s3cr3t-0f-the-client"
)

func (f *fakeLive) Compose(_ context.Context, in LabInput) (LabResult, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.inputs = append(f.inputs, in)
	if f.labErr != nil {
		return LabResult{}, f.labErr
	}
	body, err := snap.Minify([]byte(in.Body))
	if err != nil {
		return LabResult{}, err
	}
	digest := snap.Digest(body)
	return LabResult{
		Minified: string(body), Digest: digest,
		StringToSign: snap.SymmetricStringToSign(in.Method, in.Path, "…sig", digest, in.Timestamp),
		Signature:    snap.Base64.Encode(snap.SignHMAC([]byte(labSecret), in.Path)),
		Headers: []LabHeader{{"X-TIMESTAMP", in.Timestamp}, {"X-PARTNER-ID", "M1"},
			{"Authorization", "Bearer " + labToken}}, // a lab that forgot to mask
	}, nil
}

func (f *fakeLive) Compare(_ context.Context, _ LabInput, pasted string) ([]LabFinding, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.pasted = append(f.pasted, pasted)
	return f.found, f.labErr
}

// codeRows is the catalogue as the wiring gives it.
func codeRows() []CodeRow {
	var rows []CodeRow
	for m := range snap.Catalogue() {
		rows = append(rows, CodeRow{m.HTTP, m.Case, m.Category, m.Message, m.Description})
	}
	return rows
}

var codeOperations = []CodeOperation{
	{"paycools", "PayCools", "90"}, {"paycools", "PayCools", "91"}, {"snap-cpm", "CPM", "59"}, {"snap-cpm", "CPM", "60"},
	{"snap-cpm", "CPM", "61"}, {"snap-cpm", "CPM", "62"}, {"snap-cpm", "CPM", "80"}, {"paydia", "Paydia", "51"}, {"finnet", "Finnet", "51"},
	{"", "all", "73"},
}

// runLive plays a test on a console that has everything.
func runLive(t *testing.T, o options, play func(*program, *fakeLive)) {
	t.Helper()
	var f *fakeLive
	deps := o.deps
	o.deps = func(d *Deps) {
		w := d.Journal.(*world)
		f = &fakeLive{w: w, subs: map[chan till.Update]api.Reference{}, answer: api.Answer{Class: api.Done, HTTPStatus: 200}}
		w.live = f
		d.Lookups = Lookups{Till: f, Providers: f.providers()}
		d.Board, d.Lab = f, f
		d.Explain = Explain{Codes: codeRows, Operations: codeOperations}
		d.Links = func() []ui.Link {
			return []ui.Link{{Name: "PayCools", Tone: ui.Good, Note: "120 ms"}, {Name: "CPM", Tone: ui.Bad, Note: "15.01.20"}, {Name: "Paydia", Tone: ui.Dim, Note: "–"}}
		}
		if deps != nil {
			deps(d)
		}
	}
	runPay(t, o, func(p *program, _ *fakePayments) { play(p, f) })
}

// paste sends text as a bracketed paste.
func (p *program) paste(text string) {
	p.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(text), Paste: true})
	p.pass(300 * time.Millisecond)
}

// lookedUp is a record of a payment that was looked up.
func (f *fakeLive) lookedUp(state till.State, news api.LookupNews) till.Transaction {
	now := f.w.clock.Now()
	return till.Transaction{
		Reference: "L0K7M2RX4T9WZB0K7M2RX4T9W", Kind: till.MPM, State: state, Service: "51", Provider: "issuer", Revision: 1,
		Amount: news.Amount, ResponseCode: "2005100", ResponseMessage: "Successful", Advice: "200-00", CreatedAt: now, UpdatedAt: now,
		ProviderReference: news.ProviderReference, Lookup: &till.Lookup{News: news},
	}
}

func paidNews() api.LookupNews {
	return api.LookupNews{
		Status: api.StatusPaid, RawStatus: "00", Description: "Success", ProviderReference: "W2026112000112233", Reference: "INV-77",
		ExternalID: "30443786930722726463280097920912", Amount: api.IDR(10_000_00), Fee: api.IDR(0), PaidTime: "2026-11-20T08:01:12+07:00", ServiceCode: "51",
	}
}

// doubtfulNews is Finnet's own sample: the references swapped, another amount.
func doubtfulNews() api.LookupNews {
	return api.LookupNews{
		Status: api.StatusPaid, RawStatus: "00", Description: "success", ProviderReference: "2020102900000000000001", Reference: "W2026112000112233",
		Amount: api.IDR(12_345_678_00), ServiceCode: "53",
		Info: []api.Detail{{Name: "paidTime", Value: "2026-11-20T15:01:12+07:00"}, {Name: "cpan", Value: "****8231"}, {Name: "customerName", Value: "A. S."},
			{Name: "rrn", Value: "000123456789"}, {Name: "issuerName", Value: "BCA"}},
		Oddities: []api.Oddity{
			{Kind: api.SwappedReferences},
			{Kind: api.OtherAmount, Field: "amount", Have: "IDR 12345678.00", Want: "IDR 10000.00"},
			{Kind: api.OddLength, Field: "additionalInfo", Have: "15", Want: "1 to 14"},
		},
	}
}

// openDay fills the board: payments in several states, a lookup, a refund, and
// a user id that only the journal knows.
func (f *fakeLive) openDay() {
	w := f.w
	row := func(reference api.Reference, kind till.Kind, state till.State, ago time.Duration, rupiah int64, label string) till.BoardRow {
		tx := till.Transaction{Reference: reference, Kind: kind, State: state, Amount: api.IDR(rupiah * 100), CreatedAt: w.ago(ago), Revision: 2, Provider: "bank", Service: "60"}
		if kind == till.CPM {
			card := bca()
			card.Label = label
			tx.Payment = &till.Payment{Card: card, LeftAt: tx.CreatedAt, ExpiresAt: tx.CreatedAt.Add(90 * time.Second)}
		} else {
			tx.Provider, tx.Lookup, tx.Service = "issuer", &till.Lookup{}, "51"
		}
		w.put(tx)
		return till.BoardRow{Row: till.RowOf(tx), Attempts: 1}
	}
	pending := row("Q261120150202K7M2RX4T9WZB", till.CPM, till.Pending, 41*time.Second, 12_500, "QRISCPM")
	pending.Checks, pending.CheckedAt, pending.Next = 9, w.ago(2*time.Second), w.ago(-3*time.Second)
	unknown := row("Q261120145803PARK0000000B", till.CPM, till.Unknown, 4*time.Minute+40*time.Second, 50_000, "QRISCPM")
	unknown.Checks, unknown.Checking, unknown.DownSince = 31, true, w.ago(83*time.Second)
	parked := row("Q261119101500PARK0000000C", till.CPM, till.Parked, 29*time.Hour, 1_250_000, "QRISCPM")
	parked.Checks, parked.CheckedAt, parked.Next = 120, w.ago(9*time.Minute), w.ago(-6*time.Minute)
	asked := row("L0K7M2RX4T9WZB0K7M2RX4T9W", till.MPM, till.Pending, 2*time.Minute, 10_000, "")
	asked.Attempts, asked.Checks, asked.CheckedAt, asked.Next = 0, 2, w.ago(31*time.Second), w.ago(-29*time.Second)
	refund := row("Q261120143000RFND0000000D", till.CPM, till.Paid, 33*time.Minute, 20_000, "QRISCPM")
	refund.Attempts, refund.Refunding, refund.Next = 3, true, w.ago(-10*time.Second)
	f.rows = []till.BoardRow{pending, unknown, parked, asked, refund}
	siti := api.Courier{Name: "Siti Rahmawati"}
	w.put(till.Transaction{Reference: "C261120145503P4Q8S2V6X0Y1", Kind: till.CDM, State: till.Unknown, Courier: &siti, CreatedAt: w.ago(8 * time.Minute), Attempts: make([]till.Attempt, 3), Revision: 3})
}

// finish lets one of the board's rows become final.
func (f *fakeLive) finish(reference api.Reference, state till.State) {
	f.mu.Lock()
	f.rows = slices.DeleteFunc(f.rows, func(r till.BoardRow) bool { return r.Reference == reference })
	f.mu.Unlock()
	tx, err := f.w.Get(context.Background(), reference)
	if err != nil {
		panic(err)
	}
	tx.State = state
	f.w.put(tx)
}

var errLab = errors.New("open key.pem: no such file")

// hidden fails where something secret is on a screen.
func (p *program) hidden() {
	p.t.Helper()
	flat := strings.ReplaceAll(strings.Join(strings.Fields(p.text()), ""), "│", "")
	for _, secret := range []string{labToken, labSecret, "c2VjcmV0", bcaPAN, bcaName, bcaCode[:24]} {
		if strings.Contains(flat, strings.Join(strings.Fields(secret), "")) {
			p.t.Fatalf("%q is on the screen:\n%s", secret, p.text())
		}
	}
}

// causes are the values of package snap's constants of type Cause.
func causes(t *testing.T) []string {
	t.Helper()
	source, err := os.ReadFile("../api/snap/diagnose.go")
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, m := range regexp.MustCompile(`(?m)^\s+\w+\s+Cause = "([a-z-]+)"`).FindAllStringSubmatch(string(source), -1) {
		found = append(found, m[1])
	}
	if len(found) < 20 {
		t.Fatalf("only %d causes were found", len(found))
	}
	return found
}
