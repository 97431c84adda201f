package views

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"cashier/api"
	"cashier/api/till"
	"cashier/ui"
	"cashier/ui/words"
)

func TestHistoryFilterExplainsItself(t *testing.T) {
	run(t, options{world: someDay}, func(p *program) {
		p.press("2")
		p.want("5 in the journal")
		p.press("/")
		p.want("Filter:", "2026-11-01..2026-11-15", "paid declined", ">10000 <=50rb", "courier:siti", "~sity for similar names")
		p.wantFits(80, 24)
		p.write("stat")
		p.want("Tab: state:")
		p.press("tab")
		p.want("Filter: state:", "Tab: state:open")
		p.write("act")
		p.want("Tab: state:active")
		p.press("tab")
		p.want("Filter: state:active ", "1 found", "sum Rp80.000 · all of it came in · searched all")
		p.wantNot("refused")
		p.press("esc")
		p.want("5 in the journal", "✗ refused")
	})
	run(t, options{world: someDay, lang: words.Indonesian}, func(p *program) {
		p.press("2", "/")
		p.want("Saring:", "lunas ditolak", "kurir:siti")
		p.wantFits(80, 24)
		p.write("hari-ini aktif")
		p.want("1 ditemukan · jumlah Rp80.000 · semuanya masuk")
	})
}

func TestHistoryFilterCombines(t *testing.T) {
	run(t, options{world: someDay}, func(p *program) {
		p.press("2", "/")
		for _, c := range []struct{ line, found string }{
			{"today", "3 found"},
			{"19/11", "1 found"},
			{"2025-12..2026-11-19", "2 found"},
			{"courier:siti today", "2 found"},
			{"machine:Kun520B40322", "1 found"},
			{">70000", "1 found"},
			{"rahma 628129", "3 found"},
			{"C26112014", "2 found"},
			{"open", "1 found"},
			{"declined today siti", "1 found · searched all"},
		} {
			p.write(c.line)
			p.want(c.found)
			p.press("ctrl+u")
		}
		p.write("today siti")
		p.press("enter")
		p.want("Filter: today siti", "2 found", "Enter open", "Esc no filter")
		p.press("down", "enter")
		p.want("Transaction", "C26 1120 1315 00 AB12 CD34 EF56")
		p.press("esc")
		p.want("Filter: today siti", "2 found")
		p.press("/", "backspace", "backspace", "backspace", "backspace", "backspace")
		p.want("3 found")
		p.press("esc")
		p.want("5 in the journal")
	})
}

func TestHistoryFilterFaults(t *testing.T) {
	run(t, options{world: someDay}, func(p *program) {
		p.press("2", "/")
		p.write("state:payd")
		p.want("✗ Did you mean paid? There is no state “payd”.")
		p.wantFits(80, 24)
		p.press("backspace", "backspace")
		p.wantNot("Did you mean")
		p.press("ctrl+u")
		p.write(">12.500")
		p.want("If you mean 12500 rupiah, write 12500.")
		p.press("ctrl+u")
		p.write("machine:")
		p.press("enter")
		p.want("needs something behind it, such as machine:Kun520", "Filter: machine:")
		p.press("ctrl+u")
		p.write("nowhere")
		p.want("0 found", "Nothing fits. Take a word away, or Esc for everything.")
		// Enter on a word that is not finished leaves what was found.
		p.press("ctrl+u")
		p.write(`today "siti`)
		p.press("enter")
		p.want("A \" is missing at the end.", "2 found")
		p.wantNot("in the journal")
		// A wrong word alone filters nothing: what is listed is everything.
		p.press("ctrl+u")
		p.want("5 in the journal")
		p.paste("state:payd")
		p.want("Did you mean paid?", "5 in the journal")
		p.wantNot("0 found")
	})
}

// A long search that finds nothing says so at its end.
func TestHistoryFindsNothingAtLast(t *testing.T) {
	run(t, options{world: func(w *world) { someDay(w); w.step = 1 }}, func(p *program) {
		p.press("2", "/")
		p.write("zzzzzz")
		p.want("0 found · searched all", "Nothing fits. Take a word away, or Esc for everything.")
		for _, c := range []struct{ typed, meant string }{{"payd", "paid"}, {"siti yesterdy", "yesterday"}, {"cpn", "cpm"}, {"not-sure-jet", "not-sure-yet"}} {
			p.press("ctrl+u")
			p.write(c.typed)
			p.want("Did you mean " + c.meant + "? Nothing fits.")
			p.wantFits(80, 24)
		}
	})
	run(t, options{world: someDay, lang: words.Indonesian}, func(p *program) {
		p.press("2", "/")
		p.write("lunass")
		p.want("Maksudnya lunas? Tidak ada yang cocok.")
	})
}

