//go:build unix

package cli

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/zalando/go-keyring"

	"cashier/api"
	"cashier/api/sandbox"
	"cashier/ui/ptytest"
	"cashier/ui/term"
)

const (
	// canaryKeyring names a file of service/user=value lines, \n for line
	// ends: the keyring of a program that is started again.
	canaryKeyring = "CASHIER_CANARY_KEYRING"
	// canaryCrash names a pipe: what is written to it is what the program
	// panics with, in a goroutine.
	canaryCrash = "CASHIER_CANARY_CRASH"
)

func init() {
	if file := os.Getenv(canaryKeyring); file != "" {
		keyring.MockInit()
		text, err := os.ReadFile(file)
		if err != nil {
			panic(err)
		}
		for line := range strings.Lines(string(text)) {
			name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
			service, user, _ := strings.Cut(name, "/")
			if err := keyring.Set(service, user, strings.ReplaceAll(value, `\n`, "\n")); err != nil {
				panic(err)
			}
		}
	}
	if pipe := os.Getenv(canaryCrash); pipe != "" {
		go func() {
			if text, err := os.ReadFile(pipe); err == nil {
				term.Go(func() { panic(string(text)) })
			}
		}()
	}
}

// Places in the keyring.
const (
	keyringKey    = "cashier-canary/key"
	keyringSecret = "cashier-canary/secret"
)

// mine is a machine with canaries for secrets and a provider that sees the
// tokens.
type mine struct {
	t       *testing.T
	box     *sandbox.Sandbox
	home    string // what is searched: state, crash files, exports, pictures
	secrets string // where the secrets and the config are
	config  string
	env     []string

	key           *rsa.PrivateKey
	keyPEM        []byte
	clientSecret  string
	keyringSecret string
	mu            sync.Mutex
	tokens        []string
	met           func(service string, w http.ResponseWriter, r *http.Request) bool // answers a request itself; may be nil

	places map[string][]byte // what was said, by whom
}

func newMine(t *testing.T) *mine {
	t.Helper()
	box, err := sandbox.Open(sandbox.Options{GenerateKey: killKey, Delay: time.Minute, Hold: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	m := &mine{
		t: t, box: box, home: t.TempDir(), secrets: t.TempDir(), places: map[string][]byte{},
		keyringSecret: "keyring-canary-5d0f6a93c2e84b71",
	}
	server := httptest.NewServer(m.listen(box.Handler()))
	t.Cleanup(func() {
		server.Close()
		if err := box.Close(); err != nil {
			t.Error(err)
		}
	})
	m.config = filepath.Join(m.secrets, "config.json")
	m.must(box.WriteConfig(m.config, strings.TrimPrefix(server.URL, "http://")))
	credentials, err := box.Keys(t.Context())
	m.must(err)
	m.key, m.clientSecret = credentials.PrivateKey, string(credentials.ClientSecret)
	m.keyPEM, err = credentials.PrivateKeyPEM()
	m.must(err)
	m.writeProfiles()
	ring := fmt.Sprintf("%s=%s\n%s=%s\n", keyringKey, strings.ReplaceAll(string(m.keyPEM), "\n", `\n`), keyringSecret, m.keyringSecret)
	m.must(os.WriteFile(filepath.Join(m.secrets, "keyring"), []byte(ring), 0o600))
	self, err := os.Executable()
	m.must(err)
	m.must(os.Symlink(self, filepath.Join(m.secrets, "cashier")))
	m.env = []string{
		"HOME=" + m.home, "XDG_STATE_HOME=" + filepath.Join(m.home, "state"), "XDG_CONFIG_HOME=" + filepath.Join(m.home, "config"),
		"TMPDIR=" + m.home, "LANG=en_US.UTF-8", "TERM=xterm-256color", "GORACE=" + os.Getenv("GORACE"),
		canaryKeyring + "=" + filepath.Join(m.secrets, "keyring"), "CANARY_SECRET=" + m.clientSecret, "CANARY_TOKEN=token-canary-0f3b7d51aa",
	}
	return m
}

// listen keeps the access tokens that the provider gives.
func (m *mine) listen(provider http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
			m.mu.Lock()
			if !slices.Contains(m.tokens, token) {
				m.tokens = append(m.tokens, token)
			}
			m.mu.Unlock()
		}
		if m.met == nil || !m.met(serviceOf(r), w, r) {
			provider.ServeHTTP(w, r)
		}
	})
}

