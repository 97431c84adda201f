package views

import (
	"strings"
	"testing"
	"time"

	"cashier/api"
	"cashier/api/till"
	"cashier/ui/words"
)

func jakarta(y int, m time.Month, d int) time.Time {
	return time.Date(y, m, d, 0, 0, 0, 0, api.Jakarta)
}

func TestParseFilter(t *testing.T) {
	waiting := []till.State{till.Pending, till.Sent}
	for _, c := range []struct {
		line string
		want till.Filter
	}{
		{"", till.Filter{}},
		{"  ", till.Filter{}},
		{"today", till.Filter{From: jakarta(2026, 11, 20), To: jakarta(2026, 11, 21)}},
		{"kemarin", till.Filter{From: jakarta(2026, 11, 19), To: jakarta(2026, 11, 20)}},
		{"Hari-Ini", till.Filter{From: jakarta(2026, 11, 20), To: jakarta(2026, 11, 21)}},
		{"this-week", till.Filter{From: jakarta(2026, 11, 16), To: jakarta(2026, 11, 23)}},
		{"bulan-ini", till.Filter{From: jakarta(2026, 11, 1), To: jakarta(2026, 12, 1)}},
		{"7d", till.Filter{From: jakarta(2026, 11, 14), To: jakarta(2026, 11, 21)}},
		{"7hari", till.Filter{From: jakarta(2026, 11, 14), To: jakarta(2026, 11, 21)}},
		{"2026-11-01..2026-11-15", till.Filter{From: jakarta(2026, 11, 1), To: jakarta(2026, 11, 16)}},
		{"2026-11-01..", till.Filter{From: jakarta(2026, 11, 1)}},
		{"day:..2026-11-01", till.Filter{To: jakarta(2026, 11, 2)}},
		{"hari:2026-10", till.Filter{From: jakarta(2026, 10, 1), To: jakarta(2026, 11, 1)}},
		{"2026-09..2026-10", till.Filter{From: jakarta(2026, 9, 1), To: jakarta(2026, 11, 1)}},
		{"24/12", till.Filter{From: jakarta(2025, 12, 24), To: jakarta(2025, 12, 25)}},
		{"1/11..today", till.Filter{From: jakarta(2026, 11, 1), To: jakarta(2026, 11, 21)}},
		{"7d yesterday", till.Filter{From: jakarta(2026, 11, 19), To: jakarta(2026, 11, 20)}},
		{"paid", till.Filter{States: []till.State{till.Paid}}},
		{"lunas ditolak", till.Filter{States: []till.State{till.Paid, till.Failed}}},
		{"state:paid,refunded", till.Filter{States: []till.State{till.Paid, till.Refunded}}},
		{"status:belum-pasti", till.Filter{States: []till.State{till.Unknown}}},
		{"waiting", till.Filter{States: waiting}},
		{"menunggu", till.Filter{States: waiting}},
		{"open", till.Filter{States: []till.State{till.Unknown, till.Pending, till.Sent, till.Parked, till.Cancelling, till.Intent}}},
		{"cpm", till.Filter{Kind: till.CPM}},
		{"jenis:pembayaran", till.Filter{Kind: till.CPM}},
		{">10000", till.Filter{Least: api.IDR(10_000_01)}},
		{">=10000 <20000", till.Filter{Least: api.IDR(10_000_00), Most: api.IDR(19_999_99)}},
		{"10000..20000", till.Filter{Least: api.IDR(10_000_00), Most: api.IDR(20_000_00)}},
		{"10rb..2jt", till.Filter{Least: api.IDR(10_000_00), Most: api.IDR(2_000_000_00)}},
		{"..50k", till.Filter{Most: api.IDR(50_000_00)}},
		{"=12500.50", till.Filter{Least: api.IDR(12_500_50), Most: api.IDR(12_500_50)}},
		{"jumlah:12500", till.Filter{Least: api.IDR(12_500_00), Most: api.IDR(12_500_00)}},
		{"Rp12500", till.Filter{Least: api.IDR(12_500_00), Most: api.IDR(12_500_00)}},
		{"12500", till.Filter{Text: []string{"12500"}}},
		{"courier:siti", till.Filter{Courier: "siti"}},
		{`kurir:"Siti Rahma"`, till.Filter{Courier: "Siti Rahma"}},
		{"machine:Kun…", till.Filter{Machine: "Kun"}},
		{"provider:Finnet", till.Filter{Provider: "Finnet"}},
		{"ref:q261120", till.Filter{Reference: "Q261120"}},
		{"Q2611201504", till.Filter{Reference: "Q2611201504"}},
		{`ref:"Q26 1120 1504 12 K7M2 RX4T 9WZB"`, till.Filter{Reference: "Q261120150412K7M2RX4T9WZB"}},
		{"ref:my-order", till.Filter{Reference: "my-order"}},
		{"BCA 8231", till.Filter{Text: []string{"BCA|93600014", "8231"}}},
		{"niaga dan", till.Filter{Text: []string{"niaga|93600022", "dan|93600011|93600915"}}},
		{`"siti rahma"`, till.Filter{Text: []string{"siti rahma"}}},
		{`"paid" "a:b"`, till.Filter{Text: []string{"paid", "a:b"}}},
		{"~sity", till.Filter{Similar: []string{"sity"}}},
		{"today paid >10000 BCA", till.Filter{
			From: jakarta(2026, 11, 20), To: jakarta(2026, 11, 21), States: []till.State{till.Paid}, Least: api.IDR(10_000_01), Text: []string{"BCA|93600014"},
		}},
		{"state:paid day:2026-11-20 machine:Kun…", till.Filter{
			From: jakarta(2026, 11, 20), To: jakarta(2026, 11, 21), States: []till.State{till.Paid}, Machine: "Kun",
		}},
	} {
		got, fault := ParseFilter(c.line, start)
		if fault != nil {
			t.Errorf("%q: %v", c.line, fault)
			continue
		}
		if !sameFilter(got, c.want) {
			t.Errorf("%q is %+v, want %+v", c.line, got, c.want)
		}
		// Typed key by key, no part of a good line is called wrong for good: its
		// end is the same filter.
		if typed, fault := parseTyping(c.line, start); fault != nil || !sameFilter(typed, c.want) {
			t.Errorf("%q typed is %+v (%v), want %+v", c.line, typed, fault, c.want)
		}
	}
}

