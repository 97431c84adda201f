package store

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"cashier/api"
	"cashier/api/till"
)

// sample is a closed journal of some months with its head file.
func sample(t testing.TB) (path string) {
	path = filepath.Join(t.TempDir(), "sample.db")
	s := openAt(t, path)
	err := s.Import(t.Context(), func(yield func(till.Change, error) bool) {
		for i := range 300 {
			c := intent(fmt.Sprintf("C%d", i), noon.AddDate(0, 0, -i/3))
			yield(c, nil)
			c = after(c.Transaction, till.Active, noon, func(x *till.Transaction) {
				x.QR = strings.Repeat("Q", 100+i)
				x.Deposits = []till.Deposit{deposit("ATM-1", 100_00, noon, api.DepositBooked)}
			})
			yield(c, nil)
			if i%5 == 0 {
				yield(after(c.Transaction, till.Unknown, noon, nil), nil)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 12 {
		sale := "Q0"
		if i%2 == 0 {
			sale = fmt.Sprintf("Q%d", i)
		}
		c := payment(fmt.Sprintf("Q%d", i), sale, noon.AddDate(0, 0, -i))
		mustAppend(t, s, c)
		mustAppend(t, s, after(c.Transaction, []till.State{till.Paid, till.Failed, till.Cancelled}[i%3], noon, recheck(noon)))
	}
	mustAppend(t, s, intent("C-last", noon)) // so that both meta pages are in use
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func read(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func write(t testing.TB, path string, b []byte) {
	t.Helper()
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// mustBeDamaged opens what must not open, and must not be touched.
func mustBeDamaged(t *testing.T, path string) {
	t.Helper()
	before := read(t, path)
	s, err := Open(path, Options{Profile: "test", Timeout: time.Millisecond})
	if err == nil {
		s.Close()
		t.Fatal("it opens")
	}
	damaged := new(DamagedError)
	if !errors.As(err, &damaged) || !errors.Is(err, till.ErrDamaged) || damaged.Path != path || damaged.Reason == "" {
		t.Fatalf("got %v", err)
	}
	if !bytes.Equal(read(t, path), before) {
		t.Fatal("the damaged file has been changed")
	}
}

func TestCutFile(t *testing.T) {
	path := sample(t)
	whole := read(t, path)
	metas, err := boltMetas(bytes.NewReader(whole))
	if err != nil || len(metas) != 2 {
		t.Fatal(metas, err)
	}
	need := int(max(metas[0].pages, metas[1].pages)) * pageSize
	lengths := []int{0, 1, 15, 16, 100, pageSize - 1, pageSize, pageSize + 100, 2 * pageSize, 3 * pageSize, len(whole) / 2, need - 1}
	random := rand.New(rand.NewPCG(3, 4))
	for range 60 {
		lengths = append(lengths, random.IntN(need))
	}
	for _, n := range lengths {
		cut := filepath.Join(t.TempDir(), "cut.db")
		write(t, cut, whole[:n])
		mustBeDamaged(t, cut)
	}
}

func TestNotAJournal(t *testing.T) {
	for name, content := range map[string][]byte{
		"text":   []byte(strings.Repeat("not a journal\n", 1000)),
		"zeros":  make([]byte, 10*pageSize),
		"folder": nil,
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "test.db")
			if content != nil {
				write(t, path, content)
				mustBeDamaged(t, path)
				return
			}
			if err := os.Mkdir(path, 0o700); err != nil {
				t.Fatal(err)
			}
			if _, err := Open(path, Options{Profile: "test"}); !errors.Is(err, till.ErrDamaged) {
				t.Errorf("got %v", err)
			}
		})
	}
	t.Run("another bbolt file", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "test.db")
		db, err := bbolt.Open(path, 0o600, &bbolt.Options{PageSize: pageSize})
		if err != nil {
			t.Fatal(err)
		}
		db.Close()
		mustBeDamaged(t, path)
	})
}

func TestSetAside(t *testing.T) {
	path := sample(t)
	content := read(t, path)[:5000]
	write(t, path, content)
	first, err := SetAside(path)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(first, path+".damaged-20") || !bytes.Equal(read(t, first), content) || len(read(t, headPath(first))) != headLineSize {
		t.Errorf("%s does not hold what was damaged", first)
	}
	if err := openAt(t, path).Close(); err != nil {
		t.Fatal(err)
	}
	second, err := SetAside(path)
	if err != nil || second == first {
		t.Errorf("%s, %v", second, err)
	}
	if _, err := SetAside(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("nothing there: %v", err)
	}
}

// contents is all that the journal says, settings and what each opening
// writes aside; nil when it cannot be read.
func contents(t *testing.T, path string) (all []byte) {
	s, err := Open(path, Options{Profile: "test", ReadOnly: true})
	if err != nil {
		return nil
	}
	defer s.Close()
	err = s.view(func(tx *bbolt.Tx) error {
		return tx.ForEach(func(name []byte, b *bbolt.Bucket) error {
			if bytes.Equal(name, bucketSettings) {
				return nil
			}
			all = fmt.Appendf(all, "[%s]\n", name)
			return b.ForEach(func(k, v []byte) error {
				all = fmt.Appendf(all, "%x=%x\n", k, v)
				return nil
			})
		})
	})
	if err != nil {
		return nil
	}
	return all
}

// TestFlippedBytes flips bits anywhere in the file: either the journal says
// the very same as before, or opening or verifying names the damage.
func TestFlippedBytes(t *testing.T) {
	path := sample(t)
	whole, want := read(t, path), contents(t, path)
	head := read(t, headPath(path))
	random := rand.New(rand.NewPCG(5, 6))
	flipped := filepath.Join(t.TempDir(), "flipped.db")
	refused, named, same := 0, 0, 0
	for range 400 {
		at := random.IntN(len(whole))
		b := bytes.Clone(whole)
		b[at] ^= 1 << random.IntN(8)
		write(t, flipped, b)
		write(t, headPath(flipped), head)
		s, err := Open(flipped, Options{Profile: "test", ReadOnly: true})
		if err != nil {
			var wrongProfile *ProfileError
			var wrongSchema *SchemaError
			if !errors.Is(err, till.ErrDamaged) && !errors.Is(err, till.ErrReadOnly) && !errors.As(err, &wrongProfile) && !errors.As(err, &wrongSchema) {
				t.Fatalf("byte %d: %v", at, err)
			}
			refused++
			continue
		}
		report, err := s.Verify(t.Context())
		s.Close()
		switch {
		case err != nil && !errors.Is(err, till.ErrDamaged):
			t.Fatalf("byte %d: %v", at, err)
		case err == nil && report.Sound():
			if got := contents(t, flipped); !bytes.Equal(got, want) {
				t.Fatalf("byte %d of page %d: the journal says something else and verifies", at, at/pageSize)
			}
			same++
		default:
			named++
		}
	}
	t.Logf("%d refused, %d named, %d in unused bytes", refused, named, same)
	if named < 100 {
		t.Errorf("only %d were named", named)
	}
}

// TestChangedEntries changes entries by bbolt's own means, so that all pages
// are right and only the contents can tell: verify names each.
func TestChangedEntries(t *testing.T) {
	t.Run("sample", func(t *testing.T) {
		changedEntries(t, sample(t), 360, []string{"rows/", "records/", "events/", "refs", "index", "days", "meta", "due", "sales"})
	})
	t.Run("sealed", func(t *testing.T) {
		changedEntries(t, sealed(t, 14), 360, []string{"kept", "past", "spent", "meta", "events/2026-09", "rows/", "days"})
	})
}

func changedEntries(t *testing.T, path string, times int, kinds []string) {
	whole, head := read(t, path), read(t, headPath(path))
	random := rand.New(rand.NewPCG(7, 8))
	changed := filepath.Join(t.TempDir(), "changed.db")
	for i := range times {
		prefix := kinds[i%len(kinds)]
		write(t, changed, whole)
		write(t, headPath(changed), head)
		what := tamper(t, changed, prefix, random)
		s, err := Open(changed, Options{Profile: "test", ReadOnly: true})
		if err != nil {
			if prefix != "meta" {
				t.Fatalf("%s: %v", what, err)
			}
			continue
		}
		report, err := s.Verify(t.Context())
		s.Close()
		if err != nil || report.Sound() {
			t.Fatalf("%s: nothing is named, %v", what, err)
		}
		first := report.Problems[0]
		if strings.HasSuffix(prefix, "/") && first.Reference == "" && first.Event == 0 && first.At.IsZero() && !strings.Contains(first.What, "does not belong") {
			t.Errorf("%s: the first problem names no record: %v", what, first)
		}
	}
}

// tamper flips a bit of an entry's value or key, or drops the entry.
func tamper(t *testing.T, path, prefix string, random *rand.Rand) (what string) {
	t.Helper()
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.Update(func(tx *bbolt.Tx) error {
		var names []string
		tx.ForEach(func(name []byte, _ *bbolt.Bucket) error {
			if strings.HasPrefix(string(name), prefix) {
				names = append(names, string(name))
			}
			return nil
		})
		name := names[random.IntN(len(names))]
		b := tx.Bucket([]byte(name))
		var keys [][]byte
		b.ForEach(func(k, _ []byte) error {
			if string(k) != "binding" {
				keys = append(keys, bytes.Clone(k))
			}
			return nil
		})
		k := keys[random.IntN(len(keys))]
		v := bytes.Clone(b.Get(k))
		how := random.IntN(3)
		if prefix == "meta" || len(v) == 0 && how == 0 {
			how = 0
			if len(v) == 0 {
				how = 1
			}
		}
		what = fmt.Sprintf("%s, %x, way %d", name, k, how)
		switch how {
		case 0:
			v[random.IntN(len(v))] ^= 1 << random.IntN(8)
			return b.Put(k, v)
		case 1:
			if err := b.Delete(k); err != nil {
				return err
			}
			other := bytes.Clone(k)
			other[random.IntN(len(other))] ^= 1 << random.IntN(8)
			return b.Put(other, v)
		}
		return b.Delete(k)
	})
	if err != nil {
		t.Fatal(err)
	}
	return what
}

// TestNamesOfAnotherShape changes names that no chain covers.
func TestNamesOfAnotherShape(t *testing.T) {
	for name, c := range map[string]struct {
		edit func(*bbolt.Tx) error
		want string
	}{
		"settings gone":   {func(tx *bbolt.Tx) error { return tx.DeleteBucket(bucketSettings) }, `the bucket "settings" is missing`},
		"a bucket more":   {func(tx *bbolt.Tx) error { _, err := tx.CreateBucket([]byte("settingr")); return err }, `the bucket "settingr" does not belong here`},
		"not a month":     {func(tx *bbolt.Tx) error { _, err := tx.CreateBucket([]byte("rows/2026-13")); return err }, `the bucket "rows/2026-13" does not belong here`},
		"no binding":      {func(tx *bbolt.Tx) error { return tx.Bucket(bucketMeta).Delete(metaBinding) }, `the entry of meta "binding" is missing`},
		"an entry more":   {func(tx *bbolt.Tx) error { return tx.Bucket(bucketMeta).Put([]byte("x"), nil) }, `the entry of meta "x" does not belong here`},
		"nothing changed": {func(*bbolt.Tx) error { return nil }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStore(t)
			mustAppend(t, s, intent("C1", noon))
			if err := s.update(c.edit); err != nil {
				t.Fatal(err)
			}
			report, err := s.Verify(t.Context())
			if err != nil || report.Sound() != (c.want == "") || c.want != "" && report.Problems[0].What != c.want {
				t.Errorf("%v, %v", report.Problems, err)
			}
		})
	}
}

// TestOlderRecordPutBack puts an earlier version of a record back, which fits
// an event of its own.
func TestOlderRecordPutBack(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	s := openAt(t, path)
	first := intent("C1", noon)
	mustAppend(t, s, first)
	var k key
	var oldRow, oldRecord []byte
	s.view(func(tx *bbolt.Tx) (err error) {
		var r row
		k, r, err = stored(tx, "C1")
		oldRow = bytes.Clone(r)
		oldRecord = bytes.Clone(tx.Bucket(bucketOf(prefixRecords, k)).Get(k[:]))
		return err
	})
	mustAppend(t, s, after(first.Transaction, till.Intent, noon, nil))
	err := s.update(func(tx *bbolt.Tx) error {
		return errors.Join(tx.Bucket(bucketOf(prefixRows, k)).Put(k[:], oldRow), tx.Bucket(bucketOf(prefixRecords, k)).Put(k[:], oldRecord))
	})
	if err != nil {
		t.Fatal(err)
	}
	report, err := s.Verify(t.Context())
	if err != nil || report.Sound() || report.Problems[0].Reference != "C1" || !strings.Contains(report.Problems[0].What, "older than event 2") {
		t.Errorf("%v, %v", report.Problems, err)
	}
}

// TestCutTail takes the journal back to an earlier copy of itself: all in it
// is right, and only the head file can tell.
func TestCutTail(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	s := openAt(t, path)
	mustAppend(t, s, intent("C1", noon))
	s.Close()
	earlier := read(t, path)
	s = openAt(t, path)
	mustAppend(t, s, intent("C2", noon), intent("C3", noon))
	s.Close()
	write(t, path, earlier)

	only, err := Open(path, Options{Profile: "test", ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	report, err := only.Verify(t.Context())
	if err != nil || len(report.Problems) != 1 || !strings.Contains(report.Problems[0].What, "ends at event 1, the head file knows 3") {
		t.Errorf("%v, %v", report.Problems, err)
	}
	only.Close()

	// Going on does not cover it up.
	s = openAt(t, path)
	mustAppend(t, s, intent("C4", noon), intent("C5", noon), intent("C6", noon))
	report, err = s.Verify(t.Context())
	if err != nil || len(report.Problems) != 1 || !strings.Contains(report.Problems[0].What, "1 events where 3 had been written") {
		t.Errorf("%v, %v", report.Problems, err)
	}
	s.Close()

	// A lost or broken head file is not a fault of the journal.
	for _, broken := range [][]byte{nil, []byte("x"), bytes.Repeat([]byte("x"), headLineSize)} {
		path := sample(t)
		os.Remove(headPath(path))
		if broken != nil {
			write(t, headPath(path), broken)
		}
		s, err := Open(path, Options{Profile: "test", ReadOnly: true})
		if err != nil {
			t.Fatal(err)
		}
		if r := mustVerify(t, s); r.HeadKnown {
			t.Error("a head file is known")
		}
		s.Close()
	}
}
