package ui

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// Link is one connection's health, for the footer of the home screen.
type Link struct {
	Name string
	Tone Tone   // Good, Wait, Bad; Dim for one that is not used
	Note string // "120 ms"
}

// frame draws the whole window: exactly its rows, none wider than it. Bubble
// Tea would cut an oversize frame at the top without a word.
func (r *Root) frame() string {
	if r.small() {
		return r.tooSmall()
	}
	top := r.router.top()
	bare := r.dialog() == nil && r.palette == nil && r.help == nil
	if bare && chromeless(top.screen) {
		return strings.Join(fit(top.screen.View(), r.width, r.height), "\n")
	}
	rule := r.kit.Theme.Dim(strings.Repeat("─", r.width))
	lines := fit(top.screen.View(), r.width, r.height-ChromeRows)
	switch {
	case r.dialog() != nil:
		lines = overlay(lines, r.width, r.dialog().view(r.width))
	case r.palette != nil:
		lines = overlay(lines, r.width, r.palette.view(r.width))
	case r.help != nil:
		lines = overlay(lines, r.width, r.help.view(r.width, len(lines)))
	}
	all := make([]string, 0, r.height)
	all = append(all, r.header(), rule)
	all = append(all, lines...)
	all = append(all, rule, r.footer())
	return strings.Join(all, "\n")
}

// tooSmall is plain on purpose: it has to fit anywhere.
func (r *Root) tooSmall() string {
	size := func(w, h int) string { return strconv.Itoa(w) + "x" + strconv.Itoa(h) }
	text := strings.Join([]string{
		r.kit.T("shell.too-small"),
		r.kit.T("shell.too-small-size", "need", size(MinWidth, MinHeight), "have", size(r.width, r.height)),
		r.kit.T("shell.too-small-quit"),
		r.kit.T("shell.small-going-on"),
	}, "\n")
	return strings.Join(fit(ansi.Wordwrap(text, max(r.width, 1), ""), r.width, max(r.height, 1)), "\n")
}

// spread puts left and right at the two ends of a line; left wins where both
// do not fit.
func spread(width int, left, right string) string {
	room := width - ansi.StringWidth(left)
	if room < 2 {
		return ansi.Truncate(left, width, "…")
	}
	right = Clip(right, room-2)
	return left + strings.Repeat(" ", room-ansi.StringWidth(right)) + right
}

// header: program, badge, title, and who works here.
func (r *Root) header() string {
	t := r.kit.Theme
	left := " " + t.Accent("cashier")
	if r.opt.Badge != "" {
		left += "  " + t.draw(&t.badge, r.opt.Badge)
	}
	if title := r.router.top().screen.Title(); title != "" {
		left += "  " + t.Strong(title)
	}
	who := ""
	if r.opt.Who != nil {
		who = r.opt.Who()
	}
	if who != "" {
		who = t.Dim(who) + " "
	}
	return spread(r.width, left, who)
}

// footer: the notice, or the links' health on home and the keys.
func (r *Root) footer() string {
	t := r.kit.Theme
	if r.notice.Text != "" {
		return " " + Clip(t.Signed(r.notice.Tone, r.notice.Text), r.width-1)
	}
	left := ""
	if len(r.router.stack) == 1 && r.opt.Status != nil {
		for _, l := range r.opt.Status() {
			how := cmp.Or(strings.TrimSpace(Sign(l.Tone)+" "+l.Note), "–")
			left += " " + l.Name + " " + t.Tone(l.Tone, how) + "  "
		}
		left = strings.TrimRight(left, " ")
	}
	if left == "" {
		return " " + r.keys(r.width-2)
	}
	return spread(r.width, left, r.keys(r.width-ansi.StringWidth(left)-3)+" ")
}

// keys writes as many keys as fit: the screen's first, but the root's own,
// which one must always find, are kept before them.
func (r *Root) keys(room int) string {
	const gap = "   "
	t := r.kit.Theme
	text := func(b Binding) string {
		key, label := KeyName(b.Keys[0]), r.kit.T(b.Label)
		if b.reason() != "" {
			return t.Dim(key + " " + label)
		}
		return t.Accent(key) + " " + label
	}
	top := r.router.top().screen
	own := top.Bindings()
	var tail []string
	for _, b := range r.shell() {
		key := b.Keys[0]
		if strings.HasPrefix(key, "ctrl+") || key == ":" && len(r.router.stack) > 1 {
			continue
		}
		if _, taken := find(own, key); taken || capturing(top) && len(key) == 1 {
			continue
		}
		if key == "esc" {
			tail = append([]string{text(b)}, tail...)
			continue
		}
		tail = append(tail, text(b))
	}
	used := 0
	for _, s := range tail {
		used += ansi.StringWidth(s) + len(gap)
	}
	var parts []string
	for _, b := range own {
		if b.Hidden || len(b.Keys) == 0 || capturing(top) && len(b.Keys[0]) == 1 {
			continue
		}
		s := text(b)
		if used+ansi.StringWidth(s) > room {
			break
		}
		used += ansi.StringWidth(s) + len(gap)
		parts = append(parts, s)
	}
	return Clip(strings.Join(append(parts, tail...), gap), room)
}
