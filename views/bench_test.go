package views

import (
	"testing"
	"time"

	"cashier/api"
	"cashier/api/till"
	"cashier/qr"
	"cashier/ui"
	"cashier/ui/words"
)

// BenchmarkCodeView is what a second's repaint of the code and its deposits
// costs.
func BenchmarkCodeView(b *testing.B) {
	clock := newBubbleClock()
	w := newWorld(clock)
	var deposits []till.Deposit
	for i := range 40 {
		deposits = append(deposits, w.deposit(time.Duration(i)*time.Minute, "Kun520B40321", 30_000, api.DepositBooked))
	}
	kit := ui.Kit{Words: words.For(words.English), Theme: ui.NewTheme(ui.ThemeOptions{NoColor: true}), Clock: clock}
	c := newCode(&desk{Kit: kit, Deps: Deps{QR: qr.TrueColour, Provider: "PayCools"}}, w.active("C261120140243K7M2RX4T9WZB", "userid123456789", deposits...))
	c.SetSize(80, 20)
	for b.Loop() {
		if len(c.View()) == 0 {
			b.Fatal("nothing is drawn")
		}
	}
}