// writeProfiles adds to the sandbox's profile those that keep their secrets
// elsewhere, that sign with the client secret, and that are wrong.
func (m *mine) writeProfiles() {
	m.t.Helper()
	var file map[string]any
	text, err := os.ReadFile(m.config)
	m.must(err)
	m.must(json.Unmarshal(text, &file))
	profiles := file["profiles"].(map[string]any)
	base, err := json.Marshal(profiles["sandbox"])
	m.must(err)
	add := func(name string, change func(provider map[string]any)) {
		var profile map[string]any
		m.must(json.Unmarshal(base, &profile))
		provider := profile["providers"].(map[string]any)["paycools"].(map[string]any)
		provider["retryPause"] = "1ms"
		change(provider)
		profiles[name] = profile
	}
	add("sandbox", func(map[string]any) {})
	add("hasty", func(p map[string]any) { p["timeouts"] = map[string]any{"73": "300ms", "90": "300ms", "91": "300ms"} })
	add("keyring", func(p map[string]any) { p["privateKey"] = map[string]any{"keyring": keyringKey} })
	add("symmetric", func(p map[string]any) { p["signature"] = map[string]any{"90": "symmetric"} })
	add("ring-secret", func(p map[string]any) {
		p["signature"] = map[string]any{"90": "symmetric"}
		p["clientSecret"] = map[string]any{"keyring": keyringSecret}
	})
	add("env-secret", func(p map[string]any) {
		p["signature"] = map[string]any{"90": "symmetric"}
		p["clientSecret"] = map[string]any{"env": "CANARY_SECRET"}
	})
	add("readable", func(p map[string]any) {
		p["privateKey"] = map[string]any{"file": m.secret("readable.pem", m.keyPEM, 0o644)}
	})
	add("broken", func(p map[string]any) {
		p["privateKey"] = map[string]any{"file": m.secret("broken.pem", m.keyPEM[:len(m.keyPEM)/2], 0o600)}
	})
	text, err = json.MarshalIndent(file, "", "  ")
	m.must(err)
	m.must(os.WriteFile(m.config, text, 0o600))
	// Secrets where none may stand.
	add("inline", func(p map[string]any) {
		p["privateKey"], p["clientSecret"] = string(m.keyPEM), map[string]any{m.keyringSecret: m.clientSecret}
		p["baseUrl"] = "https://user:" + m.clientSecret + "@paycools.example"
	})
	text, err = json.MarshalIndent(file, "", "  ")
	m.must(err)
	m.must(os.WriteFile(filepath.Join(m.secrets, "inline.json"), text, 0o600))
}

func (m *mine) secret(name string, value []byte, mode os.FileMode) string {
	path := filepath.Join(m.secrets, name)
	m.must(os.WriteFile(path, value, mode))
	m.must(os.Chmod(path, mode))
	return path
}

func (m *mine) must(err error) {
	m.t.Helper()
	if err != nil {
		m.t.Fatal(err)
	}
}

// run runs a command of the program, keeps what it says and wants its exit code.
func (m *mine) run(exit int, args ...string) []byte {
	m.t.Helper()
	return m.runWith(exit, nil, append([]string{"--config", m.config}, args...)...)
}

func (m *mine) runWith(exit int, stdin []byte, args ...string) []byte {
	m.t.Helper()
	cmd := exec.CommandContext(m.t.Context(), filepath.Join(m.secrets, "cashier"), args...)
	cmd.Env, cmd.Dir, cmd.Stdin = m.env, m.home, bytes.NewReader(stdin)
	var out, complaint bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaint
	err := cmd.Run()
	code := 0
	if e, ok := errors.AsType[*exec.ExitError](err); ok {
		code = e.ExitCode()
	} else if err != nil {
		m.t.Fatal(err)
	}
	if exit >= 0 && code != exit {
		m.t.Fatalf("%q ended with %d, want %d\n%s\n%s", args, code, exit, &out, &complaint)
	}
	name := fmt.Sprintf("%d %s", len(m.places), strings.Join(args, " "))
	m.places[name+" stdout"], m.places[name+" stderr"] = out.Bytes(), complaint.Bytes()
	return out.Bytes()
}

// collect adds every file below home to the places.
func (m *mine) collect() {
	m.t.Helper()
	m.must(filepath.WalkDir(m.home, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(path)
		m.places[path] = text
		return err
	}))
}

