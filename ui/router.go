package ui

import (
	"slices"

	tea "github.com/charmbracelet/bubbletea"
)

// router is the stack of screens. Every screen has a number of its own, which
// its commands carry, so that an answer finds the screen that asked for it and
// no other.
type router struct {
	stack []entry
	next  int
}

type entry struct {
	id     int
	screen Screen
}

// top is the screen that is shown.
func (r *router) top() entry { return r.stack[len(r.stack)-1] }

// find gives the screen's place, -1 when it has gone.
func (r *router) find(id int) int {
	return slices.IndexFunc(r.stack, func(e entry) bool { return e.id == id })
}

// push puts s on top.
func (r *router) push(s Screen) entry {
	r.next++
	e := entry{r.next, s}
	r.stack = append(r.stack, e)
	return e
}

// replace puts s in the place of the screen id.
func (r *router) replace(id int, s Screen) (entry, bool) {
	at := r.find(id)
	if at < 0 {
		return entry{}, false
	}
	leave(r.stack[at])
	r.next++
	r.stack[at] = entry{r.next, s}
	return r.stack[at], true
}

// pop takes the screen id away, unless it is the first. It reports whether
// another one came on top.
func (r *router) pop(id int) bool {
	at := r.find(id)
	if at <= 0 {
		return false
	}
	was := r.top().id
	leave(r.stack[at])
	r.stack = slices.Delete(r.stack, at, at+1)
	return r.top().id != was
}

// home takes all screens but the first away.
func (r *router) home() bool {
	changed := len(r.stack) > 1
	for _, e := range slices.Backward(r.stack[1:]) {
		leave(e)
	}
	r.stack = r.stack[:1]
	return changed
}

// close tells every screen that the program ends.
func (r *router) close() {
	for _, e := range slices.Backward(r.stack) {
		leave(e)
	}
}

// deliver gives a message to the screen id; nothing happens when it has gone.
func (r *router) deliver(id int, msg tea.Msg) (entry, tea.Cmd) {
	at := r.find(id)
	if at < 0 {
		return entry{}, nil
	}
	e := r.stack[at]
	return e, e.screen.Update(msg)
}

func leave(e entry) {
	if l, ok := e.screen.(Leaver); ok {
		l.Leave()
	}
}

// The optional sides of a screen, with what holds for one that lacks them.

func chromeless(s Screen) bool {
	c, ok := s.(Chromeless)
	return ok && c.Chromeless()
}

func capturing(s Screen) bool {
	c, ok := s.(Capturer)
	return ok && c.Capturing()
}

func veto(s Screen) string {
	if v, ok := s.(Vetoer); ok {
		return v.OnLeave()
	}
	return ""
}
