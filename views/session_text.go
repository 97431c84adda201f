package views

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"cashier/api"
	"cashier/api/till"
	"cashier/ui/words"
)

// SessionPaper says how a report is written.
type SessionPaper struct {
	Columns int    // 0: 48, the paper of 80 mm
	Copy    bool   // an old Z report once more
	Test    bool   // the sandbox's
	Shop    string // may be empty
}

// SessionText is a session's X or Z report in lines of at most p.Columns, as
// it is shown, printed and copied.
func SessionText(w *words.Catalogue, s till.Session, p SessionPaper) []string {
	if p.Columns == 0 {
		p.Columns = widePaper
	}
	r := reportWriter{w: w, columns: p.Columns}
	r.head(s, p)
	if s.Report == nil {
		return r.lines
	}
	r.payments(s.Report)
	r.deposits(s.Report)
	r.cash(s)
	r.begun(s.Report)
	r.open(s.Report)
	r.others(s.Report)
	if p.Test {
		r.middle("*** " + w.T("receipt.test") + " ***")
	}
	return r.lines
}

// reportWriter writes labels on the left and figures on the right.
type reportWriter struct {
	w       *words.Catalogue
	columns int
	lines   []string
}

func (r *reportWriter) put(line string) { r.lines = append(r.lines, line) }
func (r *reportWriter) rule()           { r.put(strings.Repeat("-", r.columns)) }

func (r *reportWriter) middle(text string) {
	for _, l := range wrap(text, r.columns) {
		r.put(middle(l, r.columns))
	}
}

// pair is a label with its value at the right edge, below it where both do not
// fit.
func (r *reportWriter) pair(label, value string) {
	if space := r.columns - ansi.StringWidth(label) - ansi.StringWidth(value); space >= 1 {
		r.put(label + strings.Repeat(" ", space) + value)
		return
	}
	lines := wrap(label, r.columns)
	for _, l := range lines[:len(lines)-1] {
		r.put(l)
	}
	last := lines[len(lines)-1]
	if space := r.columns - ansi.StringWidth(last) - ansi.StringWidth(value); space >= 1 {
		r.put(last + strings.Repeat(" ", space) + value)
		return
	}
	r.put(last)
	for _, l := range unbroken(value, r.columns-2) {
		r.put("  " + l)
	}
}

// figure is a label, how many, and their sum; sign stands before the sum.
func (r *reportWriter) figure(label string, f till.Figure, sign int64) {
	const sums = 15
	r.pair(label, strconv.Itoa(f.Count)+fmt.Sprintf("%*s", sums, r.w.Rupiah(sign*f.Sum.Minor())))
}

func (r *reportWriter) title(key words.Key) {
	r.put("")
	r.put(r.w.T(key))
}

func (r *reportWriter) head(s till.Session, p SessionPaper) {
	if p.Test {
		r.middle("*** " + r.w.T("receipt.test") + " ***")
	}
	if p.Shop != "" {
		r.middle(api.Clean(p.Shop, 64))
	}
	if s.Open() {
		r.middle(r.w.T("report.x"))
	} else {
		r.middle(r.w.T("report.z", "n", s.Number))
	}
	if p.Copy {
		r.middle(r.w.T("report.copy"))
	}
	r.rule()
	if s.Open() {
		r.pair(r.w.T("report.session"), strconv.Itoa(s.Number))
	}
	if s.Operator != "" {
		r.pair(r.w.T("session.operator"), api.Clean(s.Operator, till.MostNamed))
	}
	if s.Branch != "" {
		r.pair(r.w.T("session.branch"), api.Clean(s.Branch, till.MostNamed))
	}
	r.pair(r.w.T("report.from"), r.w.Date(s.OpenedAt)+" "+r.w.Clock(s.OpenedAt))
	if s.Auto {
		r.pair("", r.w.T("report.auto"))
	}
	to := s.ClosedAt
	if s.Open() && s.Report != nil {
		to = s.Report.At
	}
	if !to.IsZero() {
		r.pair(r.w.T("report.to"), r.w.Date(to)+" "+r.w.Clock(to))
	}
	r.rule()
}

