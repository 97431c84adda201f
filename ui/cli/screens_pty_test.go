//go:build unix

package cli

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"cashier/api/sandbox"
	"cashier/api/snap"
	"cashier/store/storetest"
	"cashier/ui/ptytest"
)

// elsewhere is a sandbox with payments that were made elsewhere, beside a
// terminal.
type elsewhere struct {
	t       *testing.T
	address string
	config  string
	home    string
}

func newElsewhere(t *testing.T) *elsewhere {
	t.Helper()
	box, err := sandbox.Open(sandbox.Options{GenerateKey: killKey})
	if err != nil {
		t.Fatal(err)
	}
	listener, err := sandbox.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- box.Serve(ctx, listener) }()
	t.Cleanup(func() {
		stop()
		if err := errors.Join(<-served, box.Close()); err != nil {
			t.Error(err)
		}
	})
	e := &elsewhere{t: t, address: listener.Addr().String(), home: t.TempDir()}
	e.config = filepath.Join(e.home, "config.json")
	if err := writeSandboxConfig(t.Context(), box, e.config, e.address); err != nil {
		t.Fatal(err)
	}
	return e
}

// holds makes a payment at a provider, or changes one.
func (e *elsewhere) holds(provider, reference, status, amount string) {
	e.t.Helper()
	body := fmt.Sprintf(`{"provider":%q,"referenceNo":%q,"status":%q,"amount":%q}`, provider, reference, status, amount)
	r, err := http.Post("http://"+e.address+"/_sandbox/mpm", "application/json", strings.NewReader(body))
	if err != nil {
		e.t.Fatal(err)
	}
	r.Body.Close()
	if r.StatusCode != http.StatusOK {
		e.t.Fatalf("%s: %s", body, r.Status)
	}
}

func (e *elsewhere) console() *ptytest.Terminal {
	e.t.Helper()
	return openConsole(e.t, e.home, 80, 24, "--config", e.config, "--lang", "en")
}

// leaveConsole goes home and ends the program.
func leaveConsole(t *testing.T, term *ptytest.Terminal) {
	t.Helper()
	term.WaitFor("Latest")
	term.Press("q")
	if code := term.WaitExit(); code != exitOK {
		t.Errorf("left with %d", code)
	}
}

// TestConsoleLooksUpAndWatches: payments of an issuer and an acquirer are asked
// about from their references; one that is not final is watched until it is,
// and stands on the board meanwhile.
func TestConsoleLooksUpAndWatches(t *testing.T) {
	t.Parallel()
	e := newElsewhere(t)
	e.holds("paydia", "PD-1", "00", "12500.00")
	e.holds("finnet", "FN-1", "03", "50000.00")
	e.holds("finnet", "FN-2", "03", "70000.00")
	term := e.console()
	term.WaitFor("Latest")
	look := func(reference, amount, whom string) {
		term.Press("3")
		term.WaitFor("What happened to a payment?")
		term.Press("down")
		for i := range reference {
			term.Press(reference[i : i+1])
			term.WaitMatch(`reference +` + reference[:i+1] + `\s`) // keys that come together may be a scanner's
		}
		if amount != "" {
			term.Press("down", "down")
			term.WaitFor("▸ Amount")
			for i := range amount {
				term.Press(amount[i : i+1])
				term.WaitMatch(`Amount +` + regexp.QuoteMeta(grouped(amount[:i+1])) + `\s`)
			}
		}
		term.Press("ctrl+s")
		term.WaitMatch(`▸ .*` + whom)
	}

	// Once: paid.
	look("PD-1", "", "Paydia")
	term.Press("enter")
	term.WaitFor("Paydia says that it is paid.")
	term.WaitFor("Rp12.500")
	term.Press("esc")
	term.WaitFor("can be asked")
	term.Press("esc")
	term.WaitFor("What happened to a payment?")
	term.Press("esc")

	// Until it is final.
	term.WaitFor("Latest")
	look("FN-1", "50000", "Finnet")
	term.Press("w")
	term.WaitFor("Finnet says that it is not final yet")
	e.holds("finnet", "FN-1", "00", "50000.00")
	term.Press("r")
	term.WaitFor("Finnet says that it is paid.")
	term.Press("enter")
	term.WaitFor("Transaction")
	term.Press("esc", "esc", "esc", "esc")

	// What is open is on the board: paused, asked about now, ended, gone.
	term.WaitFor("Latest")
	look("FN-2", "70000", "Finnet")
	term.Press("enter")
	term.WaitFor("Finnet says that it is not final yet")
	term.Press("esc", "esc", "esc")
	term.WaitFor("Latest")
	term.Press("4")
	term.WaitFor("1 open")
	term.WaitMatch(`▸ MPM +Rp70\.000 … waiting`)
	term.Press("p")
	term.WaitFor("PAUSED: only what somebody waits for is asked about.")
	term.WaitMatch(`MPM +Rp70\.000 .* paused`)
	term.Press("p")
	term.WaitGone("PAUSED")
	e.holds("finnet", "FN-2", "00", "70000.00")
	term.Press("r")
	term.WaitMatch(`Rp70\.000 ✓ paid`)
	term.WaitGone("Rp70.000")
	term.WaitFor("Nothing is open")
	term.Press("esc")
	leaveConsole(t, term)
}

