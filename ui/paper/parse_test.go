package paper

import (
	"fmt"
	"strings"
)

// printout is what a printer would have put on paper, read back from a job by
// a reader that shares nothing with what wrote it.
type printout struct {
	lines    []string // with «» around emphasised ones, # before large ones, > before those in the middle
	codes    []printedCode
	page     byte
	american bool // the character set is that of the U.S.A.: ASCII
	cuts     []string
	queries  int // GS r
}

type printedCode struct {
	text          string
	model, module int
	level         byte
}

// readJob reads a job as the command reference has it; a byte that is neither
// a command of its list nor a letter is an error.
func readJob(job []byte, columns int) (printout, error) {
	var out printout
	var line strings.Builder
	var center, strong, wide, begun bool
	var pending printedCode
	stored := false
	need := func(i, n int) error {
		if i+n > len(job) {
			return fmt.Errorf("at %d: the job ends within a command", i)
		}
		return nil
	}
	for i := 0; i < len(job); {
		b := job[i]
		if b >= ' ' && b != 0x7F {
			line.WriteByte(b)
			i++
			continue
		}
		if b == '\n' {
			room := columns
			if wide {
				room /= 2
			}
			if line.Len() > room {
				return out, fmt.Errorf("a line of %d letters in %d columns: %q", line.Len(), room, line.String())
			}
			text := line.String()
			if strong {
				text = "«" + text + "»"
			}
			if wide {
				text = "#" + text
			}
			if center {
				text = ">" + text
			}
			out.lines = append(out.lines, text)
			line.Reset()
			i++
			continue
		}
		if err := need(i, 2); err != nil {
			return out, err
		}
		if line.Len() > 0 {
			return out, fmt.Errorf("at %d: command % x in the middle of a line", i, job[i:i+2])
		}
		switch two := string(job[i : i+2]); two {
		case "\x1b@":
			if begun {
				return out, fmt.Errorf("at %d: initialised again", i)
			}
			begun = true
			i += 2
		case "\x1c.":
			i += 2
		case "\x1bt", "\x1bR", "\x1bM", "\x1ba", "\x1bE", "\x1d!", "\x1bd", "\x1dr":
			if err := need(i, 3); err != nil {
				return out, err
			}
			n := job[i+2]
			switch two[1] {
			case 't':
				out.page = n
			case 'R':
				out.american = n == 0
			case 'M':
				if n != 0 {
					return out, fmt.Errorf("font %d", n)
				}
			case 'a':
				center = n == 1
			case 'E':
				strong = n&1 == 1
			case '!':
				if n != 0 && n != 0x11 {
					return out, fmt.Errorf("size %02x", n)
				}
				wide = n == 0x11
			case 'd':
				for range n {
					out.lines = append(out.lines, "")
				}
			case 'r':
				out.queries++
			}
			i += 3
		case "\x1dV":
			if err := need(i, 4); err != nil {
				return out, err
			}
			out.cuts = append(out.cuts, map[byte]string{65: "full", 66: "partial"}[job[i+2]])
			i += 4
		case "\x1d(":
			if err := need(i, 5); err != nil {
				return out, err
			}
			n := int(job[i+3]) | int(job[i+4])<<8
			if err := need(i, 5+n); err != nil || job[i+2] != 'k' || n < 3 || job[i+5] != '1' {
				return out, fmt.Errorf("at %d: no QR command: % x, %v", i, job[i:min(i+8, len(job))], err)
			}
			data := job[i+7 : i+5+n]
			switch fn := job[i+6]; fn {
			case 'A':
				pending.model = int(data[0] - '0')
			case 'C':
				pending.module = int(data[0])
			case 'E':
				pending.level = "LMQH"[data[0]-'0']
			case 'P':
				pending.text, stored = string(data[1:]), true
			case 'Q':
				if !stored {
					return out, fmt.Errorf("at %d: no code was stored", i)
				}
				out.codes = append(out.codes, pending)
				out.lines = append(out.lines, fmt.Sprintf(">[QR %d]", len(out.codes)))
			default:
				return out, fmt.Errorf("at %d: QR function %q", i, fn)
			}
			i += 5 + n
		default:
			return out, fmt.Errorf("at %d: unknown command % x", i, two)
		}
	}
	if line.Len() > 0 || !begun {
		return out, fmt.Errorf("the job ends within a line, or never began")
	}
	return out, nil
}
