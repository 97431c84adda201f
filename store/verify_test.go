package store

import (
	"context"
	"errors"
	"testing"
)

// The walk through the pages says how far it is, and ends when it is given up.
func TestVerifyTellsOfPages(t *testing.T) {
	s := oneMonth(t, 12000)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	told := 0
	_, err := s.VerifyTelling(ctx, func(p Progress) {
		switch {
		case p.Step != StepPages:
			t.Errorf("it goes on with %s", p.Step)
		case p.Done == 0: // the step begins
		case p.Done > p.Total:
			t.Errorf("%d of %d", p.Done, p.Total)
		default:
			told++
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) || told != 1 {
		t.Errorf("told %d times, %v", told, err)
	}
}
