package ui

import (
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"cashier/ui/term"
)

// keyboard takes a key as it came. Ctrl+C and Ctrl+Z always work; everything
// else passes the scan gate first.
func (r *Root) keyboard(k tea.KeyMsg) tea.Cmd {
	now := r.kit.Now()
	if r.notice.Text != "" && now.Sub(r.noticedAt) > time.Second {
		r.notice = Notice{}
	}
	if !k.Paste {
		switch k.Type {
		case tea.KeyCtrlC:
			if r.gate.burst && now.Sub(r.gate.last) <= r.gate.timing.Gap {
				k = tea.KeyMsg{Type: tea.KeyEnter} // ETX, which ends some scanners' codes
				break
			}
			return r.interrupt(now)
		case tea.KeyCtrlZ:
			return r.suspend()
		}
	}
	if d := r.dialog(); d != nil && !d.touch(now) {
		if k.Paste || len(k.Runes) >= r.gate.timing.Min {
			r.say(Notice{Wait, r.kit.T("shell.scan-dialog")})
		}
		return r.armDialog()
	}
	return tea.Batch(r.act(r.gate.key(k, now, r.mode())), r.armGate())
}

// mode is what keys are for just now.
func (r *Root) mode() gateMode {
	if d := r.dialog(); d != nil {
		return d.mode()
	}
	if r.palette != nil {
		return typingNoScan
	}
	if r.help != nil || r.small() {
		return hotKeys
	}
	top := r.router.top().screen
	_, scans := top.(ScanTarget)
	switch {
	case capturing(top) && scans:
		return typingScan
	case capturing(top):
		return typing
	}
	return hotKeys
}

// act does what the gate has made of the input.
func (r *Root) act(events []gateEvent) tea.Cmd {
	var cmds []tea.Cmd
	for _, e := range events {
		switch e.kind {
		case gateKey:
			cmds = append(cmds, r.key(e.key))
		case gateScan:
			cmds = append(cmds, r.scan(e.text))
		case gatePaste:
			cmds = append(cmds, r.paste(e.text))
		case gateFast:
			r.say(Notice{Wait, r.kit.T("shell.keys-too-fast")})
		case gateEnter:
			r.say(Notice{Wait, r.kit.T("shell.scan-enter")})
		}
	}
	return tea.Batch(cmds...)
}

// scan gives a code to the screen, if it wants one and nothing lies over it.
func (r *Root) scan(text string) tea.Cmd {
	if d := r.dialog(); d != nil {
		d.armed, d.quiet = false, r.kit.Now()
		r.say(Notice{Wait, r.kit.T("shell.scan-dialog")})
		return r.armDialog()
	}
	top := r.router.top()
	if target, ok := top.screen.(ScanTarget); ok && r.help == nil && r.palette == nil && !r.small() {
		return r.run(top.id, target.Scan(text))
	}
	r.say(Notice{Wait, r.kit.T("shell.scan-nowhere")})
	return nil
}

// paste gives pasted text to a text input or, as a code, to the screen. The
// palette takes none: a command is short, and a code does not belong there.
func (r *Root) paste(text string) tea.Cmd {
	k := tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(text), Paste: true}
	if d := r.dialog(); d != nil {
		if d.paste(k) {
			return nil
		}
		return r.scan(text)
	}
	if r.palette != nil {
		r.say(Notice{Wait, r.kit.T("shell.paste-nowhere")})
		return nil
	}
	top := r.router.top()
	if _, ok := top.screen.(ScanTarget); ok {
		return r.scan(text)
	}
	if capturing(top.screen) && r.help == nil {
		return r.run(top.id, top.screen.Update(k))
	}
	r.say(Notice{Wait, r.kit.T("shell.paste-nowhere")})
	return nil
}