// What does not fit the line of the sums is left out whole.
func TestHistoryStatusIsNeverCut(t *testing.T) {
	h := &history{desk: &desk{Kit: ui.Kit{Words: words.For(words.English)}}, read: true, until: time.Date(2026, 11, 20, 0, 0, 0, 0, words.Jakarta)}
	h.line = filterLine{desk: h.desk, filter: till.Filter{Kind: till.CPM}}
	h.found = finding{hits: 628, sum: api.IDR(3_132_633_000_00), came: api.IDR(3_072_924_000_00), done: true}
	whole := "from 19 Nov 2026 back · 628 found · sum Rp3.132.633.000 · Rp3.072.924.000 came in · searched all"
	parts := strings.Split(whole, " · ")
	for width := len(parts[0]); width < 120; width++ {
		got := h.status(width)
		if n := len(strings.Split(got, " · ")); got != strings.Join(parts[:n], " · ") || utf8.RuneCountInString(got) > width ||
			n < len(parts) && utf8.RuneCountInString(strings.Join(parts[:n+1], " · ")) <= width {
			t.Errorf("%d columns: %q", width, got)
		}
	}
}

// Hits are shown as they are found, and the keys do not wait for the rest.
func TestHistoryStreams(t *testing.T) {
	run(t, options{world: func(w *world) {
		for i := range 50 {
			w.put(w.active(api.Reference(fmt.Sprintf("C2611201402%02dK7M2RX4T9WZB", i)), "id"))
			tx := w.records[api.Reference(fmt.Sprintf("C2611201402%02dK7M2RX4T9WZB", i))]
			tx.CreatedAt = w.ago(time.Duration(i) * 24 * time.Hour)
			w.records[tx.Reference] = tx
		}
		w.step = 10
	}}, func(p *program) {
		p.press("2")
		p.filming = true
		p.press("/")
		p.write("budi")
		p.want("50 found")
		film := strings.Join(p.film, "\n")
		if !strings.Contains(film, "10 found · back to 11 Nov 2026, 20 % …") || !strings.Contains(film, "40 found · back to 12 Oct 2026, 80 % …") {
			t.Error("nothing was told on the way")
		}
		p.film = nil
		p.write(" today") // the words before are searched no more
		p.want("1 found", "searched all")
	})
}

func TestHistoryFindsSimilarNames(t *testing.T) {
	run(t, options{world: someDay}, func(p *program) {
		p.press("2", "/")
		p.write("sity")
		p.want("Nothing has “sity”; similar names:", "3 found", "Siti Rahmawati")
		p.press("ctrl+u")
		p.write("siti")
		p.want("3 found")
		p.wantNot("similar names")
	})
}

func TestHistoryGoesToADay(t *testing.T) {
	run(t, options{world: someDay}, func(p *program) {
		p.press("2", "d")
		p.want("Go to day:")
		p.write("yester")
		p.press("enter")
		p.want("“yester” is no day")
		p.press("ctrl+u")
		p.write("yesterday")
		p.press("enter")
		p.want("from 19 Nov 2026 back", "not active")
		p.wantNot("refused", "Go to day")
		p.press("[")
		p.want("from 18 Nov 2026 back", "25 Dec 2025")
		p.wantNot("not active")
		p.press("]")
		p.want("from 26 Dec 2025 back")
		p.press("esc")
		p.wantNot(" back ·", "from 26 Dec")
		p.want("refused", "5 in the journal")
		p.press("d", "esc")
		p.wantNot("Go to day")
		p.want("History")
	})
}

// What changes meanwhile comes in by itself, without the list being empty.
func TestHistoryFilterFollows(t *testing.T) {
	run(t, options{world: someDay}, func(p *program) {
		p.press("2", "/")
		p.write("siti")
		p.want("3 found")
		tx := p.world.records["C261120145503P4Q8S2V6X0Y1"]
		tx.Reference, tx.CreatedAt = "C261120150200NEWNEWNEWNEW", p.world.ago(time.Second)
		p.world.put(tx)
		p.send(Changed{})
		p.pass(5 * time.Second)
		p.send(Changed{})
		p.want("4 found")
	})
}

// Behind the hits that a search keeps the list reads on.
func TestHistoryReadsOnBehindASearch(t *testing.T) {
	run(t, options{world: func(w *world) {
		for i := range historyFound + 60 {
			tx := w.active(api.Reference(fmt.Sprintf("C261120%06dK7M2RX4T9WZB", i)), "id")
			tx.CreatedAt = w.ago(time.Duration(i) * time.Second)
			w.put(tx)
		}
		unsent := w.active("C250101000000K7M2RX4T9WZB", "id")
		unsent.State = till.Unsent
		w.put(unsent)
		w.step = 100
	}}, func(p *program) {
		p.press("2", "/")
		p.write("active")
		p.want("360 found", "1 of 300")
		p.press("enter", "end")
		p.want("300 of 360")
		p.press("end")
		p.want("360 of 360")
	})
}

