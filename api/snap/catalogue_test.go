package snap_test

import (
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"cashier/api/snap"
)

// documentRows reads the copied table: a row of six cells, whose description
// goes on in the lines that do not begin a row.
func documentRows(t *testing.T) []snap.Meaning {
	t.Helper()
	data, err := os.ReadFile("testdata/response_codes.txt")
	if err != nil {
		t.Fatal(err)
	}
	row := regexp.MustCompile(`^(\w+) \| (\d{3}) \| (?:any|Any) \| (\d{2}) \| ([^|]*) \| ([^|]*) \|$`)
	more := regexp.MustCompile(`^([^|]*) (?:\| )?\|{4,5}$`)
	var rows []snap.Meaning
	lines := strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
	lines = slices.DeleteFunc(lines, func(line string) bool { return strings.HasPrefix(line, "#") })
	if lines[0] != "Category | HTTP Code | Service Code | Case Code | Response Message | Description |" {
		t.Fatalf("the table begins with %q", lines[0])
	}
	for _, line := range lines[2:] {
		if m := row.FindStringSubmatch(line); m != nil {
			status, err := strconv.Atoi(m[2])
			if err != nil {
				t.Fatal(err)
			}
			rows = append(rows, snap.Meaning{HTTP: status, Case: m[3], Category: m[1], Message: m[4], Description: m[5]})
		} else if m := more.FindStringSubmatch(line); m != nil && len(rows) > 0 {
			rows[len(rows)-1].Description += "\n" + m[1]
		} else {
			t.Fatalf("line %q is neither a row nor the rest of one", line)
		}
	}
	return rows
}

func TestCatalogue(t *testing.T) {
	want := documentRows(t)
	if len(want) != 63 {
		t.Fatalf("the document has %d rows, want 63", len(want))
	}
	got := slices.Collect(snap.Catalogue())
	if len(got) != len(want) {
		t.Fatalf("the catalogue has %d rows, the document %d", len(got), len(want))
	}
	seen := map[string]bool{}
	for i, m := range want {
		if got[i] != m {
			t.Errorf("row %d\n got %+v\nwant %+v", i+1, got[i], m)
		}
		if seen[m.Key()] {
			t.Errorf("key %s stands twice", m.Key())
		}
		seen[m.Key()] = true
		for _, service := range []string{"60", "90"} {
			code := snap.Code{HTTP: m.HTTP, Service: service, Case: m.Case}
			if found, ok := snap.Lookup(code); !ok || found != m {
				t.Errorf("Lookup(%s) = %+v, %v", code, found, ok)
			}
			equal(t, "key", code.Key(), m.Key())
		}
	}
	for _, stranger := range []snap.Code{{HTTP: 403, Service: "60", Case: "24"}, {HTTP: 201, Service: "60", Case: "00"}, {HTTP: 403, Service: "60", Case: "5"}} {
		if m, ok := snap.Lookup(stranger); ok {
			t.Errorf("Lookup(%+v) = %+v", stranger, m)
		}
	}
}

func TestLongDescriptionStaysReadable(t *testing.T) {
	m, ok := snap.Lookup(snap.Code{HTTP: 404, Service: "60", Case: "18"})
	if !ok {
		t.Fatal("404-18 is missing")
	}
	lines := strings.Split(m.Description, "\n")
	if len(lines) != 9 {
		t.Errorf("404-18 has %d lines, want 9: %q", len(lines), lines)
	}
	for _, line := range lines {
		if line == "" || strings.TrimSpace(line) != line || strings.Contains(line, "|") {
			t.Errorf("404-18 has the line %q", line)
		}
	}
	if !strings.HasPrefix(lines[8], "- Transfer debit = (i) Direct debit payment; (ii) QR CPM payment;") {
		t.Errorf("404-18 ends with %q", lines[8])
	}
}

func TestCatalogueStopsEarly(t *testing.T) {
	count := 0
	for range snap.Catalogue() {
		if count++; count == 3 {
			break
		}
	}
	if count != 3 {
		t.Errorf("%d rows", count)
	}
}
