package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"cashier/api/till"
)

// schema1 writes a journal as schema 1 was. It is frozen: it shares no code with
// the package, so that no later change of the format changes it too.
type schema1 struct {
	tx    *bbolt.Tx
	chain [32]byte
	count uint64
	nanos uint64
}

func (w *schema1) put(bucket string, key, value []byte) {
	b, err := w.tx.CreateBucketIfNotExists([]byte(bucket))
	if err == nil {
		err = b.Put(key, value)
	}
	if err != nil {
		panic(err)
	}
}

func (w *schema1) key(nanos, seq uint64) []byte {
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, nanos), seq)
}

// one is a user id of schema 1 with its two events: asked for, and active with
// a deposit of Rp50.000.
func (w *schema1) one(reference string, at time.Time) {
	month, nanos := at.Format("2006-01"), uint64(at.UnixNano())
	record := w.key(nanos, w.count+1)
	request := `{"partnerReferenceNo":"` + reference + `"}`
	stamp := at.Format(time.RFC3339)
	base := `{"reference":"` + reference + `","kind":"cdm","state":"%s","provider":"paycools","service":"90","binding":"https://p.test M1",` +
		`"courier":{"courierNo":"K-17","courierName":"Siti","courierMobile":"0812","regionNo":"R1","branchNo":"B1"},%s` +
		`"createdAt":"` + stamp + `","updatedAt":"` + stamp + `","revision":%d}`
	deposits := `"deposits":[{"originalReferenceNo":"P1","machineNumber":"ATM-1","state":"booked","amount":{"value":"50000.00","currency":"IDR"},` +
		`"createTime":"` + stamp + `","seenAt":"` + stamp + `"}],`
	previous := make([]byte, 16)
	for revision, state := range []string{"intent", "active"} {
		code, extra, booked := byte(1), "", 0
		if state == "active" {
			code, extra, booked = 15, deposits, 1
		}
		body := fmt.Appendf(nil, base, state, extra, revision+1)
		value := binary.BigEndian.AppendUint32([]byte{1}, uint32(len(request)))
		value = append(append(value, request...), body...)
		w.count++
		w.nanos = max(w.nanos, nanos)
		event := w.key(w.nanos, w.count)

		search := strings.ToLower(reference + "\x00K-17\x00Siti\x000812")
		label := "Siti"
		if booked > 0 {
			search += "\x00atm-1"
		}
		row := []byte{1, 1, code, 0}
		row = binary.BigEndian.AppendUint32(row, uint32(revision+1))
		row = binary.BigEndian.AppendUint64(row, nanos)
		row = binary.BigEndian.AppendUint64(row, uint64(booked*50_000_00))
		row = binary.BigEndian.AppendUint32(row, uint32(booked))
		row = append(row, "IDR"...)
		row = append(row, byte(len(reference)))
		row = append(row, event...)
		row = append(row, byte(len("paycools")), 0)
		row = binary.BigEndian.AppendUint16(row, uint16(len(label)))
		row = binary.BigEndian.AppendUint16(row, uint16(len(search)))
		row = binary.BigEndian.AppendUint16(row, uint16(booked))
		row = append(row, reference+"paycools"+label+search...)
		if booked > 0 {
			row = binary.BigEndian.AppendUint32(row, uint32((at.Unix()+7*60*60)/(24*60*60)))
			row = binary.BigEndian.AppendUint64(row, 50_000_00)
			row = binary.BigEndian.AppendUint32(row, 1)
			row = binary.BigEndian.AppendUint32(row, 0)
		}
		made := sha256.Sum256(slices.Concat(binary.BigEndian.AppendUint32(nil, uint32(len(row))), row, value))
		told := fmt.Appendf(nil, `{"at":"%s","reference":"%s","service":"90","state":"%s","what":"answer"}`, stamp, reference, state)
		number := binary.BigEndian.AppendUint32(nil, uint32(revision+1))
		w.chain = sha256.Sum256(slices.Concat(w.chain[:], event, record, previous, number, made[:], told))

		w.put("rows/"+month, record, row)
		w.put("records/"+month, record, value)
		w.put("events/"+month, event, slices.Concat([]byte{1}, w.chain[:], made[:], record, previous, number, told))
		w.put("refs", []byte(reference), record)
		if previous = event; revision > 0 {
			if err := w.tx.Bucket([]byte("index")).Delete(append([]byte{1, 1}, record...)); err != nil {
				panic(err)
			}
		}
		w.put("index", append([]byte{1, code}, record...), nil)
	}
}