// Whatever was sent has a slip for the help desk, user ids too.
func TestDetailSlipOfAUserID(t *testing.T) {
	run(t, options{world: someDay}, func(p *program) {
		p.press("2", "down", "enter", "h")
		p.want("Help-desk slip", "C261120140243K7M2RX4T9WZB", "userid123456789", "Budi", "Booked 2 Rp80.000", "2009000")
		p.wantFits(80, 24)
		p.press("esc")
		p.want("Transaction")
	})
}

// Another filter begins at its first hit.
func TestHistoryFilterBeginsAtTheTop(t *testing.T) {
	run(t, options{world: someDay}, func(p *program) {
		p.press("2", "down", "down", "/")
		p.write("siti")
		p.want("▸ 14.54.43")
		p.press("down")
		p.want("▸ 13.02.43")
		p.write(" today")
		p.want("▸ 14.54.43")
	})
}

// The page of another day names the day once, and every time has its seconds.
func TestDetailOfAnotherDay(t *testing.T) {
	run(t, options{world: func(w *world) {
		someDay(w)
		const reference = "C251230101500QW12ER34TY56"
		tx := w.records[reference]
		w.put(tx, till.Event{At: tx.CreatedAt, What: till.WhatIntent, Service: "90"},
			till.Event{At: tx.CreatedAt.Add(2 * time.Second), What: till.WhatAnswer, Service: "90", ResponseCode: "5009000"},
			till.Event{At: tx.CreatedAt.Add(24 * time.Hour), What: till.WhatAnswer, Service: "90", ResponseCode: "5049000"},
			till.Event{At: w.ago(time.Hour), What: till.WhatAnswer, Service: "90", ResponseCode: "4009000"})
	}}, func(p *program) {
		p.press("2", "end", "enter", "end")
		p.want("What happened 25 Dec 2025", " 15.02.43 recorded", " 15.02.45 answer 5009000", "26 Dec 15.02.43 answer 5049000", "20 Nov 2026 14.02.43 answer 4009000")
	})
	run(t, options{world: someDay}, func(p *program) {
		p.press("2", "down", "enter", "end")
		p.want("What happened 14.02.43 recorded")
	})
}

// A deposit of another day has its time beside the story, too.
func TestDepositTimes(t *testing.T) {
	d := &desk{Kit: ui.Kit{Words: words.For(words.English), Theme: ui.NewTheme(ui.ThemeOptions{NoColor: true}), Clock: ui.SystemClock()}}
	deposit := []till.Deposit{{Deposit: api.Deposit{Machine: "Kun520B40321", Amount: api.IDR(30_000_00), State: api.DepositBooked, CreatedAt: time.Date(2025, 2, 1, 2, 57, 45, 0, words.Jakarta)}}}
	for _, c := range []struct {
		width int
		want  string
	}{{42, "1 Feb "}, {52, "1 Feb 2025 02.57 "}, {62, "1 Feb 2025 02.57.45 "}} {
		line := d.depositTable(deposit, c.width)[0]
		if !strings.HasPrefix(line, c.want) || !strings.Contains(line, "Kun520B40321") || !strings.Contains(line, "Rp30.000") || !strings.HasSuffix(strings.TrimSpace(line), "booked") {
			t.Errorf("%d columns: %q", c.width, line)
		}
	}
}

// A payment of another day is never taken for one of today.
func TestPaidOnAnotherDay(t *testing.T) {
	runPay(t, options{world: func(w *world) {
		payDay(w)
		tx := w.records[paidReference]
		payment := *tx.Payment
		payment.EndedAt = w.ago(24 * time.Hour)
		tx.Payment = &payment
		w.put(tx)
	}}, func(p *program, _ *fakePayments) {
		p.open(paidReference)
		p.want("✓ PAID 19 Nov 15.02 BCA ··8231")
	})
}

// A reference of ours stands whole in a list that has room; a longer one of
// somebody else does not take the room of the names.
func TestRowsReferences(t *testing.T) {
	d := &desk{Kit: ui.Kit{Words: words.For(words.English), Theme: ui.NewTheme(ui.ThemeOptions{NoColor: true}), Clock: ui.SystemClock()}}
	for _, c := range []struct {
		reference api.Reference
		width     int
		want      string
	}{
		{"Q261120150112K7M2RX4T9WZB", 116, "Q261120150112K7M2RX4T9WZB"}, {"Q261120150112K7M2RX4T9WZB", 76, "Q261120150112…"},
		{"ORDER-2026-11-20-000000000001-OF-A-SHOP", 116, "ORDER-2026-11…"}, {"ORDER-1", 116, "ORDER-1"},
	} {
		cells := d.row(till.RowOf(till.Transaction{Reference: c.reference, Kind: till.CPM, State: till.Paid}), c.width).Cells
		if got := cells[len(cells)-1].Text; got != c.want {
			t.Errorf("%s in %d columns: %q", c.reference, c.width, got)
		}
	}
}
