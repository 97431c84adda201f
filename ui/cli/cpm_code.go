package cli

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	xterm "github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"cashier/api"
	"cashier/api/till"
	"cashier/qr/emv"
	"cashier/ui/config"
	"cashier/ui/words"
)

// maxCodeRead is how much of a code's source is read: enough to see that it is
// too long.
const maxCodeRead = 4 * emv.MaxLength

// readCode reads a customer's code from where --qr says: "-" is standard
// input, "@FILE" a file. One line end behind it is not part of it. No error
// repeats what was read, nor the flag, which may be a code.
func (a *app) readCode(ctx context.Context, from string) (string, error) {
	var text []byte
	var err error
	switch file, isFile := strings.CutPrefix(from, "@"); {
	case from == "":
		return "", usagef(`cpm pay needs the customer's code: --qr - reads it from standard input, --qr @FILE from a file`)
	case from == "-" && isTerminal(a.in):
		text, err = a.scanCode(ctx)
	case from == "-":
		text, err = io.ReadAll(io.LimitReader(a.in, maxCodeRead))
	case isFile && file != "":
		text, err = readStart(file)
	default:
		return "", usagef("--qr takes - or @FILE: a customer's code never stands in an argument, where others could read it")
	}
	if err != nil {
		if errors.Is(err, context.Canceled) {
			return "", err
		}
		return "", usagef("read the customer's code: %w", err)
	}
	text = bytes.TrimSuffix(text, []byte("\n"))
	return string(bytes.TrimSuffix(text, []byte("\r"))), nil
}

func readStart(file string) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxCodeRead))
}

// scanCode reads a line from the terminal. Nothing is shown from before the
// question on, since a scanner may type at once.
func (a *app) scanCode(ctx context.Context) (text []byte, err error) {
	fd := a.in.Fd()
	before, err := xterm.MakeRaw(fd)
	if err != nil {
		return nil, err
	}
	fmt.Fprint(a.err, a.words.T("pay.scan")+" ")
	defer func() {
		err = errors.Join(err, xterm.Restore(fd, before))
		fmt.Fprintln(a.err)
	}()
	type line struct {
		text []byte
		err  error
	}
	read := make(chan line, 1)
	go func() {
		text, err := rawLine(a.in)
		read <- line{text, err}
	}()
	select {
	case l := <-read:
		return l.text, l.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// rawLine reads a line of a raw terminal, where Ctrl+C and Ctrl+D are bytes.
func rawLine(from io.Reader) ([]byte, error) {
	var text []byte
	chunk := make([]byte, 256)
	for len(text) < maxCodeRead {
		n, err := from.Read(chunk)
		if err != nil {
			return nil, err
		}
		text = append(text, chunk[:n]...)
		if bytes.IndexByte(text, ctrlC) >= 0 {
			return nil, context.Canceled
		}
		if end := bytes.IndexAny(text, "\r\n\x04"); end >= 0 {
			return text[:end], nil
		}
	}
	return text, nil
}

const ctrlC = 0x03

// codeArgs is noArgs for a command whose extra argument may be a customer's
// code.
func codeArgs(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return usagef("%s takes no arguments; the customer's code comes with --qr - or --qr @FILE", cmd.CommandPath())
}

// customer makes of a code what a payment needs of it, or says why it is not to
// be charged.
func (a *app) customer(code string) (api.CustomerCode, till.Card, error) {
	read, err := emv.Scan(code)
	if err != nil {
		if refusal, ok := errors.AsType[emv.Refusal](err); ok {
			t := a.words.T
			return api.CustomerCode{}, till.Card{}, usagef("%s %s", t(words.Key("scan."+string(refusal.Reason))), t("scan.nothing-sent"))
		}
		return api.CustomerCode{}, till.Card{}, usagef("the customer's code: %w", err)
	}
	config.Conceal(code) // from whatever is said of this payment
	mark, err := codeMark(code)
	if err != nil {
		return api.CustomerCode{}, till.Card{}, err
	}
	return api.NewCustomerCode(code), till.Card{Issuer: read.Issuer(), Label: read.Label(), LastFour: read.LastFour(), Mark: mark}, nil
}

// markKeyPath is where the key of the marks is: beside the journals, in none of
// them.
func markKeyPath() (string, error) {
	folder, err := config.StateDir()
	if err != nil {
		return "", configError{err}
	}
	return filepath.Join(folder, "mark.key"), nil
}

// codeMark is all that is kept of a code: HMAC-SHA256 in hex, which tells the
// same code from another (PROTOCOLS.md 6).
func codeMark(code string) (string, error) {
	path, err := markKeyPath()
	if err != nil {
		return "", err
	}
	key, err := config.MarkKey(path)
	if err != nil {
		return "", configError{err}
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(code))
	return hex.EncodeToString(mac.Sum(nil)), nil
}
