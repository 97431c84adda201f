package books

import (
	"encoding/csv"
	"errors"
	"io"
	"math/big"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestParseMoney(t *testing.T) {
	for _, c := range []struct {
		text    string
		decimal byte
		want    int64
		reason  string
	}{
		{"12500", '.', 1250000, ""}, {"12500.00", '.', 1250000, ""}, {"12500.5", '.', 1250050, ""}, {"12,500.25", '.', 1250025, ""}, {"12,500", '.', 1250000, ""},
		{"12.500,25", ',', 1250025, ""}, {"12.500", ',', 1250000, ""}, {"1.234.567", ',', 123456700, ""}, {"Rp12.500", ',', 1250000, ""}, {"Rp. 12.500,00", ',', 1250000, ""},
		{"IDR 12500.00", '.', 1250000, ""}, {"12 500", '.', 1250000, ""}, {"12'500.10", '.', 1250010, ""}, {"-5000", '.', -500000, ""}, {"(5,000.00)", '.', -500000, ""},
		{"5000-", '.', -500000, ""}, {"+5000", '.', 500000, ""}, {"-Rp5.000", ',', -500000, ""}, {"0", '.', 0, ""}, {"0.005", '.', 0, "parts of a sen"}, {"12500.0000", '.', 1250000, ""},
		{"0012", '.', 1200, ""}, {"9999999999999999.99", '.', 999_999_999_999_999_999, ""}, {"12\u00a0500", '.', 1250000, ""},

		{"12.500", '.', 0, "may be 12500 or 12.5"}, {"12,500", ',', 0, "may be 12500 or 12,5"}, {"1.234.567", '.', 0, "several ., the decimal sign"},
		{"", '.', 0, "no amount"}, {"x", '.', 0, "no amount"}, {"12,50", '.', 0, "no amount"}, {"1,2345", '.', 0, "no amount"}, {",500", '.', 0, "no amount"},
		{"12.", '.', 0, "no amount"}, {".5", '.', 0, "no amount"}, {"12.345", '.', 0, "may be"}, {"1,234.567", '.', 0, "parts of a sen"}, {"--5", '.', 0, "no amount"}, {"(-5)", '.', 0, "no amount"},
		{"10000000000000000", '.', 0, "larger than any amount"}, {"1e5", '.', 0, "no amount"}, {"１２", '.', 0, "no amount"}, {"NaN", '.', 0, "no amount"},
	} {
		got, reason := parseMoney(c.text, c.decimal)
		if got != c.want || (reason == "") != (c.reason == "") || !strings.Contains(reason, c.reason) {
			t.Errorf("%q with %c: %d, %q; want %d, %q", c.text, c.decimal, got, reason, c.want, c.reason)
		}
	}
}

// FuzzParseMoney: what is read is what its digits say, and a written amount
// reads back.
func FuzzParseMoney(f *testing.F) {
	for _, s := range []string{"12.500,25", "-Rp 1.234", "(12,500.00)", "1'000", "0.005", "9999999999999999.99", "1.2.3", "5-", "IDR-5"} {
		f.Add(s, true)
		f.Add(s, false)
	}
	f.Fuzz(func(t *testing.T, text string, comma bool) {
		decimal := byte('.')
		if comma {
			decimal = ','
		}
		n, reason := parseMoney(text, decimal)
		if reason != "" {
			if n != 0 {
				t.Fatalf("%q is refused and %d", text, n)
			}
			return
		}
		if n > maxMinor || n < -maxMinor {
			t.Fatalf("%q is %d", text, n)
		}
		// The digits before and behind the decimal sign, read by another arithmetic.
		whole, sen, _ := strings.Cut(text, string(decimal))
		digits := func(s string) string {
			return strings.Map(func(r rune) rune {
				if r >= '0' && r <= '9' {
					return r
				}
				return -1
			}, s)
		}
		value, ok := new(big.Rat).SetString("0" + digits(whole) + "." + digits(sen) + "0")
		if !ok {
			t.Fatal(text)
		}
		value.Mul(value, big.NewRat(100, 1))
		if strings.ContainsAny(text, "-(") {
			value.Neg(value)
		}
		if strings.ContainsAny(whole, "R.r") && strings.Contains(strings.ToLower(text), "rp.") && decimal == '.' {
			return // the dot of "Rp." is the unit's
		}
		if value.Cmp(new(big.Rat).SetInt64(n)) != 0 {
			t.Fatalf("%q with %c is %d, its digits say %s", text, decimal, n, value.FloatString(2))
		}
	})
}

func records(text string, separator byte) (all [][]string, lines []int, err error) {
	tab, err := newTable(strings.NewReader(text), separator)
	if err != nil {
		return nil, nil, err
	}
	for {
		fields, err := tab.next()
		if errors.Is(err, io.EOF) {
			return all, lines, nil
		}
		if err != nil {
			return all, lines, err
		}
		all, lines = append(all, slices.Clone(fields)), append(lines, tab.at)
	}
}

func TestTable(t *testing.T) {
	for _, c := range []struct {
		name, text string
		separator  byte
		want       [][]string
		lines      []int
		err        string
	}{
		{"LF", "a,b\nc,d\n", 0, [][]string{{"a", "b"}, {"c", "d"}}, []int{1, 2}, ""},
		{"CRLF and a byte order mark", "\xef\xbb\xbfa;b\r\n\r\nc;d", 0, [][]string{{"a", "b"}, {"c", "d"}}, []int{1, 3}, ""},
		{"quotes", "\"a, \"\"b\"\"\",c\n\"x\ny\",\"\"\nz,", 0, [][]string{{`a, "b"`, "c"}, {"x\ny", ""}, {"z", ""}}, []int{1, 2, 4}, ""},
		{"a quote within", `5" x,b`, ',', [][]string{{`5" x`, "b"}}, []int{1}, ""},
		{"a bare CR", "a\rb,c", ',', [][]string{{"a\rb", "c"}}, []int{1}, ""},
		{"empty", "", 0, nil, nil, ""},
		{"empty lines", "\n\r\n\n", 0, nil, nil, ""},
		{"tabs", "a\tb,c\td\n", 0, [][]string{{"a", "b,c", "d"}}, []int{1}, ""},
		{"never closed", "a,b\nc,\"d\ne\n", 0, [][]string{{"a", "b"}}, []int{1}, "line 2: a quote is opened here and never closed; close it"},
		{"behind a quote", "\"a\"b,c", 0, nil, nil, "line 1: something stands behind a closing quote"},
		{"too many fields", strings.Repeat(",", 600), 0, nil, nil, "line 1: more than 512 fields"},
		{"too long", "a\n\"" + strings.Repeat("x", 70_000), 0, [][]string{{"a"}}, []int{1}, "line 2: the line is longer"},
		{"UTF-16", "\xff\xfea\x00", 0, nil, nil, "line 1: this is no text in UTF-8"},
		{"a spreadsheet itself", "PK\x03\x04\x00\x00", 0, nil, nil, "line 1: this is no text in UTF-8"},
	} {
		all, lines, err := records(c.text, c.separator)
		if !reflect.DeepEqual(all, c.want) || !slices.Equal(lines, c.lines) || (err == nil) != (c.err == "") || err != nil && !strings.HasPrefix(err.Error(), c.err) {
			t.Errorf("%s: %q at %v, %v", c.name, all, lines, err)
		}
	}
}

// FuzzTable: where encoding/csv takes a text, both read the same.
func FuzzTable(f *testing.F) {
	for _, s := range []string{"a,b\n", "\"a\"\"b\",c\r\n", "a\n\n\"x\ny\"", "\"", "a,\"b", "\xef\xbb\xbfx", ",,\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(strings.ReplaceAll(text, "\r\n", ""), "\r") || strings.HasPrefix(text, "\xef\xbb\xbf") {
			return // a bare CR at the end is dropped there; it has no byte order mark
		}
		r := csv.NewReader(strings.NewReader(text))
		r.FieldsPerRecord = -1
		want, theirs := r.ReadAll()
		got, _, ours := records(text, ',')
		if ours != nil || theirs != nil {
			return
		}
		for i := range want {
			for j := range want[i] {
				want[i][j] = strings.ReplaceAll(want[i][j], "\r\n", "\n") // as encoding/csv does within quotes
			}
		}
		want = slices.DeleteFunc(want, func(r []string) bool { return len(r) == 1 && r[0] == "" })
		for i := range got {
			for j := range got[i] {
				got[i][j] = strings.ReplaceAll(got[i][j], "\r\n", "\n")
			}
		}
		if len(got)+len(want) > 0 && !reflect.DeepEqual(got, want) {
			t.Fatalf("%q:\n got %q\nwant %q", text, got, want)
		}
	})
}

