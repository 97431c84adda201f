package paycools

import (
	"bytes"
	"fmt"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"cashier/api"
	"cashier/api/sandbox"
	"cashier/api/snap"
	"cashier/api/till"
	"cashier/store"
	"cashier/ui/words"
)

// row is what a row of a document's code table must come to, written down by
// hand: a quotation of its partner action, and what client, journal and screen
// make of it.
type row struct {
	action   string
	class    api.Class
	state    till.State // of the user id (90)
	requests int        // of the operation, while the provider keeps answering so
	say      say
}

// say is the advice's last sentences in both languages.
type say struct{ en, id string }

// What happened to the money.
var (
	noneMade  = say{"No money moves when a user ID is created; this request gave none.", "Tidak ada uang yang berpindah saat membuat user ID; permintaan ini tidak menghasilkannya."}
	madeOne   = say{"No money moves when a user ID is created; deposits come later, at the machine.", "Tidak ada uang yang berpindah saat membuat user ID; setoran dilakukan nanti, di mesin."}
	notKnown  = say{"No money moves when a user ID is created; whether it was created is not known yet.", "Tidak ada uang yang berpindah saat membuat user ID; belum diketahui apakah sudah dibuat."}
	neverLeft = say{"No money moves when a user ID is created; nothing was sent.", "Tidak ada uang yang berpindah saat membuat user ID; tidak ada yang terkirim."}

	asked       = say{"Asking moves no money; deposits with status 00 are booked, those with 03 are still waiting.", "Bertanya tidak memindahkan uang; setoran berstatus 00 sudah masuk, yang berstatus 03 masih menunggu."}
	staysAsWas  = say{"Nothing happened to the money because of this question; what is not booked yet stays waiting.", "Tidak ada yang terjadi dengan uang karena pertanyaan ini; setoran yang belum masuk tetap menunggu."}
	noDeposit   = say{"Nothing happened to the money because of this question; no deposit is known yet, and what was put in stays waiting.", "Tidak ada yang terjadi dengan uang karena pertanyaan ini; belum ada setoran yang dikenal, dan yang sudah disetor tetap menunggu."}
	threeTimes  = "Do a retry maximum 3 attempts, if the result is still the same then action is aborted. Show appropriate error message to users"
	failed90    = "Mark Generate QRIS process as Failed. "
	pending91   = "Mark Query Payment process as Failed and mark Payment as Pending. Retry request with proper parameter"
	checkPeriod = say{"Check the reference and the period, then check the deposits again.", "Periksa referensi dan rentang waktunya, lalu cek setoran lagi."}
)

