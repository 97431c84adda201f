package qr

import (
	"fmt"
	"io"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/mdp/qrterminal/v3"
)

// benchTexts are a user id's link and a QRIS CPM code by length.
var benchTexts = []int{64, 212}

// BenchmarkDrawAgain paints a code that has been painted before, as a screen
// does with every frame: what a text costs beside qrterminal, which encodes it
// each time. The limit is 10 us.
func BenchmarkDrawAgain(b *testing.B) {
	for _, n := range benchTexts {
		b.Run(fmt.Sprintf("%d characters", n), func(b *testing.B) {
			text := strings.Repeat("u", n)
			box := Box{Cols: 80, Rows: 40, Mode: HalfBlocks}
			ours := func() {
				d, err := Fit(text, box)
				if err != nil || len(d.Lines(TrueColour)) != d.Rows() {
					b.Fatal(err)
				}
			}
			ours()
			compare(b, "qrterminal", ours, func() { qrterminal.GenerateHalfBlock(text, qrterminal.M, io.Discard) })
		})
	}
}

// BenchmarkRender draws the cells of a cached grid anew, as after a change of
// its box or colours.
func BenchmarkRender(b *testing.B) {
	for _, n := range benchTexts {
		b.Run(fmt.Sprintf("%d characters", n), func(b *testing.B) {
			d, err := Fit(strings.Repeat("u", n), Box{Cols: 80, Rows: 40, Mode: HalfBlocks})
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				d.render(TrueColour)
			}
		})
	}
}

// BenchmarkEncode is the first sight of a text: go-qrcode, which we need for
// its forced version and its errors, beside the encoder of qrterminal (with its
// drawing, which it does not part with).
func BenchmarkEncode(b *testing.B) {
	for _, n := range benchTexts {
		b.Run(fmt.Sprintf("%d characters", n), func(b *testing.B) {
			text := strings.Repeat("u", n)
			compare(b, "qrterminal", func() {
				if _, err := encode(text, M); err != nil {
					b.Fatal(err)
				}
			}, func() { qrterminal.GenerateHalfBlock(text, qrterminal.M, io.Discard) })
		})
	}
}

// compare runs ours and the peer in turns and reports the fastest turn of each,
// which other programs on the machine disturb least, and our multiple of the
// peer's time. ns/op is ours.
func compare(b *testing.B, peer string, ours, theirs func()) {
	const rounds = 8
	mine, other := time.Duration(math.MaxInt64), time.Duration(math.MaxInt64)
	for b.Loop() {
		start := time.Now()
		for range rounds {
			ours()
		}
		turn := time.Now()
		for range rounds {
			theirs()
		}
		mine, other = min(mine, turn.Sub(start)), min(other, time.Since(turn))
	}
	b.ReportMetric(float64(mine.Nanoseconds())/rounds, "ns/op")
	b.ReportMetric(float64(other.Nanoseconds())/rounds, peer+"-ns/op")
	b.ReportMetric(float64(mine)/float64(other), "x-"+peer)
}