func entries(text string, m Mapping) ([]entry, *settlement, error) {
	s, err := newSettlement(strings.NewReader(text), m)
	if err != nil {
		return nil, nil, err
	}
	var all []entry
	for {
		e, err := s.next()
		if errors.Is(err, io.EOF) {
			return all, s, nil
		}
		if err != nil {
			return all, s, err
		}
		all = append(all, e)
	}
}

func TestMappings(t *testing.T) {
	want := entry{line: 2, reference: "Q-1", provider: "2020", minor: 1250000, currency: "IDR", at: at(20, 15, 4), says: saysPaid, word: "SUCCESS"}
	bare := want
	bare.word, bare.line = "", 1
	for _, c := range []struct {
		name, text string
		m          Mapping
		want       entry
	}{
		{"usual names", "Partner Reference No,Reference No,Amount,Currency,Transaction Time,Status\nQ-1,2020,12500.00,IDR,2026-11-20 15:04:00,SUCCESS\n", Mapping{}, want},
		{"Indonesian", "partnerReferenceNo;No Referensi;Nominal;Mata Uang;Tanggal;Status\nQ-1;2020;Rp12.500;idr;20/11/2026 15:04;SUCCESS", Mapping{Decimal: ','}, want},
		{"by name", "X,Y,Z,T,S\nQ-1,2020,12500,20.11.2026 08:04,SUCCESS", Mapping{Layout: "02.01.2006 15:04", Zone: time.UTC,
			Columns: map[string]string{"reference": "x", "providerReference": "Y", "amount": "Z", "time": "T", "status": "5"}}, want},
		{"without a header", "Q-1|12500|2020|2026-11-20T15:04:00+07:00\n", Mapping{NoHeader: true, Columns: map[string]string{"reference": "1", "amount": "2", "providerReference": "3", "time": "4"}}, bare},
		{"guarded cells", "partner_reference_no,rrn,amount,date,status\n'Q-1,\"=\"\"2020\"\"\",12500,2026-11-20 15:04,success", Mapping{},
			entry{line: 2, reference: "Q-1", provider: "2020", minor: 1250000, currency: "IDR", at: at(20, 15, 4), says: saysPaid, word: "success"}},
	} {
		all, _, err := entries(c.text, c.m)
		if err != nil || len(all) != 1 {
			t.Errorf("%s: %v, %v", c.name, all, err)
			continue
		}
		if !all[0].at.Equal(c.want.at) {
			t.Errorf("%s: at %v", c.name, all[0].at)
		}
		all[0].at = c.want.at
		if all[0] != c.want {
			t.Errorf("%s:\n got %+v\nwant %+v", c.name, all[0], c.want)
		}
	}
}

