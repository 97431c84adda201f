// Package storetest makes journals of any size for tests and benchmarks: the
// same seed gives the same journal.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"

	"cashier/api"
	"cashier/api/till"
	"cashier/store"
)

// Profile is the profile that a generated journal belongs to.
const Profile = "bench"

// End is when the last transaction of a generated journal is made; the first
// is two years older.
var End = time.Date(2026, 11, 20, 11, 0, 0, 0, api.Jakarta)

const span = 2 * 365 * 24 * time.Hour

// layout changes whenever Build makes another journal of the same seed.
const layout = 2

// Changes are the changes of n transactions, oldest first: seven in ten are
// user ids with their deposits, the others payments and lookups; one in
// twenty-five has failed, the newest few are open or are to be asked about
// again. What follows a failed payment is the second try of its sale.
func Changes(n int, seed int64) iter.Seq2[till.Change, error] {
	return func(yield func(till.Change, error) bool) {
		g := generator{random: rand.New(rand.NewPCG(uint64(seed), 0))}
		for i := range n {
			// One after the other over the two years, with odd nanoseconds.
			created := End.Add(-span + time.Duration(float64(span)*float64(i+1)/float64(n)) - time.Duration(g.random.IntN(1e6)))
			for _, c := range g.transaction(created, n-i <= 40) {
				if !yield(c, nil) {
					return
				}
			}
		}
	}
}

type generator struct {
	random *rand.Rand
	sale   api.Reference // of the last payment, when that has failed
}

const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

func (g *generator) text(alphabet string, n int) string {
	var b strings.Builder
	for range n {
		b.WriteByte(alphabet[g.random.IntN(len(alphabet))])
	}
	return b.String()
}

var (
	givenNames  = []string{"Siti", "Budi", "Dewi", "Agus", "Rina", "Joko", "Wati", "Hendra", "Putri", "Eko"}
	banks       = []string{"BCA", "BRI", "Mandiri", "BNI", "CIMB Niaga", "Permata"}
	familyNames = []string{"Rahma", "Santoso", "Lestari", "Wijaya", "Nugroho", "Hidayat", "Saputra", "Kusuma"}
)

// transaction is one life: three changes or four.
func (g *generator) transaction(created time.Time, fresh bool) []till.Change {
	kind, letter, service, provider := till.CDM, api.UserIDReference, "90", "paycools"
	switch p := g.random.IntN(100); {
	case p >= 95:
		kind, letter, service, provider = till.MPM, api.PaymentReference, "51", []string{"paydia", "finnet"}[g.random.IntN(2)]
	case p >= 70:
		kind, letter, service, provider = till.CPM, api.PaymentReference, "60", "cpm"
	}
	reference := api.Reference(string(letter) + created.In(api.Jakarta).Format("060102150405") + g.text(crockford, 12))
	external := created.In(api.Jakarta).Format("20060102150405") + g.text("0123456789", 18)
	t := till.Transaction{
		Reference: reference, Kind: kind, State: till.Intent, Provider: provider, Service: service,
		Binding: "https://bench.test M1", Operator: "op-1", ExternalID: external,
		CreatedAt: created, UpdatedAt: created,
	}
	var request map[string]string
	if kind == till.CDM {
		courier := g.random.IntN(400)
		t.Courier = &api.Courier{
			No: fmt.Sprintf("K%05d", courier), Name: givenNames[courier%10] + " " + familyNames[courier/10%8],
			Mobile: fmt.Sprintf("62812%07d", courier), RegionNo: "R" + fmt.Sprint(courier%7), BranchNo: "B" + fmt.Sprint(courier%53),
			NotifyURL: "https://bench.test/notify",
		}
		request = map[string]string{"courierNo": t.Courier.No, "courierName": t.Courier.Name, "courierMobile": t.Courier.Mobile}
	} else {
		t.Amount = api.IDR(int64(1+g.random.IntN(5000)) * 500_00)
		request = map[string]string{"amount": t.Amount.Value(), "title": "Sale"}
	}
	if kind == till.CPM {
		request = nil // a payment's is not kept
		if t.Sale = g.sale; t.Sale == "" {
			t.Sale = reference
		}
		g.sale = ""
		t.Payment = &till.Payment{
			Card:      till.Card{Issuer: "93600014", Label: banks[g.random.IntN(len(banks))], LastFour: g.text("0123456789", 4), Mark: g.text("0123456789abcdef", 64)},
			ExpiresAt: created.Add(90 * time.Second), LeftAt: created.Add(2 * time.Millisecond),
		}
	}
	var body strings.Builder
	fmt.Fprintf(&body, `{"partnerReferenceNo":"%s","merchantId":"M1"`, reference)
	for _, k := range []string{"courierNo", "courierName", "courierMobile", "amount", "title"} {
		if v := request[k]; v != "" {
			fmt.Fprintf(&body, `,"%s":"%s"`, k, v)
		}
	}
	if request != nil {
		t.Request = []byte(body.String() + "}")
	}

	var changes []till.Change
	step := func(state till.State, what string, after time.Duration, latency time.Duration) {
		t.State = state
		t.UpdatedAt = t.UpdatedAt.Add(after)
		t.Revision++
		changes = append(changes, till.Change{Transaction: t, Event: till.Event{
			At: t.UpdatedAt, Reference: reference, Service: service, ExternalID: external,
			ResponseCode: t.ResponseCode, State: state, What: what, Latency: latency,
		}})
	}
	step(till.Intent, till.WhatIntent, 0, 0)
	attempt := till.Attempt{Attempt: api.Attempt{Service: service, Number: 1, ExternalID: external, At: created, Digest: g.text("0123456789abcdef", 64)}}
	t.Attempts = []till.Attempt{attempt}
	step(till.Sent, till.WhatAttempt, 2*time.Millisecond, 0)
	latency := time.Duration(80+g.random.IntN(900)) * time.Millisecond
	ended := func(again time.Duration) {
		if t.Payment == nil {
			return
		}
		p := *t.Payment // the changes before keep theirs
		p.EndedAt = t.UpdatedAt.Add(latency)
		if fresh && again > 0 {
			p.RecheckAt = p.EndedAt.Add(again)
		}
		t.Payment = &p
	}
	answered := func(class api.Class, http int, code, message string) {
		attempt.Class, attempt.HTTPStatus, attempt.ResponseCode, attempt.Latency = class, http, code, latency
		t.Attempts = []till.Attempt{attempt}
		t.ResponseCode, t.ResponseMessage = code, api.Text(message)
	}
	switch p := g.random.IntN(1000); {
	case fresh && p < 500, p == 0:
		answered(api.Unknown, 0, "", "")
		step(till.Unknown, till.WhatAnswer, 8*time.Second, 8*time.Second)
	case p < 40, fresh && p < 700:
		answered(api.Failed, 403, "403"+service+"02", "Exceeds Transaction Amount Limit")
		g.sale = t.Sale
		ended(time.Hour)
		step(till.Failed, till.WhatAnswer, latency, latency)
	case p < 45:
		answered(api.NotSent, 0, "", "")
		step(till.Unsent, till.WhatAnswer, latency, 0)
	case kind == till.CDM:
		answered(api.Done, 200, "2009000", "Request has been processed successfully")
		t.ProviderReference = api.Text(g.text("0123456789", 20))
		t.QR = "CDM" + g.text(crockford, 45)
		step(till.Active, till.WhatAnswer, latency, latency)
		if n := g.random.IntN(4); n > 0 {
			for range n {
				t.Deposits = append(t.Deposits, g.deposit(t.UpdatedAt.Add(time.Duration(1+g.random.IntN(7200))*time.Second)))
			}
			step(till.Active, till.WhatDeposits, 3*time.Hour, latency)
		}
	default:
		answered(api.Done, 200, "200"+service+"00", "Successful")
		t.ProviderReference = api.Text(g.text("0123456789", 20))
		ended(0)
		step(till.Paid, till.WhatAnswer, latency, latency)
	}
	return changes
}

