package cli

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	_ "cashier/ui/term/dark" // as main.go does
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"cashier":  func() { os.Exit(Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) },
		"provider": func() { os.Exit(playProvider(os.Args[1:])) },
	})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(e *testscript.Env) error {
			for name, folder := range map[string]string{"HOME": "home", "XDG_STATE_HOME": "state", "XDG_CONFIG_HOME": "config"} {
				path := filepath.Join(e.WorkDir, folder)
				if err := os.Mkdir(path, 0o700); err != nil {
					return err
				}
				e.Setenv(name, path)
			}
			e.Setenv("GORACE", os.Getenv("GORACE"))
			e.Values[childrenKey{}] = map[string]*child{}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "json": jsonField, "setjson": setJSON, "shape": shape,
			"start": start, "end": end, "post": post, "fetch": fetch, "send": send, "until": until, "await": await, "nowhere": nowhere, "hurry": hurry, "editjson": editJSON, "asked": asked, "perm": perm, "leave": leave, "codefile": codefile,
			"keypair": keypair, "tell": tell, "record": record, "replay": replay, "full": full, "apart": apart, "more": more,
		},
	})
}

// exits CODE COMMAND…: runs it and wants that exit code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND ARGUMENT…")
	}
	err := ts.Exec(args[1], args[2:]...)
	got := 0
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		got = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if want, err := strconv.Atoi(args[0]); err != nil || got != want {
		ts.Fatalf("exit code %d, want %s\nstdout: %s\nstderr: %s", got, args[0], ts.ReadFile("stdout"), ts.ReadFile("stderr"))
	}
}

// object reads a file that holds exactly one JSON value in one line.
func object(ts *testscript.TestScript, file string) any {
	text := ts.ReadFile(file)
	if !strings.HasSuffix(text, "\n") || strings.Count(text, "\n") != 1 {
		ts.Fatalf("%s is not one line: %q", file, text)
	}
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var v any
	if err := decoder.Decode(&v); err != nil {
		ts.Fatalf("%s: %v in %q", file, err, text)
	}
	return v
}

// lookup walks a path such as items.0.state; len is a list's length.
func lookup(v any, path string) (string, bool) {
	for _, part := range strings.Split(path, ".") {
		switch at := v.(type) {
		case map[string]any:
			next, ok := at[part]
			if !ok {
				return "", false
			}
			v = next
		case []any:
			if part == "len" {
				v = json.Number(strconv.Itoa(len(at)))
				continue
			}
			i, err := strconv.Atoi(part)
			if err != nil || i < 0 || i >= len(at) {
				return "", false
			}
			v = at[i]
		default:
			return "", false
		}
	}
	switch v.(type) {
	case map[string]any, []any:
		text, err := json.Marshal(v)
		return string(text), err == nil
	}
	return fmt.Sprint(v), true
}

// json FILE PATH [PATTERN]: the value is there, and matches as a whole.
func jsonField(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 && len(args) != 3 {
		ts.Fatalf("usage: json FILE PATH [PATTERN]")
	}
	v := object(ts, args[0])
	got, there := lookup(v, args[1])
	good := there
	if good && len(args) == 3 {
		pattern, err := regexp.Compile("^(?:" + args[2] + ")$")
		if err != nil {
			ts.Fatalf("%v", err)
		}
		good = pattern.MatchString(got)
	}
	if good == neg {
		ts.Fatalf("%s is %q (there: %v), want %q, negated: %v\nin %s", args[1], got, there, args[2:], neg, ts.ReadFile(args[0]))
	}
}

// setjson NAME FILE PATH: an environment variable from a value.
func setJSON(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: setjson NAME FILE PATH")
	}
	v, there := lookup(object(ts, args[1]), args[2])
	if !there {
		ts.Fatalf("there is no %s in %s", args[2], ts.ReadFile(args[1]))
	}
	ts.Setenv(args[0], v)
}

// The JSON contract of DESIGN.md 5: the fields of each object; those with a
// question mark may be absent.
var shapes = map[string][]string{
	"transaction": {
		"reference", "sale", "kind", "state", "provider", "service", "amount", "responseCode", "responseMessage", "advice",
		"externalId", "providerReference", "createdAt", "updatedAt", "qr?", "deposits?", "refunds?", "lookup?", "events",
	},
	"event": {"at", "service", "externalId", "httpStatus", "responseCode", "state", "latencyMs"},
	"deposit": {
		"state", "latestTransactionStatus", "originalReferenceNo", "channelReferNo", "machineNumber", "amount", "feeAmount",
		"totalAmount", "createTime?", "returnTime?", "flag?",
	},
	"row":      {"reference", "kind", "state", "provider", "amount", "bookedDeposits", "label", "createdAt", "updatedAt"},
	"refund":   {"reference", "amount", "state", "refundNo"},
	"customer": {"id", "outcome", "qrContent"},
	"amount":   {"value", "currency"},
	"error":    {"error"},
	"fault":    {"code", "message", "advice"},
	"sign":     {"stringToSign", "bodyDigest", "signature"},
	"finding":  {"check", "status", "message", "advice"},
	"items":    {"items"},
}

