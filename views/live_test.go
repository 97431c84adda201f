package views

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"cashier/api"
	"cashier/api/till"
	"cashier/ui"
	"cashier/ui/words"
)

func TestLookupSaysWhoFitsAndAsksOnce(t *testing.T) {
	runLive(t, options{}, func(p *program, f *fakeLive) {
		p.press("3")
		p.want("Paydia · issuer side: needs provider's reference or our reference or message no.")
		p.press("ctrl+s")
		p.want("Type at least one reference.")
		p.write("INV-77")
		p.want("✓ Paydia", "– Finnet: needs provider's reference, amount")
		p.press("ctrl+s", "down", "down", "enter")
		p.want("Finnet: needs provider's reference, amount")
		if len(f.looks) != 0 {
			t.Fatalf("asked %v", f.looks)
		}
		f.record = f.lookedUp(till.Pending, api.LookupNews{Status: api.StatusPending, RawStatus: "03"})
		p.press("up", "up", "enter")
		p.want("WAITING", "w asks until it is final")
		p.pass(5 * time.Minute)
		if len(f.looks) != 1 || !strings.HasPrefix(f.looks[0], "issuer INV-77 ") {
			t.Errorf("asked %q", f.looks)
		}
		p.press("r", "r")
		if len(f.looks) != 3 {
			t.Errorf("asked %d times", len(f.looks))
		}
	})
}

func TestLookupWatchesUntilFinal(t *testing.T) {
	runLive(t, options{}, func(p *program, f *fakeLive) {
		f.answer = api.Answer{Class: api.Unknown, Reason: api.ReasonTimeout, RetryAfter: 20 * time.Second}
		p.lookWith("INV-77")
		p.press("w")
		p.pass(19 * time.Second)
		if len(f.looks) != 1 {
			t.Fatalf("asked %d times although it was told to wait", len(f.looks))
		}
		p.pass(2 * time.Second)
		f.answer = api.Answer{Class: api.Done, HTTPStatus: 200}
		f.record = f.lookedUp(till.Pending, api.LookupNews{Status: api.StatusPending, RawStatus: "03"})
		p.pass(21 * time.Second)
		p.want("WAITING", "next check in")
		n := len(f.looks)
		p.pass(5 * time.Minute)
		if len(f.looks) != n {
			t.Error("the screen asks beside the till")
		}
		tx := f.lookedUp(till.Paid, paidNews())
		tx.Revision = 2
		f.tell(till.Update{Transaction: tx, Answer: f.answer, CheckedAt: p.clock.Now(), Ended: true})
		p.settle()
		p.want("✓ PAID", "W2026112000112233", "Rp10.000")
		p.press("esc")
		f.mu.Lock()
		defer f.mu.Unlock()
		if len(f.subs) != 0 {
			t.Error("it is still followed")
		}
	})
}

func TestLeavingALookupEndsItsQuestion(t *testing.T) {
	runLive(t, options{}, func(p *program, f *fakeLive) {
		f.wait = make(chan struct{})
		p.asked()
		p.want("Asking Paydia")
		p.press("esc", "esc")
		p.want("Our reference", "INV-77") // the form with what was typed
		p.press("esc")
		p.want("Latest")
	})
}

func TestLookupFaults(t *testing.T) {
	for want, err := range map[string]error{
		"belongs to": till.ErrOtherRequest, "another provider or merchant": till.ErrOtherProfile, "the disk is full": till.ErrFull,
		"cashier history verify": till.ErrDamaged,
	} {
		runLive(t, options{}, func(p *program, f *fakeLive) {
			f.err = err
			p.lookWith("INV-77")
			p.press("w")
			p.pass(time.Minute)
			p.want(want)
			if len(f.looks) != 1 {
				t.Errorf("%v: asked %d times", err, len(f.looks))
			}
		})
	}
}

func TestLookupFindsInTheJournal(t *testing.T) {
	runLive(t, options{world: payDay}, func(p *program, f *fakeLive) {
		p.press("3")
		p.burst(paidReference, "enter") // the scanner
		p.pass(300 * time.Millisecond)
		p.press("ctrl+s", "enter")
		p.want("Transaction", paidReference)
		p.press("esc", "esc", "ctrl+u")
		p.write("INV-1")
		p.press("ctrl+s", "down", "enter")
		p.want("not in this terminal's journal")
		p.press("esc", "ctrl+u", "tab")
		p.write("W1")
		p.press("ctrl+s", "down", "enter")
		p.want("needs our reference")
		if len(f.looks) != 0 {
			t.Errorf("a provider was asked: %v", f.looks)
		}
	})
}