func TestStatusWords(t *testing.T) {
	all, s, err := entries("orderId,amount,status\nA,1,LUNAS\nB,1,Refund\nC,1,pending\nD,-1,success\n,,\nTotal,x\n", Mapping{})
	if err == nil || !strings.Contains(err.Error(), "line 7, column 2 (amount): is no amount") {
		t.Errorf("%v", err)
	}
	if got := []says{all[0].says, all[1].says, all[2].says, all[3].says}; !slices.Equal(got, []says{saysPaid, saysRefunded, saysOther, saysRefunded}) || s.keyless != 1 || all[3].minor != 100 {
		t.Errorf("%v, %d", got, s.keyless)
	}
	all, _, err = entries("orderId,amount,status\nA,1,OK\nB,1,LUNAS", Mapping{Paid: []string{" ok "}})
	if err != nil || all[0].says != saysPaid || all[1].says != saysOther {
		t.Errorf("%v, %v", all, err)
	}
}

func TestBadFiles(t *testing.T) {
	for _, c := range []struct {
		text string
		m    Mapping
		want string
	}{
		{"", Mapping{}, "line 1: the file is empty"},
		{"a,b\n1,2", Mapping{}, "line 1: no column is known to be the reference; name it in settlement.columns of the provider in the config: the columns are a, b"},
		{"orderId,b\n1,2", Mapping{}, "line 1: no column is known to be the amount"},
		{"orderId,amount\n1,2", Mapping{Columns: map[string]string{"amount": "Betrag"}}, `line 1: there is no column "Betrag" for the amount`},
		{"orderId,amount\n1,2", Mapping{Columns: map[string]string{"amount": "9"}}, `line 1: there is no column "9" for the amount`},
		{"orderId,amount\nA,1\nB,12.500\n", Mapping{}, "line 3, column 2 (amount): may be 12500 or 12.5"},
		{"orderId,amount,time\nA,1,yesterday\n", Mapping{}, "line 2, column 3 (time): is no time that is known"},
		{"orderId,amount,currency\nA,1,Rp\n", Mapping{}, "line 2, column 3 (currency): is no currency"},
		{"orderId,amount\nA\x1b[31m,1\n", Mapping{}, "line 2, column 1 (orderId): holds characters"},
	} {
		_, _, err := entries(c.text, c.m)
		if e, ok := errors.AsType[*FileError](err); !ok || !strings.HasPrefix(e.Error(), c.want) {
			t.Errorf("%q:\n got %v\nwant %s", c.text, err, c.want)
		}
	}
}

// FuzzSettlement: no text is read as something that it does not say, and none
// breaks the reader.
func FuzzSettlement(f *testing.F) {
	f.Add("partnerReferenceNo,amount,time,status\nQ-1,12500,2026-11-20,paid\n", byte(0), byte('.'))
	f.Add("orderId;nominal\n'Q;1.000,50-\n", byte(';'), byte(','))
	f.Fuzz(func(t *testing.T, text string, separator, decimal byte) {
		if separator != 0 && !strings.ContainsRune(",;|\t", rune(separator)) || decimal != '.' && decimal != ',' {
			return
		}
		all, _, err := entries(text, Mapping{Separator: separator, Decimal: decimal})
		if e, ok := errors.AsType[*FileError](err); err != nil && (!ok || e.Line < 1 || e.Reason == "") {
			t.Fatalf("%v", err)
		}
		for _, e := range all {
			if e.minor < 0 || e.minor > maxMinor || e.line < 1 || e.reference == "" && e.provider == "" || len(e.currency) != 3 || strings.ContainsAny(e.reference+e.provider+e.word, "\x1b\n\x00") {
				t.Fatalf("%+v", e)
			}
		}
	})
}
