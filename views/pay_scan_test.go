package views

import (
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"cashier/api/till"
	"cashier/qr/emv"
)

// toScan types an amount and stops where the code is asked for.
func (p *program) toScan() {
	p.press("2")
	p.write("12500")
	p.press("enter")
	p.want("Scan the customer's code now.")
}

// slowly sends a text as a slow scanner does: single keys, 2 ms apart.
func (p *program) slowly(text string) {
	for _, r := range text {
		p.handle(keyMsg(string(r)))
		p.pass(2 * time.Millisecond)
	}
}

// Every shape of a scan brings the review, and nothing else.
func TestScanShapes(t *testing.T) {
	for name, scan := range map[string]func(*program){
		"one burst":           func(p *program) { p.burst(bcaCode, "enter") },
		"burst in two":        func(p *program) { p.burst(bcaCode[:70], bcaCode[70:], "enter") },
		"without terminator":  func(p *program) { p.burst(bcaCode) },
		"slow keys":           func(p *program) { p.slowly(bcaCode); p.handle(keyMsg("enter")) },
		"slow, no terminator": func(p *program) { p.slowly(bcaCode) },
		"CR LF":               func(p *program) { p.burst(bcaCode, "enter"); p.handle(tea.KeyMsg{Type: tea.KeyCtrlJ}) },
		"TAB behind":          func(p *program) { p.burst(bcaCode, "tab") },
		"GS before":           func(p *program) { p.handle(tea.KeyMsg{Type: tea.KeyCtrlCloseBracket}); p.burst(bcaCode, "enter") },
		"space behind":        func(p *program) { p.burst(bcaCode, " ", "enter") },
		"split by a space":    func(p *program) { p.burst(bcaCode[:41], " ", bcaCode[41:], "enter") },
		"split by TAB":        func(p *program) { p.burst(bcaCode[:41], "tab", bcaCode[41:], "enter") },
		"split by GS": func(p *program) {
			p.handle(keyMsg(bcaCode[:41]))
			p.handle(tea.KeyMsg{Type: tea.KeyCtrlCloseBracket})
			p.burst(bcaCode[41:], "enter")
		},
		"bracketed paste":    func(p *program) { p.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(bcaCode), Paste: true}) },
		"paste with newline": func(p *program) { p.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(bcaCode + "\r\n"), Paste: true}) },
	} {
		t.Run(name, func(t *testing.T) {
			runPay(t, options{}, func(p *program, f *fakePayments) {
				p.toScan()
				scan(p)
				p.pass(time.Second)
				p.want("Look once more", "BCA ··8231", "Nothing is sent yet")
				if len(f.orders) != 0 || p.quit {
					p.t.Fatal("a scan charged or left")
				}
				p.press("enter")
				p.answer("y")
				if len(f.orders) != 1 || f.orders[0].Code.Reveal() != bcaCode {
					p.t.Fatal("not the customer's code was charged")
				}
			})
		})
	}
}

// A code of exactly 256 characters is taken too.
func TestScanOf256Characters(t *testing.T) {
	code := longCode(t, 256)
	runPay(t, options{}, func(p *program, f *fakePayments) {
		p.toScan()
		p.burst(code)
		p.pass(time.Second)
		p.want("Look once more", "DANA ··4444")
	})
}

// What is no code to charge is refused with its reason, before any request;
// the characters of it are commands nowhere.
func TestScanRefused(t *testing.T) {
	for name, c := range map[string]struct {
		keys []string
		want string
	}{
		"merchant":       {[]string{merchantCode, "enter"}, "This is a merchant's code"},
		"boarding pass":  {[]string{boarding, "enter"}, "This is a boarding pass"},
		"link":           {[]string{"https://example.com/pay?x=1", "enter"}, "This is a link"},
		"half":           {[]string{bcaCode[:len(bcaCode)/2], "enter"}, "Only part of the code was read"},
		"lost beginning": {[]string{bcaCode[3:], "enter"}, "Only part of the code was read"},
		"too long":       {[]string{strings.Repeat("hQVDUFYw", 80), "enter"}, "too long for a payment code"},
		"anything":       {[]string{"8991234567890", "enter"}, "This is no payment code"},
		"hot keys":       {[]string{"gtsq?:xyn", "enter"}, "This is no payment code"},
	} {
		t.Run(name, func(t *testing.T) {
			runPay(t, options{}, func(p *program, f *fakePayments) {
				p.toScan()
				p.burst(c.keys...)
				p.pass(time.Second)
				p.want("Scan the customer's code now.", c.want, "Nothing was sent")
				if len(f.orders) != 0 || p.quit {
					t.Fatal("a refused scan charged or left")
				}
				p.scanCode(bcaCode)
				p.want("Look once more", "BCA ··8231")
				p.wantNot(c.want)
			})
		})
	}
}

