package paper

import (
	"fmt"
	"strings"
	"sync"
	"unicode"
)

// Letters is a character table of a printer: ASCII and up to 128 more.
type Letters struct {
	Name string
	page byte // n of ESC t
	high func() map[rune]byte
}

// Sets are the character tables that can be chosen; the first is what every
// printer has.
var Sets = []Letters{
	{"pc437", 0, tableOf(0x80, "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»")},
	{"wpc1252", 16, tableOf(0xA0, "\u00a0¡¢£¤¥¦§¨©ª«¬\u00ad®¯°±²³´µ¶·¸¹º»¼½¾¿ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖ×ØÙÚÛÜÝÞßàáâãäåæçèéêëìíîïðñòóôõö÷øùúûüýþÿ")},
}

func tableOf(first byte, letters string) func() map[rune]byte {
	return sync.OnceValue(func() map[rune]byte {
		table := map[rune]byte{}
		for _, r := range letters {
			table[r] = first
			first++
		}
		return table
	})
}

// LettersOf finds a table by its name; the empty name means the first.
func LettersOf(name string) (Letters, error) {
	for _, l := range Sets {
		if l.Name == name || name == "" {
			return l, nil
		}
	}
	return Letters{}, fmt.Errorf("there is no character table %q", name)
}

// spelt is how letters are written that a table lacks.
var spelt = sync.OnceValue(func() map[rune]string {
	table := map[rune]string{
		'Æ': "AE", 'æ': "ae", 'Œ': "OE", 'œ': "oe", 'ß': "ss", 'Þ': "Th", 'þ': "th", 'ĳ': "ij", 'Ĳ': "IJ", 'ﬁ': "fi", 'ﬂ': "fl",
		'…': "...", '€': "EUR", '£': "GBP", '¥': "JPY", '₫': "VND", '™': "(TM)", '©': "(c)", '®': "(R)", '№': "No.", '½': "1/2", '¼': "1/4", '¾': "3/4",
		'→': "->", '←': "<-", '≤': "<=", '≥': ">=", '«': "\"", '»': "\"", '✓': "v", '✗': "x", '×': "x", '÷': "/", '±': "+/-", '°': "o",
	}
	for letter, others := range map[string]string{
		"A": "ÀÁÂÃÄÅĀĂĄǍẠẢẤẦẨẪẬẮẰẲẴẶ", "a": "àáâãäåāăąǎạảấầẩẫậắằẳẵặªα", "C": "ÇĆĈĊČ", "c": "çćĉċč¢", "D": "ÐĎĐ", "d": "ðďđ",
		"E": "ÈÉÊËĒĔĖĘĚẸẺẼẾỀỂỄỆ", "e": "èéêëēĕėęěẹẻẽếềểễệ", "G": "ĜĞĠĢ", "g": "ĝğġģ", "H": "ĤĦ", "h": "ĥħ",
		"I": "ÌÍÎÏĨĪĬĮİỈỊ", "i": "ìíîïĩīĭįıỉị", "J": "Ĵ", "j": "ĵ", "K": "Ķ", "k": "ķĸ", "L": "ĹĻĽĿŁ", "l": "ĺļľŀł",
		"N": "ÑŃŅŇŊ", "n": "ñńņňŉŋ", "O": "ÒÓÔÕÖØŌŎŐƠỌỎỐỒỔỖỘỚỜỞỠỢ", "o": "òóôõöøōŏőơọỏốồổỗộớờởỡợº", "R": "ŔŖŘ", "r": "ŕŗř",
		"S": "ŚŜŞŠȘ", "s": "śŝşšșſ", "T": "ŢŤŦȚ", "t": "ţťŧț", "U": "ÙÚÛÜŨŪŬŮŰŲƯỤỦỨỪỬỮỰ", "u": "ùúûüũūŭůűųưụủứừửữựµ",
		"W": "Ŵ", "w": "ŵ", "Y": "ÝŶŸỲỴỶỸ", "y": "ýÿŷỳỵỷỹ", "Z": "ŹŻŽ", "z": "źżž",
		"'": "‘’‚‛′`´ʼ", "\"": "“”„‟″", "-": "‐‑‒–—―−─", "*": "•·∙●", "/": "⁄", "?": "¿", "!": "¡", "|": "│¦",
	} {
		for _, r := range others {
			table[r] = letter
		}
	}
	return table
})

// fit writes a text in letters of which each is one byte of the table: others
// are spelt, marks above a letter are left out, and what has no spelling is ?.
// Control characters do not come through.
func (l Letters) fit(text string) string {
	var b strings.Builder
	high, spelt := l.high(), spelt()
	for _, r := range text {
		_, has := high[r]
		spelling, spells := spelt[r]
		switch {
		case r >= ' ' && r <= '~', has:
			b.WriteRune(r)
		case spells:
			b.WriteString(spelling)
		case unicode.In(r, unicode.Mn, unicode.Me, unicode.C):
		case unicode.IsSpace(r):
			b.WriteByte(' ')
		case r >= 0xFF01 && r <= 0xFF5E: // ASCII of full width
			b.WriteByte(byte(r - 0xFF01 + '!'))
		default:
			b.WriteByte('?')
		}
	}
	return b.String()
}

// bytes are those of a text that fit has made.
func (l Letters) bytes(fitted string) []byte {
	out, high := make([]byte, 0, len(fitted)), l.high()
	for _, r := range fitted {
		if b, has := high[r]; has {
			out = append(out, b)
		} else if r >= ' ' && r <= '~' {
			out = append(out, byte(r))
		}
	}
	return out
}
