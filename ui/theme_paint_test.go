package ui

import (
	"fmt"
	"testing"

	"github.com/muesli/termenv"
)

// What a theme draws is byte for byte what its styles render.
func TestThemeDrawsWhatItsStylesRender(t *testing.T) {
	for _, profile := range []termenv.Profile{termenv.TrueColor, termenv.ANSI256, termenv.ANSI, termenv.Ascii} {
		for _, plain := range []bool{false, true} {
			theme := NewTheme(ThemeOptions{Light: plain, NoColor: plain, Profile: &profile})
			if theme.IsLight() != plain {
				t.Errorf("%v: the theme is not the one that was asked for", profile)
			}
			paints := map[string]*paint{"strong": &theme.strong, "cursor": &theme.cursor, "badge": &theme.badge, "danger": &theme.danger}
			for tone := range theme.tones {
				paints[fmt.Sprint("tone ", tone)] = &theme.tones[tone]
			}
			for _, light := range []bool{false, true, false} {
				theme.SetLight(light)
				for name, p := range paints {
					for _, s := range []string{"", " ", "x", "xx x", "✓ paid", "名前 é 🧾", " a ", "a\tb", "a\nbb", "\r\n", "\x1b[1mbold\x1b[0m", "▸ row  "} {
						if got, want := theme.draw(p, s), p.style.Render(s); got != want {
							t.Errorf("%v, light %v, plain %v, %s: %q, want %q", profile, light, plain, name, got, want)
						}
					}
				}
			}
		}
	}
}

func BenchmarkTone(b *testing.B) {
	profile := termenv.TrueColor
	theme := NewTheme(ThemeOptions{Profile: &profile})
	for b.Loop() {
		theme.Dim("secondary")
	}
}