// A scan on a screen that wants none leaves it as it is, with a notice.
func TestScanOnTheWrongScreen(t *testing.T) {
	for name, c := range map[string]struct {
		world func(*world)
		go_   func(*program, *fakePayments)
		want  []string
	}{
		"home":     {payDay, func(*program, *fakePayments) {}, []string{"Latest", "nothing here takes a code"}},
		"amount":   {nil, func(p *program, _ *fakePayments) { p.press("2"); p.write("125") }, []string{"First type the amount", "▸ Amount 125 "}},
		"title":    {nil, func(p *program, _ *fakePayments) { p.press("2", "tab") }, []string{"First type the amount", "may stay empty"}},
		"wizard":   {nil, func(p *program, _ *fakePayments) { p.press("1") }, []string{"Who deposits?", "nothing here takes a code"}},
		"history":  {payDay, func(p *program, _ *fakePayments) { p.press("5") }, []string{"Siti Rahm", "nothing here takes a code"}},
		"filter":   {payDay, func(p *program, _ *fakePayments) { p.press("5", "/") }, []string{"nothing here takes a code"}},
		"look up":  {nil, func(p *program, _ *fakePayments) { p.press("3") }, []string{"Which reference?", "that is no reference"}},
		"detail":   {payDay, func(p *program, _ *fakePayments) { p.open(parkedReference) }, []string{"Still open", "nothing here takes a code"}},
		"refund":   {payDay, func(p *program, _ *fakePayments) { p.open(paidReference); p.press("b", "tab") }, []string{"such as goods returned", "nothing here takes a code"}},
		"machine":  {payDay, func(p *program, _ *fakePayments) { p.press("t") }, []string{"For which user ID", "nothing here takes a code"}},
		"deposit":  {payDay, func(p *program, _ *fakePayments) { p.press("t", "enter") }, []string{"Kun520B40321", "nothing here takes a code"}},
		"customer": {nil, func(p *program, _ *fakePayments) { p.press("t", "c") }, []string{"approves at once", "nothing here takes a code"}},
		"payment": {nil, func(p *program, f *fakePayments) {
			p.charge(f)
			p.begun(f, f.record(till.Unknown, nil), nil)
			p.pass(16 * time.Second)
		}, []string{"Do NOT charge again", "nothing here takes a code"}},
		"supervisor": {nil, func(p *program, f *fakePayments) {
			p.charge(f)
			p.begun(f, f.record(till.Unknown, nil), nil)
			p.press("s")
		}, []string{"A supervisor decides", "nothing here takes a code"}},
	} {
		for shape, scan := range map[string]func(*program){
			"burst": func(p *program) { p.burst(bcaCode, "enter") },
			"slow":  func(p *program) { p.slowly(bcaCode); p.handle(keyMsg("enter")) },
			"paste": func(p *program) {
				p.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(bcaCode), Paste: true})
			},
		} {
			t.Run(name+"/"+shape, func(t *testing.T) {
				runPay(t, options{world: c.world}, func(p *program, f *fakePayments) {
					p.filming = true
					c.go_(p, f)
					orders := len(f.orders)
					scan(p)
					p.pass(time.Second)
					want := c.want
					if shape == "paste" { // the notice of a paste that nothing takes is another one
						want = want[:1]
					}
					p.want(want[0])
					for _, text := range want[1:] {
						p.want(text)
					}
					if len(f.orders) != orders || len(f.cancels)+len(f.refunds)+len(f.accepts) != 0 || p.quit {
						t.Fatal("a scan did something")
					}
					wantUnseen(p.t, p.film, bcaCode, bcaPAN, bcaName)
				})
			})
		}
	}
}

// A scan while a question is open neither answers it nor changes what is asked.
func TestScanWhileAQuestionIsOpen(t *testing.T) {
	for _, code := range []string{bcaCode, danaCode, "y\n", "yyyyyyyy"} {
		runPay(t, options{}, func(p *program, f *fakePayments) {
			p.toReview(bcaCode)
			p.pass(time.Second)
			p.press("enter")
			p.burst(code, "enter") // at once
			p.pass(time.Second)
			p.burst(code, "enter") // when it takes keys
			p.pass(time.Second)
			p.want("Charge Rp12.500?", "BCA ··8231")
			if len(f.orders) != 0 {
				t.Fatalf("a scan of %d characters confirmed", len(code))
			}
			p.answer("y")
			if len(f.orders) != 1 || f.orders[0].Code.Reveal() != bcaCode {
				t.Fatalf("%d orders, or another code", len(f.orders))
			}
		})
	}
}

// Of two scans in a row the second counts only when somebody says so.
func TestTwoScansInARow(t *testing.T) {
	runPay(t, options{}, func(p *program, f *fakePayments) {
		p.toScan()
		p.burst(bcaCode, "enter")
		p.burst(danaCode, "enter")
		p.pass(time.Second)
		p.want("Another code was scanned", "BCA ··8231", "DANA ··1111")
		p.press("enter") // keep the first
		p.want("Look once more", "BCA ··8231")
		p.wantNot("DANA")
		p.scanCode(danaCode)
		p.answer("y")
		p.want("DANA ··1111")
		p.scanCode(danaCode)
		p.want("That is the same code")
		p.scanCode(merchantCode)
		p.want("it was not taken", "DANA ··1111")
		p.press("enter")
		p.answer("y")
		if len(f.orders) != 1 || f.orders[0].Code.Reveal() != danaCode || f.orders[0].Card.LastFour != "1111" {
			t.Fatal("the code that was accepted last was not charged")
		}
	})
}

