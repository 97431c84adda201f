//go:build unix

package cli

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"cashier/api/sandbox"
	"cashier/qr/emv"
	"cashier/ui/ptytest"
)

// codeForms are the bytes by which a customer's code can be known again: whole,
// as bytes, in pieces of 24 characters behind what every code begins with, and
// its card number, written and packed. The issuer's digits and the last four
// may be shown.
func codeForms(t *testing.T, name, code string) map[string][]byte {
	t.Helper()
	read, err := emv.DecodeCPM(code)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := base64.StdEncoding.DecodeString(code)
	if err != nil {
		t.Fatal(err)
	}
	application, _ := read.Application()
	pan := application.PAN()
	packed, err := hex.DecodeString((pan + "F")[:(len(pan)+1)/2*2])
	if err != nil {
		t.Fatal(err)
	}
	forms := map[string][]byte{
		name + ", the code": []byte(code), name + ", its bytes": raw,
		name + ", its PAN": []byte(pan), name + ", its PAN but the last four": []byte(pan[:len(pan)-4]), name + ", its PAN packed": packed,
		name + ", its PAN in fours": []byte(strings.Join(slices.Collect(fours(pan)), " ")),
	}
	const piece = 24
	for at := 36; at+piece <= len(code); at += piece {
		forms[fmt.Sprintf("%s, a piece of it at %d", name, at)] = []byte(code[at : at+piece])
	}
	return forms
}

func fours(digits string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for group := range slices.Chunk([]byte(digits), 4) {
			if !yield(string(group)) {
				return
			}
		}
	}
}

// counterOf is a machine whose till takes payments, and every code that it has
// seen.
type counterOf struct {
	*mine
	codes  map[string]string // by what became of them
	mu     sync.Mutex
	seen   map[string][]byte // places found while a request was on its way
	echoes int               // so many answers to come quote the code
	quoted string            // the code that they quote
}

func newCounterOf(t *testing.T) *counterOf {
	t.Helper()
	c := &counterOf{mine: newMine(t), codes: map[string]string{}, seen: map[string][]byte{}}
	text, err := os.ReadFile(c.config)
	c.must(err)
	var file map[string]any
	c.must(json.Unmarshal(text, &file))
	profile := file["profiles"].(map[string]any)["sandbox"].(map[string]any)
	var poll map[string]any
	c.must(json.Unmarshal([]byte(quick), &poll))
	poll["payments"].(map[string]any)["expiry"] = "2s"
	profile["poll"] = poll
	text, err = json.Marshal(file)
	c.must(err)
	c.must(os.WriteFile(c.config, text, 0o600))
	c.met = c.meet
	return c
}

// code is a fresh code of a customer, in a file that is not searched.
func (c *counterOf) code(customer string) (code, file string) {
	c.t.Helper()
	number := len(c.codes) + 1
	code, err := sandbox.FreshCode(customer, uint64(number))
	c.must(err)
	name := fmt.Sprintf("%d %s", number, customer)
	c.codes[name] = code
	file = filepath.Join(c.secrets, fmt.Sprintf("code-%d", number))
	c.must(os.WriteFile(file, []byte(code+"\n"), 0o600))
	return code, file
}

// meet looks, while a payment's request is on its way, at the process list and
// at the files as they are in that moment; and it is a provider who quotes
// what it was sent.
func (c *counterOf) meet(service string, w http.ResponseWriter, r *http.Request) bool {
	if service != "60" && service != "61" && service != "62" && service != "80" {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	moment := fmt.Sprintf("%d, a request of %s", len(c.seen), service)
	c.seen["the process list at "+moment] = processList()
	if service == "60" || c.echoes > 0 {
		if text, err := os.ReadFile(filepath.Join(c.home, "state", "cashier", "sandbox.db")); err == nil {
			c.seen["the journal at "+moment] = text
		}
	}
	if c.echoes == 0 {
		return false
	}
	c.echoes--
	read, err := emv.DecodeCPM(c.quoted)
	if err != nil {
		return false
	}
	application, _ := read.Application()
	answer, err := json.Marshal(map[string]string{
		"responseCode":    "500" + service + "00",
		"responseMessage": "cannot read qrContent " + c.quoted[36:] + " of " + application.PAN(),
	})
	if err != nil {
		return false
	}
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		return false
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusInternalServerError)
	_, err = w.Write(answer)
	return err == nil
}