func TestDoubtfulNewsIsNeverGreen(t *testing.T) {
	runLive(t, options{}, func(p *program, f *fakeLive) {
		f.record = f.lookedUp(till.Parked, doubtfulNews())
		p.asked()
		p.want("NOT TRUSTED", "proves nothing", "Another amount: Rp12.345.678 is answered, Rp10.000 was asked for.")
		p.wantNot("✓")
		p.press("esc", "esc", "esc", "5")
		p.want("! not trusted", "Paydia")
		p.wantNot("✓ paid")
		p.press("enter")
		p.want("NOT TRUSTED")
		p.press("r")
		if len(f.looks) != 2 {
			t.Errorf("asked %d times", len(f.looks))
		}
	})
}

func TestACustomersCodeIsNoReference(t *testing.T) {
	runLive(t, options{}, func(p *program, _ *fakeLive) {
		for _, key := range []string{"3", "e", "s"} {
			p.press(key)
			p.filming = true
			p.scanCode(bcaCode)
			p.paste(bcaCode)
			p.filming = false
			p.hidden()
			for _, frame := range p.film {
				if strings.Contains(frame, bcaCode[:24]) {
					t.Fatalf("a customer's code was shown:\n%s", frame)
				}
			}
			p.press("esc")
		}
	})
}

func TestTheBoardFollowsTheTill(t *testing.T) {
	runLive(t, options{}, func(p *program, f *fakeLive) {
		f.openDay()
		p.press("4")
		p.want("6 open · 1 being asked about", "CPM ✗ 15.01.20")
		// What has ended stays ten seconds with how it ended, then leaves.
		f.finish("Q261120150202K7M2RX4T9WZB", till.Paid)
		p.pass(1100 * time.Millisecond)
		p.want("5 open", "✓ paid")
		p.pass(7 * time.Second)
		p.want("✓ paid")
		p.pass(4 * time.Second)
		p.wantNot("✓ paid", "Q2611201502…")
		// What is new is there within a second of the journal's news.
		f.mu.Lock()
		f.rows = append(f.rows, till.BoardRow{Row: till.Row{Reference: "Q261120150303NEWNEWNEWNEW", Standing: &till.Standing{Kind: till.CPM, State: till.Sent}, CreatedAt: till.MomentOf(p.clock.Now())}, Attempts: 1})
		f.mu.Unlock()
		p.pass(1100 * time.Millisecond)
		p.want("Q2611201503…", "6 open")
	})
}

func TestTheBoardReadsTheJournalOnlyWhenItChanged(t *testing.T) {
	runLive(t, options{}, func(p *program, f *fakeLive) {
		f.openDay()
		p.press("4")
		pages := p.world.pages
		p.pass(10 * time.Second)
		if p.world.pages != pages {
			t.Errorf("%d pages were read of an unchanged journal", p.world.pages-pages)
		}
		for range 1000 {
			p.send(Changed{Reference: "Q261120150202K7M2RX4T9WZB"})
		}
		read := p.world.pages
		p.pass(1100 * time.Millisecond)
		if p.world.pages > read+2 { // home below reads for itself
			t.Errorf("%d pages were read for one second's changes", p.world.pages-read)
		}
	})
}

func TestTheBoardChecksAndPauses(t *testing.T) {
	runLive(t, options{}, func(p *program, f *fakeLive) {
		f.openDay()
		p.press("4", "r")
		p.want("Asked about now: Q261119101500…")
		p.press("a")
		// All that is asked about, and the lost user id one by one.
		if want := []string{"Q261119101500PARK0000000C", "all", "C261120145503P4Q8S2V6X0Y1"}; !slices.Equal(f.checks, want) {
			t.Errorf("checked %v, want %v", f.checks, want)
		}
		p.want("All 6 are asked about now.")
		p.press("p")
		p.want("PAUSED", "paused")
		p.press("p")
		p.wantNot("PAUSED")
		p.press("p")
		p.want("PAUSED")
		p.press("esc")
		if f.paused {
			t.Error("the pause goes on although nobody sees it")
		}
	})
}

func TestTheBoardsCursorStaysOnItsTransaction(t *testing.T) {
	runLive(t, options{}, func(p *program, f *fakeLive) {
		f.openDay()
		p.press("4", "end")
		p.want("▸ CPM Rp12.500")
		f.finish("Q261119101500PARK0000000C", till.Paid)
		p.pass(15 * time.Second)
		p.want("▸ CPM Rp12.500", "5 of 5")
		p.press("/")
		p.write("siti")
		p.want("▸ CDM", "1 of 1")
		p.press("enter", "enter")
		p.want("Transaction", "C26 1120 1455")
		p.press("esc", "esc")
		p.want("▸ CDM", "5 open")
	})
}