// rows90 are seed 001's rows by number: 14 codes, and 16 and 17 without one.
var rows90 = map[string]row{
	"1": {"Mark Generate QRIS process as Success", api.Done, till.Active, 1, say{
		"Hold the code to the machine's reader if it is active; if it is not active, contact PayCools.",
		"Jika aktif, tempelkan kodenya ke pembaca mesin; jika tidak aktif, hubungi PayCools."}},
	"3": {failed90 + "Retry request with proper parameter", api.Failed, till.Failed, 1, say{
		"Check the courier's details and the config, then create the user ID again; if it stays, contact PayCools.",
		"Periksa data kurir dan konfigurasi, lalu buat user ID lagi; jika tetap begitu, hubungi PayCools."}},
	"4": {failed90 + "Retry request with proper parameter", api.Failed, till.Failed, 1, say{
		"Correct the field that the answer names, then create the user ID again.",
		"Perbaiki isian yang disebut di jawaban, lalu buat user ID lagi."}},
	"5": {failed90 + "Retry request with proper parameter", api.Failed, till.Failed, 1, say{
		"Correct the field that the answer names, then create the user ID again.",
		"Perbaiki isian yang disebut di jawaban, lalu buat user ID lagi."}},
	"6": {failed90 + "Retry request with proper parameter", api.Failed, till.Failed, 1, say{
		"Check the client key, the private key and the clock with \"cashier doctor\", then create the user ID again; if it stays, contact PayCools.",
		"Periksa client key, kunci privat, dan jam dengan \"cashier doctor\", lalu buat user ID lagi; jika tetap begitu, hubungi PayCools."}},
	"7": {failed90 + "Retry request with proper parameter", api.Failed, till.Failed, 2, say{ // once more, with a new token
		"We fetch a new token and try once more by ourselves; if it comes again, check the config with \"cashier doctor\", then create the user ID again.",
		"Kami mengambil token baru dan mencoba sekali lagi otomatis; jika muncul lagi, periksa konfigurasi dengan \"cashier doctor\", lalu buat user ID lagi."}},
	"8": {failed90 + "Try to adjust the order amount", api.Failed, till.Failed, 1, say{
		"There is no amount to change: contact PayCools, ask which limit they mean, then create the user ID again.",
		"Tidak ada jumlah yang bisa diubah: hubungi PayCools, tanyakan batas mana yang dimaksud, lalu buat user ID lagi."}},
	"9": {failed90 + "Retry request with proper parameter or can contact PayCools to check the user/account status", api.Failed, till.Failed, 1, say{
		"Correct the courier's details and create the user ID again, or contact PayCools to check the user or account status.",
		"Perbaiki data kurir dan buat user ID lagi, atau hubungi PayCools untuk memeriksa status pengguna atau rekening."}},
	"10": {failed90 + "Retry request periodically or consult to PayCools", api.Failed, till.Failed, 1, say{
		"Create the user ID again from time to time, or consult PayCools.",
		"Buat user ID lagi secara berkala, atau konsultasikan dengan PayCools."}},
	"11": {failed90 + "Retry request with proper parameter", api.Failed, till.Failed, 1, say{
		"Check the merchant ID in the config, then create the user ID again; if it stays, contact PayCools.",
		"Periksa ID merchant di konfigurasi, lalu buat user ID lagi; jika tetap begitu, hubungi PayCools."}},
	"12": {failed90 + "Retry request with proper parameter", api.Failed, till.Failed, 1, say{
		"Create the user ID again with a new reference, or with exactly the details of the first time.",
		"Buat user ID lagi dengan referensi baru, atau dengan data yang sama persis seperti pertama kali."}},
	"13": {failed90 + "Retry request with proper parameter", api.Failed, till.Failed, 1, say{
		"Wait a few minutes, check the details, then create the user ID again.",
		"Tunggu beberapa menit, periksa datanya, lalu buat user ID lagi."}},
	"14": {failed90 + "Retry request periodically", api.Failed, till.Failed, 1, say{
		"Create the user ID again from time to time; if it stays, contact PayCools and quote the reference.",
		"Buat user ID lagi secara berkala; jika tetap begitu, hubungi PayCools dan sebutkan referensinya."}},
	"15": {failed90 + "Retry request periodically", api.Failed, till.Failed, 1, say{
		"Create the user ID again from time to time; if it stays, contact PayCools and quote the reference.",
		"Buat user ID lagi secara berkala; jika tetap begitu, hubungi PayCools dan sebutkan referensinya."}},
	"16": {threeTimes, api.Unknown, till.Unknown, 3, threeTries},
	"17": {threeTimes, api.Unknown, till.Unknown, 3, threeTries},
}

var threeTries = say{
	"We try at most 3 times with the same reference, which is safe; if none brings a usable answer, we stop. Try again later or contact PayCools and quote the reference.",
	"Kami mencoba paling banyak 3 kali dengan referensi yang sama, dan itu aman; jika tidak ada jawaban yang jelas, kami berhenti. Coba lagi nanti atau hubungi PayCools dan sebutkan referensinya.",
}

