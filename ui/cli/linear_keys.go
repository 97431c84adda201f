package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
	"unicode"
	"unicode/utf8"

	"cashier/ui/term"
)

// Times of the linear console's keys.
const (
	// scanGap is less than a person leaves between two keys: what comes closer
	// is a scanner's or a paste, and is not shown.
	scanGap = 35 * time.Millisecond
	// scanEnd is how long a scanner that sends no line end is silent behind
	// its code.
	scanEnd = 300 * time.Millisecond
	// quiet is how long nothing may have been typed before a question about
	// money: what was typed ahead never answers it.
	quiet = 425 * time.Millisecond
)

// What ends a question without an answer.
var (
	errBack  = errors.New("back to the menu")          // an empty line
	errLeave = errors.New("interrupted at a question") // by a signal
)

// typist reads a terminal that shows nothing by itself. One goroutine reads it
// as long as the program lives; what comes while nobody asks is dropped at the
// next question.
type typist struct {
	out    io.Writer
	chunks chan []byte // closed at the end of the input
	rest   []byte      // of the last chunk, behind a line's end
}

// newTypist takes the terminal over until restore is called.
func newTypist(in *os.File, out io.Writer) (t *typist, restore func() error, err error) {
	if restore, err = term.Keys(in); err != nil {
		return nil, nil, fmt.Errorf("prepare the terminal: %w", err)
	}
	t = &typist{out: out, chunks: make(chan []byte, 64)}
	go func() {
		defer close(t.chunks)
		for {
			chunk := make([]byte, 256)
			n, err := in.Read(chunk)
			if n > 0 {
				t.chunks <- chunk[:n]
			}
			if err != nil {
				return
			}
		}
	}()
	return t, restore, nil
}

// drop forgets what was typed ahead, and waits until nothing has come for d.
func (t *typist) drop(ctx context.Context, d time.Duration) error {
	t.rest = nil
	for len(t.chunks) > 0 || d > 0 {
		select {
		case _, ok := <-t.chunks:
			if !ok {
				return io.EOF
			}
		case <-time.After(d):
			return nil
		case <-ctx.Done():
			return errLeave
		}
	}
	return nil
}

// line reads a typed line. Keys are shown as they come, a scan or a paste only
// by its length.
func (t *typist) line(ctx context.Context) (string, error) {
	text, shown := []byte(nil), 0
	var last time.Time
	for {
		chunk, err := t.next(ctx, nil)
		if err != nil {
			return "", err
		}
		now := time.Now()
		byHand := utf8.RuneCount(chunk) == 1 && now.Sub(last) >= scanGap
		last = now
		for i, b := range chunk {
			switch {
			case b == '\n' || b == '\r':
				t.rest = chunk[i+1:]
				if hidden := utf8.RuneCount(text) - shown; hidden > 0 {
					fmt.Fprintf(t.out, "(%d)", hidden)
				}
				fmt.Fprintln(t.out)
				return string(text), nil
			case b == 4 && len(text) == 0: // Ctrl+D
				return "", io.EOF
			case b == 8 || b == 127:
				if _, size := utf8.DecodeLastRune(text); size > 0 {
					text = text[:len(text)-size]
					if shown > utf8.RuneCount(text) {
						shown--
						fmt.Fprint(t.out, "\b \b")
					}
				}
			case b < ' ':
			case len(text) < maxCodeRead:
				text = append(text, b)
			}
		}
		if r, _ := utf8.DecodeRune(chunk); byHand && unicode.IsPrint(r) && shown == utf8.RuneCount(text)-1 {
			shown++
			fmt.Fprint(t.out, string(r))
		}
	}
}

// scan reads a scanned or pasted code, of which nothing is shown. It ends with
// a line end, or when the scanner is silent.
func (t *typist) scan(ctx context.Context) (string, error) {
	var text []byte
	for {
		var silent <-chan time.Time
		if len(text) > 8 { // more than somebody's first keys
			silent = time.After(scanEnd)
		}
		chunk, err := t.next(ctx, silent)
		if errors.Is(err, errSilent) {
			break
		}
		if err != nil {
			return "", err
		}
		ended := false
		for i, b := range chunk {
			if ended = b == '\n' || b == '\r'; ended {
				t.rest = chunk[i+1:]
				break
			}
			text = append(text, b)
		}
		if ended || len(text) >= maxCodeRead {
			break
		}
	}
	fmt.Fprintln(t.out)
	if len(text) == 0 {
		return "", errBack
	}
	return string(text), nil
}

var errSilent = errors.New("nothing was typed for a while")

func (t *typist) next(ctx context.Context, silent <-chan time.Time) ([]byte, error) {
	if len(t.rest) > 0 {
		chunk := t.rest
		t.rest = nil
		return chunk, nil
	}
	select {
	case chunk, ok := <-t.chunks:
		if !ok {
			return nil, io.EOF
		}
		return chunk, nil
	case <-silent:
		return nil, errSilent
	case <-ctx.Done():
		return nil, errLeave
	}
}