// buildSchema1 makes a journal of n user ids, all active, one a day.
func buildSchema1(t testing.TB, path string, n int) {
	t.Helper()
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{PageSize: 4096})
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		seal := make([]byte, 48) // count, time, 32 random bytes
		copy(seal[16:], "these would be thirty-two random")
		w := &schema1{tx: tx, chain: sha256.Sum256(seal)}
		for _, name := range []string{"settings", "days", "refs", "index"} {
			if _, err := tx.CreateBucket([]byte(name)); err != nil {
				return err
			}
		}
		tally := func(n int) []byte {
			v := binary.BigEndian.AppendUint32([]byte{1, 1, 1, 15}, uint32(n))
			v = binary.BigEndian.AppendUint64(v, uint64(n*50_000_00))
			return binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(v, uint32(n)), 0)
		}
		for i := range n {
			at := noon.AddDate(0, 0, i-n)
			w.one(fmt.Sprintf("C%d", i), at)
			w.put("days", binary.BigEndian.AppendUint32(nil, uint32((at.Unix()+7*60*60)/(24*60*60))), tally(1))
		}
		head := binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, w.count), w.nanos)
		for name, value := range map[string][]byte{
			"schema": {0, 0, 0, 1}, "profile": []byte("test"), "binding": nil, "seal": seal, "head": append(head, w.chain[:]...), "totals": tally(n),
		} {
			w.put("meta", []byte(name), value)
		}
		return nil
	})
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
}

func TestSchema1(t *testing.T) {
	path := filepath.Join(t.TempDir(), "old.db")
	buildSchema1(t, path, 40)
	before := read(t, path)

	// It can be looked into, verified and restored from as it is.
	r, err := verifyFile(t.Context(), path, Options{Profile: "test"}, nil)
	if err != nil || !r.Sound() || r.Transactions != 40 || r.Events != 80 {
		t.Fatalf("%+v, %v", r, err)
	}
	if !bytes.Equal(read(t, path), before) {
		t.Error("looking changes it")
	}
	restored := filepath.Join(t.TempDir(), "restored.db")
	if _, err := Restore(t.Context(), path, restored, testOptions, nil); err != nil {
		t.Fatal(err)
	}
	if v := schemaNumber(t, restored); v != schema {
		t.Errorf("a restored journal has schema %d", v)
	}
	if n := files(t, filepath.Dir(restored)); len(n) != 2 {
		t.Errorf("there are %v", n)
	}

	// Opening it to work brings it here, and keeps a copy.
	s := openAt(t, path)
	mustVerify(t, s)
	x, err := s.Get(t.Context(), "C7")
	if err != nil || x.State != till.Active || len(x.Deposits) != 1 || x.Courier.Name != "Siti" || string(x.Request) != `{"partnerReferenceNo":"C7"}` {
		t.Errorf("%+v, %v", x, err)
	}
	if events, err := s.Events(t.Context(), "C7"); err != nil || len(events) != 2 {
		t.Errorf("%v, %v", events, err)
	}
	c := intent("C-new", noon)
	mustAppend(t, s, c, after(x, till.Active, noon, nil))
	mustVerify(t, s)
	s.Close()
	if v := schemaNumber(t, path); v != schema {
		t.Errorf("it has schema %d", v)
	}
	copies, err := filepath.Glob(path + ".schema-1-*")
	if err != nil || len(copies) != 1 {
		t.Fatalf("copies: %v, %v", copies, err)
	}
	if info, err := os.Stat(copies[0]); err != nil || info.Mode() != 0o600 {
		t.Error(info.Mode(), err)
	}
	if v := schemaNumber(t, copies[0]); v != 1 {
		t.Errorf("the copy has schema %d", v)
	}
	if r, err := verifyFile(t.Context(), copies[0], Options{Profile: "test"}, nil); err != nil || !r.Sound() || r.Transactions != 40 {
		t.Errorf("%+v, %v", r, err)
	}
	openAt(t, path).Close() // once is enough
	if again, _ := filepath.Glob(path + ".schema-*"); len(again) != 1 {
		t.Errorf("copies: %v", again)
	}
}

func schemaNumber(t testing.TB, path string) (v uint32) {
	t.Helper()
	s, err := Open(path, Options{Profile: "test", ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.view(func(tx *bbolt.Tx) error {
		v = binary.BigEndian.Uint32(tx.Bucket(bucketMeta).Get(metaSchema))
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return v
}

func init() { children["migrate"] = childMigrate }

// childMigrate stops in the middle of a step, and is killed there.
func childMigrate(path string) error {
	steps := []migration{{from: 1, run: func(tx *bbolt.Tx) error {
		if err := tx.DeleteBucket(bucketRefs); err != nil {
			return err
		}
		fmt.Println("in the middle")
		_, err := os.Stdin.Read(make([]byte, 1))
		return err
	}}}
	_, err := open(path, Options{Profile: "test"}, schema, steps)
	return err
}

func TestKilledWhileMigrating(t *testing.T) {
	path := filepath.Join(t.TempDir(), "old.db")
	buildSchema1(t, path, 40)
	cmd, out, _ := child(t, "migrate", path)
	if !out.Scan() || out.Text() != "in the middle" {
		t.Fatalf("the child says %q", out.Text())
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	cmd.Wait()
	if v := schemaNumber(t, path); v != 1 {
		t.Errorf("it has schema %d", v)
	}
	for _, file := range append([]string{path}, must(filepath.Glob(path+".schema-1-*"))...) {
		if r, err := verifyFile(t.Context(), file, Options{Profile: "test"}, nil); err != nil || !r.Sound() || r.Transactions != 40 {
			t.Errorf("%s: %+v, %v", file, r, err)
		}
	}
	mustVerify(t, openAt(t, path))
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
