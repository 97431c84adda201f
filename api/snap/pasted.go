package snap

import (
	"cmp"
	"encoding/base64"
	"encoding/hex"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
)

// field is a piece of a pasted string to sign.
type field struct {
	at   int // where it begins, in bytes
	text string
	role role // roles while it is not known
}

// comparePasted names how a pasted string to sign differs from the right one.
func (l *lab) comparePasted(pasted string) []Finding {
	if pasted == l.text {
		return nil
	}
	unexplained := []Finding{{Cause: Unexplained, Detail: "the pasted string differs, in no way that is known", At: common(l.text, pasted)}}
	if len(pasted) > maxText || len(l.text) > maxText {
		return unexplained
	}
	fields, marks := l.split(pasted)
	found := l.spaces(pasted, fields)
	kind := l.recognise(fields)
	if !slices.ContainsFunc(fields, func(f field) bool { return f.role != roles }) {
		return unexplained
	}
	for _, f := range fields {
		if !f.role.shown() || f.role == roles {
			l.hide(f.text) // a token that nobody told us of
		}
	}
	if kind != l.parts.Kind {
		found = append(found, Finding{Cause: WrongKind, At: common(l.text, pasted), Want: string(l.parts.Kind), Have: string(kind),
			Detail: "the pasted string is that of a " + string(kind) + " signature, and the request needs a " + string(l.parts.Kind) + " one"})
	}
	found = append(found, l.arrangement(kind, fields, marks)...)
	for _, f := range fields {
		if f.role != roles && f.text != l.values[f.role] && l.start(f.role) >= 0 {
			found = append(found, l.compareField(f))
		}
	}
	if len(found) == 0 {
		return unexplained
	}
	return found
}

// stamp finds timestamps, whose colons separate nothing.
var stamp = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?: ?[+-]\d\d:?\d\d|[Zz])?|https?://[^\s/:|]+(?::\d+)?`)
})

const separators = ":|"

// split cuts a pasted string at its separators, but not within what is known to
// be one piece. marks are the separators' places.
func (l *lab) split(s string) (fields []field, marks []int) {
	whole := make([]bool, len(s)) // bytes that separate nothing
	keep := func(from, to int) {
		for i := from; i < to; i++ {
			whole[i] = true
		}
	}
	edge := func(i int) bool {
		return i < 0 || i >= len(s) || strings.IndexByte(separators+" \t\r\n\"", s[i]) >= 0
	}
	known := append(slices.Clone(l.have.AccessTokens), string(l.parts.Body))
	if minified, err := l.parts.Minified(); err == nil {
		known = append(known, string(minified))
	}
	for _, k := range append(known, l.values[:]...) {
		if len(k) < 4 || !strings.ContainsAny(k, separators) {
			continue
		}
		for from := 0; ; {
			at := strings.Index(s[from:], k)
			if at < 0 {
				break
			}
			at += from
			from = at + len(k)
			if edge(at-1) && edge(from) {
				keep(at, from)
			}
		}
	}
	for _, span := range stamp().FindAllStringIndex(s, -1) {
		keep(span[0], span[1])
	}
	cut := func(set string) {
		fields, marks = nil, nil
		from := 0
		for i := range len(s) + 1 {
			if i < len(s) && (whole[i] || strings.IndexByte(set, s[i]) < 0) {
				continue
			}
			fields = append(fields, trimmed(s, from, i))
			if i < len(s) {
				marks = append(marks, i)
			}
			from = i + 1
		}
	}
	cut(separators)
	if len(marks) == 0 && strings.ContainsAny(strings.TrimSpace(s), "\n,;") {
		cut("\n,;")
	}
	return fields, marks
}

// trimmed is a piece without the white space, and the quotes of a copied
// literal, around it.
func trimmed(s string, from, to int) field {
	text := s[from:to]
	left := strings.TrimLeftFunc(text, unicode.IsSpace)
	f := field{at: from + len(text) - len(left), text: strings.TrimRightFunc(left, unicode.IsSpace), role: roles}
	if from == 0 && strings.HasPrefix(f.text, `"`) {
		f.at, f.text = f.at+1, f.text[1:]
	}
	if to == len(s) {
		f.text = strings.TrimSuffix(f.text, `"`)
	}
	return f
}