var (
	valuePattern = regexp.MustCompile(`^\d+\.\d\d$`)
	timePattern  = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+07:00$`)
)

// shape NAME FILE: the one JSON object has the fields of the contract, those
// within it too.
func shape(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 || shapes[args[0]] == nil {
		ts.Fatalf("usage: shape NAME FILE")
	}
	if err := hasShape(args[0], object(ts, args[1])); err != nil {
		ts.Fatalf("%v\nin %s", err, ts.ReadFile(args[1]))
	}
}

func hasShape(name string, v any) error {
	o, ok := v.(map[string]any)
	if !ok {
		return fmt.Errorf("%s is no object: %v", name, v)
	}
	known := map[string]bool{}
	for _, field := range shapes[name] {
		field, optional := strings.CutSuffix(field, "?")
		known[field] = true
		if _, there := o[field]; !there && !optional {
			return fmt.Errorf("%s has no %s", name, field)
		}
	}
	for field, v := range o {
		if !known[field] {
			return fmt.Errorf("%s has %s, which is not in the contract", name, field)
		}
		if err := fieldShape(field, v); err != nil {
			return fmt.Errorf("%s.%s: %w", name, field, err)
		}
	}
	return nil
}

func fieldShape(field string, v any) error {
	text, isText := v.(string)
	list := map[string]string{"events": "event", "deposits": "deposit", "refunds": "refund", "items": "row"}[field]
	switch {
	case field == "amount" || strings.HasSuffix(field, "Amount"):
		return hasShape("amount", v)
	case field == "value":
		if !isText || !valuePattern.MatchString(text) {
			return fmt.Errorf("%v is no amount", v)
		}
	case field == "error":
		return hasShape("fault", v)
	case field == "lookup":
		if o, ok := v.(map[string]any); !ok || o["asked"] == nil || o["oddities"] == nil {
			return fmt.Errorf("%v is no lookup", v)
		}
	case field == "at", strings.HasSuffix(field, "At"), strings.HasSuffix(field, "Time"):
		if !isText || !timePattern.MatchString(text) {
			return fmt.Errorf("%v is no time in +07:00", v)
		}
	case list != "":
		items, ok := v.([]any)
		if !ok {
			return fmt.Errorf("%v is no list", v)
		}
		for _, item := range items {
			if o, ok := item.(map[string]any); ok && list == "row" {
				for field, other := range map[string]string{"check": "finding", "events": "transaction", "qrContent": "customer"} {
					if o[field] != nil {
						list = other
					}
				}
			}
			if err := hasShape(list, item); err != nil {
				return err
			}
		}
	case slices.Contains([]string{"httpStatus", "latencyMs", "bookedDeposits"}, field):
		if _, ok := v.(json.Number); !ok {
			return fmt.Errorf("%v is no number", v)
		}
	case !isText:
		return fmt.Errorf("%v is no text", v)
	}
	return nil
}

// child is a command that runs beside the script.
type child struct {
	cmd    *exec.Cmd
	stdout *bufio.Reader
	seen   []string // lines that await has read
	stderr bytes.Buffer
}

type childrenKey struct{}

// start [-silent] NAME COMMAND…: runs it beside the script, returns when it has
// written its first line, and keeps that line in the file NAME.line. A silent
// one is not waited for.
func start(ts *testscript.TestScript, neg bool, args []string) {
	silent := len(args) > 0 && args[0] == "-silent"
	if silent {
		args = args[1:]
	}
	if neg || len(args) < 2 {
		ts.Fatalf("usage: start [-silent] NAME COMMAND ARGUMENT…")
	}
	program, err := find(args[1], ts.Getenv("PATH"))
	ts.Check(err)
	c := &child{cmd: exec.Command(program, args[2:]...)}
	c.cmd.Dir = ts.MkAbs(".")
	for _, name := range []string{"PATH", "HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "TMPDIR", "GORACE"} {
		c.cmd.Env = append(c.cmd.Env, name+"="+ts.Getenv(name))
	}
	c.cmd.Stderr = &c.stderr
	pipe, err := c.cmd.StdoutPipe()
	ts.Check(err)
	ts.Check(c.cmd.Start())
	c.stdout = bufio.NewReader(pipe)
	ts.Defer(func() {
		if c.cmd.ProcessState == nil { // the script has not stopped it
			if err := c.cmd.Process.Kill(); err == nil {
				_ = c.cmd.Wait()
			}
		}
	})
	ts.Value(childrenKey{}).(map[string]*child)[args[0]] = c
	if silent {
		return
	}
	line, err := c.stdout.ReadString('\n')
	if err != nil {
		_ = c.cmd.Wait()
		ts.Fatalf("%s ended without a line: %v\n%s", args[0], err, c.stderr.String())
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]+".line"), []byte(line), 0o600))
}

func find(name, path string) (string, error) {
	for _, folder := range filepath.SplitList(path) {
		if file := filepath.Join(folder, name); isFile(file) {
			return file, nil
		}
	}
	return "", fmt.Errorf("there is no %s in %s", name, path)
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// end NAME INT|TERM|KILL|NONE CODE: sends the signal, waits for the end and wants
// that exit code, -1 for KILL. What was written after the first line is then in the file
// NAME.rest.
func end(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: end NAME INT|TERM|KILL|NONE CODE")
	}
	c := ts.Value(childrenKey{}).(map[string]*child)[args[0]]
	if c == nil {
		ts.Fatalf("%s was not started", args[0])
	}
	switch args[1] {
	case "INT":
		ts.Check(c.cmd.Process.Signal(os.Interrupt))
	case "TERM":
		ts.Check(c.cmd.Process.Signal(syscall.SIGTERM))
	case "KILL":
		ts.Check(c.cmd.Process.Kill())
	case "NONE": // by itself
	default:
		ts.Fatalf("there is no signal %s", args[1])
	}
	rest, err := io.ReadAll(c.stdout)
	ts.Check(err)
	err = c.cmd.Wait()
	if _, ok := errors.AsType[*exec.ExitError](err); err != nil && !ok {
		ts.Fatalf("%v", err)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]+".rest"), rest, 0o600))
	if got := strconv.Itoa(c.cmd.ProcessState.ExitCode()); got != args[2] {
		ts.Fatalf("%s ended with %s, want %s\n%s", args[0], got, args[2], c.stderr.String())
	}
}

// post URL BODY: a control call to the sandbox.
func post(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: post URL BODY")
	}
	answer, err := http.Post(args[0], "application/json", strings.NewReader(args[1]))
	ts.Check(err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	ts.Check(err)
	if good := answer.StatusCode/100 == 2; good == neg {
		ts.Fatalf("%s: %s", answer.Status, body)
	}
}

// asked ADDR NUMBER: waits until the sandbox there has had so many requests.
func asked(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: asked ADDR NUMBER")
	}
	want, err := strconv.Atoi(args[1])
	ts.Check(err)
	for deadline := time.Now().Add(20 * time.Second); ; {
		answer, err := http.Get("http://" + args[0] + "/_sandbox/ledger")
		ts.Check(err)
		var ledger struct{ Requests int }
		err = json.NewDecoder(answer.Body).Decode(&ledger)
		answer.Body.Close()
		ts.Check(err)
		if ledger.Requests >= want {
			return
		}
		if time.Now().After(deadline) {
			ts.Fatalf("the sandbox has had %d requests, want %d", ledger.Requests, want)
		}
	}
}

// editjson FILE PATH VALUE: sets a value of a JSON file; VALUE is JSON.
func editJSON(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: editjson FILE PATH VALUE")
	}
	var root, value any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &root))
	ts.Check(json.Unmarshal([]byte(args[2]), &value))
	at, ok := root.(map[string]any)
	parts := strings.Split(args[1], ".")
	for _, part := range parts[:len(parts)-1] {
		if ok {
			at, ok = at[part].(map[string]any)
		}
	}
	if !ok {
		ts.Fatalf("%s has no %s", args[0], args[1])
	}
	at[parts[len(parts)-1]] = value
	text, err := json.Marshal(root)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), append(text, '\n'), 0o600))
}

// perm FILE MODE: the file has these permissions.
func perm(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: perm FILE MODE")
	}
	info, err := os.Stat(ts.MkAbs(args[0]))
	ts.Check(err)
	if got := fmt.Sprintf("%04o", info.Mode().Perm()); got != args[1] {
		ts.Fatalf("%s has %s, want %s", args[0], got, args[1])
	}
}

// TestShapes proves that a shape can be missed.
func TestShapes(t *testing.T) {
	for _, c := range []struct {
		name, text string
		good       bool
	}{
		{"error", `{"error":{"code":"a","message":"b","advice":"c"}}`, true},
		{"error", `{"error":{"code":"a","message":"b"}}`, false},
		{"error", `{"error":{"code":"a","message":"b","advice":"c"},"more":1}`, false},
		{"amount", `{"value":"1.00","currency":"IDR"}`, true},
		{"amount", `{"value":"1.0","currency":"IDR"}`, false},
		{"amount", `{"value":1.00,"currency":"IDR"}`, false},
		{"items", `{"items":[]}`, true},
		{"items", `{"items":[{}]}`, false},
		{"items", `{"items":null}`, false},
		{"event", `{"at":"2026-11-20T10:00:00Z","service":"","externalId":"","httpStatus":0,"responseCode":"","state":"","latencyMs":0}`, false},
	} {
		decoder := json.NewDecoder(strings.NewReader(c.text))
		decoder.UseNumber()
		var v any
		if err := decoder.Decode(&v); err != nil {
			t.Fatal(err)
		}
		if err := hasShape(c.name, v); (err == nil) != c.good {
			t.Errorf("%s %s: %v", c.name, c.text, err)
		}
	}
	if !reflect.DeepEqual(csvColumns[:3], []string{"reference", "kind", "state"}) {
		t.Errorf("the first columns of an export are %q", csvColumns[:3])
	}
}