// processList is the command line of every process that this test started, and
// of those that these started: another run of it on the machine has its own.
func processList() []byte {
	type process struct {
		parent int
		line   []byte
	}
	all := map[int]process{}
	files, _ := filepath.Glob("/proc/[0-9]*/cmdline") // the pattern is well-formed
	for _, file := range files {
		line, err := os.ReadFile(file)
		if err != nil {
			continue // it has ended
		}
		stat, err := os.ReadFile(filepath.Join(filepath.Dir(file), "stat"))
		pid, wrong := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		if err != nil || wrong != nil {
			continue
		}
		// pid (name) state parent …, and a name may hold anything
		var state string
		var parent int
		if _, err := fmt.Sscan(string(stat[bytes.LastIndexByte(stat, ')')+1:]), &state, &parent); err == nil {
			all[pid] = process{parent, line}
		}
	}
	if len(files) == 0 {
		text, _ := exec.Command("ps", "-axww", "-o", "pid=,ppid=,command=").Output() // empty: the control says so
		for line := range bytes.Lines(text) {
			var pid, parent int
			if _, err := fmt.Sscan(string(line), &pid, &parent); err == nil {
				all[pid] = process{parent, line}
			}
		}
	}
	var ours []byte
	for _, p := range all {
		for up := p.parent; up > 1; up = all[up].parent {
			if up == os.Getpid() {
				ours = append(append(ours, p.line...), '\n')
				break
			}
		}
	}
	return ours
}

// TestNoCustomersCodeIsLeftAnywhere takes payments in every way and then looks
// for the customers' codes and for our secrets, in every spelling, in all that
// was left behind or seen on the way.
func TestNoCustomersCodeIsLeftAnywhere(t *testing.T) {
	t.Parallel()
	c := newCounterOf(t)
	const planted = "PLANTED-p4yl04d-88"
	c.commands(planted)
	reference := c.console(planted)
	c.collect()
	for name, text := range c.seen {
		c.places[name] = text
	}

	canaries, known := c.canaries(), map[string]bool{}
	for name, code := range c.codes {
		for form, text := range codeForms(t, name, code) {
			if !known[string(text)] { // a customer's codes share the account
				known[string(text)], canaries[form] = true, text
			}
		}
	}
	for _, leak := range search(c.places, canaries) {
		t.Errorf("found: %s", leak)
	}
	for _, control := range []struct{ text, places string }{
		{planted, "sandbox.db|the journal at|the process list at|pay --qr @FILE stdout|history show|export.json|a refusal stderr|crash-"},
		{reference, "sandbox.db|the screen while it has been paid|the screen's bytes|the clipboard"},
	} {
		for place := range strings.SplitSeq(control.places, "|") {
			if len(search(c.with(place), map[string][]byte{"control": []byte(control.text)})) == 0 {
				t.Errorf("%s is not found in %s", control.text, place)
			}
		}
	}
	n := 0
	for name, secret := range canaries {
		for spelling, text := range spellings(secret) {
			n++
			place := map[string][]byte{"planted": slices.Concat([]byte("before\x00"), text, []byte("\xffafter"))}
			if len(search(place, map[string][]byte{name: secret})) == 0 {
				t.Errorf("%s as %s would not be found", name, spelling)
			}
		}
	}
	t.Logf("%d canaries of %d codes in %d spellings, searched for in %d places", len(canaries), len(c.codes), n, len(c.places))
}

