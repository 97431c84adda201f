package views

import (
	"fmt"
	"strconv"

	"cashier/api"
	"cashier/api/till"
	"cashier/ui/paper"
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
// it is shown and copied.
func SessionText(w *words.Catalogue, s till.Session, p SessionPaper) []string {
	if p.Columns == 0 {
		p.Columns = widePaper
	}
	return SessionDocument(w, s, p).Render(p.Columns)
}

// SessionDocument is the report as it is printed.
func SessionDocument(w *words.Catalogue, s till.Session, p SessionPaper) *paper.Document {
	r := reportWriter{w: w, Document: new(paper.Document)}
	r.head(s, p)
	if s.Lost {
		r.Text(w.T("shift.lost", "time", w.Date(s.ClosedAt)+" "+w.Clock(s.ClosedAt)))
	}
	if s.Report == nil {
		return r.Document
	}
	r.payments(s.Report)
	r.deposits(s.Report)
	r.cash(s)
	r.begun(s.Report)
	r.open(s.Report)
	r.others(s.Report)
	if p.Test {
		r.Title("*** " + w.T("receipt.test") + " ***")
	}
	return r.Document
}

// reportWriter writes labels on the left and figures on the right.
type reportWriter struct {
	*paper.Document
	w *words.Catalogue
}

// figure is a label, how many, and their sum; sign stands before the sum.
func (r *reportWriter) figure(label string, f till.Figure, sign int64) {
	const sums = 14 // wider ones move the count to the left
	r.Pair(label, fmt.Sprintf("%d %*s", f.Count, sums, r.w.Rupiah(sign*f.Sum.Minor())))
}

func (r *reportWriter) part(key words.Key) { r.Space().Text(r.w.T(key)) }

func (r *reportWriter) head(s till.Session, p SessionPaper) {
	if p.Test {
		r.Title("*** " + r.w.T("receipt.test") + " ***")
	}
	if p.Shop != "" {
		r.Center(p.Shop)
	}
	if s.Open() {
		r.Title(r.w.T("shift.x"))
	} else {
		r.Title(r.w.T("shift.z", "n", s.Number))
	}
	if p.Copy {
		r.Title(r.w.T("shift.copy"))
	}
	r.Rule()
	if s.Open() {
		r.Pair(r.w.T("shift.session"), strconv.Itoa(s.Number))
	}
	r.Pair(r.w.T("session.operator"), s.Operator)
	r.Pair(r.w.T("session.branch"), s.Branch)
	if s.Lost {
		return
	}
	r.Pair(r.w.T("shift.from"), r.w.Date(s.OpenedAt)+" "+r.w.Clock(s.OpenedAt))
	if s.Auto {
		r.Pair(" ", r.w.T("shift.auto"))
	}
	to := s.ClosedAt
	if s.Open() && s.Report != nil {
		to = s.Report.At
	}
	if !to.IsZero() {
		r.Pair(r.w.T("shift.to"), r.w.Date(to)+" "+r.w.Clock(to))
	}
	r.Rule()
}

func (r *reportWriter) payments(x *till.Report) {
	r.Text(r.w.T("shift.payments"))
	r.figure(r.w.T("shift.paid"), x.Paid, +1)
	for _, f := range []struct {
		key words.Key
		f   till.Figure
	}{{"shift.late", x.Late}, {"shift.doubled", x.Doubled}} {
		if f.f.Count > 0 {
			r.figure(r.w.T(f.key), f.f, +1)
		}
	}
	for _, f := range []struct {
		key words.Key
		f   till.Figure
	}{{"shift.whole", x.RefundedWhole}, {"shift.part", x.RefundedPart}, {"shift.elsewhere", x.Elsewhere}} {
		if f.f.Count > 0 {
			r.figure(r.w.T(f.key), f.f, -1)
		}
	}
	r.Pair(r.w.T("shift.net"), r.w.Rupiah(x.Net()))
}

func (r *reportWriter) deposits(x *till.Report) {
	r.part("shift.deposits")
	r.figure(r.w.T("shift.booked"), x.Booked, +1)
	if x.Waiting.Count > 0 {
		r.figure(r.w.T("shift.waiting"), x.Waiting, +1)
	}
}

// cash is left out where there is none; where a courier did not count it, the
// report says so.
func (r *reportWriter) cash(s till.Session) {
	difference, counted := s.Difference()
	if !counted && !s.HandlesCash() {
		return
	}
	r.part("shift.cash")
	r.Pair(r.w.T("shift.start"), r.w.Rupiah(s.Cash.Minor()))
	if !counted {
		r.Pair(r.w.T("shift.collected"), r.w.T("shift.uncounted"))
		return
	}
	r.Pair(r.w.T("shift.collected"), r.w.Rupiah(s.Report.Counted.Minor()))
	r.Pair(r.w.T("shift.deposited"), r.w.Rupiah(-s.Report.Booked.Sum.Minor()))
	r.Pair(r.w.T("shift.difference"), r.w.Rupiah(difference))
	if s.Report.Reason != "" {
		r.Text(r.w.T("shift.reason") + ": " + s.Report.Reason)
	}
}

func (r *reportWriter) begun(x *till.Report) {
	if len(x.Begun) == 0 {
		return
	}
	r.part("shift.begun")
	for _, b := range x.Begun {
		label := kindWord(b.Kind) + " " + StateWord(r.w, b.Kind, b.State)
		if b.Kind == till.MPM { // paid elsewhere: no money of this till
			r.Pair(label, strconv.Itoa(b.Count))
			continue
		}
		r.figure(label, b.Figure, +1)
	}
}

func (r *reportWriter) open(x *till.Report) {
	if len(x.Open) == 0 {
		return
	}
	r.part("shift.open")
	for _, item := range x.Open {
		r.Whole(string(item.Reference))
		state := StateWord(r.w, item.Kind, item.State)
		switch {
		case item.Parked():
			state = r.w.T("shift.parked")
		case item.Refunding:
			state = r.w.T("session.refund-open")
		}
		if item.Carried {
			state += ", " + r.w.T("shift.carried")
		}
		r.Pair("  "+kindWord(item.Kind)+" "+state, amountIn(r.w, item.Amount))
	}
}

func (r *reportWriter) others(x *till.Report) {
	if len(x.Others) == 0 {
		return
	}
	r.part("shift.others")
	keys := map[string]words.Key{
		"paid": "shift.paid", "late-paid": "shift.late", "doubled": "shift.doubled", "refunded": "shift.part",
		"elsewhere": "shift.elsewhere", "booked": "shift.booked", "waiting": "shift.waiting",
	}
	for _, o := range x.Others {
		r.Pair(r.w.T(keys[o.What]), o.Amount.String())
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
