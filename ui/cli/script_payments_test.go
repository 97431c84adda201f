package cli

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"cashier/qr/emv"
)

// fetch URL FILE: what a control call of the sandbox answers.
func fetch(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: fetch URL FILE")
	}
	answer, err := http.Get(args[0])
	ts.Check(err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), body, 0o600))
}

// send URL BODY FILE: posts, and keeps what is answered.
func send(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: send URL BODY FILE")
	}
	answer, err := http.Post(args[0], "application/json", strings.NewReader(args[1]))
	ts.Check(err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), append(bytes.TrimSpace(body), '\n'), 0o600))
}

// until ADDR PATH VALUE: waits until the sandbox's ledger says so.
func until(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: until ADDR PATH VALUE")
	}
	for deadline := time.Now().Add(20 * time.Second); ; {
		answer, err := http.Get("http://" + args[0] + "/_sandbox/ledger")
		ts.Check(err)
		var ledger any
		err = json.NewDecoder(answer.Body).Decode(&ledger)
		answer.Body.Close()
		ts.Check(err)
		got, there := lookup(ledger, args[1])
		if there && got == args[2] {
			return
		}
		if time.Now().After(deadline) {
			ts.Fatalf("%s is %q (there: %v), want %s", args[1], got, there, args[2])
		}
	}
}

// await NAME PATTERN: waits until what runs beside the script has written a
// line that matches, or sees that it has.
func await(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: await NAME PATTERN")
	}
	c := ts.Value(childrenKey{}).(map[string]*child)[args[0]]
	if c == nil {
		ts.Fatalf("%s was not started", args[0])
	}
	pattern, err := regexp.Compile(args[1])
	ts.Check(err)
	if slices.ContainsFunc(c.seen, pattern.MatchString) {
		return
	}
	late := time.AfterFunc(20*time.Second, func() { _ = c.cmd.Process.Kill() }) // the reading then ends
	defer late.Stop()
	for {
		line, err := c.stdout.ReadString('\n')
		if err != nil {
			ts.Fatalf("%s has written no line like %q: %v\n%s", args[0], args[1], err, strings.Join(c.seen, ""))
		}
		c.seen = append(c.seen, line)
		if pattern.MatchString(line) {
			return
		}
	}
}

// quick is a plan of payments in a hundredth of the default's times. What the
// wire spells in whole seconds is longer.
const quick = `{"payments":{
	"ask":["10ms","20ms","30ms","30ms","50ms"],"window":"600ms","expiry":"60s","noCancelBefore":"150ms",
	"cancelAgain":["50ms","100ms","300ms"],"settle":"300ms","sweep":["300ms","600ms","600ms","600ms","3s","3s","9s"],
	"recheck":["3s","36s"],"notFoundOver":"600ms","similar":"10m"}}`

// hurry FILE: the profile of a sandbox's config asks in a hundredth of the time.
func hurry(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: hurry FILE")
	}
	editJSON(ts, false, []string{args[0], "profiles.sandbox.poll", quick})
}

// nowhere CODEFILE FOLDER…: neither the code in the file nor its PAN is in any
// file of the folders, whichever way it is spelt. What was searched is first
// shown to be found where it is: in a file that holds all of it.
func nowhere(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: nowhere CODEFILE FOLDER…")
	}
	code := strings.TrimSpace(ts.ReadFile(args[0]))
	read, err := emv.DecodeCPM(code)
	ts.Check(err)
	application, _ := read.Application()
	raw, err := base64.StdEncoding.DecodeString(code)
	ts.Check(err)
	quoted, err := json.Marshal(code)
	ts.Check(err)
	canaries := map[string][]byte{"base64": []byte(code), "bytes": raw, "PAN": []byte(application.PAN()), "JSON": quoted[1 : len(quoted)-1]}
	spelt := map[string]string{}
	for name, canary := range canaries {
		spelt[name], spelt[name+" in hex"] = string(canary), hex.EncodeToString(canary)
		spelt[name+" in HEX"] = strings.ToUpper(hex.EncodeToString(canary))
		spelt[name+" in base64"] = base64.RawStdEncoding.EncodeToString(canary)
	}
	search := func(text string) (found []string) {
		for name, canary := range spelt {
			if strings.Contains(text, canary) {
				found = append(found, name)
			}
		}
		return found
	}
	control := ""
	for _, canary := range spelt {
		control += "\x00" + canary
	}
	if found := search(control); len(found) != len(spelt) {
		ts.Fatalf("of %d spellings only %q would be found", len(spelt), found)
	}
	files := 0
	for _, folder := range args[1:] {
		ts.Check(filepath.WalkDir(ts.MkAbs(folder), func(path string, entry fs.DirEntry, err error) error {
			if err != nil || !entry.Type().IsRegular() {
				return err
			}
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			files++
			if found := search(string(text)); len(found) > 0 {
				ts.Fatalf("%s holds the customer's code as %q", path, found)
			}
			return nil
		}))
	}
	if files == 0 {
		ts.Fatalf("nothing was searched")
	}
}
