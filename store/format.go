package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"cashier/api"
	"cashier/api/till"
)

// Names of buckets; the three with a slash go on with a month.
var (
	bucketMeta     = []byte("meta")
	bucketSettings = []byte("settings")
	bucketRefs     = []byte("refs")
	bucketIndex    = []byte("index")
	bucketDays     = []byte("days")
	bucketDue      = []byte("due")
	bucketSales    = []byte("sales")
	bucketKept     = []byte("kept")
	bucketPast     = []byte("past")
	bucketSpent    = []byte("spent")

	prefixRows    = []byte("rows/")
	prefixRecords = []byte("records/")
	prefixEvents  = []byte("events/")
)

// Names in the meta bucket.
var (
	metaSchema  = []byte("schema")
	metaProfile = []byte("profile")
	metaBinding = []byte("binding")
	metaSeal    = []byte("seal")
	metaHead    = []byte("head")
	metaTotals  = []byte("totals")
	metaCuts    = []byte("cuts")
)

// schema is the version of the format that this program writes. Schema 2 has
// notes, seals that stand for dropped months, and spent references.
const schema = 2

const monthLayout = "2006-01"

// key names a record or an event: unix nanoseconds and a sequence number.
type key [16]byte

func newKey(nanos int64, seq uint64) key {
	var k key
	binary.BigEndian.PutUint64(k[:8], uint64(nanos))
	binary.BigEndian.PutUint64(k[8:], seq)
	return k
}

func asKey(b []byte) (key, bool) {
	if len(b) != len(key{}) {
		return key{}, false
	}
	return key(b), true
}

func (k key) nanos() int64 { return int64(binary.BigEndian.Uint64(k[:8])) }
func (k key) seq() uint64  { return binary.BigEndian.Uint64(k[8:]) }
func (k key) month() string {
	return time.Unix(0, k.nanos()).In(api.Jakarta).Format(monthLayout)
}

// less orders keys as bbolt does.
func (k key) less(other key) bool {
	if a, b := k.nanos(), other.nanos(); a != b {
		return uint64(a) < uint64(b)
	}
	return k.seq() < other.seq()
}

// bucketOf is the bucket of prefix that holds the key.
func bucketOf(prefix []byte, k key) []byte {
	return append(prefix[:len(prefix):len(prefix)], k.month()...)
}

// nanosOf is a time as keys hold it. What a key cannot hold is an error: it
// would sort wrongly.
func nanosOf(t time.Time, what string) (int64, error) {
	if y := t.Year(); y < 1971 || y > 2261 {
		return 0, fmt.Errorf("%s: a journal holds times from 1971 to 2261, not %s", what, t.Format(time.RFC3339))
	}
	return t.UnixNano(), nil
}

func timeOf(nanos int64) time.Time { return time.Unix(0, nanos).In(api.Jakarta) }

// day is a calendar day in Jakarta, counted from 1970-01-01.
type day uint32

func dayOf(t time.Time) day {
	seconds := t.Unix() + 7*60*60
	if seconds < 0 {
		return 0
	}
	return day(min(seconds/(24*60*60), 1<<32-2)) // the last number is the total
}

func (d day) key() []byte { return binary.BigEndian.AppendUint32(nil, uint32(d)) }

// The codes of kinds and states are part of the file format: a word keeps its
// number for ever, new words are added at the end. Number 0 is no word.
var (
	kindWords  = []till.Kind{"", till.CDM, till.CPM, till.MPM}
	stateWords = []till.State{"",
		till.Intent, till.Sent, "pending", till.Unknown, "cancelling", "parked",
		"paid", till.Failed, "cancelled", "refunded", till.Unsent, "not-found", "late-paid", "doubled",
		till.Active, till.Inactive, "refused",
	}
	kindCodes  = codesOf(kindWords)
	stateCodes = codesOf(stateWords)
)

func codesOf[T comparable](words []T) map[T]byte {
	codes := make(map[T]byte, len(words))
	for i, w := range words[1:] {
		codes[w] = byte(i + 1)
	}
	return codes
}

// errFormat marks bytes that this program did not write so.
var errFormat = errors.New("malformed")
