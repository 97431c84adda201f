package store

import "bytes"

// longestName is how many bytes of a name similar looks at.
const longestName = 64

// similar reports whether a word, which is in lower case, may be meant for a
// name. It may be part of it, be one of its words with a letter wrong, missing,
// too many or two exchanged (in a word of seven letters or more: twice), or be
// the name with letters left out. Of a word with fewer than three letters only
// the first holds.
func similar(word, name []byte) bool {
	var text [longestName]byte
	n := text[:copy(text[:], name)]
	for i, c := range n {
		if 'A' <= c && c <= 'Z' {
			n[i] = c + 'a' - 'A'
		}
	}
	if bytes.Contains(n, word) {
		return true
	}
	if len(word) < 3 || len(word) > longestName {
		return false
	}
	if shortened(word, n) {
		return true
	}
	most := 1
	switch {
	case len(word) < 4:
		return false
	case len(word) >= 7:
		most = 2
	}
	for part := range bytes.SplitSeq(n, []byte{' '}) {
		if d := len(part) - len(word); d <= most && -d <= most && distance(word, part, most) <= most {
			return true
		}
	}
	return false
}

// shortened reports whether the letters of word stand in name in their order,
// the first one at the beginning of a word of it, and at most half of what
// they span is left out.
func shortened(word, name []byte) bool {
	for from := range name {
		if name[from] != word[0] || from > 0 && name[from-1] != ' ' {
			continue
		}
		at := 0
		for i := from; i < len(name); i++ {
			if name[i] == word[at] {
				if at++; at == len(word) {
					if i+1-from <= 2*len(word) {
						return true
					}
					break
				}
			}
		}
	}
	return false
}

// distance is how many letters have to be changed, put in, taken out or
// exchanged with their neighbour; past most it is any larger number.
func distance(a, b []byte, most int) int {
	var rows [3][longestName + 1]int
	for j := range b {
		rows[0][j+1] = j + 1
	}
	for i := range a {
		now, last, before := &rows[(i+1)%3], &rows[i%3], &rows[(i+2)%3]
		now[0] = i + 1
		least := now[0]
		for j := range b {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			d := min(last[j+1]+1, now[j]+1, last[j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				d = min(d, before[j-1]+1)
			}
			now[j+1] = d
			least = min(least, d)
		}
		if least > most {
			return least
		}
	}
	return rows[len(a)%3][len(b)]
}
