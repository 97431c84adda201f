package store

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"go.etcd.io/bbolt"

	"cashier/api"
	"cashier/api/till"
)

// rowFilter is a till.Filter prepared for rows: times are served by the scan.
// Words are in lower case.
type rowFilter struct {
	kind             byte
	states           uint32 // a bit a state; 0: any
	none             bool   // asks for a word that no row has, or for two things at once
	all              bool   // asks for nothing of a row
	provider         []byte
	reference        []byte
	money            bool // asks for an amount
	least, most      int64
	courier, machine []byte
	similar          [][]byte
	text             [][][]byte // of each, one is enough
}

func newRowFilter(f till.Filter) rowFilter {
	p := rowFilter{
		kind: kindCodes[f.Kind], provider: []byte(f.Provider), reference: []byte(f.Reference),
		money: !f.Least.Zero() || !f.Most.Zero(), least: f.Least.Minor(), most: f.Most.Minor(),
		courier: lower(f.Courier), machine: lower(f.Machine), similar: lowers(f.Similar),
	}
	for _, word := range f.Text {
		if either := lowers(strings.Split(word, "|")); len(either) > 0 {
			p.text = append(p.text, either)
		}
	}
	if f.Most.Zero() {
		p.most = math.MaxInt64
	}
	p.none = f.Kind != "" && p.kind == 0
	ask := func(states ...till.State) {
		var bits uint32
		for _, s := range states {
			bits |= 1 << stateCodes[s]
		}
		if bits &^= 1; p.states != 0 { // bit 0 is no word
			bits &= p.states
		}
		p.states, p.none = bits, p.none || bits == 0
	}
	if f.State != "" {
		ask(f.State)
	}
	if len(f.States) > 0 {
		ask(f.States...)
	}
	if f.OpenOnly {
		ask(openStates...)
	}
	p.all = p.kind == 0 && p.states == 0 && !p.money && len(p.provider) == 0 && len(p.reference) == 0 &&
		len(p.courier) == 0 && len(p.machine) == 0 && len(p.text) == 0 && len(p.similar) == 0
	return p
}

// indexes reports whether the index has what is asked for under the count's
// kind and state.
func (p *rowFilter) indexes(c count) bool {
	return (p.kind == 0 || c.kind == p.kind) && (p.states == 0 || p.states&(1<<c.state) != 0)
}

// indexed reports whether the indexes answer everything that is asked for.
func (p *rowFilter) indexed() bool {
	return !p.money && len(p.provider)+len(p.courier)+len(p.machine)+len(p.text)+len(p.similar) == 0
}

func lower(s string) []byte { return []byte(strings.ToLower(s)) }

func lowers(words []string) (out [][]byte) {
	for _, w := range words {
		if w != "" {
			out = append(out, lower(w))
		}
	}
	return out
}

// openStates are those that still ask for work.
var openStates = func() (open []till.State) {
	for _, s := range stateWords {
		if s.Open() {
			open = append(open, s)
		}
	}
	return open
}()

// match decides by the row alone; unsure asks for the record.
func (p *rowFilter) match(r row) (yes, unsure bool) {
	switch {
	case p.all:
		return true, false
	case p.kind != 0 && r.kind() != p.kind,
		p.states != 0 && p.states&(1<<r.state()) == 0,
		p.money && !p.matchMoney(r),
		len(p.provider) > 0 && !bytes.EqualFold(r.provider(), p.provider),
		!bytes.HasPrefix(r.reference(), p.reference):
		return false, false
	}
	if len(p.similar) > 0 {
		_, _, label := r.shown()
		for _, word := range p.similar {
			if !similar(word, label) {
				return false, false
			}
		}
	}
	search, cut := r.search(), r.searchCut()
	for _, either := range p.text {
		if !slices.ContainsFunc(either, func(word []byte) bool { return bytes.Contains(search, word) }) {
			if !cut {
				return false, false
			}
			unsure = true
		}
	}
	for _, ask := range []struct {
		word []byte
		who  bool
	}{{p.courier, true}, {p.machine, false}} {
		if len(ask.word) == 0 {
			continue
		}
		switch r.ofUserID(ask.word, ask.who) {
		case doubt:
			unsure = true
		case no:
			return false, false
		}
	}
	return !unsure, unsure
}

