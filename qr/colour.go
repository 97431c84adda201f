package qr

import "strings"

// Colour is how many colours the terminal has. A code's colours are absolute:
// neither a theme nor NO_COLOR may turn them, for an inverted code is not read.
type Colour uint8

const (
	Colour256  Colour = iota // palette entries 231 and 232: 16 is redefined by some themes
	TrueColour               // 24 bit
	Colour16                 // the bright white and the black of the theme, for want of better
)

// String names the depth.
func (c Colour) String() string {
	switch c {
	case TrueColour:
		return "24-bit"
	case Colour16:
		return "16 colours"
	}
	return "256 colours"
}

// Detect reads the depth from COLORTERM, TERM and the few variables of
// terminals that set neither. Give it os.Getenv.
func Detect(env func(string) string) Colour {
	term := strings.ToLower(env("TERM"))
	// GNU screen passes its host's COLORTERM on and does not know 24 bit; tmux,
	// which may call itself screen too, does.
	screen := strings.HasPrefix(term, "screen") && env("TMUX") == ""
	switch strings.ToLower(env("COLORTERM")) {
	case "truecolor", "24bit":
		if !screen && term != "dumb" {
			return TrueColour
		}
	}
	switch {
	case env("WT_SESSION") != "", strings.HasSuffix(term, "-direct"):
		return TrueColour
	case strings.Contains(term, "256"):
		return Colour256
	}
	for _, name := range []string{"kitty", "alacritty", "foot", "ghostty", "wezterm", "tmux"} {
		if strings.Contains(term, name) {
			return Colour256
		}
	}
	return Colour16
}

// cellStyle numbers what a cell of a code can look like.
type cellStyle uint8

const (
	lightCell     cellStyle = iota // both modules light: a space
	darkCell                       // both modules dark: a space
	lightOverDark                  // '▄' in dark on light
	darkOverLight                  // '▄' in light on dark
	cellStyles
)

func styleOf(upperDark, lowerDark bool) cellStyle {
	switch {
	case upperDark && lowerDark:
		return darkCell
	case lowerDark:
		return lightOverDark
	case upperDark:
		return darkOverLight
	}
	return lightCell
}

// glyph is drawn in the foreground over the lower half of the cell.
func (s cellStyle) glyph() string {
	if s == lightCell || s == darkCell {
		return " "
	}
	return "▄"
}

// sgr sets a cell's colours, and undoes whatever attribute (reverse, faint) a
// surrounding style has left on.
func (c Colour) sgr(s cellStyle) string { return sgrs[c%3][s] }

const sgrReset = "\x1b[0m"

var sgrs = [3][cellStyles]string{
	Colour256: {
		lightCell:     "\x1b[0;48;5;231m",
		darkCell:      "\x1b[0;48;5;232m",
		lightOverDark: "\x1b[0;38;5;232;48;5;231m",
		darkOverLight: "\x1b[0;38;5;231;48;5;232m",
	},
	TrueColour: {
		lightCell:     "\x1b[0;48;2;255;255;255m",
		darkCell:      "\x1b[0;48;2;0;0;0m",
		lightOverDark: "\x1b[0;38;2;0;0;0;48;2;255;255;255m",
		darkOverLight: "\x1b[0;38;2;255;255;255;48;2;0;0;0m",
	},
	Colour16: {
		lightCell:     "\x1b[0;107m",
		darkCell:      "\x1b[0;40m",
		lightOverDark: "\x1b[0;30;107m",
		darkOverLight: "\x1b[0;97;40m",
	},
}
