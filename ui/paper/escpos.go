package paper

import (
	"bytes"
	"fmt"
	"strings"

	"cashier/qr"
)

// The commands of ESC/POS that are used here, from Epson's "ESC/POS Command
// Reference for TM Printers". Each begins with ESC (1B), GS (1D) or FS (1C),
// and no text holds one of these: letters are made by [Letters.fit].
var (
	initialise = []byte{0x1B, '@'}            // ESC @: as when it was switched on
	noKanji    = []byte{0x1C, '.'}            // FS .: bytes from 80 on are letters, not halves of Chinese ones
	noCountry  = []byte{0x1B, 'R', 0}         // ESC R n: the twelve signs that countries replace, such as # and \, stay ASCII
	fontA      = []byte{0x1B, 'M', 0}         // ESC M n: 12 x 24 dots
	askPaper   = []byte{0x1D, 'r', 1}         // GS r n: paper sensors, answered once all before it is done
	cutFull    = []byte{0x1D, 'V', 65, 0}     // GS V m n, function B: feed to the knife, cut
	cutPartial = []byte{0x1D, 'V', 66, 0}     // likewise, leaving one point
	lastLine   = []byte{'\n'}                 // LF: print and feed
	modelTwo   = qrCommand(65, 50, 0)         // model 2
	levelM     = qrCommand(69, 49)            // error correction M, 15 %
	levelL     = qrCommand(69, 48)            // L, 7 %
	drawStored = qrCommand(81, 48)            // print what was stored
	storeHead  = []byte{0x1D, '(', 'k', 0, 0} // its length comes into the zeros
)

func codePage(n byte) []byte   { return []byte{0x1B, 't', n} } // ESC t n
func feed(n byte) []byte       { return []byte{0x1B, 'd', n} } // ESC d n: print and feed n lines
func moduleSize(n byte) []byte { return qrCommand(67, n) }     // dots of a module, 1 to 16

// align is ESC a n: 0 left, 1 middle.
func align(center bool) []byte { return []byte{0x1B, 'a', bit(center)} }

// emphasise is ESC E n.
func emphasise(on bool) []byte { return []byte{0x1B, 'E', bit(on)} }

// double is GS ! n: times wide in bits 4 to 6, times high in bits 0 to 2, each
// less one.
func double(on bool) []byte { return []byte{0x1D, '!', 0x11 * bit(on)} }

func bit(on bool) byte {
	if on {
		return 1
	}
	return 0
}

// qrCommand is GS ( k pL pH cn fn …: cn is 49 for QR codes, p the bytes that
// follow.
func qrCommand(fn byte, parameters ...byte) []byte {
	return append([]byte{0x1D, '(', 'k', byte(2 + len(parameters)), 0, 49, fn}, parameters...)
}

// storeCode is GS ( k, function 180: the data go to the symbol's memory. They
// are counted, so that nothing in them can be a command.
func storeCode(text string) []byte {
	head := bytes.Clone(storeHead)
	n := len(text) + 3
	head[3], head[4] = byte(n), byte(n>>8)
	return append(append(head, 49, 80, 48), text...)
}

// Cut is how a receipt is parted from the roll.
type Cut string

// Ways to cut. The zero value is CutPartial.
const (
	CutPartial Cut = "partial"
	CutFull    Cut = "full"
	CutNone    Cut = "none" // by hand, over the edge
)

// Sheet is the paper and the printer's ways: width in mm, 58 or 80.
type Sheet struct {
	Width   int
	Letters Letters
	Cut     Cut
}

// Columns is how many letters of font A stand in a line: 32 or 48.
func Columns(width int) int { return dots(width) / 12 }

// dots is how many dots a line of paper has at 203 dpi.
func dots(width int) int {
	if width == 80 {
		return 576
	}
	return 384
}

// handFeed is how many lines bring the last one over the edge where nothing
// cuts.
const handFeed = 4

// Encode is the document as the bytes of a printer. The error is about a code
// that no QR code holds.
func (d *Document) Encode(s Sheet) ([]byte, error) {
	var b bytes.Buffer
	put := func(parts ...[]byte) {
		for _, p := range parts {
			b.Write(p)
		}
	}
	put(initialise, noKanji, noCountry, codePage(s.Letters.page), fontA)
	var now row
	for _, r := range d.rows(Columns(s.Width), s.Letters.fit) {
		if r.center != now.center {
			put(align(r.center))
		}
		if r.strong != now.strong {
			put(emphasise(r.strong))
		}
		if r.large != now.large {
			put(double(r.large))
		}
		now = r
		if r.code {
			drawn, err := drawing(r.text, s.Width)
			if err != nil {
				return nil, err
			}
			put(drawn...)
			continue
		}
		put(s.Letters.bytes(strings.TrimRight(r.text, " ")), lastLine)
	}
	if now.large {
		put(double(false))
	}
	switch s.Cut {
	case CutNone:
		put(feed(handFeed))
	case CutFull:
		put(cutFull)
	default:
		put(cutPartial)
	}
	return b.Bytes(), nil
}

// quiet is the quiet zone on each side of a code, in modules (ISO/IEC 18004).
const quiet = 4

// maxModule is the largest module, in dots: 1 mm.
const maxModule = 8

// drawing are the commands of a code as large as the paper allows.
func drawing(text string, width int) ([][]byte, error) {
	level := levelM
	grid, err := qr.Encode(text, qr.M)
	if err == nil && grid.Size()+2*quiet > dots(width)/2 || err != nil {
		level = levelL // a module of one dot is read by nobody
		if grid, err = qr.Encode(text, qr.L); err != nil {
			return nil, fmt.Errorf("the code cannot be printed: %w", err)
		}
	}
	module := min(maxModule, dots(width)/(grid.Size()+2*quiet))
	if module < 2 {
		return nil, fmt.Errorf("the code cannot be printed: %d modules do not fit paper of %d mm", grid.Size(), width)
	}
	return [][]byte{modelTwo, moduleSize(byte(module)), level, storeCode(text), drawStored}, nil
}
