package config

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"cashier/api"
)

// maxText is the longest text in a config file, in characters.
const maxText = 1024

// decoder fills Go values from nodes by their json tags, strictly, and goes on
// after a problem: every mistake is told at once. No message quotes a value.
type decoder struct {
	doc      document
	folder   string          // of the file: secrets' paths are relative to it
	at       map[string]int  // path of each value that was read -> its offset
	meant    map[string]bool // path of each field that was misspelt: it is not missing
	reported map[string]bool // path of each value with a problem
	within   map[string]bool // path of each object with a problem in it
	problems []finding
}

// finding is a problem before its line is counted.
type finding struct {
	offset  int
	path    string
	message string
}

// defaulter is a value that is not zero before its object is read.
type defaulter interface{ setDefaults() }

func (d *decoder) decode(root node, c *Config) {
	d.value(root, reflect.ValueOf(c).Elem(), "")
}

// fail reports a problem with the value at path; one that is not in the file
// is reported where its object begins.
func (d *decoder) fail(path, format string, args ...any) {
	offset, ok := d.at[path]
	for parent := path; !ok && parent != ""; {
		parent = parent[:max(strings.LastIndexByte(parent, '.'), 0)]
		offset, ok = d.at[parent]
	}
	d.failAt(offset, path, format, args...)
}

func (d *decoder) failAt(offset int, path, format string, args ...any) {
	d.problems = append(d.problems, finding{offset, path, fmt.Sprintf(format, args...)})
	d.reported[path] = true
	for i := strings.LastIndexByte(path, '.'); i > 0; i = strings.LastIndexByte(path[:i], '.') {
		d.within[path[:i]] = true
	}
}

// failed says whether the value at the path, its name or the whole file was
// reported.
func (d *decoder) failed(path string) bool {
	return d.reported[path] || d.reported[""] || d.meant[path]
}

// failedWithin is failed for a value or anything in it.
func (d *decoder) failedWithin(path string) bool { return d.within[path] || d.failed(path) }

// has says whether a value stands at the path, be it right or wrong.
func (d *decoder) has(path string) bool { _, ok := d.at[path]; return ok }

func (d *decoder) value(n node, into reflect.Value, path string) {
	d.at[path] = n.offset
	if n.value == nil {
		d.fail(path, "is null; write a value, or leave the field out")
		return
	}
	switch target := into.Addr().Interface().(type) {
	case *Secret:
		d.secret(n, target, path)
		return
	case *time.Duration:
		d.duration(n, target, path)
		return
	case *Duration:
		d.duration(n, (*time.Duration)(target), path)
		return
	case *PublicKey:
		d.publicKey(n, target, path)
		return
	case *Amount:
		d.amount(n, target, path)
		return
	}
	switch into.Kind() {
	case reflect.String:
		if text, ok := d.text(n, path); ok {
			into.SetString(text)
		}
	case reflect.Bool:
		if yes, ok := n.value.(bool); ok {
			into.SetBool(yes)
			return
		}
		d.fail(path, "must be true or false, without quotes")
	case reflect.Int:
		number, _ := n.value.(json.Number)
		if i, err := strconv.Atoi(number.String()); err == nil {
			into.SetInt(int64(i))
			return
		}
		d.fail(path, "must be a whole number, without quotes")
	case reflect.Pointer:
		into.Set(reflect.New(into.Type().Elem()))
		d.value(n, into.Elem(), path)
	case reflect.Slice:
		d.list(n, into, path)
	case reflect.Map:
		d.dictionary(n, into, path)
	case reflect.Struct:
		d.object(n, into, path)
	}
}

func (d *decoder) list(n node, into reflect.Value, path string) {
	items, ok := n.value.([]node)
	if !ok {
		d.fail(path, "must be a list in [ ]")
		return
	}
	list := reflect.MakeSlice(into.Type(), len(items), len(items))
	for i, item := range items {
		d.value(item, list.Index(i), path+"["+strconv.Itoa(i)+"]")
	}
	into.Set(list)
}