// enter presses Enter until a text is there: behind keys that a busy machine
// delivered together it may be a scanner's, and is kept away.
func enter(t *testing.T, term *ptytest.Terminal, text string) {
	t.Helper()
	there := func() bool { return strings.Contains(term.Screen(), text) }
	for range 4 {
		term.Press("enter")
		for deadline := time.Now().Add(4 * time.Second); !there() && time.Now().Before(deadline); {
			runtime.Gosched()
		}
		if there() {
			return
		}
	}
	term.WaitFor(text)
}

// grouped are digits as an amount's field shows them.
func grouped(digits string) string {
	if len(digits) > 3 {
		return digits[:len(digits)-3] + "." + digits[len(digits)-3:]
	}
	return digits
}

// TestConsoleExplains: a code that was typed, words in its place, the page of
// one.
func TestConsoleExplains(t *testing.T) {
	t.Parallel()
	term := openConsole(t, t.TempDir(), 80, 24, "--lang", "en")
	term.WaitFor("Latest")
	term.Press("e")
	term.WaitFor("Code or words")
	term.Type("4046018")
	term.WaitMatch(`CPM: .*\(60\)`)
	term.WaitFor("What it means")
	enter(t, term, "The document says")
	term.WaitFor("What to do")
	term.Press("esc", "ctrl+u")
	term.Type("limit")
	term.WaitMatch(`1 of \d\b`)
	term.WaitMatch(`(?i)limit`)
	term.Press("down")
	enter(t, term, "The document says")
	term.Press("esc", "esc")
	leaveConsole(t, term)
}