// say keeps what a command said under a name without the file's.
func (c *counterOf) say(name string, exit int, stdin string, args ...string) []byte {
	c.t.Helper()
	out := c.runWith(exit, []byte(stdin), append([]string{"--config", c.config}, args...)...)
	for place, text := range c.places {
		if strings.Contains(place, strings.Join(args, " ")) {
			delete(c.places, place)
			c.places[fmt.Sprintf("%s%s", name, place[strings.LastIndex(place, " "):])+fmt.Sprintf(" %d", len(c.places))] = text
		}
	}
	return out
}

// commands is a day of payments by commands, well and badly.
func (c *counterOf) commands(planted string) {
	code, file := c.code("approves")
	c.say("pay --qr @FILE", exitOK, "", "cpm", "pay", "--qr", "@"+file, "--amount", "12500", "--title", planted, "--reference", planted, "--json")
	c.say("the same again", exitOK, "", "cpm", "pay", "--qr", "@"+file, "--amount", "12500", "--reference", planted)
	c.say("a refusal", exitUsage, "", "cpm", "pay", "--qr", "@"+file, "--amount", "12500", "--sale", planted, "--reference", planted+"X")
	c.say("a query", exitOK, "", "cpm", "query", planted)
	c.say("a refund", exitOK, "", "cpm", "refund", planted, "--amount", "5000", "--reason", planted, "--json")
	code2, _ := c.code("approves")
	c.say("pay --qr -", exitOK, code2+"\r\n", "cpm", "pay", "--qr", "-", "--amount", "13000")
	amount := 14_000
	for _, customer := range []string{
		"answer-lost", "error-paid", "pending", "no-reference", "success-failed", "declined-403-05", "spent-code", "refund-lost", "request-lost",
	} {
		amount += 1_000
		_, file := c.code(customer)
		c.say("pay, "+customer, -1, "", "cpm", "pay", "--qr", "@"+file, "--amount", fmt.Sprint(amount), "--reference", customer, "--json")
		c.say("cancel, "+customer, -1, "", "cpm", "cancel", customer, "--reason", planted)
		c.say("refund, "+customer, -1, "", "cpm", "refund", customer, "--amount", "1000")
		c.say("show, "+customer, -1, "", "history", "show", customer, "--json")
	}
	for _, kind := range sandbox.Kinds() {
		if kind == sandbox.Delay || kind == sandbox.Timeout {
			continue // they only wait
		}
		amount += 1_000
		c.box.ClearFaults()
		c.must(c.box.AddFault("60:" + string(kind) + ":1:1"))
		_, file := c.code("approves")
		c.say("pay, "+string(kind), -1, "", "cpm", "pay", "--qr", "@"+file, "--amount", fmt.Sprint(amount), "--no-wait", "--json")
	}
	c.box.ClearFaults()
	c.quote(amount)

	// What is not to be charged is not repeated; nor is what stands in the wrong
	// place, although the process list then has it.
	for name, text := range map[string]string{"half of one": code[:len(code)/2+30], "one too long": code + strings.Repeat(code, 3), "two": code + code} {
		c.say("a scan, "+name, exitUsage, text, "cpm", "pay", "--qr", "-", "--amount", "100")
	}
	for _, args := range [][]string{{"cpm", "pay", "--qr", code, "--amount", "100"}, {"cpm", "pay", code}, {"cpm", "pay", "--amount", code, "--qr", "-"}} {
		c.say("a code in an argument", exitUsage, "", args...)
	}
	c.say("resume", -1, "", "resume", "--json")
	c.say("history list", exitOK, "", "history", "list", "--json")
	c.say("history show", exitOK, "", "history", "show", planted)
	c.say("history export", exitOK, "", "history", "export", "--format", "json", "--output", filepath.Join(c.home, "export.json"))
	c.say("doctor", -1, "", "doctor", "--json")
}