// rows91 are seed 000's rows by number: 10 codes, and 16 and 17 without one.
// That nothing is known yet (404-01) is an answer here.
var rows91 = map[string]row{
	"1": {"00 = Order has been successfully in final state and paid. Mark Payment as Success 03 = Waiting for payment. Mark Payment as Pending", api.Done, till.Active, 1, say{
		"Nothing to do: only booked deposits are counted, and we keep watching the waiting ones.",
		"Tidak ada yang perlu dilakukan: hanya setoran masuk yang dihitung, dan yang menunggu terus kami cek."}},
	"3": {pending91, api.Failed, till.Active, 1, checkPeriod},
	"4": {pending91, api.Failed, till.Active, 1, say{
		"Correct the field that the answer names, then check the deposits again.",
		"Perbaiki isian yang disebut di jawaban, lalu cek setoran lagi."}},
	"5": {pending91, api.Failed, till.Active, 1, say{
		"Correct the field that the answer names, then check the deposits again.",
		"Perbaiki isian yang disebut di jawaban, lalu cek setoran lagi."}},
	"6": {pending91, api.Failed, till.Active, 1, say{
		"Check the client key, the private key and the clock with \"cashier doctor\", then check the deposits again; if it stays, contact PayCools.",
		"Periksa client key, kunci privat, dan jam dengan \"cashier doctor\", lalu cek setoran lagi; jika tetap begitu, hubungi PayCools."}},
	"7": {pending91, api.Failed, till.Active, 2, say{ // once more, with a new token
		"We fetch a new token and try once more by ourselves; if it comes again, check the config with \"cashier doctor\", then check the deposits again.",
		"Kami mengambil token baru dan mencoba sekali lagi otomatis; jika muncul lagi, periksa konfigurasi dengan \"cashier doctor\", lalu cek setoran lagi."}},
	"11": {pending91, api.Done, till.Active, 1, say{
		"Check the reference and the period, then check the deposits again; a deposit just made needs a moment.",
		"Periksa referensi dan rentang waktunya, lalu cek setoran lagi; setoran yang baru dilakukan perlu waktu sebentar."}},
	"13": {pending91, api.Failed, till.Active, 1, say{
		"Wait a few minutes, check the reference and the period, then check the deposits again.",
		"Tunggu beberapa menit, periksa referensi dan rentang waktunya, lalu cek setoran lagi."}},
	"14": {pending91, api.Failed, till.Active, 1, say{
		"Check the reference and the period, then check the deposits again; if it stays, contact PayCools and quote the reference.",
		"Periksa referensi dan rentang waktunya, lalu cek setoran lagi; jika tetap begitu, hubungi PayCools dan sebutkan referensinya."}},
	"15": {pending91, api.Failed, till.Active, 1, say{
		"Check the reference and the period, then check the deposits again; if it stays, contact PayCools and quote the reference.",
		"Periksa referensi dan rentang waktunya, lalu cek setoran lagi; jika tetap begitu, hubungi PayCools dan sebutkan referensinya."}},
	"16": {threeTimes, api.Unknown, till.Active, 3, say{
		"We try at most 3 times and then stop. Nothing is lost: check the deposits again later.",
		"Kami mencoba paling banyak 3 kali lalu berhenti. Tidak ada yang hilang: cek setoran lagi nanti."}},
	"17": {"If empty field/field does not exist, mark Query Payment process as Pending and mark Payment as Pending", api.Unknown, till.Active, 1, say{
		"We ask again by ourselves; you can also check the deposits again now. If it stays, contact PayCools and quote the reference.",
		"Kami bertanya lagi otomatis; setoran juga bisa dicek lagi sekarang. Jika tetap begitu, hubungi PayCools dan sebutkan referensinya."}},
}

// kinds are the sandbox's faults that are rows 16 and 17. 41890.. is in no
// document, 40390 06 only in the general list of codes.
var kinds = map[string][]string{
	"16": {"timeout", "answer-lost", "request-lost"},
	"17": {
		"missing-field", "empty", "code-418%s77", "code-403%s06", "bad-json", "truncated", "huge", "wrong-type",
		"foreign-reference", "contradiction", "http-500", "http-504",
	},
}

// desk is a till on a real journal, speaking to a sandbox.
type desk struct {
	*till.Till
	box   *sandbox.Sandbox
	wire  *wire
	store *store.Store
}

