package store

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"time"

	"go.etcd.io/bbolt"
)

// What stands in every journal from the start, and what may come.
var (
	fixedBuckets = [][]byte{bucketMeta, bucketSettings, bucketRefs, bucketIndex, bucketDays}
	laterBuckets = [][]byte{bucketDue, bucketSales, bucketKept, bucketPast, bucketSpent, bucketSessions}
	monthBuckets = [][]byte{prefixRows, prefixRecords, prefixEvents}

	fixedMeta = [][]byte{metaSchema, metaProfile, metaBinding, metaSeal, metaHead}
	laterMeta = [][]byte{metaTotals, metaCuts}
)

// shape checks that the buckets and the entries of meta are those that a
// journal has: no chain covers their names.
func (v *verifier) shape(context.Context) error {
	return v.s.view(func(tx *bbolt.Tx) error {
		var buckets, meta [][]byte
		c := tx.Cursor()
		for name, _ := c.First(); name != nil; name, _ = c.Next() {
			if !isMonth(name) {
				buckets = append(buckets, name)
			}
		}
		for k := range entries(tx.Bucket(bucketMeta)) {
			meta = append(meta, k)
		}
		v.names("bucket", buckets, fixedBuckets, laterBuckets)
		v.names("entry of meta", meta, fixedMeta, laterMeta)
		return nil
	})
}

func (v *verifier) names(what string, found, fixed, later [][]byte) {
	has := func(list [][]byte, name []byte) bool {
		return slices.ContainsFunc(list, func(b []byte) bool { return bytes.Equal(b, name) })
	}
	for _, name := range fixed {
		if !has(found, name) {
			v.say(Problem{What: fmt.Sprintf("the %s %q is missing", what, name)})
		}
	}
	for _, name := range found {
		if !has(fixed, name) && !has(later, name) {
			v.say(Problem{What: fmt.Sprintf("the %s %.40q does not belong here", what, name)})
		}
	}
}

// isMonth reports whether it is the name of a month's bucket.
func isMonth(name []byte) bool {
	for _, prefix := range monthBuckets {
		if month, ok := bytes.CutPrefix(name, prefix); ok {
			_, err := time.Parse(monthLayout, string(month))
			return err == nil
		}
	}
	return false
}
