package views

import (
	"time"

	"cashier/api"
	"cashier/api/snap"
	"cashier/api/till"
)

// liveScene is a screen of a console with lookups, board, codes and lab.
type liveScene struct {
	name  string
	world func(*world)
	play  func(*program, *fakeLive)
}

// lookWith types our reference and goes on to whom to ask.
func (p *program) lookWith(reference string) {
	p.press("3")
	p.write(reference)
	p.press("ctrl+s")
}

// asked looks INV-77 up at Paydia.
func (p *program) asked() {
	p.lookWith("INV-77")
	p.press("enter")
}

func heard(name string, state till.State, news func() api.LookupNews, keys ...string) liveScene {
	return liveScene{name, nil, func(p *program, f *fakeLive) {
		f.record = f.lookedUp(state, news())
		p.asked()
		p.pass(2 * time.Second)
		p.press(keys...)
	}}
}

var liveScenes = []liveScene{
	{"live-home", payDay, func(*program, *fakeLive) {}},
	{"lookup", nil, func(p *program, _ *fakeLive) { p.press("3"); p.write("INV-77") }},
	{"lookup-amount", nil, func(p *program, _ *fakeLive) {
		p.press("3", "tab")
		p.write("W2026112000112233")
		p.press("tab", "tab")
		p.write("10000")
	}},
	{"lookup-whom", nil, func(p *program, _ *fakeLive) { p.lookWith("INV-77") }},
	{"lookup-asking", nil, func(p *program, f *fakeLive) { f.wait = make(chan struct{}); p.asked() }},
	heard("lookup-paid", till.Paid, paidNews),
	heard("lookup-doubtful", till.Parked, doubtfulNews),
	heard("lookup-doubtful-end", till.Parked, doubtfulNews, "end"),
	heard("lookup-pending", till.Pending, func() api.LookupNews {
		n := paidNews()
		n.Status, n.RawStatus, n.Description, n.PaidTime = api.StatusPending, "03", "Pending", ""
		return n
	}, "w"),
	heard("lookup-not-found", till.NotFound, func() api.LookupNews { return api.LookupNews{Status: api.StatusNotFound} }),
	{"lookup-silent", nil, func(p *program, f *fakeLive) {
		f.answer = api.Answer{Class: api.Unknown, Reason: api.ReasonTimeout}
		p.lookWith("INV-77")
		p.press("w")
		p.pass(time.Second)
	}},
	{"lookup-refused", nil, func(p *program, f *fakeLive) {
		code, _ := snap.ParseCode("4015101")
		f.answer = api.Answer{Class: api.Failed, Code: code, HTTPStatus: 401, Message: "Invalid Token (B2B)"}
		p.asked()
	}},
	{"lookup-detail", nil, func(p *program, f *fakeLive) {
		f.record = f.lookedUp(till.Parked, doubtfulNews())
		p.asked()
		p.press("enter")
	}},
	{"board", nil, func(p *program, f *fakeLive) { f.openDay(); p.press("4") }},
	{"board-ended", nil, func(p *program, f *fakeLive) {
		f.openDay()
		p.press("4")
		f.finish("Q261120150202K7M2RX4T9WZB", till.Paid)
		p.send(Changed{Reference: "Q261120150202K7M2RX4T9WZB"})
		p.pass(3 * time.Second)
	}},
	{"board-paused", nil, func(p *program, f *fakeLive) {
		f.openDay()
		p.press("4", "p")
		p.pass(7 * time.Second)
	}},
	{"board-filter", nil, func(p *program, f *fakeLive) { f.openDay(); p.press("4", "/"); p.write("mpm") }},
	{"board-empty", nil, func(p *program, _ *fakeLive) { p.press("4") }},
	{"codes", nil, func(p *program, _ *fakeLive) { p.press("e") }},
	{"codes-words", nil, func(p *program, _ *fakeLive) { p.press("e", "tab", "tab", "tab"); p.write("limit") }},
	{"codes-code", nil, func(p *program, _ *fakeLive) { p.press("e"); p.write("4046001") }},
	{"codes-page", nil, func(p *program, _ *fakeLive) { p.press("e"); p.write("4046018"); p.press("enter") }},
	{"codes-unknown", nil, func(p *program, _ *fakeLive) { p.press("e"); p.write("4186077") }},
	{"codes-foreign", nil, func(p *program, _ *fakeLive) { p.press("e"); p.write("2001800") }},
	{"codes-long", nil, func(p *program, _ *fakeLive) { p.press("e"); p.write("20060000") }},
	{"lab", nil, func(p *program, _ *fakeLive) { p.press("s") }},
	{"lab-named", nil, func(p *program, _ *fakeLive) {
		p.press("s", "ctrl+p", "ctrl+p", "tab", "ctrl+k")
		p.press("ctrl+k", "ctrl+k", "tab")
		p.write("/v1.0/x")
		p.paste("{\n  \"a\": 1\n}")
	}},
	{"lab-result", nil, func(p *program, _ *fakeLive) { p.signed() }},
	{"lab-differs", nil, func(p *program, f *fakeLive) {
		p.signed()
		f.found = []LabFinding{
			{Cause: "path-prefix", At: 5, Want: "/v1.0/qr/qr-cpm-payment", Have: "/qr/qr-cpm-payment"},
			{Cause: "timestamp-zone", At: 130, Want: "2026-11-20T15:02:43+07:00", Have: "2026-11-20T08:02:43Z"},
		}
		p.paste("POST:/qr/qr-cpm-payment:" + labToken + ":digest:2026-11-20T08:02:43Z")
	}},
	{"lab-same", nil, func(p *program, _ *fakeLive) { p.signed(); p.paste("c2lnbmF0dXJl") }},
	{"lab-received", nil, func(p *program, _ *fakeLive) { p.press("s"); p.paste(cameIn("/notify")) }},
	{"lab-received-named", nil, func(p *program, _ *fakeLive) { p.press("s", "ctrl+r", "ctrl+p") }},
	{"lab-valid", nil, func(p *program, _ *fakeLive) { p.press("s"); p.paste(cameIn("/notify")); p.press("ctrl+s") }},
	{"lab-invalid", nil, func(p *program, f *fakeLive) {
		p.press("s")
		p.paste(cameIn("/notify"))
		f.found = []LabFinding{{Cause: "timestamp-zone", At: -1, Want: "2026-11-20T15:02:43+07:00", Have: "2026-11-20T08:02:43Z"}}
		p.press("ctrl+s")
	}},
	{"lab-cannot", nil, func(p *program, f *fakeLive) { f.labErr = errLab; p.signed() }},
}

// signed composes a signature over a body with a customer's code in it.
func (p *program) signed() {
	p.press("s", "tab", "tab", "tab")
	p.write("TOKEN")
	p.paste("{\n  \"partnerReferenceNo\": \"Q1\",\n  \"qrContent\": \"" + bcaCode + "\",\n  \"amount\": {\"value\": \"12500.00\", \"currency\": \"IDR\"},\n  \"cpan\": \"" + bcaPAN + "\"\n}")
	p.press("ctrl+s")
}