// quote is a provider that repeats what it was sent, in every answer.
func (c *counterOf) quote(amount int) {
	for _, first := range []string{"60", "61", "62", "80"} {
		amount += 1_000
		customer := map[string]string{"62": "pending"}[first]
		if customer == "" {
			customer = "approves"
		}
		code, file := c.code(customer)
		quote := func(n int) {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.quoted, c.echoes = code, n
		}
		reference := "quoted-" + first
		if first == "60" {
			quote(2)
		}
		c.say("pay, quoted", -1, "", "cpm", "pay", "--qr", "@"+file, "--amount", fmt.Sprint(amount), "--reference", reference, "--no-wait")
		if first != "60" {
			quote(2)
		}
		switch first {
		case "61":
			c.say("query, quoted", -1, "", "cpm", "query", reference, "--json")
		case "62":
			c.say("cancel, quoted", -1, "", "cpm", "cancel", reference, "--json")
		case "80":
			c.say("refund, quoted", -1, "", "cpm", "refund", reference, "--amount", "1000", "--json")
		}
		quote(0)
		c.say("show, quoted", -1, "", "history", "show", reference)
	}
}

// console is a cashier at the screens, a scan where nobody waits for one, the
// clipboard, and then a crash. It gives the reference of what was paid.
func (c *counterOf) console(planted string) (reference string) {
	pipe := filepath.Join(c.secrets, "crash")
	c.must(syscall.Mkfifo(pipe, 0o600))
	screen := ptytest.Start(c.t, ptytest.Options{
		Cmd: filepath.Join(c.secrets, "cashier"), Args: []string{"--config", c.config, "--lang", "en"}, Dir: c.home, Cols: 100, Rows: 30,
		Answer: ptytest.Silent, Env: append(slices.Clone(c.env), canaryCrash+"="+pipe),
	})
	shown := 0
	look := func(name string) {
		shown++
		c.places[fmt.Sprintf("the screen while it %s, %d", name, shown)] = []byte(screen.Screen())
	}
	screen.WaitFor("SANDBOX")
	unwanted, _ := c.code("approves")
	screen.Burst(unwanted + "\r")
	look("was scanned into")
	screen.WaitFor("SANDBOX")
	code, _ := c.code("approves")
	screen.Press("2")
	screen.WaitFor("How much")
	screen.Slowly("77000", 120*time.Millisecond)
	screen.WaitFor("77.000")
	screen.Slowly("\r", 300*time.Millisecond)
	screen.WaitFor("Scan the customer's code")
	screen.Paste(code)
	screen.WaitFor("Look once more")
	look("reviews")
	screen.Slowly("\r", time.Second) // right behind a scan it would be the scanner's
	screen.WaitFor("Enter do it")
	look("asks")
	screen.Press("y")
	screen.WaitFor("PAID")
	look("has been paid")
	reference = screen.WaitMatch(`Q\d{12}[0-9A-Z]{12}`)[0]
	screen.Press("c")
	screen.WaitMatch(`(?i)copied|sent .* to the terminal`)
	look("copies")

	c.must(os.WriteFile(pipe, []byte(planted), 0))
	if code := screen.WaitExit(); code != exitOther {
		c.t.Errorf("the crash ended with %d", code)
	}
	c.places["the screen's bytes"] = screen.Raw()
	c.places["the screen after the crash"] = []byte(screen.Screen())
	clipboard := []byte{}
	for _, sequence := range regexp.MustCompile(`\x1b\]52;[a-z]*;([A-Za-z0-9+/=]+)`).FindAllSubmatch(screen.Raw(), -1) {
		text, err := base64.StdEncoding.DecodeString(string(sequence[1]))
		c.must(err)
		clipboard = append(append(clipboard, text...), '\n')
	}
	c.places["the clipboard"] = clipboard
	if !bytes.Contains(clipboard, []byte(reference)) {
		c.t.Errorf("%s was copied, the clipboard holds %q", reference, clipboard)
	}
	return reference
}
