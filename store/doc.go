// Package store is the journal: one bbolt file a profile, in which no change
// of a transaction is ever half there. The till appends (till.Journal), the
// screens and commands read lists, timelines and counts from it.
//
// # The file
//
// All numbers are big-endian. A record key is 16 bytes: the transaction's
// creation in unix nanoseconds and the number of its first event. An event key
// is 16 bytes likewise: the event's time, never smaller than the one before,
// and the event's number, which counts from 1 without a gap. Months are those
// of the keys, in Jakarta time. Buckets, all at the top level:
//
//	meta            schema, profile, binding, seal, head, totals, cuts
//	settings        name -> bytes the program remembers; not part of the chain
//	rows/2026-11    record key -> what lists show and filters ask (row.go)
//	records/2026-11 record key -> the whole transaction (record.go)
//	events/2026-11  event key -> event and chain (event.go)
//	refs            reference -> record key
//	index           kind, state, record key -> nothing
//	days            Jakarta day -> counts of that day (tally.go)
//	due             record key -> nothing: has ended and is unsettled all the same
//	sales           sale, zero byte, record key -> nothing
//	kept            event key -> hash before it: an event before the seal that stays (seal.go)
//	past            Jakarta day -> counts of that day's dropped transactions
//	sessions        number -> a shift, and its Z report once it is closed (session.go)
//	spent           reference -> key of the note: used before a restore (restore.go)
//
// A transaction that is a sale of its own has no entry in sales: refs leads to
// it, and its row says so. Months and all buckets from due on are made with their
// first entry; a journal without them has none.
//
// # Sessions
//
// An event belongs to the session whose opening note is the last before it in
// the chain and which is not closed yet; so no record says so. While a session
// is open, an event's body also tells what money it moved, and a report adds up
// the bodies. A session is written together with a note whose made is the hash
// of its stored bytes: a changed, lost or added session or Z report shows, and
// an opening or a closing is one commit. The numbers of those that a restore has
// lost are taken by sessions that say so.
//
// # The chain
//
// An event's hash is SHA-256 over the hash before it, its own key, the record
// key, the key of the record's previous event, the record's revision, the hash
// of the record as the event made it (row and body) and the event's body. So a
// changed, lost, added or older record shows as well as a changed event. The
// hash before the first event is that of the seal, whose random bytes are made
// with the file, so that no part of another journal fits in. The head (count and hash) stands in meta and, a
// second time, in the file "<store>.head", which is written after each commit
// without waiting for the disk and flushed at Close: it never runs ahead of the
// journal, and a journal that is behind it has lost its tail. What Verify can
// notice of a cut tail is therefore everything that the head file's last
// written-back copy has seen: all of it unless the machine itself went down,
// then at most the kernel's write-back delay (some 30 s on Linux) less.
package store
