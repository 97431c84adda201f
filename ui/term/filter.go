package term

import (
	"bytes"
	"time"
	"unicode/utf8"
)

const (
	pasteStart = "\x1b[200~"
	pasteEnd   = "\x1b[201~"

	// reportMax bounds an answer to Query; what is longer was none.
	reportMax = 64

	// pasteQuiet is after how much silence an open bracketed paste is given
	// up: its end was lost, and everything typed would vanish in it.
	pasteQuiet = 2 * time.Second

	interrupt = 0x03 // Ctrl+C
)

// filter cleans the bytes that come from the terminal before anybody takes
// them for keys. It is a pure machine: chunks and times in, bytes out.
//
//   - An answer to Query is taken out while it is expected and handed to
//     report.
//   - A bracketed paste whose end never comes is ended by Ctrl+C, or by the
//     next key after pasteQuiet; the key itself counts.
//   - A chunk never ends within a UTF-8 character or an escape sequence that
//     more bytes are sure to follow.
type filter struct {
	report func(Background)
	until  time.Time // answers are expected until then

	answer  []byte // an answer that has begun
	inPaste bool
	last    time.Time
	tail    []byte // the last bytes of an open paste, for an end marker cut in two
	escaped bool   // the chunk before ended with a lone ESC
}

// clean filters one chunk as read at now.
func (f *filter) clean(chunk []byte, now time.Time) []byte {
	quiet := now.Sub(f.last)
	f.last = now
	out := make([]byte, 0, len(chunk)+len(pasteEnd))
	if f.inPaste && (quiet >= pasteQuiet || bytes.Equal(chunk, []byte{interrupt})) {
		f.inPaste, f.tail = false, nil
		out = append(out, pasteEnd...)
	}
	for len(chunk) > 0 {
		switch {
		case f.inPaste:
			chunk = f.paste(chunk, &out)
		case f.answer != nil:
			chunk = f.collect(chunk, now, &out)
		default:
			chunk = f.keys(chunk, now, &out)
		}
	}
	return out
}

// paste copies what belongs to an open paste and gives what comes behind it.
func (f *filter) paste(chunk []byte, out *[]byte) []byte {
	seen := append(f.tail, chunk...)
	end := bytes.Index(seen, []byte(pasteEnd))
	if end < 0 {
		*out = append(*out, chunk...)
		f.tail = bytes.Clone(seen[max(0, len(seen)-len(pasteEnd)+1):])
		return nil
	}
	n := end + len(pasteEnd) - len(f.tail)
	*out = append(*out, chunk[:n]...)
	f.inPaste, f.tail = false, nil
	return chunk[n:]
}

// keys copies up to the next paste or answer.
func (f *filter) keys(chunk []byte, now time.Time, out *[]byte) []byte {
	expected := now.Before(f.until)
	if f.escaped && expected && bytes.HasPrefix(chunk, []byte("]11;rgb")) {
		// The line cut the answer behind its ESC, which has gone out as a key.
		f.escaped, f.answer = false, []byte("\x1b")
		return chunk
	}
	f.escaped = false
	for i := range chunk {
		if chunk[i] != '\x1b' {
			continue
		}
		rest := chunk[i:]
		switch {
		case bytes.HasPrefix(rest, []byte(pasteStart)):
			*out = append(*out, chunk[:i+len(pasteStart)]...)
			f.inPaste = true
			return chunk[i+len(pasteStart):]
		case expected && begins(rest, "\x1b]11;rgb"):
			*out = append(*out, chunk[:i]...)
			f.answer = []byte{}
			return rest
		case len(rest) == 1:
			f.escaped = true
		}
	}
	*out = append(*out, chunk...)
	return nil
}

// begins reports whether chunk begins with want, or is the beginning of it and
// more than the lone ESC of a key.
func begins(chunk []byte, want string) bool {
	n := min(len(chunk), len(want))
	return n > 1 && string(chunk[:n]) == want[:n]
}

// collect gathers an answer up to its terminator and gives what comes behind.
func (f *filter) collect(chunk []byte, now time.Time, out *[]byte) []byte {
	for i, c := range chunk {
		f.answer = append(f.answer, c)
		ended := c == '\a' || bytes.HasSuffix(f.answer[1:], []byte("\x1b\\"))
		if ended {
			if b, ok := ParseReport(f.answer); ok && f.report != nil {
				f.report(b)
			}
			f.answer = nil
			return chunk[i+1:]
		}
		if wrong := !begins(f.answer, "\x1b]11;rgb") && len(f.answer) > 1; wrong || len(f.answer) > reportMax || now.After(f.until.Add(LateTime)) {
			// Not an answer: Alt+] and what was typed behind it are keys.
			*out = append(*out, f.answer...)
			f.answer = nil
			return chunk[i+1:]
		}
	}
	return nil
}

// whole gives how many bytes of chunk may be handed on when more are waiting:
// all but a UTF-8 character or an escape sequence that the end cuts.
func whole(chunk []byte) int {
	for i := 1; i <= min(len(chunk), 16); i++ {
		at := len(chunk) - i
		if chunk[at] == '\x1b' {
			if i == 1 || !finished(chunk[at:]) {
				return at
			}
			break
		}
		if i <= utf8.UTFMax && utf8.RuneStart(chunk[at]) && chunk[at] >= utf8.RuneSelf {
			if !utf8.FullRune(chunk[at:]) {
				return at
			}
		}
	}
	return len(chunk)
}

// finished reports whether an escape sequence has reached its last byte.
func finished(seq []byte) bool {
	if len(seq) < 2 {
		return false
	}
	if seq[1] != '[' && seq[1] != 'O' {
		return true
	}
	for _, c := range seq[2:] {
		if c >= 0x40 && c <= 0x7e {
			return true
		}
	}
	return false
}
