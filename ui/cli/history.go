package cli

import (
	"context"
	"errors"

	"github.com/spf13/cobra"
)

func (a *app) historyCommand() *cobra.Command {
	return group("history", "What the journal holds", a.historyListCommand(), a.historyShowCommand(), a.historyExportCommand(),
		a.historyVerifyCommand(), a.historyBackupCommand(), a.historyRestoreCommand(), a.historyCompactCommand(),
		a.historyReceiptCommand(), a.historyReportCommand(), a.historyReconcileCommand())
}

// withStore runs a command that needs the journal alone: no provider, no
// sandbox.
func (a *app) withStore(ctx context.Context, work func(journal) error) error {
	_, profile, err := a.loadProfile()
	if err != nil {
		return err
	}
	s, err := a.openSeat(profile, stationOptions{})
	if err != nil {
		return err
	}
	a.test = profile.Sandbox
	a.noticeForgotten(ctx, seatJournal{s})
	return errors.Join(work(seatJournal{s}), s.close(ctx))
}