func TestABoardThatDoesNotAnswer(t *testing.T) {
	runLive(t, options{}, func(p *program, f *fakeLive) {
		f.openDay()
		f.readErr = till.ErrDamaged
		p.press("4")
		p.want("file is damaged")
		f.readErr = nil
		p.pass(1100 * time.Millisecond)
		p.want("6 open")
		f.err = till.ErrOtherProfile
		p.press("r")
		p.want("another provider or merchant")
	})
}

func TestWithoutABoardOpenNowIsAList(t *testing.T) {
	runLive(t, options{world: someDay, deps: func(d *Deps) { d.Board = nil }}, func(p *program, _ *fakeLive) {
		p.press("4")
		p.want("not sure yet")
		p.wantNot("S/Q")
	})
}

func TestCodesAreExplainedAsTheyAreTyped(t *testing.T) {
	for typed, want := range map[string][]string{
		"4046001":   {"CPM · QRIS CPM: payment (60)", "not known or was already used", "The customer was not charged."},
		"403 90 02": {"PayCools · CDM: user ID (90)"},
		"404-51-01": {"Paydia · QRIS MPM: payment query (51)"},
		"4186077":   {"418 with case 77 is not in the provider's documents", "may or may not have paid"},
		"2001800":   {"no operation of ours", "Service 18 is not one"},
		"0996000":   {"begins with an HTTP status from 100 to 599, and 099 is none"},
		"20060000":  {"has 8 characters"},
		"40460":     {"1 of 20", "4046000"},
		"403-05":    {"1 of 1", "PayCools"},
		"zzz":       {"Nothing has “zzz” in it."},
	} {
		runLive(t, options{}, func(p *program, _ *fakeLive) {
			p.press("e")
			p.write(typed)
			p.want(want...)
			p.wantFits(80, 24)
		})
	}
}

func TestCodesOfEveryOperation(t *testing.T) {
	runLive(t, options{}, func(p *program, _ *fakeLive) {
		p.press("e")
		p.want("1 of 63")
		for _, o := range codeOperations {
			p.want("‹ "+o.Title+" · ", "("+o.Service+") ›")
			p.press("tab")
		}
		p.want("‹ PayCools · CDM: user ID (90) ›") // and round again
		p.write("4045101")
		p.want("Paydia")
		p.press("tab")
		p.want("Finnet", "gives no list of codes")
		p.press("enter")
		p.want("The document says", "Transaction not found")
		p.press("esc", "ctrl+u")
		p.write("amount limit")
		p.want("4035102")
	})
}

func TestSignLabKeepsSecretsOut(t *testing.T) {
	runLive(t, options{}, func(p *program, f *fakeLive) {
		p.press("s", "ctrl+p", "ctrl+p", "ctrl+k", "tab", "tab", "tab")
		p.want("Token variable", "Secret variable")
		p.filming = true
		for _, secret := range []string{labToken, "Bearer " + labToken, "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----", labSecret} {
			p.paste(secret)
			p.want("looks like a secret")
			p.pass(7 * time.Second)
		}
		p.write("TOKEN")
		p.press("tab")
		p.write("SECRET")
		p.press("up", "up", "up")
		p.write("/v1.0/x")
		p.paste("{\n \"userAccessToken\": \"" + labToken + "\", \"qrContent\": \"" + bcaCode + "\"\n}")
		p.press("ctrl+s")
		p.want("String to sign")
		in := f.inputs[len(f.inputs)-1]
		if in.Source != "" || in.TokenEnv != "TOKEN" || in.SecretEnv != "SECRET" || in.Path != "/v1.0/x" || !strings.Contains(in.Body, bcaCode) {
			t.Errorf("%+v", in)
		}
		p.press("end")
		for _, frame := range p.film {
			for _, secret := range []string{labToken, labToken[:20], labSecret, bcaCode[:24]} {
				if strings.Contains(strings.ReplaceAll(frame, "\n", ""), secret) {
					t.Fatalf("%q was shown:\n%s", secret, frame)
				}
			}
		}
		p.hidden()
	})
}

func TestSignLabComparesWhatIsPasted(t *testing.T) {
	runLive(t, options{}, func(p *program, f *fakeLive) {
		p.signed()
		if in := f.inputs[0]; in.Source != "cpm 60" || in.TokenEnv != "TOKEN" || in.Kind != "symmetric" || in.Method != "POST" || in.Timestamp != "2026-11-20T15:02:43+07:00" {
			t.Errorf("%+v", in)
		}
		f.found = []LabFinding{{Cause: "never-heard-of", Detail: "The moon is in the wrong phase.", At: -1}, {Cause: "query", At: 3, Want: "/a?b=1", Have: "/a"}}
		p.paste("POST:/a:x")
		p.want("What was pasted differs", "The moon is in the wrong phase.", "The query string is missing", "from character 4 on")
		if !slices.Equal(f.pasted, []string{"POST:/a:x"}) {
			t.Errorf("compared %q", f.pasted)
		}
		f.found = nil
		p.paste("c2lnbmF0dXJl")
		p.want("no difference")
		p.press("esc", "ctrl+p", "ctrl+s")
		if in := f.inputs[len(f.inputs)-1]; in.Source != "paycools 90" || in.Kind != "client-key" {
			t.Errorf("%+v", in)
		}
		p.press("esc", "ctrl+x")
		f.labErr = errLab
		p.press("ctrl+s")
		p.want("It cannot be signed: open key.pem")
	})
}