// spaces points at the first white space, or quote, around a piece.
func (l *lab) spaces(s string, fields []field) []Finding {
	from := 0
	for i, f := range fields {
		end := len(s)
		if i+1 < len(fields) {
			end = fields[i+1].at
		}
		at, tail := -1, s[f.at+len(f.text):end]
		switch last := i == len(fields)-1; {
		case f.at > from:
			at = from
		case last && tail != "", !last && len(tail) > 1 && unicode.IsSpace(rune(tail[0])): // one byte is the separator
			at = f.at + len(f.text)
		}
		if at >= 0 {
			return []Finding{{Cause: WhiteSpace, At: at, Detail: "white space, a line end or a quote was signed that does not belong there"}}
		}
		from = min(f.at+len(f.text)+1, len(s))
	}
	return nil
}

// recognise finds out which part each piece is, and what kind of signature the
// string is for. What is exactly right goes first, then known mistakes, then
// what a piece looks like, and at last what is left over.
func (l *lab) recognise(fields []field) Kind {
	taken := [roles]bool{}
	assign := func(fits func(r role, text string) bool, order ...role) {
		for _, r := range order {
			for i := range fields {
				if f := &fields[i]; f.role == roles && !taken[r] && fits(r, f.text) {
					f.role, taken[r] = r, true
				}
			}
		}
	}
	all := []role{methodRole, pathRole, timestampRole, digestRole, tokenRole, keyRole}
	assign(func(r role, text string) bool { return text != "" && text == l.values[r] }, all...)
	assign(func(r role, text string) bool {
		return text != "" && slices.ContainsFunc(l.others[r], func(a alternative) bool { return a.value == text })
	}, all...)
	// The token may look like a digest, which stands behind it: look from behind.
	slices.Reverse(fields)
	assign(looksLike, methodRole, timestampRole, digestRole, pathRole)
	slices.Reverse(fields)

	request := taken[methodRole] || taken[pathRole] || taken[digestRole]
	rest := 0
	for _, f := range fields {
		if f.role == roles {
			rest++
		}
	}
	any := func(role, string) bool { return true }
	switch {
	case !request && (taken[keyRole] || len(fields) == 2):
		assign(any, keyRole)
		return ClientKey
	case taken[tokenRole]:
		assign(any, digestRole)
		return Symmetric
	case rest > 0 && (taken[digestRole] || len(fields) >= 5):
		assign(any, tokenRole)
		return Symmetric
	case request && l.parts.Kind == ClientKey, len(fields) == 4:
		assign(any, digestRole)
		return Asymmetric
	}
	return l.parts.Kind // too little of it to tell
}

// looksLike judges a piece by its form.
func looksLike(r role, text string) bool {
	switch r {
	case methodRole:
		return slices.ContainsFunc(verbs, func(v string) bool { return strings.EqualFold(v, text) })
	case pathRole:
		return strings.HasPrefix(text, "/") || afterHost(text) > 0
	case timestampRole:
		_, ok := readStamp(text)
		return ok || stamp().MatchString(text) && afterHost(text) == 0
	}
	return looksDigested(text)
}

// looksDigested reports whether text is a SHA-256, or another common digest, in
// hex or base64.
func looksDigested(text string) bool {
	if b, err := hex.DecodeString(text); err == nil {
		return slices.Contains([]int{16, 20, 32, 48, 64}, len(b))
	}
	b, err := base64.StdEncoding.DecodeString(text)
	return err == nil && len(b) == 32
}