// with gives the places whose name holds part, and fails when there is none.
func (m *mine) with(part string) map[string][]byte {
	m.t.Helper()
	found := map[string][]byte{}
	for name, text := range m.places {
		if strings.Contains(name, part) {
			found[name] = text
		}
	}
	if len(found) == 0 {
		m.t.Errorf("nothing is called %q", part)
	}
	return found
}

// canaries are all secrets of the run, in the forms that people and programs
// give them.
func (m *mine) canaries() map[string][]byte {
	all := map[string][]byte{
		"client secret": []byte(m.clientSecret), "keyring value": []byte(m.keyringSecret), "given token": []byte("token-canary-0f3b7d51aa"),
		"private exponent": m.key.D.Bytes(), "private exponent in digits": []byte(m.key.D.String()),
		"key as PKCS #1": x509.MarshalPKCS1PrivateKey(m.key),
	}
	block, _ := pem.Decode(m.keyPEM)
	all["key as PKCS #8"] = block.Bytes
	for i, prime := range m.key.Primes {
		all[fmt.Sprintf("prime %d", i)] = prime.Bytes()
		all[fmt.Sprintf("prime %d in digits", i)] = []byte(prime.String())
	}
	for i, line := range strings.Fields(string(m.keyPEM)) {
		if len(line) == 64 {
			all[fmt.Sprintf("line %d of the key", i)] = []byte(line)
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for i, token := range m.tokens {
		all[fmt.Sprintf("access token %d", i)] = []byte(token)
	}
	return all
}

// TestNoSecretIsLeftAnywhere uses every secret in a whole day and then looks
// for it, in every spelling, in all that the day left behind.
func TestNoSecretIsLeftAnywhere(t *testing.T) {
	t.Parallel()
	m := newMine(t)
	const planted = "PLANTED-c4n4ry-77"
	m.day(planted)
	m.crash(planted)
	m.collect()

	canaries := m.canaries()
	if len(m.tokens) < 10 {
		t.Errorf("only %d tokens were seen", len(m.tokens))
	}
	for _, leak := range search(m.places, canaries) {
		t.Errorf("found: %s", leak)
	}
	// The search finds a canary that was planted by the program's own ways, in
	// each kind of place.
	control := map[string][]byte{"planted": []byte(planted)}
	for _, place := range []string{
		"sandbox.db", "export.csv", "export.json", "generate --reference " + planted + " --courier-name " + planted + " --json stdout", "history show", "crash-",
		"the screen's bytes", "the screen", " " + planted + " stderr",
	} {
		if len(search(m.with(place), control)) == 0 {
			t.Errorf("the planted canary is not found in %s", place)
		}
	}
	// And each canary in each spelling, in the middle of other bytes.
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
	t.Logf("%d canaries in %d spellings, searched for in %d places", len(canaries), n, len(m.places))
}

// day is everything that the commands do, well and badly.
func (m *mine) day(planted string) {
	t := m.t
	text := m.run(exitOK, "cdm", "generate", "--reference", planted, "--courier-name", planted, "--json")
	var made struct {
		Reference api.Reference `json:"reference"`
		QR        string        `json:"qr"`
	}
	m.must(json.Unmarshal(text, &made))
	m.run(exitOK, "cdm", "generate")
	m.run(exitOK, "--profile", "keyring", "--store", filepath.Join(m.home, "keyring.db"), "cdm", "generate")
	for _, profile := range []string{"symmetric", "ring-secret", "env-secret"} { // PayCools wants another signature
		m.run(exitEnded, "--profile", profile, "--store", filepath.Join(m.home, profile+".db"), "cdm", "generate", "--json")
	}
	for _, status := range []string{sandbox.StatusBooked, sandbox.StatusWaiting} {
		_, err := m.box.Deposit(t.Context(), sandbox.DepositRequest{Code: made.QR, Machine: "M1", Amount: api.IDR(50_000_00), Status: status})
		m.must(err)
	}
	m.run(exitOK, "cdm", "query", string(made.Reference), "--json")
	if text := m.run(exitOK, "cdm", "watch", string(made.Reference), "--for", "300ms"); !bytes.Contains(text, []byte("Rp50.000")) {
		t.Errorf("watch said %q", text)
	}
	const watched = "WATCHED"
	m.run(-1, "--profile", "hasty", "cdm", "generate", "--reference", watched)
	for _, kind := range sandbox.Kinds() {
		for _, service := range []string{"73", "90", "91"} {
			m.box.ClearFaults()
			m.must(m.box.AddFault(service + ":" + string(kind) + ":1:1"))
			command := []string{"--profile", "hasty", "cdm", "generate", "--json"}
			if service == "91" {
				command = []string{"--profile", "hasty", "cdm", "query", watched}
			}
			m.run(-1, command...) // whatever comes of it
		}
	}
	m.box.ClearFaults()

	for _, profile := range []string{"readable", "broken"} {
		m.run(exitConfig, "--profile", profile, "--store", filepath.Join(m.home, profile+".db"), "cdm", "generate")
		m.run(exitConfig, "--profile", profile, "--store", filepath.Join(m.home, profile+".db"), "doctor", "--json")
	}
	inline := filepath.Join(m.secrets, "inline.json")
	for _, command := range [][]string{{"config", "check"}, {"doctor"}, {"cdm", "generate", "--json"}} {
		m.runWith(exitConfig, nil, append([]string{"--config", inline}, command...)...)
	}
	m.runWith(exitUsage, nil, planted)
	m.run(exitOK, "config", "check")
	m.run(exitOK, "doctor")
	m.run(exitOK, "doctor", "--json")
	m.run(exitOK, "history", "list")
	m.run(exitOK, "history", "show", string(made.Reference))
	m.run(exitOK, "history", "export", "--format", "csv", "--output", filepath.Join(m.home, "export.csv"))
	m.run(exitOK, "history", "export", "--format", "json", "--output", filepath.Join(m.home, "export.json"))
	m.run(exitOK, "history", "export")
	at := api.Timestamp(time.Now())
	key := filepath.Join(m.secrets, "config-private-key.pem")
	m.run(exitOK, "sign", "token", "--client-key", "app", "--private-key", key, "--timestamp", at, "--json")
	m.run(exitConfig, "sign", "token", "--client-key", "app", "--private-key", filepath.Join(m.secrets, "broken.pem"), "--timestamp", at)
	m.runWith(exitOK, []byte(`{"a":1}`), "sign", "request", "--kind", "asymmetric", "--method", "POST", "--path", "/v1.0/x", "--body", "-",
		"--timestamp", at, "--private-key", key, "--json")
}

// crash is a console that shows, watches and then panics with all it knows.
func (m *mine) crash(planted string) {
	t := m.t
	pipe := filepath.Join(m.secrets, "crash")
	m.must(syscall.Mkfifo(pipe, 0o600))
	screen := ptytest.Start(t, ptytest.Options{
		Cmd: filepath.Join(m.secrets, "cashier"), Args: []string{"--config", m.config, "--lang", "en"}, Dir: m.home, Cols: 120, Rows: 40,
		Answer: ptytest.Silent, Env: append(slices.Clone(m.env), canaryCrash+"="+pipe),
	})
	screen.WaitFor("SANDBOX")
	screen.Press("1")
	screen.WaitFor("Who deposits?")
	for _, v := range []string{"42", planted, "081234567890", "R1", "0123"} {
		screen.Press("ctrl+u")
		oneByOne(screen, v) // keys that come together on a busy machine are a scanner's
		screen.Press("enter")
	}
	screen.Press("ctrl+s")
	screen.WaitFor("Enter do it")
	screen.Press("y")
	id := screen.WaitMatch(`userid\d{12}`)[0]
	_, err := m.box.Deposit(t.Context(), sandbox.DepositRequest{Code: id, Machine: "M1", Amount: api.IDR(70_000_00)})
	m.must(err)
	screen.WaitFor("Rp70.000")
	m.places["the screen"] = []byte(screen.Screen())

	block, _ := pem.Decode(m.keyPEM)
	var all strings.Builder
	fmt.Fprintf(&all, "%s %s %x %q %v %s %x %+v", planted, m.keyPEM, block.Bytes, m.keyPEM, m.keyPEM, m.key.D, m.key.Primes[0], m.key.Primes)
	m.must(os.WriteFile(pipe, []byte(all.String()), 0))
	if code := screen.WaitExit(); code != exitOther {
		t.Errorf("the crash ended with %d", code)
	}
	m.places["the screen's bytes"] = screen.Raw()
	m.places["the screen after the crash"] = []byte(screen.Screen())
	files, err := filepath.Glob(filepath.Join(m.home, "state", "cashier", "crashes", "crash-*"))
	if err != nil || len(files) != 1 {
		t.Fatalf("crash files: %v %v", files, err)
	}
	text, err := os.ReadFile(files[0])
	if err != nil || !regexp.MustCompile(`panic: .*\[secret\]`).Match(text) {
		t.Errorf("the crash file: %q %v", text, err)
	}
}
