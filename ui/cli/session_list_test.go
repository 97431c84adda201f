package cli

import (
	"encoding/csv"
	"slices"
	"strings"
	"testing"

	"cashier/api"
	"cashier/api/till"
)

// TestSessionsAsCSV: each cell stands under its column, and none is a formula.
func TestSessionsAsCSV(t *testing.T) {
	figure := func(n int) till.Figure { return till.Figure{Count: n, Sum: api.IDR(int64(n) * 100)} }
	at := till.Moment(1_795_000_000e9).Time()
	list := []till.Session{
		{Number: 3, Operator: "=cmd|x", Branch: "-1", OpenedAt: at},
		{Number: 2, Lost: true, OpenedAt: at, ClosedAt: at},
		{Number: 1, Operator: "Siti", Branch: "0123", Cash: api.IDR(5_00), OpenedAt: at, ClosedAt: at, Report: &till.Report{
			Paid: figure(1), Late: figure(2), Doubled: figure(3), RefundedWhole: figure(4), RefundedPart: figure(5), Elsewhere: figure(6),
			Booked: figure(7), Waiting: figure(8), Counted: api.IDR(1_00), Reason: "+1",
			Open: []till.OpenItem{{}, {}}, Others: []till.Other{{}},
		}},
	}
	var b strings.Builder
	if err := sessionsCSV(&b, list); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(b.String())).ReadAll()
	if err != nil || len(rows) != 4 || !slices.Equal(rows[0], sessionColumns) {
		t.Fatalf("%v, %v", rows, err)
	}
	when := stamp(at)
	for i, want := range [][]string{
		{"3", "open", "'=cmd|x", "'-1", "false", when, "", "0.00"},
		{"2", "lost", "", "", "false", when, when, "0.00"},
		{"1", "closed", "Siti", "0123", "false", when, when, "5.00",
			"1", "1.00", "2", "2.00", "3", "3.00", "4", "4.00", "5", "5.00", "6", "6.00", "-9.00", "7", "7.00", "8", "8.00",
			"1.00", "-1.00", "'+1", "2", "1"},
	} {
		want = append(want, make([]string, len(sessionColumns)-len(want))...)
		if !slices.Equal(rows[i+1], want) {
			t.Errorf("session %s is\n%q, want\n%q", want[0], rows[i+1], want)
		}
	}
}
