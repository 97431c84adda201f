package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
	"unsafe"

	"go.etcd.io/bbolt"

	"cashier/api"
	"cashier/api/till"
)

// sealed is a small closed journal in which months have been dropped, with
// everything that a journal can have.
func sealed(t testing.TB, n int) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "sealed.db")
	s := openAt(t, path)
	for i := range n {
		at := oct.AddDate(0, 0, 3*i-20).Add(time.Duration(i) * time.Nanosecond)
		c := payment(fmt.Sprintf("Q%d", i), fmt.Sprintf("Q%d", i-i%2), at)
		mustAppend(t, s, c)
		switch i % 5 {
		case 0:
			mustAppend(t, s, after(c.Transaction, till.Paid, at, nil))
		case 1:
			mustAppend(t, s, after(c.Transaction, till.Cancelled, at, recheck(at)))
		case 2:
			mustAppend(t, s, after(c.Transaction, till.Failed, at, nil))
		}
		u := intent(fmt.Sprintf("C%d", i), at)
		mustAppend(t, s, u, after(u.Transaction, till.Active, at, func(x *till.Transaction) {
			x.Deposits = []till.Deposit{deposit("ATM-1", 100_00, at, api.DepositBooked)}
		}))
	}
	if d := mustDrop(t, s, oct); d.Transactions == 0 {
		t.Fatal("nothing was dropped")
	}
	r := Recovery{New: []till.Row{{Reference: "Q-spent"}}}
	if err := s.restored(t.Context(), &r, noon); err != nil {
		t.Fatal(err)
	}
	mustVerify(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// placed is an entry and where its bytes stand in the file.
type placed struct {
	bucket    string
	reference string // of the transaction it belongs to; empty: of none
	from, to  int64  // its key and value, which follow each other
}

// placedEntries finds the entries where bbolt has mapped them.
func placedEntries(t *testing.T, path string) (all []placed) {
	t.Helper()
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{ReadOnly: true, PreLoadFreelist: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	base := db.Info().Data
	err = db.View(func(tx *bbolt.Tx) error {
		inline, err := inlineBuckets(tx, read(t, path))
		if err != nil {
			return err
		}
		of := func(k key) string {
			if r, err := rowAt(tx, k); err == nil {
				return string(r.reference())
			}
			return ""
		}
		return tx.ForEach(func(name []byte, b *bbolt.Bucket) error {
			bucket := string(name)
			if bucket == string(bucketMeta) || bucket == string(bucketSettings) {
				return nil // no entries of records
			}
			return b.ForEach(func(k, v []byte) error {
				p := placed{bucket: bucket, from: int64(uintptr(unsafe.Pointer(&k[0]))) - int64(base)}
				if from, ok := inline[bucket+"/"+string(k)]; ok { // bbolt may have copied it
					p.from = from
				}
				p.to = p.from + int64(len(k)+len(v))
				if _, copied := inline[bucket+"/"+string(k)]; !copied && len(v) > 0 && int64(uintptr(unsafe.Pointer(&v[0]))-base) != p.from+int64(len(k)) {
					t.Fatalf("%s: key and value do not follow each other", bucket)
				}
				switch {
				case strings.HasPrefix(bucket, "rows/"), strings.HasPrefix(bucket, "records/"), bucket == string(bucketDue):
					p.reference = of(key(k))
				case strings.HasPrefix(bucket, "events/"):
					if e, err := asEvent(v); err == nil && !e.isNote() {
						p.reference = of(e.record)
					}
				case bucket == string(bucketRefs):
					p.reference = string(k)
				case bucket == string(bucketIndex), bucket == string(bucketSales):
					p.reference = of(key(k[len(k)-16:]))
				}
				all = append(all, p)
				return nil
			})
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// inlineBuckets are the entries of buckets that stand inside another page: by
// bucket, slash and key where they begin in the file.
func inlineBuckets(tx *bbolt.Tx, file []byte) (map[string]int64, error) {
	found := map[string]int64{}
	each := func(at int64, visit func(flags uint32, key, value, size, length int64)) {
		for i := range int64(binary.NativeEndian.Uint16(file[at+10:])) {
			el := at + boltHeader + i*elementSize
			u := func(n int64) int64 { return int64(binary.NativeEndian.Uint32(file[el+n:])) }
			k := el + u(4)
			visit(uint32(u(0)), k, k+u(8), u(8), u(12))
		}
	}
	for id := 0; ; id++ {
		page, err := tx.Page(id)
		if err != nil || page == nil {
			return found, err
		}
		if page.Type != "leaf" {
			id += page.OverflowCount
			continue
		}
		each(int64(id)*pageSize, func(flags uint32, key, value, size, _ int64) {
			if flags != leafBucket || binary.NativeEndian.Uint64(file[value:]) != 0 {
				return
			}
			name := string(file[key : key+size])
			each(value+16, func(_ uint32, key, _, size, _ int64) { found[name+"/"+string(file[key:key+size])] = key })
		})
		id += page.OverflowCount
	}
}

// TestEveryByteOfAnEntry flips each byte of random records and index entries in
// the file, one at a time. Verify names the transaction, or the page that makes
// no sense any more; nothing panics, and nothing goes unnoticed.
func TestEveryByteOfAnEntry(t *testing.T) {
	count := 200
	if testing.Short() || raceEnabled {
		count = 20
	}
	seed := uint64(time.Now().UnixNano())
	random := rand.New(rand.NewPCG(seed, 0))
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the seed is %d", seed)
		}
	})
	path := sealed(t, 20)
	all := placedEntries(t, path)
	if len(all) < 220 {
		t.Fatalf("there are only %d entries", len(all))
	}
	random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	kinds := map[string]bool{}
	work := make(chan placed, len(all))
	for i, p := range all {
		kind, _, _ := strings.Cut(p.bucket, "/")
		if i < count || !kinds[kind] { // of each kind one at least
			work <- p
			kinds[kind] = true
		}
	}
	close(work)
	for _, kind := range []string{"rows", "records", "events", "refs", "index", "days", "due", "sales", "kept", "past", "spent"} {
		if !kinds[kind] {
			t.Errorf("there is no entry of %s", kind)
		}
	}
	var mu sync.Mutex
	flips, named, pages, refused := 0, 0, 0, 0
	var group sync.WaitGroup
	for worker := range runtime.GOMAXPROCS(0) {
		copied := filepath.Join(t.TempDir(), fmt.Sprintf("%d.db", worker))
		write(t, copied, read(t, path))
		write(t, headPath(copied), read(t, headPath(path)))
		group.Go(func() {
			f, err := os.OpenFile(copied, os.O_RDWR, 0)
			if err != nil {
				t.Error(err)
				return
			}
			defer f.Close()
			for p := range work {
				for at := p.from; at < p.to; at++ {
					by, err := flip(f, at)
					if err != nil {
						t.Error(err)
						return
					}
					how, err := noticed(t, copied, p)
					if err != nil {
						t.Errorf("%s, entry of %q at %d, byte %d: %v", p.bucket, p.reference, p.from, at-p.from, err)
					}
					if _, err := f.WriteAt([]byte{by}, at); err != nil {
						t.Error(err)
						return
					}
					mu.Lock()
					flips++
					switch how {
					case "named":
						named++
					case "page":
						pages++
					default:
						refused++
					}
					mu.Unlock()
				}
			}
		})
	}
	group.Wait()
	t.Logf("%d flips: %d named, %d pages, %d refused at once", flips, named, pages, refused)
	if named < flips/2 {
		t.Error("most are not named")
	}
}

// TestEveryPageHeader flips the first bytes of each page: its header and its
// first elements. What bbolt would stumble over is reported as damage.
func TestEveryPageHeader(t *testing.T) {
	path := sealed(t, 14)
	whole, said := read(t, path), contents(t, path)
	bytesOf, steps := 48, 1
	if testing.Short() || raceEnabled {
		steps = 7
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	noticedAt, same := 0, 0
	for _, page := range livePages(t, path, len(whole)/pageSize) {
		for i := 0; i < bytesOf; i += steps {
			at := page*pageSize + int64(i)
			was, err := flip(f, at)
			if err != nil {
				t.Fatal(err)
			}
			switch _, err := noticed(t, path, placed{}); {
			case err == nil:
				noticedAt++
			case !bytes.Equal(contents(t, path), said):
				t.Errorf("page %d, byte %d: %v, and the journal says something else", page, i, err)
			default: // a byte that nothing reads, or the older of the two meta pages
				same++
			}
			if _, err := f.WriteAt([]byte{was}, at); err != nil {
				t.Fatal(err)
			}
		}
	}
	t.Logf("%d noticed, %d in unused bytes", noticedAt, same)
	if noticedAt < same {
		t.Error("most are not noticed")
	}
}

// livePages are those that are not free.
func livePages(t *testing.T, path string, most int) (live []int64) {
	t.Helper()
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{ReadOnly: true, PreLoadFreelist: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.View(func(tx *bbolt.Tx) error {
		for id := range most {
			page, err := tx.Page(id)
			if err != nil || page == nil {
				return err
			}
			if page.Type != "free" {
				live = append(live, int64(id))
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return live
}

// flip inverts bits of one byte and gives back what stood there.
func flip(f *os.File, at int64) (was byte, err error) {
	b := make([]byte, 1)
	if _, err := f.ReadAt(b, at); err != nil {
		return 0, err
	}
	_, err = f.WriteAt([]byte{b[0] ^ byte(1+at%255)}, at)
	return b[0], err
}

// noticed says how the damage to an entry was noticed.
func noticed(t *testing.T, path string, p placed) (how string, err error) {
	s, err := Open(path, Options{Profile: "test", ReadOnly: true})
	if err != nil {
		if errors.Is(err, till.ErrDamaged) {
			return "refused", nil
		}
		return "", err
	}
	report, err := s.Verify(t.Context())
	if closing := s.Close(); closing != nil {
		return "", closing
	}
	if err != nil && !errors.Is(err, till.ErrDamaged) {
		return "", err
	}
	if report.Sound() && err == nil {
		return "", errors.New("nothing was noticed")
	}
	if p.reference == "" {
		return "named", nil
	}
	for _, problem := range report.Problems {
		if string(problem.Reference) == p.reference {
			return "named", nil
		}
	}
	if err != nil || strings.Contains(report.First().What, ": page ") {
		return "page", nil
	}
	return "", fmt.Errorf("its transaction is not named: %v", report.Problems)
}
