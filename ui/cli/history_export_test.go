package cli

import (
	"strings"
	"testing"
)

// TestHarmless: no cell is a formula to a spreadsheet, and plain ones stay as
// they are.
func TestHarmless(t *testing.T) {
	for _, cell := range []string{"=1+1", "+62812", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "\u00a0=1", "＝1", "＋1", "－1", "＠x", " \u3000＝1"} {
		if got := harmless(cell); got != "'"+cell {
			t.Errorf("%q stays %q", cell, got)
		}
	}
	for _, cell := range []string{"", " ", "12500.00", "Budi", "a=1", "'=1", "93600014 ··8231", "\xff"} {
		if got := harmless(cell); got != cell {
			t.Errorf("%q becomes %q", cell, got)
		}
	}
}

// TestColumnsAreStable: what reads these files goes by their columns; new ones
// come behind.
func TestColumnsAreStable(t *testing.T) {
	for name, c := range map[string]struct {
		columns []string
		want    string
	}{
		"export": {csvColumns, "reference,kind,state,provider,service,amount,currency,bookedDeposits,waitingDeposits,waitingAmount," +
			"responseCode,responseMessage,providerReference,externalId,courierNo,courierName,branchNo,regionNo,createdAt,updatedAt," +
			"sale,title,card,fee,paidAt,refundedCount,refundedAmount,openRefundCount,openRefundAmount,operator,checks"},
		"report":    {totalsColumns, "key,name,currency,payments,paymentsAmount,refunds,refundsAmount,deposits,depositsAmount"},
		"reconcile": {findingColumns, "difference,line,reference,providerReference,amountHere,statusHere,amountThere,statusThere,currency,time"},
	} {
		if got := strings.Join(c.columns, ","); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: %s", name, got)
		}
	}
}