func (r *reportWriter) payments(x *till.Report) {
	r.put(r.w.T("report.payments"))
	r.figure(r.w.T("report.paid"), x.Paid, +1)
	for _, f := range []struct {
		key words.Key
		f   till.Figure
	}{{"report.late", x.Late}, {"report.doubled", x.Doubled}} {
		if f.f.Count > 0 {
			r.figure(r.w.T(f.key), f.f, +1)
		}
	}
	for _, f := range []struct {
		key words.Key
		f   till.Figure
	}{{"report.whole", x.RefundedWhole}, {"report.part", x.RefundedPart}, {"report.elsewhere", x.Elsewhere}} {
		if f.f.Count > 0 {
			r.figure(r.w.T(f.key), f.f, -1)
		}
	}
	r.pair(r.w.T("report.net"), r.w.Rupiah(x.Net()))
}

func (r *reportWriter) deposits(x *till.Report) {
	r.title("report.deposits")
	r.figure(r.w.T("report.booked"), x.Booked, +1)
	if x.Waiting.Count > 0 {
		r.figure(r.w.T("report.waiting"), x.Waiting, +1)
	}
}

// cash is left out where nobody said anything about cash.
func (r *reportWriter) cash(s till.Session) {
	difference, counted := s.Difference()
	if !counted && s.Cash.Zero() {
		return
	}
	r.title("report.cash")
	r.pair(r.w.T("report.start"), r.w.Rupiah(s.Cash.Minor()))
	if !counted {
		r.pair(r.w.T("report.collected"), r.w.T("report.uncounted"))
		return
	}
	r.pair(r.w.T("report.collected"), r.w.Rupiah(s.Report.Counted.Minor()))
	r.pair(r.w.T("report.deposited"), r.w.Rupiah(-s.Report.Booked.Sum.Minor()))
	r.pair(r.w.T("report.difference"), r.w.Rupiah(difference))
	if s.Report.Reason != "" {
		r.put(r.w.T("report.reason") + ":")
		for _, l := range wrap(api.Clean(s.Report.Reason, till.MostReason), r.columns-2) {
			r.put("  " + l)
		}
	}
}

func (r *reportWriter) begun(x *till.Report) {
	if len(x.Begun) == 0 {
		return
	}
	r.title("report.begun")
	for _, b := range x.Begun {
		label := kindWord(b.Kind) + " " + stateWordIn(r.w, b.Kind, b.State)
		if b.Kind == till.MPM { // paid elsewhere: no money of this till
			r.pair(label, strconv.Itoa(b.Count)+strings.Repeat(" ", 15))
			continue
		}
		r.figure(label, b.Figure, +1)
	}
}

func (r *reportWriter) open(x *till.Report) {
	if len(x.Open) == 0 {
		return
	}
	r.title("report.open")
	for _, item := range x.Open {
		for _, l := range unbroken(string(item.Reference), r.columns) {
			r.put(l)
		}
		state := stateWordIn(r.w, item.Kind, item.State)
		switch {
		case item.Parked():
			state = r.w.T("report.parked")
		case item.Refunding:
			state = r.w.T("session.refund-open")
		}
		if item.Carried {
			state += ", " + r.w.T("report.carried")
		}
		r.pair("  "+kindWord(item.Kind)+" "+state, amountIn(r.w, item.Amount))
	}
}

func (r *reportWriter) others(x *till.Report) {
	if len(x.Others) == 0 {
		return
	}
	r.title("report.others")
	keys := map[string]words.Key{
		"paid": "report.paid", "late-paid": "report.late", "doubled": "report.doubled", "refunded": "report.part",
		"elsewhere": "report.elsewhere", "booked": "report.booked", "waiting": "report.waiting",
	}
	for _, o := range x.Others {
		r.pair(r.w.T(keys[o.What]), o.Amount.String())
	}
}

// amountIn is an amount in the catalogue's words; another currency than rupiah
// is named, none is empty.
func amountIn(w *words.Catalogue, a api.Amount) string {
	switch a.Currency() {
	case "":
		return ""
	case "IDR":
		return w.Rupiah(a.Minor())
	}
	return a.String()
}
