package snap

import (
	"fmt"
	"iter"
	"slices"
	"strings"
)

// edit is one mistake in composing a string to sign: another value of a part,
// or another shape of the whole.
type edit struct {
	role   role // roles for a shape
	other  alternative
	kind   Kind // "" for the one asked for
	order  []role
	sep    string
	suffix string
}

// variant is a string to sign with no mistake, one or two.
type variant []edit

// variants yields the right string first, then every single mistake, then the
// likely ones two at a time, at most [maxVariants] in all.
func (l *lab) variants() iter.Seq[variant] {
	return func(yield func(variant) bool) {
		left := maxVariants
		give := func(v variant) bool { left--; return yield(v) && left > 0 }
		if !give(nil) {
			return
		}
		edits := l.edits()
		for _, e := range edits {
			if !give(variant{e}) {
				return
			}
		}
		for i, a := range edits {
			for _, b := range edits[:i] {
				if a.other.likely && b.other.likely && a.role != b.role && !give(variant{b, a}) {
					return
				}
			}
		}
	}
}

// edits are all mistakes that change what is signed, shapes first: theirs are
// the fewest.
func (l *lab) edits() []edit {
	order, sep := l.parts.Kind.ordered()
	var out []edit
	shape := func(e edit, cause Cause, detail string, likely bool) {
		e.role, e.other = roles, alternative{"", cause, detail, likely}
		out = append(out, e)
	}
	covered := slices.Clone(order)
	for _, k := range []Kind{Symmetric, Asymmetric, ClientKey} {
		if k == l.parts.Kind || k == ClientKey && l.parts.ClientKey == "" || k == Symmetric && l.parts.AccessToken == "" ||
			k != ClientKey && (l.parts.Method == "" || l.parts.Endpoint == "") {
			continue
		}
		shape(edit{kind: k}, WrongKind, "the string that was signed is that of a "+string(k)+" signature, and the request needs that of a "+string(l.parts.Kind)+" one", true)
		its, _ := k.ordered()
		covered = append(covered, its...)
	}
	shape(edit{suffix: "\n"}, WhiteSpace, "a line end was signed behind the string", true)
	for _, suffix := range []string{"\r\n", " "} {
		shape(edit{suffix: suffix}, WhiteSpace, "white space was signed behind the string", false)
	}
	for _, s := range []string{":", "|", "", "\n", " ", ",", ";"} {
		if s != sep {
			shape(edit{sep: s, order: order}, Separator, fmt.Sprintf("the parts were joined by %q and not by %q", s, sep), false)
		}
	}
	for _, o := range orders(order) {
		var names []string
		for _, r := range o {
			names = append(names, r.String())
		}
		shape(edit{order: o}, WrongOrder, "the parts were signed in another order: "+strings.Join(names, ", "), false)
	}
	for r := range roles {
		if !slices.Contains(covered, r) {
			continue
		}
		for _, a := range l.others[r] {
			if slices.Contains(order, r) || a.likely { // another kind's parts matter together with that kind
				out = append(out, edit{role: r, other: a})
			}
		}
	}
	return out
}

// orders are the arrangements one exchange or one move away.
func orders(right []role) [][]role {
	var out [][]role
	add := func(o []role) {
		same := func(p []role) bool { return slices.Equal(o, p) }
		if !same(right) && !slices.ContainsFunc(out, same) {
			out = append(out, o)
		}
	}
	for i := range right {
		for j := range right {
			swapped := slices.Clone(right)
			swapped[i], swapped[j] = swapped[j], swapped[i]
			add(swapped)
			moved := slices.Delete(slices.Clone(right), i, i+1)
			add(slices.Insert(moved, j, right[i]))
		}
	}
	return out
}

// compose writes the string to sign of a variant.
func (l *lab) compose(v variant) string {
	order, sep := l.parts.Kind.ordered()
	values, suffix := l.values, ""
	for _, e := range v {
		switch {
		case e.role != roles:
			values[e.role] = e.other.value
		case e.kind != "":
			order, sep = e.kind.ordered()
		case e.order != nil:
			order = e.order
			if e.other.cause == Separator {
				sep = e.sep
			}
		}
		suffix += e.suffix
	}
	return l.join(order, &values, sep) + suffix
}

// describe says what a mistake is, and where it shows in the right string.
func (l *lab) describe(e edit) Finding {
	if e.role != roles {
		return l.finding(e.role, e.other, l.start(e.role))
	}
	f := Finding{Cause: e.other.cause, Detail: e.other.detail, At: common(l.text, l.compose(variant{e}))}
	if e.kind != "" {
		f.Want, f.Have = string(l.parts.Kind), string(e.kind)
	}
	return f
}
