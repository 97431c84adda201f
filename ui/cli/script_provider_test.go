package cli

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"cashier/api"
	"cashier/api/sandbox"
	"cashier/api/snap"
)

// playProvider is a sandbox in a process of its own, with what the command has
// no flags for: customers in a hundredth of the time, notifications that are
// signed symmetrically, answers that are late.
func playProvider(args []string) int {
	flags := flag.NewFlagSet("provider", flag.ContinueOnError)
	o := sandbox.Options{Seed: 17}
	file := flags.String("write-config", "", "")
	symmetric := flags.Bool("symmetric", false, "")
	flags.Float64Var(&o.Scale, "scale", 0, "")
	flags.DurationVar(&o.Delay, "delay", 0, "")
	if err := flags.Parse(args); err != nil {
		return exitUsage
	}
	if *symmetric {
		o.NotifySignature = snap.Symmetric
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	if err := serveProvider(ctx, o, *file); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return exitOther
	}
	return exitOK
}

func serveProvider(ctx context.Context, o sandbox.Options, file string) error {
	box, err := sandbox.Open(o)
	if err != nil {
		return err
	}
	defer box.Close()
	listener, err := sandbox.Listen("127.0.0.1:0")
	if err != nil {
		return err
	}
	if err := writeSandboxConfig(ctx, box, file, listener.Addr().String()); err != nil {
		return err
	}
	fmt.Printf("{\"listen\":%q}\n", listener.Addr())
	return box.Serve(ctx, listener)
}

// keypair NAME: a provider's key in NAME.pem, what verifies it in NAME-public.pem.
func keypair(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: keypair NAME")
	}
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	ts.Check(err)
	private, err := x509.MarshalPKCS8PrivateKey(key)
	ts.Check(err)
	public, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	ts.Check(err)
	for name, block := range map[string]*pem.Block{
		".pem": {Type: "PRIVATE KEY", Bytes: private}, "-public.pem": {Type: "PUBLIC KEY", Bytes: public},
	} {
		ts.Check(os.WriteFile(ts.MkAbs(args[0]+name), pem.EncodeToMemory(block), 0o600))
	}
}

// tell [-stale] [-tamper] KEY URL EXTERNALID BODY FILE: posts a notification
// that is signed with the private key, and keeps what is answered. A stale one
// left ten minutes ago; a tampered one was changed on its way.
func tell(ts *testscript.TestScript, neg bool, args []string) {
	stale, tampered := false, false
	for ; len(args) > 0 && strings.HasPrefix(args[0], "-"); args = args[1:] {
		stale, tampered = stale || args[0] == "-stale", tampered || args[0] == "-tamper"
	}
	if neg || len(args) != 5 {
		ts.Fatalf("usage: tell [-stale] [-tamper] KEY URL EXTERNALID BODY FILE")
	}
	key, err := snap.ParsePrivateKey([]byte(ts.ReadFile(args[0])))
	ts.Check(err)
	to, err := url.Parse(args[1])
	ts.Check(err)
	left := time.Now()
	if stale {
		left = left.Add(-10 * time.Minute)
	}
	parts := snap.Parts{Kind: snap.Asymmetric, Method: http.MethodPost, Endpoint: to.RequestURI(), Timestamp: api.Timestamp(left), Body: []byte(args[3])}
	text, _, err := parts.StringToSign()
	ts.Check(err)
	signature, err := snap.SignRSA(key, text)
	ts.Check(err)
	body := args[3]
	if tampered {
		body = strings.Replace(body, `"00"`, `"06"`, 1)
		if body == args[3] {
			ts.Fatalf("there is nothing to change in %s", body)
		}
	}
	request, err := http.NewRequest(http.MethodPost, args[1], strings.NewReader(body))
	ts.Check(err)
	for name, value := range map[string]string{
		"Content-Type": "application/json", snap.HeaderTimestamp: parts.Timestamp, snap.HeaderExternalID: args[2],
		snap.HeaderPartnerID: "P1", snap.HeaderSignature: snap.Base64.Encode(signature),
	} {
		request.Header.Set(name, value)
	}
	answered(ts, request, args[4])
}

func answered(ts *testscript.TestScript, request *http.Request, file string) {
	answer, err := http.DefaultClient.Do(request)
	ts.Check(err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(file), append(bytes.TrimSpace(body), '\n'), 0o600))
}

// recorded is a request as it went by.
type recorded struct {
	Path   string
	Header http.Header
	Body   string
}

// record VARIABLE ADDR FILE: a proxy before ADDR; the variable is where it
// listens. The last notification that went by stands in FILE.
func record(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: record VARIABLE ADDR FILE")
	}
	onward := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: args[1]})
	file := ts.MkAbs(args[2])
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "notify") {
			body, err := io.ReadAll(r.Body)
			text, wrong := json.Marshal(recorded{r.URL.Path, r.Header, string(body)})
			if err != nil || wrong != nil || os.WriteFile(file, text, 0o600) != nil {
				panic(http.ErrAbortHandler)
			}
			r.Body = io.NopCloser(bytes.NewReader(body))
		}
		onward.ServeHTTP(w, r)
	}))
	ts.Defer(proxy.Close)
	ts.Setenv(args[0], proxy.Listener.Addr().String())
}

// replay FILE ADDR ANSWER: sends what was recorded once more, byte for byte,
// and keeps what is answered.
func replay(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: replay FILE ADDR ANSWER")
	}
	var what recorded
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &what))
	request, err := http.NewRequest(http.MethodPost, "http://"+args[1]+what.Path, strings.NewReader(what.Body))
	ts.Check(err)
	request.Header = what.Header
	answered(ts, request, args[2])
}

// apart FILE PATH PATH LEAST: so much time at least lies between two times of a
// JSON file, which are whole seconds.
func apart(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 4 {
		ts.Fatalf("usage: apart FILE PATH PATH LEAST")
	}
	at := func(path string) time.Time {
		text, _ := lookup(object(ts, args[0]), path)
		t, err := time.Parse(time.RFC3339, text)
		ts.Check(err)
		return t
	}
	least, err := time.ParseDuration(args[3])
	ts.Check(err)
	if got := at(args[2]).Sub(at(args[1])); got < least {
		ts.Fatalf("%s lie between %s and %s, want %s", got, args[1], args[2], least)
	}
}

// more ADDR NUMBER: waits until the sandbox there has had so many requests more
// than it has had by now.
func more(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: more ADDR NUMBER")
	}
	answer, err := http.Get("http://" + args[0] + "/_sandbox/ledger")
	ts.Check(err)
	defer answer.Body.Close()
	var ledger struct{ Requests int }
	ts.Check(json.NewDecoder(answer.Body).Decode(&ledger))
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	asked(ts, false, []string{args[0], strconv.Itoa(ledger.Requests + n)})
}
