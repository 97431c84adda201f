package cli

import (
	"github.com/spf13/cobra"
)

func (a *app) historyShowCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "show REFERENCE",
		Short: "Show one transaction and its timeline",
		Args:  exactly("a REFERENCE"),
	}
	cmd.RunE = a.run(func(cmd *cobra.Command, args []string) error {
		reference, err := referenceArg(args[0])
		if err != nil {
			return err
		}
		return a.withStore(cmd.Context(), func(s journal) error {
			st := &station{store: s}
			tx, err := a.find(cmd.Context(), st, reference)
			if err != nil {
				return err
			}
			return a.answerTransaction(cmd.Context(), st, tx)
		})
	})
	return cmd
}
