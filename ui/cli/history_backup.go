package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"cashier/api/till"
	"cashier/store"
	"cashier/ui"
)

func (a *app) historyBackupCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "backup FILE",
		Short: "Copy the journal to a new file, also while the console runs",
		Long: `Copies the journal as it is at one moment to FILE, and its head to FILE.head,
so that a backup that was cut is noticed. The copy is verified before it gets its
name; a file that is there already is never overwritten. Only its owner can read
it. Keep it on another disk.

Exit codes: 0 done, 2 there is such a file or no such folder, 6 the journal does not verify, the
disk is full or cannot be written, 130 interrupted; nothing is left behind then.`,
		Args: exactly("the FILE to write"),
	}
	cmd.RunE = a.run(func(cmd *cobra.Command, args []string) error {
		path, err := absolute(args[0])
		if err != nil {
			return err
		}
		f, err := a.journalFile()
		if err != nil {
			return err
		}
		if err := a.there(f); err != nil {
			return err
		}
		folder := filepath.Dir(path)
		if info, err := os.Stat(folder); errors.Is(err, fs.ErrNotExist) || err == nil && !info.IsDir() {
			return &failure{
				exit: exitUsage, code: "no-folder", message: fmt.Sprintf("there is no folder %s", folder),
				advice: a.words.T("upkeep.no-folder", "folder", folder), err: err,
			}
		}
		return a.backup(cmd.Context(), path)
	})
	return cmd
}

func (a *app) backup(ctx context.Context, path string) error {
	var done store.Backup
	err := a.withStore(ctx, func(j journal) error {
		return a.metered(func(tell func(store.Progress)) (err error) {
			done, err = j.BackupTelling(ctx, path, tell)
			return a.notThere(path, err)
		})
	})
	if err := interrupted(ctx, err); err != nil {
		if e, ok := errors.AsType[*store.DamagedError](err); ok {
			return a.unreadable(e)
		}
		return a.upkeepFailure(err)
	}
	if a.json {
		return a.printJSON(struct {
			File         string `json:"file"`
			Bytes        int64  `json:"bytes"`
			Transactions int    `json:"transactions"`
			Events       uint64 `json:"events"`
		}{done.Path, done.Bytes, done.Transactions, done.Events})
	}
	t := a.theme()
	fmt.Fprintf(a.out, "%s  %s: %d transactions, %s, verified\n",
		t.Tone(ui.Good, signed(ui.Good, "backup")), done.Path, done.Transactions, sizeText(done.Bytes))
	return nil
}

// notThere gives what the backup's own disk says its words: the journal's may be
// another one.
func (a *app) notThere(path string, err error) error {
	cause := err
	if at, ok := errors.AsType[*fs.PathError](err); ok {
		cause = at
	}
	f := &failure{exit: exitStore, message: fmt.Sprintf("no backup was made: %v", cause), err: err}
	switch {
	case errors.Is(err, till.ErrFull):
		f.code, f.advice = "disk-full", a.words.T("upkeep.backup-full", "file", path)
	case errors.Is(err, till.ErrReadOnly):
		f.code, f.advice = "backup-read-only", a.words.T("upkeep.backup-read-only", "file", path)
	default:
		return err
	}
	return f
}
