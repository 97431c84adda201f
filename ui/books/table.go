package books

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
)

// Limits of a settlement file's lines: what is longer is no such file, or a
// quote that was never closed.
const (
	maxRecord = 64 << 10 // bytes
	maxFields = 512
)

// FileError is what is wrong in a file, and where.
type FileError struct {
	Line   int    // from 1
	Column string // its name or number; empty: the whole line
	Reason string // what is wrong and how to cure it
}

func (e *FileError) Error() string {
	if e.Column == "" {
		return fmt.Sprintf("line %d: %s", e.Line, e.Reason)
	}
	return fmt.Sprintf("line %d, column %s: %s", e.Line, e.Column, e.Reason)
}

// table reads the records of a CSV file (RFC 4180) one by one, with any
// separator, with LF or CRLF, with or without a byte order mark. A quote within
// a bare field is a letter.
type table struct {
	in        *bufio.Reader
	separator byte
	line      int // of the next record
	at        int // of the record that was read last
	text      []byte
	ends      []int // of the fields in text
	fields    []string
}

// newTable begins a file; separator 0 is found in the first line.
func newTable(r io.Reader, separator byte) (*table, error) {
	t := &table{in: bufio.NewReaderSize(r, maxRecord), separator: separator, line: 1}
	begin, err := t.in.Peek(t.in.Size())
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
		return nil, err
	}
	switch {
	case bytes.HasPrefix(begin, []byte("\xef\xbb\xbf")):
		_, _ = t.in.Discard(3) // they were just seen
		begin = begin[3:]
	case bytes.HasPrefix(begin, []byte("\xff\xfe")), bytes.HasPrefix(begin, []byte("\xfe\xff")), bytes.IndexByte(begin, 0) >= 0:
		return nil, &FileError{Line: 1, Reason: "this is no text in UTF-8; save the file as CSV in UTF-8"}
	}
	if separator == 0 {
		t.separator = likeliest(begin)
	}
	return t, nil
}

// likeliest is the separator that the first line has most of.
func likeliest(begin []byte) byte {
	line, _, _ := bytes.Cut(bytes.TrimLeft(begin, "\r\n"), []byte("\n"))
	best, most := byte(','), 0
	for _, s := range []byte(",;\t|") {
		if n := bytes.Count(line, []byte{s}); n > most {
			best, most = s, n
		}
	}
	return best
}

// next reads a record; its fields are good until the next one. Empty lines are
// passed over. The end is io.EOF.
func (t *table) next() ([]string, error) {
	for {
		t.at, t.text, t.ends = t.line, t.text[:0], t.ends[:0]
		err := t.record()
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		if empty := len(t.ends) == 1 && len(t.text) == 0; !empty && len(t.ends) > 0 {
			whole := string(t.text)
			t.fields = t.fields[:0]
			begin := 0
			for _, end := range t.ends {
				t.fields = append(t.fields, whole[begin:end])
				begin = end
			}
			return t.fields, nil
		}
		if err != nil {
			return nil, io.EOF
		}
	}
}

// record reads up to the end of a line outside of quotes.
func (t *table) record() error {
	quoted, closed, begun := false, false, false // the field is in quotes, they are closed, it has letters
	field := func() error {
		if len(t.ends) == maxFields {
			return &FileError{Line: t.at, Reason: fmt.Sprintf("more than %d fields; this is no settlement file", maxFields)}
		}
		t.ends = append(t.ends, len(t.text))
		quoted, closed, begun = false, false, false
		return nil
	}
	for size := 0; ; size++ {
		c, err := t.in.ReadByte()
		if err != nil {
			if quoted && !closed {
				return &FileError{Line: t.at, Reason: "a quote is opened here and never closed; close it"}
			}
			if errors.Is(err, io.EOF) && (size > 0 || len(t.ends) > 0) {
				return errors.Join(field(), io.EOF)
			}
			return err
		}
		if size >= maxRecord {
			return &FileError{Line: t.at, Reason: fmt.Sprintf("the line is longer than %d bytes; is a quote never closed?", maxRecord)}
		}
		switch {
		case quoted && !closed:
			switch c {
			case '"':
				if ahead, err := t.in.Peek(1); err == nil && ahead[0] == '"' {
					_, _ = t.in.Discard(1) // it was just seen
					t.text = append(t.text, '"')
				} else {
					closed = true
				}
			default:
				if c == '\n' {
					t.line++
				}
				t.text = append(t.text, c)
			}
		case c == t.separator:
			if err := field(); err != nil {
				return err
			}
		case c == '\n', c == '\r' && t.before('\n'):
			if c == '\r' {
				_, _ = t.in.Discard(1) // it was just seen
			}
			t.line++
			return field()
		case closed:
			return &FileError{Line: t.at, Reason: "something stands behind a closing quote; write two quotes for one"}
		case c == '"' && !begun:
			quoted = true
		default:
			begun = true
			t.text = append(t.text, c)
		}
	}
}

func (t *table) before(c byte) bool {
	ahead, err := t.in.Peek(1)
	return err == nil && ahead[0] == c
}
