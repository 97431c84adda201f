//go:build unix

package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"cashier/api"
	"cashier/api/sandbox"
	"cashier/api/till"
	"cashier/store"
)

// buildProgram builds the program as it is shipped.
func buildProgram(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "cashier")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, "cashier").CombinedOutput(); err != nil {
		t.Fatalf("build the program: %v\n%s", err, out)
	}
	return program
}

// tripwire stands before a provider and stops one request by its number, so
// that its sender can be killed.
type tripwire struct {
	mu   sync.Mutex
	left int
	gate *gate
}

// unanswered is a third place to stop, beside reached and processed: the answer
// has left.
const unanswered = "the answer has left"

// lay stops the nth request from now on; taut takes the wire up again.
func (w *tripwire) lay(n int, point string) *gate {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.left = n
	w.gate = &gate{point: point, arrived: make(chan struct{}), open: make(chan struct{}), done: make(chan struct{})}
	return w.gate
}

func (w *tripwire) taut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.gate = nil
}

func (w *tripwire) meet() *gate {
	w.mu.Lock()
	defer w.mu.Unlock()
	g := w.gate
	if g == nil {
		return nil
	}
	if w.left--; w.left > 0 {
		return nil
	}
	w.gate = nil
	return g
}

func (w *tripwire) watch(provider http.Handler) http.Handler {
	return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/_sandbox/") {
			provider.ServeHTTP(out, r)
			return
		}
		g := w.meet()
		if g == nil {
			provider.ServeHTTP(out, r)
			return
		}
		defer close(g.done)
		switch g.point {
		case reached:
			g.stop()
			provider.ServeHTTP(out, r)
		case processed:
			provider.ServeHTTP(&gatedWriter{ResponseWriter: out, gate: g}, r)
		default:
			provider.ServeHTTP(out, r)
			g.stop()
		}
	})
}

// shop is a machine with the shipped program, and a provider that goes wrong at
// random.
type shop struct {
	t       *testing.T
	random  *rand.Rand
	box     *sandbox.Sandbox
	wire    tripwire
	url     string
	program string
	home    string
	journal string
	config  string
	kills   map[string]int
	told    []string
}

func newShop(t *testing.T, seed uint64) *shop {
	t.Helper()
	program := buildProgram(t)
	box, err := sandbox.Open(sandbox.Options{GenerateKey: killKey, Seed: int64(seed), Scale: 0.01, Delay: time.Second, Hold: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	folder := killFolder(t)
	s := &shop{
		t: t, random: rand.New(rand.NewPCG(seed, 1)), box: box, program: program, home: folder,
		journal: filepath.Join(folder, "till.db"), config: filepath.Join(folder, "config.json"), kills: map[string]int{},
	}
	server := httptest.NewServer(s.wire.watch(box.Handler()))
	s.url = server.URL
	t.Cleanup(func() {
		server.Close()
		if err := box.Close(); err != nil {
			t.Error(err)
		}
	})
	s.must(writeSandboxConfig(t.Context(), box, s.config, strings.TrimPrefix(server.URL, "http://")))
	s.hasten()
	return s
}

// hasten is the plan in a hundredth; expiryTime, which the wire spells in whole
// seconds, is one.
func (s *shop) hasten() {
	s.t.Helper()
	text, err := os.ReadFile(s.config)
	s.must(err)
	var file map[string]any
	s.must(json.Unmarshal(text, &file))
	profile := file["profiles"].(map[string]any)["sandbox"].(map[string]any)
	var poll map[string]any
	s.must(json.Unmarshal([]byte(quick), &poll))
	poll["payments"].(map[string]any)["expiry"] = "1s"
	profile["poll"] = poll
	provider := profile["providers"].(map[string]any)[embeddedPayments].(map[string]any)
	provider["expiry"] = string(api.ExpirySeconds)
	provider["timeouts"] = map[string]any{"60": "500ms", "61": "500ms", "62": "500ms", "80": "500ms"}
	text, err = json.Marshal(file)
	s.must(err)
	s.must(os.WriteFile(s.config, text, 0o600))
}

func (s *shop) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatalf("%v\n%s", err, strings.Join(s.told, "\n"))
	}
}

func (s *shop) command(args ...string) *exec.Cmd {
	cmd := exec.Command(s.program, append([]string{"--config", s.config, "--store", s.journal, "--json"}, args...)...)
	cmd.Env = []string{
		"HOME=" + s.home, "XDG_STATE_HOME=" + filepath.Join(s.home, "state"), "XDG_CONFIG_HOME=" + filepath.Join(s.home, "config"),
		"TMPDIR=" + s.home, "LANG=en_US.UTF-8",
	}
	return cmd
}

