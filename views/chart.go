package views

import (
	"math/bits"
	"strings"

	"github.com/NimbleMarkets/ntcharts/barchart"
	"github.com/NimbleMarkets/ntcharts/canvas"

	"cashier/ui"
)

// bar is one line of a chart: two amounts, one behind the other.
type bar struct{ first, second int64 }

func (b bar) sum() int64 { return max(b.first, 0) + max(b.second, 0) }

// The letters of a bar's parts: they tell the parts apart without colours too.
const (
	firstPart  = "█"
	secondPart = "▒"
)

// chart draws bars as wide as their share of the largest one, which gets width
// columns. What is not nothing is at least one column wide. The chart gets
// whole columns: a float64 holds no amount of rupiah exactly.
func (d *desk) chart(bars []bar, width int) []string {
	most := int64(1)
	for _, b := range bars {
		most = max(most, b.sum())
	}
	picture := barchart.New(width, len(bars), barchart.WithNoAxis(), barchart.WithHorizontalBars(),
		barchart.WithBarGap(0), barchart.WithNoAutoMaxValue(), barchart.WithMaxValue(float64(width)))
	seconds := make([][2]int, len(bars)) // from and to which column
	for i, b := range bars {
		whole := share(b.sum(), most, width)
		first := min(share(max(b.first, 0), most, width), whole)
		if b.second > 0 && first == whole && whole > 1 {
			first-- // both are seen
		}
		seconds[i] = [2]int{first, whole}
		picture.Push(barchart.BarData{Values: []barchart.BarValue{
			{Value: float64(first), Style: d.Theme.Style(ui.Accent)}, {Value: float64(whole - first), Style: d.Theme.Style(ui.Good)},
		}})
	}
	picture.Draw()
	for y, columns := range seconds {
		for x := columns[0]; x < columns[1]; x++ {
			picture.Canvas.SetRuneWithStyle(canvas.Point{X: x, Y: y}, []rune(secondPart)[0], d.Theme.Style(ui.Good))
		}
	}
	return strings.Split(picture.Canvas.View(), "\n")
}

// share is width * part / whole, rounded, exact for any amounts.
func share(part, whole int64, width int) int {
	if part <= 0 {
		return 0
	}
	high, low := bits.Mul64(uint64(part), uint64(2*width))
	low, carry := bits.Add64(low, uint64(whole), 0)
	quotient, _ := bits.Div64(high+carry, low, uint64(2*whole)) // part is whole at most, so that it fits
	return min(max(int(quotient), 1), width)
}