// TestConsoleSignLab: a request is signed with keys that are named, a wrong
// string and a wrong signature are explained, and a request that came is
// judged. Neither secret nor token is ever on the screen.
func TestConsoleSignLab(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	term := openWith(t, home, []string{"LAB_TOKEN=" + rightToken, "LAB_SECRET=" + rightSecret}, 80, 24, "--lang", "en")
	term.WaitFor("Latest")
	term.Press("s")
	term.WaitFor("Keys, secrets and tokens are named here")
	for range 20 {
		if strings.Contains(term.Screen(), "any, with keys named below") {
			break
		}
		was := term.Screen()
		term.Press("ctrl+p")
		eventually(t, "another request", func() bool { return term.Screen() != was })
	}
	for range 3 {
		if strings.Contains(term.Screen(), "symmetric: HMAC-SHA512") {
			break
		}
		was := term.Screen()
		term.Press("ctrl+k")
		eventually(t, "another kind", func() bool { return term.Screen() != was })
	}
	const path = "/v1.0/qr/x?lang=id"
	field := func(label, text string) {
		for range 6 {
			if strings.Contains(term.Screen(), "▸ "+label) {
				break
			}
			was := term.Screen()
			term.Press("down")
			eventually(t, "the next field", func() bool { return term.Screen() != was })
		}
		term.Press("ctrl+u")
		term.Type(text)
		term.WaitMatch(label + ` +` + regexp.QuoteMeta(text))
	}
	field("Path", path)
	field("X-TIMESTAMP", labWhen)
	field("Token variable", "LAB_TOKEN")
	field("Secret variable", "LAB_SECRET")
	term.Paste(labWhat)
	term.WaitFor("Body pasted")
	term.Press("ctrl+s")
	term.WaitFor("String to sign (token masked)")
	minified, err := snap.Minify([]byte(labWhat))
	if err != nil {
		t.Fatal(err)
	}
	digest := snap.Digest(minified)
	text := func(path, when string) string {
		return snap.SymmetricStringToSign("POST", path, rightToken, digest, when)
	}
	sign := func(text string) string { return snap.Base64.Encode(snap.SignHMAC([]byte(rightSecret), text)) }
	term.Paste(text("/v1.0/qr/x", labWhen))
	term.WaitFor("The query string is missing")
	term.Paste(sign(text(path, "2026-11-20T08:04:12Z")))
	term.WaitFor("The time is in another zone.")
	term.Paste(sign(text(path, labWhen)))
	term.WaitFor("What was pasted is right: no difference.")

	came := func(signature string) string {
		return "POST " + path + " HTTP/1.1\r\nAuthorization: Bearer " + rightToken + "\r\nX-TIMESTAMP: " + labWhen +
			"\r\nX-SIGNATURE: " + signature + "\r\n\r\n" + labWhat
	}
	judge := func(signature, says string) {
		term.Paste(came(signature))
		term.WaitFor("A request that came.")
		field("Secret variable", "LAB_SECRET")
		term.Press("ctrl+s")
		term.WaitFor(says)
	}
	judge(sign(text(path, labWhen)), "valid: signed over the minified body")
	judge(snap.Base64.Encode(snap.SignHMAC([]byte("another"), text(path, labWhen))), "It was signed with another client secret.")
	term.Press("esc", "esc")
	leaveConsole(t, term)
	for _, secret := range []string{rightToken, rightSecret} {
		if strings.Contains(string(term.Raw()), secret) {
			t.Errorf("%q was on the screen", secret)
		}
	}
}

// TestConsoleHistoryFilter: the filter line of the real program on a journal
// of five hundred: what may be typed, hits as they are found, what is wrong, a
// day to go to, and the page of one.
func TestConsoleHistoryFilter(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	journal := filepath.Join(home, "bench.db")
	if err := storetest.Build(journal, 500, 3); err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(home, "config.json")
	if err := os.WriteFile(config, []byte(`{"profiles":{"`+storetest.Profile+`":{"sandbox":true}}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	term := openConsole(t, home, 80, 24, "--config", config, "--store", journal, "--lang", "en")
	term.WaitFor("Latest")
	term.Press("5")
	term.WaitFor("500 in the journal")
	term.Press("/")
	term.WaitFor("courier:siti")
	term.WaitFor("~sity for similar names")
	term.Type("siti")
	term.WaitMatch(`\d+ found · sum Rp[\d.]+ · .*searched all`)
	term.Type(" state:pai")
	term.WaitFor("Tab: state:paid")
	term.Press("ctrl+u")
	term.Type("paid cpm >1000000")
	term.WaitMatch(`\d+ found · sum Rp[\d.]+ · all of it came in · searched all`)
	eventually(t, "what fits alone", func() bool {
		screen := term.Screen()
		return !strings.Contains(screen, "declined") && !strings.Contains(screen, "CDM") && strings.Contains(screen, "▸")
	})
	term.Press("ctrl+u")
	term.Type("state:payd")
	term.WaitFor("Did you mean paid?")
	term.Press("ctrl+u")
	term.Type("bca paid")
	term.WaitMatch(`▸ .* CPM .* ✓ paid +BCA`)
	enter(t, term, "Enter open")
	enter(t, term, "To read out")
	term.WaitMatch(`BCA ··\d{4}`)
	term.Press("h")
	term.WaitFor("Help-desk slip")
	term.Press("esc")
	term.WaitFor("To read out")
	term.Press("esc")
	term.WaitFor("Filter: bca paid")
	term.Press("esc")
	term.WaitFor("500 in the journal")
	term.Press("d")
	term.WaitFor("Go to day:")
	term.Type("2025-06-15")
	term.WaitFor("2025-06-15")
	enter(t, term, "from 15 Jun 2025 back")
	term.Press("esc")
	term.WaitGone("from 15 Jun")
	term.Press("esc")
	leaveConsole(t, term)
}
