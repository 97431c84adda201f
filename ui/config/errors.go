package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// maxProblems is how many problems of a file are reported together.
const maxProblems = 20

// Problem is one thing that is wrong in a config file, and its cure.
type Problem struct {
	Line    int    `json:"line"`           // from 1
	Column  int    `json:"column"`         // from 1, in characters
	Path    string `json:"path,omitempty"` // profiles.real.courier.branchNo; empty: the file as such
	Message string `json:"message"`        // what is wrong; what to do
}

func (p Problem) String() string {
	at := fmt.Sprintf("line %d, column %d: ", p.Line, p.Column)
	if p.Path != "" {
		at += p.Path + ": "
	}
	return at + p.Message
}

// Errors is all that is wrong in a config file, in the order of its lines.
type Errors struct {
	File     string    `json:"file"`
	Problems []Problem `json:"problems"`       // 20 at most
	More     int       `json:"more,omitempty"` // how many there are beside them
}

func (e *Errors) Error() string {
	if len(e.Problems) == 1 && e.More == 0 {
		return e.File + ": " + e.Problems[0].String()
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s has %d problems:", e.File, len(e.Problems)+e.More)
	for _, p := range e.Problems {
		b.WriteString("\n  " + p.String())
	}
	if e.More > 0 {
		fmt.Fprintf(&b, "\n  and %d more", e.More)
	}
	return b.String()
}

func (d *decoder) errors(file string) *Errors {
	slices.SortStableFunc(d.problems, func(a, b finding) int { return cmp.Compare(a.offset, b.offset) })
	e := &Errors{File: file, More: max(0, len(d.problems)-maxProblems)}
	for _, f := range d.problems[:min(len(d.problems), maxProblems)] {
		e.Problems = append(e.Problems, d.doc.problem(f.offset, f.path, f.message))
	}
	return e
}