// run runs a command to its end.
func (s *shop) run(args ...string) (out []byte, exit int) {
	s.t.Helper()
	cmd := s.command(args...)
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if e, ok := errors.AsType[*exec.ExitError](err); ok {
		exit, err = e.ExitCode(), nil
	}
	s.must(err)
	s.told = append(s.told, fmt.Sprintf("%d %s %s", exit, strings.Join(args, " "), &complaint))
	if !slices.Contains([]int{exitOK, exitUsage, exitEnded, exitOpen, exitLate}, exit) {
		s.t.Errorf("%q ended with %d: %s %s", args, exit, out, &complaint)
	}
	return out, exit
}

// runToDeath kills a command at one of its first requests, where it has as many;
// then the journal is sound.
func (s *shop) runToDeath(args ...string) (killed bool) {
	s.t.Helper()
	point := []string{reached, processed, processed, unanswered}[s.random.IntN(4)]
	n := 1 + s.random.IntN(6)
	if s.random.IntN(2) == 0 {
		n = 2 // the token, then the work itself
	}
	g := s.wire.lay(n, point)
	met := false
	defer func() {
		s.wire.taut()
		close(g.open) // also for one who comes late
		if met {
			<-g.done
		}
	}()
	cmd := s.command(args...)
	s.must(cmd.Start())
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case <-g.arrived:
		met = true
		s.must(cmd.Process.Kill())
		err := <-ended
		killed = err != nil && err.Error() == "signal: killed"
	case <-ended:
	}
	s.told = append(s.told, fmt.Sprintf("killed %v at request %d (%s): %s", killed, n, point, strings.Join(args, " ")))
	if killed {
		work := args[0]
		if work == "cpm" {
			work = args[1]
		}
		s.kills[work+", "+point]++
		s.sound()
	}
	return killed
}

func (s *shop) sound() {
	s.t.Helper()
	journal, err := store.Open(s.journal, store.Options{Profile: "sandbox", Binding: sandboxStore})
	s.must(err)
	s.must(errors.Join(sound(context.Background(), journal), journal.Close()))
}

// randomCustomers are those about whom the provider does not take back its
// word.
var randomCustomers = []string{
	"approves", "approves", "approves", "approves-after-8s", "pending", "declines-later", "gives-up", "answer-lost", "answer-lost",
	"answer-lost-declined", "request-lost", "timeout-paid", "timeout-failed", "error-paid", "error-unpaid", "success-pending",
	"no-reference", "pays-while-cancelled", "pays-before-cancel", "cancel-slow", "cancel-lost", "declined-403-05",
	"refund-slow", "refund-lost",
}

// refundable are the customers to whom a refund goes back.
var refundable = []string{"approves", "refund-slow", "refund-lost"}

// mischief lets a few requests go wrong.
func (s *shop) mischief() {
	s.box.ClearFaults()
	kinds := []sandbox.Kind{
		sandbox.AnswerLost, sandbox.RequestLost, sandbox.HTTP500, sandbox.HTTP504, sandbox.BadJSON, sandbox.Truncated, sandbox.Empty,
		sandbox.ForeignReference, sandbox.Contradiction, sandbox.Refuse, sandbox.Timeout, sandbox.Delay, sandbox.TokenExpired, sandbox.TooMany,
	}
	for range s.random.IntN(3) {
		service := []string{"60", "60", "61", "62", "80"}[s.random.IntN(5)]
		s.must(s.box.AddFault(fmt.Sprintf("%s:%s:0.5:%d", service, kinds[s.random.IntN(len(kinds))], 1+s.random.IntN(2))))
	}
}

// TestProgramKilledAtRandom kills the shipped program at random requests of
// payments, cancels, refunds and starts, over one journal and beside random
// faults. In the end history and ledger agree.
func TestProgramKilledAtRandom(t *testing.T) {
	const rounds, seed = 30, 20261120
	s := newShop(t, seed)
	for n := range rounds {
		s.round(n)
	}
	s.box.ClearFaults()
	for range 12 {
		s.run("resume")
		left := s.list("open")
		if len(left) == 0 {
			break
		}
		for _, row := range left {
			s.run("cpm", "cancel", string(row.Reference))
		}
	}
	s.run("resume", "--for", "4s") // what a repeat of a refund waits for
	s.sound()
	s.verdict()
	total := 0
	for _, n := range s.kills {
		total += n
	}
	if total < rounds {
		t.Errorf("only %d kills", total)
	}
	if t.Failed() {
		t.Logf("seed %d\n%s", seed, strings.Join(s.told, "\n"))
	}
	t.Logf("%d kills in %d rounds over %d payments", total, rounds, len(s.box.Ledger().Payments))
	for _, at := range slices.Sorted(maps.Keys(s.kills)) {
		t.Logf("%4d kills %s", s.kills[at], at)
	}
}