func openDesk(t *testing.T, change ...func(*api.Endpoint)) desk {
	t.Helper()
	box, p, w := play(t, sandbox.Options{}, change...)
	s, err := store.Open(filepath.Join(t.TempDir(), "test.db"), store.Options{Profile: "test"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return desk{till.New(till.Options{Journal: s, UserIDs: p}), box, w, s}
}

// fault makes the sandbox go wrong from now on. A silent one is not waited
// for as long as the document says.
func (d desk) fault(t *testing.T, rule string) {
	t.Helper()
	if err := d.box.AddFault(rule); err != nil {
		t.Fatal(err)
	}
}

func hurry(kind string) func(*api.Endpoint) {
	return func(e *api.Endpoint) {
		if kind == "timeout" {
			e.Timeouts = map[string]time.Duration{"90": 150 * time.Millisecond, "91": 150 * time.Millisecond}
		}
	}
}

// rowsOf joins a document's rows with what stands here, and counts both.
func rowsOf(t *testing.T, d document, want map[string]row) map[string][]string {
	t.Helper()
	rules := map[string][]string{}
	for _, r := range d.codes {
		rules[r.no] = []string{d.service + ":code-" + r.code}
		checkAction(t, d.service, r, want)
	}
	for _, r := range d.others {
		for _, kind := range kinds[r.no] {
			if strings.Contains(kind, "%s") {
				kind = fmt.Sprintf(kind, d.service)
			}
			rules[r.no] = append(rules[r.no], d.service+":"+kind)
		}
		checkAction(t, d.service, r, want)
	}
	if len(rules) != len(want) || len(rules) != len(d.codes)+2 {
		t.Fatalf("%s: %d rows in the document, %d here", d.service, len(rules), len(want))
	}
	return rules
}

func checkAction(t *testing.T, service string, r code, want map[string]row) {
	t.Helper()
	if w, ok := want[r.no]; !ok || !strings.Contains(r.action, w.action) {
		t.Errorf("%s row %s: the document says %q, here stands %q", service, r.no, r.action, w.action)
	}
}

// checkAdvice holds what is said of a key against the sentences of this test.
func checkAdvice(t *testing.T, service, key string, afterUnclear bool, money, do say) {
	t.Helper()
	for lang, want := range map[words.Lang][2]string{words.English: {money.en, do.en}, words.Indonesian: {money.id, do.id}} {
		c := words.For(lang)
		tell := c.Advice
		if afterUnclear {
			tell = c.AdviceAfterUnclear
		}
		got, _ := tell(Dialect, service, key)
		if got.Money != want[0] || got.Do != want[1] || got.Means == "" {
			t.Errorf("%s %s %s: said\n%q\nwant\n%q", lang, service, key, got, want)
		}
	}
}

// TestEveryRowOfGenerate plays each row of seed 001's code table.
func TestEveryRowOfGenerate(t *testing.T) {
	doc, _ := documents(t)
	for no, rules := range rowsOf(t, doc, rows90) {
		for _, rule := range rules {
			t.Run(no+" "+rule, func(t *testing.T) { playGenerate(t, rows90[no], rule) })
		}
	}
}

func playGenerate(t *testing.T, want row, rule string) {
	d := openDesk(t, hurry(strings.TrimPrefix(rule, "90:")))
	if want.class != api.Done { // code-2009000 has no user id; see row 17
		d.fault(t, rule)
	}
	tx, err := d.NewUserID(t.Context(), "", courier, nil)
	if err != nil {
		t.Fatal(err)
	}
	last := tx.Attempts[len(tx.Attempts)-1]
	if last.Class != want.class || tx.State != want.state || (tx.QR != "") != (want.class == api.Done) {
		t.Errorf("class %q, state %q, code %q; want %q and %q", last.Class, tx.State, tx.QR, want.class, want.state)
	}
	sent := d.wire.generates()
	if len(sent) != want.requests || len(tx.Attempts) != want.requests || d.box.Ledger().Requests != int64(len(sent)+len(d.wire.tokens())) {
		t.Errorf("%d requests were sent and %d journalled, the sandbox counts %d with %d tokens; want %d",
			len(sent), len(tx.Attempts), d.box.Ledger().Requests, len(d.wire.tokens()), want.requests)
	}
	for _, s := range sent {
		if !bytes.Equal(s.body, tx.Request) {
			t.Errorf("sent %s, the journal has %s", s.body, tx.Request)
		}
	}
	money := map[api.Class]say{api.Done: madeOne, api.Failed: noneMade, api.Unknown: notKnown}[want.class]
	checkAdvice(t, "90", tx.Advice, want.class == api.Unknown, money, want.say)
	if code, ok := strings.CutPrefix(rule, "90:code-"); ok && tx.ResponseCode != code {
		t.Errorf("response code %q", tx.ResponseCode)
	}
	if ids := d.box.Ledger().UserIDs; len(ids) > 1 || want.class == api.Failed && len(ids) != 0 {
		t.Errorf("the ledger has %d user ids: %+v", len(ids), ids)
	}
	// What is not known is asked for again, and is one user id.
	d.box.ClearFaults()
	again, err := d.RepeatUserID(t.Context(), tx.Reference, nil)
	settled := till.Active
	if want.class == api.Failed {
		settled = till.Failed
	}
	if ids := d.box.Ledger().UserIDs; err != nil || again.State != settled || (len(ids) == 1) != (settled == till.Active) {
		t.Errorf("asked again: %q %v, the ledger has %+v", again.State, err, ids)
	}
}

// TestGenerateConditions gets the codes that a request can really come to.
func TestGenerateConditions(t *testing.T) {
	doc, _ := documents(t)
	number := map[string]string{}
	for _, r := range doc.codes {
		number[r.code] = r.no
	}
	change := func(f func(*api.Courier)) api.Courier {
		c := courier
		f(&c)
		return c
	}
	for code, c := range map[string]struct {
		endpoint func(*api.Endpoint)
		courier  api.Courier
		before   func(desk)
	}{
		"2009000": {courier: courier},
		"4019000": {courier: courier, endpoint: func(e *api.Endpoint) { e.PartnerID = "somebody" }},
		"4019001": {courier: courier, before: func(d desk) { d.fault(t, "90:token-expired") }},
		"4039002": {courier: change(func(c *api.Courier) { c.No = "LIMIT" })},
		"4039005": {courier: change(func(c *api.Courier) { c.No = "ABNORMAL" })},
		"4039015": {courier: change(func(c *api.Courier) { c.RegionNo = "CLOSED" })},
		"4049008": {courier: courier, endpoint: func(e *api.Endpoint) { e.MerchantID = "somebody" }},
		"4049018": {courier: courier, before: func(d desk) {
			// The same reference was used elsewhere, for another courier.
			other := openTwin(t, d)
			if tx, err := other.NewUserID(t.Context(), "TWICE", change(func(c *api.Courier) { c.No = "C043" }), nil); err != nil || tx.State != till.Active {
				t.Fatal(tx.State, err)
			}
		}},
		"4299000": {courier: change(func(c *api.Courier) { c.No = "BUSY" })},
		"5009000": {courier: change(func(c *api.Courier) { c.No = "GENERAL" })},
		"5009001": {courier: change(func(c *api.Courier) { c.No = "INTERNAL" })},
	} {
		t.Run(code, func(t *testing.T) {
			if c.endpoint == nil {
				c.endpoint = func(*api.Endpoint) {}
			}
			d := openDesk(t, c.endpoint)
			if c.before != nil {
				c.before(d)
			}
			sent := len(d.wire.generates())
			tx, err := d.NewUserID(t.Context(), "TWICE", c.courier, nil)
			if err != nil {
				t.Fatal(err)
			}
			want := rows90[number[code]]
			if tx.ResponseCode != code || tx.State != want.state || len(d.wire.generates())-sent != want.requests {
				t.Errorf("%s %q after %d requests", tx.ResponseCode, tx.State, len(d.wire.generates())-sent)
			}
		})
	}
}

// openTwin is another terminal at the same provider.
func openTwin(t *testing.T, d desk) desk {
	t.Helper()
	clientKey, key, secret := d.box.Partner()
	e, _ := endpoint(d.wire, func(e *api.Endpoint) {
		e.ClientKey, e.MerchantID, e.PrivateKey, e.ClientSecret = clientKey, d.box.MerchantID(), key, secret
	})
	s, err := store.Open(filepath.Join(t.TempDir(), "twin.db"), store.Options{Profile: "test"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return desk{till.New(till.Options{Journal: s, UserIDs: New(api.NewClient(e, nil))}), d.box, d.wire, s}
}

// TestEveryRowOfQuery plays each row of seed 000's code table: whatever is
// answered, the payment stays as it was.
func TestEveryRowOfQuery(t *testing.T) {
	_, doc := documents(t)
	for no, rules := range rowsOf(t, doc, rows91) {
		for _, rule := range rules {
			t.Run(no+" "+rule, func(t *testing.T) { playQuery(t, rows91[no], rule) })
		}
	}
}

func playQuery(t *testing.T, want row, rule string) {
	d := openDesk(t, hurry(strings.TrimPrefix(rule, "91:")))
	tx, err := d.NewUserID(t.Context(), "", courier, nil)
	if err != nil || tx.State != till.Active {
		t.Fatal(tx.State, err)
	}
	for _, status := range []string{sandbox.StatusBooked, sandbox.StatusWaiting} {
		if _, err := d.box.Deposit(t.Context(), sandbox.DepositRequest{Code: tx.QR, Machine: "M" + status, Amount: api.IDR(30000_00), Status: status}); err != nil {
			t.Fatal(err)
		}
	}
	_, answer, err := d.CheckDeposits(t.Context(), tx.Reference)
	if err != nil {
		t.Fatal(err)
	}
	before, err := d.store.Get(t.Context(), tx.Reference)
	sum := till.Sum(before.Deposits)
	if err != nil || answer.Class != api.Done || sum.BookedCount != 1 || sum.WaitingCount != 1 || sum.Booked != api.IDR(30000_00) {
		t.Fatalf("%+v %+v %v", sum, answer, err)
	}
	if want.say != rows91["1"].say {
		d.fault(t, rule)
	}
	sent := len(d.wire.queries())
	after, answer, err := d.CheckDeposits(t.Context(), tx.Reference)
	if err != nil || answer.Class != want.class || after.State != want.state {
		t.Errorf("class %q, state %q, %v; want %q", answer.Class, after.State, err, want.class)
	}
	if rule == "91:huge" {
		want.requests = 2 // the whole range, then its first day
	}
	if n := len(d.wire.queries()) - sent; n != want.requests {
		t.Errorf("%d requests, want %d", n, want.requests)
	}
	if total := len(d.wire.queries()) + len(d.wire.generates()) + len(d.wire.tokens()); d.box.Ledger().Requests != int64(total) {
		t.Errorf("%d requests were sent, the sandbox counts %d", total, d.box.Ledger().Requests)
	}
	stored, err := d.store.Get(t.Context(), tx.Reference)
	if err != nil || !reflect.DeepEqual(stored, before) || !reflect.DeepEqual(after.Deposits, before.Deposits) {
		t.Errorf("the payment was\n%+v\nand is\n%+v\nthe journal has\n%+v, %v", before.Deposits, after.Deposits, stored.Deposits, err)
	}
	money := staysAsWas
	switch {
	case answer.Key() == "200-00":
		money = asked
	case answer.Key() == "404-01":
		money = noDeposit
	}
	checkAdvice(t, "91", answer.Key(), false, money, want.say)
	d.box.ClearFaults()
	last, answer, err := d.CheckDeposits(t.Context(), tx.Reference)
	if err != nil || answer.Class != api.Done || till.Sum(last.Deposits) != sum {
		t.Errorf("asked again: %+v %v", answer, err)
	}
}

// TestMoneyIsSaidAsItIsClassified: for every key that an answer can have, what
// is said of the money follows from the class that the client gives it.
func TestMoneyIsSaidAsItIsClassified(t *testing.T) {
	keys := []string{"timeout", "unclear", "no-connection", "unknown-code", "418-77"}
	for status := 200; status < 600; status++ {
		for i := range 100 {
			code := snap.Code{HTTP: status, Service: "90", Case: fmt.Sprintf("%02d", i)}
			if _, ok := snap.Lookup(code); ok {
				keys = append(keys, code.Key())
			}
		}
	}
	if len(keys) != 63+5 {
		t.Fatalf("%d keys", len(keys))
	}
	class := func(op api.Operation, key string) api.Class {
		rule, ok := op.Classes[key]
		switch {
		case key == api.ReasonNoConnection:
			return api.NotSent
		case !ok:
			return api.Unknown
		}
		return rule.Fresh
	}
	for _, key := range keys {
		want90 := map[api.Class]say{api.Done: madeOne, api.Failed: noneMade, api.Unknown: notKnown, api.NotSent: neverLeft}[class(Generate, key)]
		want91 := staysAsWas
		if class(Query, key) == api.Done {
			want91 = map[string]say{"200-00": asked, "404-01": noDeposit}[key]
		}
		for lang, want := range map[words.Lang][2]string{words.English: {want90.en, want91.en}, words.Indonesian: {want90.id, want91.id}} {
			for i, service := range []string{"90", "91"} {
				if got, _ := words.For(lang).Advice(Dialect, service, key); got.Money != want[i] || want[i] == "" {
					t.Errorf("%s %s %s: %q, want %q", lang, service, key, got.Money, want[i])
				}
			}
		}
	}
}