func (g *generator) deposit(at time.Time) till.Deposit {
	amount := api.IDR(int64(1+g.random.IntN(200)) * 50_000_00)
	return till.Deposit{
		Deposit: api.Deposit{
			ProviderReference: api.Text(g.text("0123456789", 20)), ChannelReference: api.Text(g.text("0123456789", 12)),
			Machine: api.Text(fmt.Sprintf("CDM-%04d", g.random.IntN(1200))), Channel: "ATM_STATIC_QR",
			State: api.DepositBooked, Status: "00", Amount: amount, Fee: api.IDR(0), Total: amount, CreatedAt: at,
		},
		SeenAt: at.Add(5 * time.Second),
	}
}

// Build makes the journal of n transactions at path, which must not exist.
func Build(path string, n int, seed int64) (err error) {
	s, err := store.Open(path, store.Options{Profile: Profile})
	if err != nil {
		return err
	}
	return errors.Join(s.Import(context.Background(), Changes(n, seed)), s.Close())
}

// Cached is the journal of n transactions in the user's cache folder, made
// when it is not there yet or is of a format that is read no more. It is
// shared: copy it before changing it.
func Cached(n int, seed int64) (path string, err error) {
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	dir = filepath.Join(dir, "cashier-bench")
	path = filepath.Join(dir, fmt.Sprintf("journal-%d-%d-%d.db", layout, n, seed))
	if readable(path) {
		return path, nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	making, err := os.MkdirTemp(dir, "making-*")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(making)
	made := filepath.Join(making, "journal.db")
	if err := Build(made, n, seed); err != nil {
		return "", err
	}
	// The journal last: it is what says that all is there.
	return path, errors.Join(os.Rename(made+".head", path+".head"), os.Rename(made, path))
}

// readable reports whether a journal is there that this program reads: in use
// by another process, it is.
func readable(path string) bool {
	s, err := store.Open(path, store.Options{Profile: Profile, ReadOnly: true})
	if err != nil {
		return errors.As(err, new(*store.LockedError))
	}
	defer s.Close()
	page, err := s.Page(context.Background(), till.Filter{}, "", 100)
	for _, r := range page.Rows {
		if err == nil {
			_, err = s.Get(context.Background(), r.Reference)
		}
	}
	return err == nil
}

// Copy copies a closed journal with its head file.
func Copy(from, to string) error {
	for _, suffix := range []string{"", ".head"} {
		if err := copyFile(from+suffix, to+suffix); err != nil {
			return err
		}
	}
	return nil
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	// On the disk at once, so that no measured commit has to wait for it.
	return errors.Join(err, out.Sync(), out.Close())
}