// No part of these lines is called wrong while it is typed.
func TestFilterIsTyped(t *testing.T) {
	for _, line := range []string{
		"today paid >10000 BCA", "state:paid day:2026-11-20 machine:Kun", "2026-11-01..2026-11-15", "hari:kemarin..hari-ini",
		"10000..20000", "jumlah:50rb..2jt", "state:paid,refunded", "<=12500.50 kind:cpm", `courier:"Siti Rahma" 24/12/2025`, `"siti rahma" ~sity`,
		"status:belum-pasti jenis:pembayaran", "Q261120150412K7M2RX4T9WZB", "7hari",
	} {
		for i := range line {
			if _, fault := parseTyping(line[:i], start); fault != nil {
				t.Errorf("%q is called wrong: %v", line[:i], fault)
			}
		}
	}
}

func TestFilterFaults(t *testing.T) {
	for _, c := range []struct{ line, en, id string }{
		{"state:payd", "Did you mean paid? There is no state “payd”.", "Tidak ada status “payd”."},
		{"status:lunass", "There is no state “lunass”.", "Maksudnya lunas?"},
		{"stat:paid", "Did you mean state? There is no filter “stat:”. There are: day, state,", "Maksudnya status?"},
		{"foo:bar", "In \"quotes\" it is text.", "Dalam \"tanda kutip\" artinya teks."},
		{"day:31-31", "“31-31” is no day. Write 2026-11-20,", "bukan tanggal"},
		{"31/2", "is no day", "bukan tanggal"},
		{"2026-02-30", "is no day", "bukan tanggal"},
		{"day:0d", "is no day", "bukan tanggal"},
		{"2026-11-15..2026-11-01", "write the earlier day first", "hari yang lebih dulu"},
		{"today yesterday", "No day is in all of those", "Tidak ada hari"},
		{"a..b", "is no day", "bukan tanggal"},
		{">12.500", "If you mean 12500 rupiah, write 12500.", "tulis 12500."},
		{"=1,000,000", "write 1000000", "tulis 1000000"},
		{">abc", "“>abc” is no amount", "bukan jumlah"},
		{"amount:ten", "is no amount", "bukan jumlah"},
		{"=0", "more than nothing", "lebih dari nol"},
		{"<0", "more than nothing", "lebih dari nol"},
		{">20000 <10000", "No amount is in all", "Tidak ada jumlah"},
		{"20000..10000", "No amount is in all", "Tidak ada jumlah"},
		{"kind:qr", "There is no kind “qr”. There are: cdm", "Tidak ada jenis “qr”"},
		{"cpm cdm", "stands there twice", "ada dua kali"},
		{"courier:a courier:b", "“courier:” stands there twice", "ada dua kali"},
		{"machine:", "needs something behind it, such as machine:Kun520", "misalnya machine:Kun520"},
		{`"siti`, "A \" is missing", "Kurang tanda"},
	} {
		_, fault := ParseFilter(c.line, start)
		if fault == nil {
			t.Errorf("%q is no fault", c.line)
			continue
		}
		if text := fault.Text(words.For(words.English)); !strings.Contains(text, c.en) {
			t.Errorf("%q: %s", c.line, text)
		}
		if text := fault.Text(words.For(words.Indonesian)); !strings.Contains(text, c.id) {
			t.Errorf("%q: %s", c.line, text)
		}
	}
}

func FuzzParseFilter(f *testing.F) {
	for _, line := range []string{"today paid >10000 BCA", `a:"b c`, "..", "><", "day:..", "~", "rp", ":", "state:,", "1/1/", "99999999999999999999jt"} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		whole, fault := ParseFilter(line, start)
		if fault != nil && fault.Error() == "" {
			t.Error("a fault without words")
		}
		if !whole.Most.Zero() && whole.Least.Minor() > whole.Most.Minor() || whole.Least.Minor() < 0 || whole.Most.Minor() < 0 {
			t.Errorf("amounts %s to %s", whole.Least, whole.Most)
		}
		if !whole.To.IsZero() && !whole.From.Before(whole.To) {
			t.Errorf("days %s to %s", whole.From, whole.To)
		}
		parseTyping(line, start)
	})
}

func sameFilter(a, b till.Filter) bool {
	return a.From.Equal(b.From) && a.To.Equal(b.To) && a.Kind == b.Kind && a.Provider == b.Provider && a.Reference == b.Reference &&
		a.Least.Minor() == b.Least.Minor() && a.Most.Minor() == b.Most.Minor() && a.Courier == b.Courier && a.Machine == b.Machine &&
		sameList(a.States, b.States) && sameList(a.Text, b.Text) && sameList(a.Similar, b.Similar)
}

func sameList[T ~string](a, b []T) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}
