package cli

import (
	"fmt"

	"cashier/api/till"
)

// Exit codes, DESIGN.md 5.
const (
	exitOK          = 0
	exitOther       = 1
	exitUsage       = 2 // before the work starts; nothing on standard output
	exitConfig      = 3 // config or credentials
	exitEnded       = 4 // it ended otherwise than asked for
	exitOpen        = 5 // unknown or still open, kept in the journal
	exitStore       = 6 // the journal is busy or damaged
	exitLate        = 7 // doubled or paid late
	exitInterrupted = 130
)

// usageError is what a person must correct on the command line.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// failure is an error as people and scripts meet it.
type failure struct {
	exit    int
	code    string // for scripts; never changes its meaning
	message string
	advice  string // what it means for the money and what to do; may be empty
	err     error
}

func (f *failure) Error() string { return f.message }
func (f *failure) Unwrap() error { return f.err }

// noPayments is a profile without a provider of payments.
type noPayments struct{ profile string }

func (e *noPayments) Error() string { return "profile " + e.profile + " has no provider of payments" }
func (e *noPayments) Unwrap() error { return till.ErrNoProvider }

// configError is a config, profile or credential that cannot be used.
type configError struct{ error }

func (e configError) Unwrap() error { return e.error }