// The same code twice in one go is one code.
func TestSameCodeTwice(t *testing.T) {
	runPay(t, options{}, func(p *program, f *fakePayments) {
		p.toScan()
		p.burst(bcaCode, "enter", bcaCode, "enter")
		p.pass(time.Second)
		p.want("Look once more", "BCA ··8231")
	})
}

// Hot keys of the code's screen still work by hand.
func TestHotKeysByHand(t *testing.T) {
	runPay(t, options{}, func(p *program, f *fakePayments) {
		p.toScan()
		p.press("t")
		p.want("Test customers", "spent-code")
		p.press("down", "u")
		p.want("Look once more", "DANA ··1111")
		p.press("s")
		p.want("Scan the customer's code now.")
		if len(f.orders) != 0 {
			t.Fatal("charged")
		}
	})
}

// The customer's payload stands in no frame of a whole payment, whatever the
// way it is written.
func TestPayloadIsNeverSeen(t *testing.T) {
	runPay(t, options{width: 120, height: 40}, func(p *program, f *fakePayments) {
		p.filming = true
		p.toReview(bcaCode)
		p.scanCode(danaCode)
		p.answer("n")
		p.press("enter")
		p.answer("y")
		tx := f.record(till.Unknown, nil)
		p.begun(f, tx, nil)
		p.pass(20 * time.Second)
		tx.State, tx.Payment.EndedAt = till.Paid, p.clock.Now()
		tx.Revision++
		p.told(f, tx, nil)
		p.pass(time.Second)
		p.press("p", "w", "esc", "b", "esc", "?", "esc", "enter")
		p.want("How much does the customer pay?")
		p.press("esc", "5", "enter", "w", "esc", "esc")
		if len(p.film) < 100 {
			t.Fatalf("only %d frames", len(p.film))
		}
		wantUnseen(p.t, p.film, bcaCode, bcaPAN, bcaName)
		wantUnseen(p.t, p.film, danaCode, "9360091530000001111", "")
	})
}

// The search itself finds what it looks for.
func TestPayloadWouldBeFound(t *testing.T) {
	raw, err := base64.StdEncoding.DecodeString(bcaCode)
	if err != nil {
		t.Fatal(err)
	}
	for name, planted := range map[string]string{
		"payload": bcaCode, "part": bcaCode[30:60], "wrapped": bcaCode[:50] + "   \n   " + bcaCode[50:],
		"hex": hex.EncodeToString(raw)[60:100], "HEX": strings.ToUpper(hex.EncodeToString(raw))[60:100],
		"PAN": bcaPAN, "PAN in groups": "9360 0014 3000 0008 231", "name": bcaName,
	} {
		if findPayload([]string{"nothing", "a frame\n" + planted + "\n"}, bcaCode, bcaPAN, bcaName) == "" {
			t.Errorf("%s is not found", name)
		}
	}
	if what := findPayload([]string{"BCA ··8231 93600014 Q261120150412K7M2RX4T9WZB"}, bcaCode, bcaPAN, bcaName); what != "" {
		t.Errorf("%s is found where it is not", what)
	}
}

func wantUnseen(t *testing.T, frames []string, code, pan, name string) {
	t.Helper()
	if what := findPayload(frames, code, pan, name); what != "" {
		t.Fatalf("a frame shows the customer's %s", what)
	}
}

// findPayload looks for pieces of a code in frames, blanks and line ends aside:
// 16 characters of the payload, 16 digits of its bytes in hex, 10 digits of
// the account beyond those that may be shown, and the name.
func findPayload(frames []string, code, pan, name string) string {
	raw, err := base64.StdEncoding.DecodeString(code)
	if err != nil {
		panic(err)
	}
	type piece struct{ what, text string }
	var pieces []piece
	each := func(what, text string, size int) {
		for i := 0; i+size <= len(text); i += 4 {
			pieces = append(pieces, piece{what, text[i : i+size]})
		}
	}
	each("payload", code, 16)
	each("bytes", hex.EncodeToString(raw), 16)
	each("bytes", string(raw), 12)
	pieces = append(pieces, piece{"account", pan[:10]}, piece{"account", pan[8:18]})
	if name != "" {
		pieces = append(pieces, piece{"name", strings.ReplaceAll(name, " ", "")})
	}
	for _, f := range frames {
		flat := strings.Join(strings.Fields(plain(f)), "")
		lower := strings.ToLower(flat)
		for _, x := range pieces {
			if strings.Contains(flat, x.text) || x.what == "bytes" && strings.Contains(lower, x.text) {
				return x.what
			}
		}
	}
	return ""
}

// longCode is a customer's code of exactly n characters.
func longCode(t *testing.T, n int) string {
	t.Helper()
	for size := 1; size < n; size++ {
		code := cardCode(emv.Card{PAN: "9360091530000004444", Token: strings.Repeat("7", size)})
		if len(code) == n {
			return code
		}
	}
	t.Fatalf("no code of %d characters", n)
	return ""
}