// key handles what is certainly a key: the overlay has it, or the tables of
// the screen and of the root, or the screen itself.
func (r *Root) key(k tea.KeyMsg) tea.Cmd {
	name := k.String()
	if d := r.dialog(); d != nil {
		if !d.touch(r.kit.Now()) { // it was opened by the key right before this one
			return r.armDialog()
		}
		do, closed := d.key(k)
		if !closed {
			return nil
		}
		next := r.closeDialog()
		if do == nil {
			return next
		}
		return tea.Batch(next, r.run(d.owner, do()))
	}
	if r.palette != nil {
		p := r.palette
		chosen, closed := p.key(k)
		if closed {
			r.palette = nil
		}
		if chosen == nil {
			return nil
		}
		return r.fire(p.owner, *chosen)
	}
	if r.help != nil {
		if r.help.key(k) {
			r.help = nil
		}
		return nil
	}
	if r.small() {
		if name == "q" {
			return r.leave()
		}
		return nil
	}
	top := r.router.top()
	if !capturing(top.screen) || !printable(k) {
		if b, ok := find(r.table(), name); ok {
			return r.fire(top.id, b)
		}
	}
	return r.run(top.id, top.screen.Update(k))
}

// table is every binding that works now, the screen's own first.
func (r *Root) table() []Binding {
	table := append([]Binding(nil), r.router.top().screen.Bindings()...)
	return append(table, r.shell()...)
}

// shell is the root's own part of the table.
func (r *Root) shell() []Binding {
	work := map[string]func() tea.Cmd{
		"?":      r.openHelp,
		":":      r.openPalette,
		"esc":    r.back,
		"q":      r.leave,
		"ctrl+l": func() tea.Cmd { return tea.ClearScreen },
		"ctrl+z": r.suspend,
		"ctrl+c": func() tea.Cmd { return r.interrupt(r.kit.Now()) },
	}
	home := len(r.router.stack) == 1
	var table []Binding
	for _, b := range ShellKeys() {
		key := b.Keys[0]
		if key == "esc" && home || key == "q" && !home || key == "ctrl+z" && !term.CanSuspend {
			continue
		}
		b.Do = work[key]
		table = append(table, b)
	}
	return table
}

// fire does what a binding is for, says why it cannot, or asks first.
func (r *Root) fire(owner int, b Binding) tea.Cmd {
	if why := b.reason(); why != "" {
		r.say(Notice{Wait, r.kit.T("shell.disabled", "what", r.kit.T(b.Label), "why", why)})
		return nil
	}
	switch {
	case b.Danger && b.Confirm != nil:
		return r.open(owner, b.Confirm())
	case b.Danger:
		return r.open(owner, reallyDialog(r.kit, b))
	case b.Do != nil:
		return r.run(owner, b.Do())
	}
	return nil
}

func (r *Root) openHelp() tea.Cmd {
	r.help = newHelp(r.kit,
		KeyGroup{r.kit.T("shell.help-here"), r.router.top().screen.Bindings()},
		KeyGroup{r.kit.T("shell.help-all"), r.shell()})
	return nil
}

func (r *Root) openPalette() tea.Cmd {
	top := r.router.top()
	r.palette = newPalette(r.kit, top.id, r.table())
	return nil
}

// back leaves the top screen, unless it says why not.
func (r *Root) back() tea.Cmd {
	top := r.router.top()
	if why := veto(top.screen); why != "" {
		r.say(Notice{Wait, why})
		return nil
	}
	return r.shown(r.router.pop(top.id))
}

// leave ends the program, unless a screen says why not.
func (r *Root) leave() tea.Cmd {
	if why := r.vetoes(); why != "" {
		r.say(Notice{Wait, r.kit.T("shell.veto-leave", "why", why)})
		return nil
	}
	return tea.Quit
}

func (r *Root) vetoes() string {
	for i := len(r.router.stack) - 1; i >= 0; i-- {
		if why := veto(r.router.stack[i].screen); why != "" {
			return why
		}
	}
	return ""
}

// interrupt is Ctrl+C: it leaves, where a screen objects or a question is open
// at the second time.
func (r *Root) interrupt(now time.Time) tea.Cmd {
	r.gate.drop()
	again := !r.leaveAt.IsZero() && now.Sub(r.leaveAt) <= againTime
	r.leaveAt = now
	why := r.vetoes()
	switch {
	case again:
		return tea.Quit
	case why != "":
		r.say(Notice{Wait, r.kit.T("shell.veto-leave", "why", why)})
	case r.dialog() != nil:
		r.say(Notice{Wait, r.kit.T("shell.leave-again")})
	default:
		return tea.Quit
	}
	return nil
}