func (p *rowFilter) matchMoney(r row) bool {
	minor := r.minor()
	return minor != 0 && string(r.currency()) == "IDR" && p.least <= minor && minor <= p.most
}

type verdict int

const (
	no verdict = iota
	yes
	doubt // ask the record
)

// ofUserID looks for a word in the courier's texts or else in the machines'.
// The search text of a user id ends with the courier's number, name, which is
// the label, and mobile number, and the machines.
func (r row) ofUserID(word []byte, courier bool) verdict {
	search := r.search()
	switch {
	case kindWords[r.kind()] != till.CDM:
		return no
	case r.searchCut() || r.courierPart():
		return doubt
	case !bytes.Contains(search, word):
		return no
	}
	_, _, label := r.shown()
	name, at := -1, 0
	for part := range bytes.SplitSeq(search, []byte{0}) {
		if bytes.EqualFold(part, label) {
			if name >= 0 {
				return doubt
			}
			name = at
		}
		at++
	}
	if name < 0 {
		return doubt
	}
	at = 0
	for part := range bytes.SplitSeq(search, []byte{0}) {
		here := at - name
		at++
		if (courier && -1 <= here && here <= 1 || !courier && here > 1) && bytes.Contains(part, word) {
			return yes
		}
	}
	return no
}

// matchRecord decides what the row could not.
func (p *rowFilter) matchRecord(tx *bbolt.Tx, k key, r row) (bool, error) {
	if !r.searchCut() && len(p.machine) == 0 {
		c, err := courierAt(tx, k)
		return err == nil && courierHas(c, string(p.courier)), err
	}
	t, err := recordAt(tx, k)
	if err != nil {
		return false, err
	}
	return p.matchTransaction(&t), nil
}

// matchTransaction decides about the words alone.
func (p *rowFilter) matchTransaction(t *till.Transaction) bool {
	parts := searchParts(t)
	for _, either := range p.text {
		if !slices.ContainsFunc(either, func(word []byte) bool { return anyHas(string(word), parts...) }) {
			return false
		}
	}
	if len(p.courier) > 0 && (t.Kind != till.CDM || !courierHas(t.Courier, string(p.courier))) {
		return false
	}
	if len(p.machine) == 0 {
		return true
	}
	for _, d := range t.Deposits {
		if t.Kind == till.CDM && anyHas(string(p.machine), string(d.Machine)) {
			return true
		}
	}
	return false
}

func courierHas(c *api.Courier, word string) bool {
	return c != nil && anyHas(word, c.No, c.Name, c.Mobile)
}

// anyHas reports whether the word, which is in lower case, stands in one of
// the texts.
func anyHas(word string, texts ...string) bool {
	for _, t := range texts {
		if strings.Contains(strings.ToLower(t), word) {
			return true
		}
	}
	return false
}

// courierName begins the courier in a record. Within a text its quotes would be
// escaped, so that no text can pass for it.
var courierName = []byte(`"courier":{`)

// courierAt reads the courier alone: a record is many times as long.
func courierAt(tx *bbolt.Tx, k key) (*api.Courier, error) {
	b := tx.Bucket(bucketOf(prefixRecords, k))
	if b == nil {
		return nil, fmt.Errorf("record %w: its month is missing", errFormat)
	}
	body := b.Get(k[:])
	if len(body) < recordHeader {
		return nil, fmt.Errorf("record %w", errFormat)
	}
	// What was sent stands before the record's JSON.
	request := min(uint64(binary.BigEndian.Uint32(body[1:])), uint64(len(body)-recordHeader))
	body = body[recordHeader+request:]
	at := bytes.Index(body, courierName)
	if at < 0 {
		return nil, nil
	}
	c := new(api.Courier)
	if err := json.NewDecoder(bytes.NewReader(body[at+len(courierName)-1:])).Decode(c); err != nil {
		return nil, fmt.Errorf("record %w: %v", errFormat, err)
	}
	return c, nil
}
