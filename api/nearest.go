package api

import "strings"

// Nearest is the known word that a person may have meant by one that is not
// known: the one with the fewest letters wrong, missing or too many, without
// regard to case; two at the most, and fewer than either word has. "" for none.
func Nearest(word string, known []string) string {
	const most = 2
	best, least := "", most+1
	for _, k := range known {
		if d := len(word) - len(k); d > most || -d > most {
			continue
		}
		if d := wrongLetters(strings.ToLower(word), strings.ToLower(k)); d < least && d < min(len(word), len(k)) {
			best, least = k, d
		}
	}
	return best
}

// wrongLetters is the edit distance of two words (Levenshtein), in bytes.
func wrongLetters(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(row[j+1]+1, row[j]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}