func TestEveryCauseHasWords(t *testing.T) {
	for _, cause := range causes(t) {
		if !words.Has(words.Key("lab.cause." + cause)) {
			t.Errorf("no words for %q", cause)
		}
	}
}

func TestEveryOddityHasWords(t *testing.T) {
	d := &desk{Kit: ui.Kit{Words: words.For(words.Indonesian)}}
	for _, kind := range []api.OddityKind{api.SwappedReferences, api.OtherAmount, api.OtherReference, api.OtherService, api.MissingField, api.OddLength, api.UnreadableField} {
		o := api.Oddity{Kind: kind, Field: "originalReferenceNo", Have: "1", Want: "2"}
		if text := d.oddity(o); text == o.String() || strings.Contains(text, "{") {
			t.Errorf("%s: %q", kind, text)
		}
	}
}

func TestWhereTheFirstDifferenceIs(t *testing.T) {
	s := &signLab{desk: &desk{Kit: ui.Kit{Words: words.For(words.English), Theme: ui.NewTheme(ui.ThemeOptions{NoColor: true})}}}
	for _, c := range []struct{ want, have string }{
		{"/v1.0/qr", "/qr"}, {"same", "same "}, {"", "x"}, {"a", ""},
		{strings.Repeat("a", 300) + "X", strings.Repeat("a", 300) + "Y"},
	} {
		lines := s.pointed(LabFinding{Want: c.want, Have: c.have}, 60)
		if len(lines) != 3 {
			t.Fatalf("%q", lines)
		}
		at := strings.Index(lines[2], "^")
		ours, theirs := []rune(lines[0]+" "), []rune(lines[1]+" ")
		if n := alike(c.want, c.have); n < len(c.want) && n < len(c.have) && ours[at] == theirs[at] {
			t.Errorf("the mark stands at no difference:\n%s", strings.Join(lines, "\n"))
		}
		for _, l := range lines {
			if len([]rune(l)) > 60 {
				t.Errorf("too wide: %q", l)
			}
		}
	}
}

// thousand fills the board.
func thousand(f *fakeLive, now time.Time) {
	for i := range 1000 {
		f.rows = append(f.rows, till.BoardRow{
			Row:      till.Row{Reference: api.Reference(fmt.Sprintf("Q2611201402%05dRX4T9WZB0", i)), Standing: &till.Standing{Kind: till.CPM, State: till.Pending}, Amount: api.IDR(12_500_00), Label: "BCA ··8231", CreatedAt: till.MomentOf(now.Add(-time.Duration(i) * time.Second))},
			Attempts: 1, Checks: i, CheckedAt: now.Add(-time.Second), Next: now.Add(time.Duration(i%30) * time.Second),
		})
	}
}

func TestAThousandOpenOnes(t *testing.T) {
	runLive(t, options{}, func(p *program, f *fakeLive) {
		thousand(f, p.clock.Now())
		p.press("4")
		p.want("1000 open", "1 of 1000")
		p.press("pgdown", "end")
		p.want("1000 of 1000")
		p.wantFits(80, 24)
	})
}

// BenchmarkBoardRedraw is what a second's repaint of 1,000 open ones costs.
func BenchmarkBoardRedraw(b *testing.B) {
	bd := manyRows()
	for b.Loop() {
		if len(bd.View()) == 0 {
			b.Fatal("nothing is drawn")
		}
	}
}

// BenchmarkBoardMerge is what a second's news of 1,000 open ones costs.
func BenchmarkBoardMerge(b *testing.B) {
	bd := manyRows()
	f := &fakeLive{}
	thousand(f, bd.Now())
	for b.Loop() {
		bd.Update(boardRead{rows: f.rows})
	}
}

func manyRows() *board {
	clock := newBubbleClock()
	kit := ui.Kit{Words: words.For(words.English), Theme: ui.NewTheme(ui.ThemeOptions{NoColor: true}), Clock: clock}
	f := &fakeLive{w: newWorld(clock)}
	thousand(f, clock.Now())
	bd := newBoard(&desk{Kit: kit, Deps: Deps{Board: f}})
	bd.SetSize(80, 20)
	bd.Update(boardRead{rows: f.rows})
	return bd
}
