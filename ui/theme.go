package ui

import (
	"io"
	"strings"

	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"
)

// Tone is what a text means; the theme gives it a colour and a sign.
type Tone int

// The tones. Plain is the zero value: the terminal's own colour.
const (
	Plain Tone = iota
	Dim
	Accent
	Good
	Wait
	Unsure
	Bad
)

// signs stand beside the colours, for eyes and terminals without them.
var signs = map[Tone]string{Good: "✓", Wait: "…", Unsure: "!", Bad: "✗"}

// Sign is the tone's sign, "" where it has none.
func Sign(t Tone) string { return signs[t] }

// colours: each for true colour, 256 and 16 colours, on a dark and on a
// light background. The 16-colour ones avoid bright black, which some themes
// draw invisibly.
var colours = map[Tone]lipgloss.CompleteAdaptiveColor{
	Dim: {
		Dark:  lipgloss.CompleteColor{TrueColor: "#8a8f98", ANSI256: "245", ANSI: "7"},
		Light: lipgloss.CompleteColor{TrueColor: "#5f6670", ANSI256: "241", ANSI: "0"},
	},
	Accent: {
		Dark:  lipgloss.CompleteColor{TrueColor: "#5fb3d9", ANSI256: "74", ANSI: "6"},
		Light: lipgloss.CompleteColor{TrueColor: "#00698f", ANSI256: "24", ANSI: "4"},
	},
	Good: {
		Dark:  lipgloss.CompleteColor{TrueColor: "#6cc46c", ANSI256: "77", ANSI: "2"},
		Light: lipgloss.CompleteColor{TrueColor: "#1a7a1a", ANSI256: "28", ANSI: "2"},
	},
	Wait: {
		Dark:  lipgloss.CompleteColor{TrueColor: "#d7af5f", ANSI256: "179", ANSI: "3"},
		Light: lipgloss.CompleteColor{TrueColor: "#8a5a00", ANSI256: "94", ANSI: "3"},
	},
	Unsure: {
		Dark:  lipgloss.CompleteColor{TrueColor: "#e0a030", ANSI256: "214", ANSI: "5"},
		Light: lipgloss.CompleteColor{TrueColor: "#a04800", ANSI256: "130", ANSI: "5"},
	},
	Bad: {
		Dark:  lipgloss.CompleteColor{TrueColor: "#ec6a66", ANSI256: "203", ANSI: "1"},
		Light: lipgloss.CompleteColor{TrueColor: "#b3201c", ANSI256: "124", ANSI: "1"},
	},
}

// ThemeOptions choose the colours.
type ThemeOptions struct {
	Light   bool
	NoColor bool             // the --no-color flag; the environment's NO_COLOR counts too
	Profile *termenv.Profile // nil: from TERM, COLORTERM and NO_COLOR
}

// Theme draws tones. It has a renderer of its own, so that nothing depends on
// what lipgloss believes of the terminal.
type Theme struct {
	renderer *lipgloss.Renderer
	plain    bool // no colours
	tones    [Bad + 1]paint
	strong   paint
	cursor   paint
	badge    paint
	danger   paint
}

// paint is a style and what it puts before and behind a text of one line, on a
// dark and on a light background. Every part of every frame is painted: to
// have lipgloss work that out each time takes longer than all the rest.
type paint struct {
	style       lipgloss.Style
	dark, light [2]string
}

func (t *Theme) paint(style lipgloss.Style) paint {
	const letter = "x" // none of the sequences has it
	around := func(light bool) [2]string {
		t.SetLight(light)
		before, behind, _ := strings.Cut(style.Render(letter), letter)
		return [2]string{before, behind}
	}
	return paint{style, around(false), around(true)}
}

// draw is the paint's style.Render(s).
func (t *Theme) draw(p *paint, s string) string {
	if s == "" || strings.ContainsAny(s, "\n\r\t") {
		return p.style.Render(s)
	}
	around := &p.dark
	if t.IsLight() {
		around = &p.light
	}
	return around[0] + s + around[1]
}

// NewTheme makes a theme. It asks the environment, never the terminal.
func NewTheme(o ThemeOptions) *Theme {
	out := termenv.NewOutput(io.Discard, termenv.WithTTY(true))
	plain := o.NoColor || o.Profile == nil && out.EnvNoColor()
	var profile termenv.Profile
	switch {
	case plain:
		// Without colours bold and the reversed text cursor still work: NO_COLOR
		// is about colours.
		profile = termenv.ANSI
	case o.Profile != nil:
		profile = *o.Profile
	default:
		profile = out.EnvColorProfile()
	}
	r := lipgloss.NewRenderer(io.Discard)
	r.SetColorProfile(profile)
	t := &Theme{renderer: r, plain: plain}
	for tone := range t.tones {
		style := r.NewStyle()
		if c, ok := colours[Tone(tone)]; ok && !plain {
			style = style.Foreground(c)
		}
		t.tones[tone] = t.paint(style)
	}
	t.strong = t.paint(r.NewStyle().Bold(true))
	t.cursor = t.paint(t.Style(Accent).Bold(true))
	t.badge = t.paint(t.Style(Wait).Bold(true))
	t.danger = t.paint(t.Style(Bad).Bold(true))
	t.SetLight(o.Light)
	return t
}

// SetLight changes to the colours for a light or a dark background; styles
// that were taken before change with it.
func (t *Theme) SetLight(light bool) { t.renderer.SetHasDarkBackground(!light) }

// IsLight reports which of the two is used.
func (t *Theme) IsLight() bool { return !t.renderer.HasDarkBackground() }

// Colours is how many colours are used; termenv.Ascii is none.
func (t *Theme) Colours() termenv.Profile {
	if t.plain {
		return termenv.Ascii
	}
	return t.renderer.ColorProfile()
}

// Style is the tone's style.
func (t *Theme) Style(tone Tone) lipgloss.Style { return t.tones[tone].style }

// Tone colours s and adds no sign.
func (t *Theme) Tone(tone Tone, s string) string {
	if tone == Plain || s == "" {
		return s
	}
	return t.draw(&t.tones[tone], s)
}

// Signed is the tone's sign and the word, coloured: "✓ paid".
func (t *Theme) Signed(tone Tone, word string) string {
	if sign := signs[tone]; sign != "" {
		word = sign + " " + word
	}
	return t.Tone(tone, word)
}

// Good is "✓ word".
func (t *Theme) Good(word string) string { return t.Signed(Good, word) }

// Wait is "… word".
func (t *Theme) Wait(word string) string { return t.Signed(Wait, word) }

// Unsure is "! word".
func (t *Theme) Unsure(word string) string { return t.Signed(Unsure, word) }

// Bad is "✗ word".
func (t *Theme) Bad(word string) string { return t.Signed(Bad, word) }

// Dim is for what is secondary.
func (t *Theme) Dim(s string) string { return t.Tone(Dim, s) }

// Accent is the one accent colour.
func (t *Theme) Accent(s string) string { return t.Tone(Accent, s) }

// Strong is bold in the terminal's own colour.
func (t *Theme) Strong(s string) string { return t.draw(&t.strong, s) }

// Money is for the amount of a money screen: bold, nothing beside it.
func (t *Theme) Money(s string) string { return t.draw(&t.strong, s) }

// Danger is bold in the colour of what went wrong, for words like an override.
func (t *Theme) Danger(s string) string { return t.draw(&t.danger, s) }

// Cursor is for the row or choice the cursor stands on; a mark stands beside it.
func (t *Theme) Cursor(s string) string { return t.draw(&t.cursor, s) }