func (d *decoder) dictionary(n node, into reflect.Value, path string) {
	into.Set(reflect.MakeMap(into.Type()))
	for _, m := range d.members(n, path) {
		entry := reflect.New(into.Type().Elem())
		if v, ok := entry.Interface().(defaulter); ok {
			v.setDefaults()
		}
		d.value(m.value, entry.Elem(), join(path, m.name))
		into.SetMapIndex(reflect.ValueOf(m.name), entry.Elem())
	}
}

func (d *decoder) object(n node, into reflect.Value, path string) {
	fields := map[string]int{}
	for i := range into.NumField() {
		if name, _, _ := strings.Cut(into.Type().Field(i).Tag.Get("json"), ","); name != "-" && name != "" {
			fields[name] = i
		}
	}
	for _, m := range d.members(n, path) {
		if i, ok := fields[m.name]; ok {
			d.value(m.value, into.Field(i), join(path, m.name))
		} else if m.name == "comment" {
			if _, ok := m.value.value.(string); !ok {
				d.failAt(m.value.offset, join(path, m.name), "must be text in quotes")
			}
		} else {
			known := slices.Sorted(maps.Keys(fields))
			d.failAt(m.offset, join(path, m.name), "is not a field here; %s", suggest(m.name, "the fields are: ", known))
			if word := api.Nearest(m.name, known); word != "" {
				d.meant[join(path, word)] = true
			}
		}
	}
}

// members are an object's fields, each name once.
func (d *decoder) members(n node, path string) []member {
	all, ok := n.value.([]member)
	if !ok {
		d.fail(path, "must be an object in { }")
		return nil
	}
	seen := map[string]int{}
	once := all[:0:0]
	for _, m := range all {
		if first, twice := seen[m.name]; twice {
			d.failAt(m.offset, join(path, m.name), "stands twice, first on line %d; remove one", d.doc.line(first))
			continue
		}
		seen[m.name] = m.offset
		once = append(once, m)
	}
	return once
}

// text takes a string that can be shown on a terminal and sent in a header.
func (d *decoder) text(n node, path string) (string, bool) {
	s, ok := n.value.(string)
	switch {
	case !ok:
		d.fail(path, "must be text in quotes")
	case utf8.RuneCountInString(s) > maxText:
		d.fail(path, "is longer than %d characters; shorten it", maxText)
	case strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) || r == unicode.ReplacementChar }):
		d.fail(path, "holds a character that cannot be shown (a control, invisible or damaged one); remove it")
	case s != strings.TrimSpace(s):
		d.fail(path, "begins or ends with a space; remove it")
	default:
		return s, true
	}
	return "", false
}

// Durations of a config are within these, so that a plan neither spins nor
// sleeps for ever.
const (
	minDuration = time.Millisecond
	maxDuration = 90 * 24 * time.Hour
)

func (d *decoder) duration(n node, into *time.Duration, path string) {
	const cure = `write a duration in quotes, such as "250ms", "15s", "15m" or "72h"`
	s, ok := n.value.(string)
	if !ok {
		d.fail(path, "is not a duration; %s", cure)
		return
	}
	v, err := time.ParseDuration(s)
	switch {
	case err != nil:
		d.fail(path, "is not a duration; %s", cure)
	case v < minDuration:
		d.fail(path, `is shorter than 1 ms; write a longer one, such as "2s"`)
	case v > maxDuration:
		d.fail(path, `is longer than 90 days; write a shorter one, such as "72h"`)
	default:
		*into = v
	}
}

// maxName bounds what a message repeats of a field's name.
const maxName = 40

// join writes the path of a field; a name that is no plain word is quoted and
// cut, since it may be anything.
func join(path, name string) string {
	plain := func(r rune) bool {
		return r == '_' || r == '-' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
	}
	if rest := strings.TrimLeftFunc(name, plain); rest != "" || name == "" || len(name) > maxName {
		if runes := []rune(name); len(runes) > maxName {
			name = string(runes[:maxName]) + "…"
		}
		// A dot in the name would look like the path's own.
		name = strings.ReplaceAll(strconv.QuoteToGraphic(name), ".", "·")
	}
	if path == "" {
		return name
	}
	return path + "." + name
}

// suggest names the word that was probably meant, else all of them.
func suggest(name, introduction string, known []string) string {
	if word := api.Nearest(name, known); word != "" {
		return "did you mean " + word + "?"
	}
	return introduction + strings.Join(known, ", ")
}