// round is one sale: paid with a kill, perhaps tried again, cancelled and
// refunded, each with a kill.
func (s *shop) round(n int) {
	customer := randomCustomers[s.random.IntN(len(randomCustomers))]
	code, err := sandbox.FreshCode(customer, uint64(n))
	s.must(err)
	file := filepath.Join(s.home, fmt.Sprintf("code-%d", n))
	s.must(os.WriteFile(file, []byte(code+"\n"), 0o600))
	reference, sale := fmt.Sprintf("R%d", n), fmt.Sprintf("SALE%d", n)
	amount := fmt.Sprint(10_000 + 1_000*n) // each its own: nobody asks whether it is the same again
	s.told = append(s.told, "round "+reference+" "+customer)
	s.mischief()
	pay := []string{"cpm", "pay", "--qr", "@" + file, "--amount", amount, "--sale", sale, "--reference"}
	s.runToDeath(append(pay, reference)...)
	if s.random.IntN(3) == 0 { // the same key again, after the power came back
		s.runToDeath(append(pay, reference)...)
	}
	if s.random.IntN(2) == 0 { // an impatient cashier, and another code of the same customer
		code, err := sandbox.FreshCode("approves", uint64(1000+n))
		s.must(err)
		s.must(os.WriteFile(file, []byte(code), 0o600))
		s.run(append(pay, reference+"X")...)
	}
	if s.random.IntN(2) == 0 {
		s.runToDeath("resume")
	}
	s.run("resume")
	if s.random.IntN(3) == 0 {
		s.runToDeath("cpm", "cancel", reference)
	}
	if slices.Contains(refundable, customer) {
		part := fmt.Sprint(1_000 * (1 + s.random.IntN(9)))
		refund := []string{"cpm", "refund", "--amount", part, "--refund-reference", "F" + reference, reference}
		s.runToDeath(refund...)
		s.run(refund...)
	}
}

type listed struct {
	Reference api.Reference `json:"reference"`
	State     till.State    `json:"state"`
	Amount    api.Amount    `json:"amount"`
}

func (s *shop) list(state string) []listed {
	s.t.Helper()
	args := []string{"history", "list", "--limit", "1000"}
	if state != "" {
		args = append(args, "--state", state)
	}
	out, _ := s.run(args...)
	var list struct {
		Items []listed `json:"items"`
	}
	s.must(json.Unmarshal(out, &list))
	return list.Items
}

// verdict holds what history says against GET /_sandbox/ledger.
func (s *shop) verdict() {
	answer, err := http.Get(s.url + "/_sandbox/ledger")
	s.must(err)
	defer answer.Body.Close()
	var ledger sandbox.Ledger
	s.must(json.NewDecoder(answer.Body).Decode(&ledger))
	accounts := map[api.Reference]sandbox.LedgerPayment{}
	for _, p := range ledger.Payments {
		accounts[api.Reference(p.Reference)] = p
	}
	kept := map[string]int{}
	paid := 0
	for _, row := range s.list("") {
		p := accounts[row.Reference]
		delete(accounts, row.Reference)
		there := p.Debits == 1 && p.Refunded.Minor() < p.Amount.Minor()
		if there {
			kept[strings.TrimSuffix(string(row.Reference), "X")]++
			paid++
		}
		switch {
		case row.State.Open():
			s.t.Errorf("%s is still %q, the ledger has %+v", row.Reference, row.State, p)
		case p.Debits > 1 || p.Refunded.Minor() > p.Amount.Minor() || p.Debits == 1 && p.Amount != row.Amount:
			s.t.Errorf("%s of %s: the ledger has %+v", row.Reference, row.Amount, p)
		case slices.Contains([]till.State{till.Paid, till.LatePaid, till.Doubled}, row.State) != there:
			s.t.Errorf("%s is %q, the ledger has %+v", row.Reference, row.State, p)
		}
		s.refunds(row.Reference, p)
	}
	for reference, p := range accounts {
		s.t.Errorf("history has no %s, the ledger has %+v", reference, p)
	}
	for sale, n := range kept {
		if n > 1 {
			s.t.Errorf("%s was paid %d times", sale, n)
		}
	}
	if paid < 5 {
		s.t.Errorf("only %d payments were paid", paid)
	}
}

// refunds: what went back by history is what went back by the ledger.
func (s *shop) refunds(reference api.Reference, p sandbox.LedgerPayment) {
	out, _ := s.run("history", "show", string(reference))
	var record struct {
		Refunds []struct {
			Amount api.Amount       `json:"amount"`
			State  till.RefundState `json:"state"`
		} `json:"refunds"`
	}
	s.must(json.Unmarshal(out, &record))
	back := int64(0)
	for _, r := range record.Refunds {
		switch r.State {
		case till.RefundDone:
			back += r.Amount.Minor()
		case till.RefundIntent, till.RefundSent, till.RefundUnknown:
			s.t.Errorf("a refund of %s is still %q", reference, r.State)
		}
	}
	if back != p.Refunded.Minor() {
		s.t.Errorf("%s: %d went back, the ledger has %+v", reference, back, p)
	}
}
