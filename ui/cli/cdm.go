package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"cashier/api"
	"cashier/api/till"
)

func (a *app) cdmCommand() *cobra.Command {
	return group("cdm", "User ids for cash deposit machines", a.cdmGenerateCommand(), a.cdmQueryCommand(), a.cdmWatchCommand())
}

// settled gives the exit code of a user id.
func settled(s till.State) int {
	switch {
	case s == till.Active:
		return exitOK
	case s.Open():
		return exitOpen
	}
	return exitEnded
}

// referenceArg is a command's argument, before anything is opened for it.
func referenceArg(argument string) (api.Reference, error) {
	reference, err := api.ParseReference(argument)
	if err != nil {
		return "", usageError{err}
	}
	return reference, nil
}

// find is the journal's record of a reference that a person named.
func (a *app) find(ctx context.Context, s *station, reference api.Reference) (till.Transaction, error) {
	tx, err := s.store.Get(ctx, reference)
	if errors.Is(err, till.ErrNotFound) {
		return tx, &failure{
			exit: exitEnded, code: "unknown-reference", message: fmt.Sprintf("there is no %s in the journal %s", reference, s.store.Path()),
			advice: a.words.T("error.unknown-reference", "reference", reference), err: err,
		}
	}
	return tx, err
}
