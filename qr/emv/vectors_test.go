package emv

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// sample is one vector with its expected answers; a pointer that is nil expects
// nothing, json null in a RawMessage expects that there is none.
type sample struct {
	ID      string `json:"id"`
	Mode    string `json:"mode"`
	Payload string `json:"payload"`
	Expect  struct {
		Parse      string          `json:"parse"`
		CPV        *string         `json:"cpv"`
		ADF        json.RawMessage `json:"adf"`
		PAN        json.RawMessage `json:"pan"`
		HasAccount *bool           `json:"has_pan_or_t2"`
		CRCOK      *bool           `json:"crc_ok"`
		POI        *string         `json:"poi"`
		Amount     json.RawMessage `json:"amount"`
	} `json:"expect"`
}

// samples are our own vectors, and the public ones where they lie beside the
// repository; those are read in place and never copied.
func samples(t testing.TB) []sample {
	t.Helper()
	all := readSamples(t, filepath.Join("testdata", "emv_own.json"))
	if len(all) != 23 {
		t.Fatalf("%d own samples, want 23", len(all))
	}
	public := filepath.Join("..", "..", "..", "shared", "vectors", "public", "emv_public.json")
	if _, err := os.Stat(public); !errors.Is(err, fs.ErrNotExist) {
		all = append(all, readSamples(t, public)...)
	}
	return all
}

func readSamples(t testing.TB, path string) []sample {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Samples []sample `json:"samples"`
	}
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Samples) == 0 {
		t.Fatalf("%s holds no samples", path)
	}
	return file.Samples
}

// same compares with an expected JSON string; null expects "".
func same(t *testing.T, what string, want json.RawMessage, got string) {
	t.Helper()
	if want == nil {
		return
	}
	var text *string
	if err := json.Unmarshal(want, &text); err != nil {
		t.Fatal(err)
	}
	if text == nil {
		text = new(string)
	}
	if got != *text {
		t.Errorf("%s: got %q, want %q", what, got, *text)
	}
}

func TestCPMVectors(t *testing.T) {
	for _, s := range samples(t) {
		if s.Mode != "CPM" {
			continue
		}
		t.Run(s.ID, func(t *testing.T) {
			strict, strictErr := decodeStrictly(s.Payload)
			code, err := DecodeCPM(s.Payload)
			if s.Expect.Parse == "error" {
				if err == nil || strictErr == nil {
					t.Fatalf("read: leniently %v, strictly %v", err, strictErr)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if isStrict := strictErr == nil; isStrict != (s.Expect.Parse == "strict-ok") || code.Strict() != isStrict {
				t.Fatalf("strictly: %v, Strict() %t; want %s", strictErr, code.Strict(), s.Expect.Parse)
			}
			if strictErr == nil {
				if again, err := encode(strict.code.open().nodes); err != nil || again != s.Payload {
					t.Errorf("written again it differs (%v)", err)
				}
			}
			if s.Expect.CPV != nil && code.Version() != *s.Expect.CPV {
				t.Errorf("version %q, want %q", code.Version(), *s.Expect.CPV)
			}
			a, _ := code.Application()
			same(t, "ADF", s.Expect.ADF, a.AID())
			same(t, "PAN", s.Expect.PAN, a.PAN())
			if s.Expect.HasAccount != nil && a.HasAccount() != *s.Expect.HasAccount {
				t.Errorf("account: %t, want %t", a.HasAccount(), *s.Expect.HasAccount)
			}
		})
	}
}

func TestMPMVectors(t *testing.T) {
	for _, s := range samples(t) {
		if s.Mode != "MPM" {
			continue
		}
		t.Run(s.ID, func(t *testing.T) {
			if s.Expect.Parse != "ok" {
				t.Fatalf("a kind of answer that this test does not know: %q", s.Expect.Parse)
			}
			code, err := DecodeMPM(s.Payload)
			if err != nil {
				t.Fatal(err)
			}
			if s.Expect.CRCOK == nil || code.CRCOK() != *s.Expect.CRCOK {
				t.Errorf("checksum right: %t", code.CRCOK())
			}
			if s.Expect.POI != nil && code.Initiation() != *s.Expect.POI {
				t.Errorf("initiation %q, want %q", code.Initiation(), *s.Expect.POI)
			}
			same(t, "amount", s.Expect.Amount, code.Amount())
			if kind := Classify(s.Payload); kind != KindMPM {
				t.Errorf("classified as %v", kind)
			}
		})
	}
}

func own(t testing.TB, id string) string {
	t.Helper()
	for _, s := range readSamples(t, filepath.Join("testdata", "emv_own.json")) {
		if s.ID == id {
			return s.Payload
		}
	}
	t.Fatalf("no sample %s", id)
	return ""
}
