// Package words holds every sentence that screens and advice show, in English
// and Indonesian. Command help, logs and wire messages are not here: they are
// English only.
//
// A file of this package has one subject and declares one or more tables,
// functions that return a map[Key]pair; sections.go lists them all. A test fails on a table that
// is not listed, on a key that stands in two tables, and on a pair whose two
// languages do not use the same placeholders.
package words

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync"
)

// Key names one sentence, subject first: "state.paid", "error.disk-full".
type Key string

// Lang is a language of the catalogue, spelled as in the --lang flag.
type Lang string

// The languages there are.
const (
	English    Lang = "en"
	Indonesian Lang = "id"
)

// pair is one sentence in both languages. {name} marks a value to fill in.
type pair struct{ en, id string }

// in gives the pair's text in lang.
func (p pair) in(lang Lang) string {
	if lang == Indonesian {
		return p.id
	}
	return p.en
}

// ParseLang reads the value of the --lang flag or of the config: "en" or "id",
// in any case.
func ParseLang(s string) (Lang, error) {
	switch l := Lang(strings.ToLower(strings.TrimSpace(s))); l {
	case English, Indonesian:
		return l, nil
	}
	return "", fmt.Errorf("unknown language %q: choose en or id", s)
}

// Detect chooses the language from the environment: the first of LC_ALL,
// LC_MESSAGES and LANG that is set decides, as in POSIX. "id", "id_ID.UTF-8"
// and the like give Indonesian, everything else English.
func Detect(env func(string) string) Lang {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		value := env(name)
		if value == "" {
			continue
		}
		lang, _, _ := strings.Cut(strings.ToLower(value), ".")
		lang, _, _ = strings.Cut(lang, "_")
		lang, _, _ = strings.Cut(lang, "-")
		if lang == "id" || lang == "indonesian" || lang == "in" {
			return Indonesian
		}
		return English
	}
	return English
}

// Catalogue is the whole catalogue in one language. It never changes and may
// be shared by goroutines.
type Catalogue struct{ lang Lang }

var (
	english    = &Catalogue{lang: English}
	indonesian = &Catalogue{lang: Indonesian}
)

// For gives the catalogue in lang; a language that is not there gives English.
func For(lang Lang) *Catalogue {
	if lang == Indonesian {
		return indonesian
	}
	return english
}

// Lang is the language the catalogue speaks.
func (c *Catalogue) Lang() Lang { return c.lang }

// T gives the sentence of key. The arguments are pairs of a name and a value;
// {name} in the sentence becomes the value, which is printed as fmt.Sprint
// does and is never searched for placeholders itself. A key that is not in the
// catalogue comes back as ⟨key⟩.
func (c *Catalogue) T(key Key, args ...any) string {
	p, ok := all()[key]
	if !ok {
		return "⟨" + string(key) + "⟩"
	}
	return fill(p.in(c.lang), args...)
}

// Has reports whether the catalogue has the key, for keys built from data.
func Has(key Key) bool {
	_, ok := all()[key]
	return ok
}

// All goes through the words of every section in the order of their keys; the
// two texts are English and Indonesian.
func All() iter.Seq2[Key, [2]string] {
	return func(yield func(Key, [2]string) bool) {
		for _, key := range slices.Sorted(maps.Keys(all())) {
			p := all()[key]
			if !yield(key, [2]string{p.en, p.id}) {
				return
			}
		}
	}
}

// roughly is how many sentences there are, so that their map need not grow.
const roughly = 1024

// all is the merged catalogue, made at the first sentence asked for so that a
// command that says nothing does not pay for it.
var all = sync.OnceValue(func() map[Key]pair {
	merged := make(map[Key]pair, roughly)
	for _, table := range sections {
		maps.Copy(merged, table())
	}
	return merged
})

// fill replaces each {name} by its value in one pass. A placeholder without a
// value stays visible.
func fill(text string, args ...any) string {
	if len(args) == 0 || !strings.Contains(text, "{") {
		return text
	}
	var b strings.Builder
	for {
		open := strings.IndexByte(text, '{')
		if open < 0 {
			break
		}
		size := strings.IndexByte(text[open:], '}')
		if size < 0 {
			break
		}
		b.WriteString(text[:open])
		whole := text[open : open+size+1]
		if value, ok := argument(args, whole[1:size]); ok {
			b.WriteString(value)
		} else {
			b.WriteString(whole)
		}
		text = text[open+size+1:]
	}
	b.WriteString(text)
	return b.String()
}

// argument finds the value that follows name in args.
func argument(args []any, name string) (string, bool) {
	for i := 0; i+1 < len(args); i += 2 {
		if fmt.Sprint(args[i]) == name {
			return fmt.Sprint(args[i+1]), true
		}
	}
	return "", false
}