// arrangement judges order, separators, and which parts are there at all.
func (l *lab) arrangement(kind Kind, fields []field, marks []int) []Finding {
	var found []Finding
	order, sep := kind.ordered()
	var have, want []string
	var present []field
	for _, f := range fields {
		if f.role == roles {
			found = append(found, Finding{Cause: ExtraPart, At: f.at, Detail: "there is a part that belongs to no such string"})
			continue
		}
		present = append(present, f)
		have = append(have, f.role.String())
	}
	sorted := slices.Clone(present)
	slices.SortStableFunc(sorted, func(a, b field) int { return cmp.Compare(slices.Index(order, a.role), slices.Index(order, b.role)) })
	for _, f := range sorted {
		want = append(want, f.role.String())
	}
	for i, f := range present {
		if f.role != sorted[i].role {
			found = append(found, Finding{Cause: WrongOrder, At: f.at, Want: strings.Join(want, sep), Have: strings.Join(have, sep),
				Detail: "the parts stand in another order: the " + f.role.String() + " is where the " + sorted[i].role.String() + " belongs"})
			break
		}
	}
	for _, r := range order {
		if !slices.ContainsFunc(present, func(f field) bool { return f.role == r }) {
			at := 0
			for _, f := range present {
				if slices.Index(order, f.role) < slices.Index(order, r) {
					at = max(at, f.at+len(f.text))
				}
			}
			found = append(found, Finding{Cause: MissedPart, At: at, Want: r.String(), Detail: "the " + r.String() + " is missing"})
		}
	}
	for _, at := range marks {
		if l.have.StringToSign[at] != sep[0] {
			found = append(found, Finding{Cause: Separator, At: at, Want: sep, Detail: "the parts are separated by another sign"})
			break
		}
	}
	return found
}

// compareField names what is wrong with one part of a pasted string.
func (l *lab) compareField(f field) Finding {
	for _, a := range l.others[f.role] {
		if a.value == f.text {
			return l.finding(f.role, a, f.at)
		}
	}
	a := alternative{value: f.text}
	show := false
	switch f.role {
	case methodRole:
		a.cause, a.detail, show = OtherMethod, "another method was signed than is sent", true
		if strings.EqualFold(f.text, l.values[methodRole]) {
			a.cause, a.detail = MethodCase, "the method was signed in other letters, capital or small"
		}
	case pathRole:
		a.cause, a.detail = pathRelation(l.values[pathRole], f.text)
		if at := afterHost(f.text); at > 0 && f.text[at:] != l.values[pathRole] {
			_, more := pathRelation(l.values[pathRole], f.text[at:])
			a.detail += "; and " + more
		}
		// What merely looks like a path may be a token.
		show = a.cause != OtherPath
	case timestampRole:
		a.cause, a.detail = stampRelation(l.values[timestampRole], f.text)
		_, read := readStamp(f.text)
		show = read || stamp().FindString(f.text) == f.text
	case digestRole:
		a.cause, a.detail = OtherBody, "the digest is that of another body"
		if strings.EqualFold(f.text, l.values[digestRole]) {
			a.cause, a.detail, show = DigestCase, "the body's digest has to be in small letters", true
		} else if b, err := hex.DecodeString(f.text); err != nil || len(b) != 32 {
			a.cause, a.detail = DigestEncoding, "the body's digest is no SHA-256 in hex"
		}
		if strings.HasPrefix(f.text, "{") || strings.HasPrefix(f.text, "[") {
			a.cause, a.detail = BodyNotDigested, "a body was signed, and not its digest"
		}
	case tokenRole:
		a.cause, a.detail = l.otherToken(f.text)
	case keyRole:
		a.cause, a.detail = OtherClientKey, "another client key was signed"
	}
	out := l.finding(f.role, a, f.at)
	if !show {
		out.Have = ""
	}
	return out
}

func (l *lab) otherToken(text string) (Cause, string) {
	ours := trimBearer(l.values[tokenRole])
	switch bare := trimBearer(text); {
	case text == "":
		return MissedPart, "the token was left empty"
	case bare != text:
		return Bearer, `"Bearer " was signed before the token, and the token is another, too`
	case strings.HasPrefix(ours, text):
		return OtherToken, "the token was cut short"
	case len(ours) > 0 && strings.HasPrefix(text, ours):
		return OtherToken, "the token was signed with something behind it"
	case strings.EqualFold(ours, text):
		return OtherToken, "the token was signed in other letters, capital or small"
	}
	return OtherToken, "another token was signed than is sent"
}
