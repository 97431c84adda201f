package books

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"slices"
	"strings"
)

// claim is what a line of a settlement file says, in 32 bytes: files have
// millions of lines.
type claim struct {
	minor    int64  // hundredths
	line     uint32 // of the file
	wordAt   uint16 // in claims.words
	currency [3]byte
	says     says
	taken    bool // of the first line of a key: an item has the key's lines
	key      key
}

// key stands for what a line is about: the beginning of a SHA-256, long enough
// that no two references ever share one.
type key [13]byte

// keyOf is the key of our reference, or of theirs where ours is empty.
func keyOf(reference, provider string) key {
	sum := sha256.Sum256([]byte(cmp.Or(reference, "\x00"+provider)))
	return key(sum[:len(key{})])
}

// claims are a file's lines in the order of their keys, those of a key in the
// file's order.
type claims struct {
	lines  []claim
	words  []string // of the status column; the first is none, the second any other
	wordNo map[string]uint16
}

// mostWords bounds the status words that are kept: a column with more of them
// is no status.
const mostWords = 1 << 12

func (c *claims) add(e entry) error {
	c.lines = append(c.lines, claim{
		minor: e.minor, line: uint32(e.line), wordAt: c.number(e.word), currency: [3]byte([]byte(e.currency)), says: e.says, key: keyOf(e.reference, e.provider),
	})
	return nil
}

func (c *claims) number(word string) uint16 {
	if c.wordNo == nil {
		c.words, c.wordNo = []string{"", "…"}, map[string]uint16{"": 0}
	}
	n, known := c.wordNo[word]
	switch {
	case known:
		return n
	case len(c.words) == mostWords:
		return 1
	}
	word = strings.Clone(word) // it is a part of its whole line
	c.words, c.wordNo[word] = append(c.words, word), uint16(len(c.words))
	return c.wordNo[word]
}

func (c *claims) word(l claim) string { return c.words[l.wordAt] }

func (c *claims) sort() {
	slices.SortFunc(c.lines, func(a, b claim) int {
		return cmp.Or(bytes.Compare(a.key[:], b.key[:]), cmp.Compare(a.line, b.line))
	})
}

// of are the lines of a key.
func (c *claims) of(k key) []claim {
	at, _ := slices.BinarySearchFunc(c.lines, k, func(l claim, k key) int { return bytes.Compare(l.key[:], k[:]) })
	end := at
	for end < len(c.lines) && c.lines[end].key == k {
		end++
	}
	return c.lines[at:end]
}

// take are the lines about an item, by our reference or by theirs, in the
// file's order. Each line is about one item alone.
func (c *claims) take(reference, provider string) []claim {
	var all []claim
	for _, k := range []key{keyOf(reference, ""), keyOf("", provider)} {
		lines := c.of(k)
		if len(lines) == 0 || lines[0].taken {
			continue
		}
		lines[0].taken = true
		if all == nil {
			all = lines
			continue
		}
		all = slices.Concat(all, lines)
		slices.SortFunc(all, func(a, b claim) int { return cmp.Compare(a.line, b.line) })
	}
	return all
}

// left reports whether lines are about nothing that was compared.
func (c *claims) left() bool {
	for i, l := range c.lines {
		if (i == 0 || c.lines[i-1].key != l.key) && !l.taken {
			return true
		}
	}
	return false
}
