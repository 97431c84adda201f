package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"cashier/api"
	"cashier/api/till"
	"cashier/store"
	"cashier/ui"
)

func (a *app) historyRestoreCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "restore FILE",
		Short: "Put a backup in the place of a damaged or missing journal",
		Long: `Verifies the backup FILE and puts a copy of it in the journal's place. A sound
journal is never replaced; a damaged one keeps its content under another name
beside it, and is read for what the backup does not have, which is listed: ask
the provider about those before charging anybody again. References that were
found there are never used again. Open payments are asked about again; what was
not sent yet when the backup was made counts as unknown, since it may have been
sent later. The restore stands in the journal's chain.

Exit codes: 0 done, 4 the journal is sound, 6 another process has it, the backup
is damaged or the disk is full, 130 interrupted; nothing has changed then.`,
		Args: exactly("the backup FILE"),
	}
	cmd.RunE = a.run(func(cmd *cobra.Command, args []string) error {
		backup, err := absolute(args[0])
		if err != nil {
			return err
		}
		f, err := a.journalFile()
		if err != nil {
			return err
		}
		from, err := os.Stat(backup)
		if own, missing := os.Stat(f.path); err == nil && missing == nil && os.SameFile(from, own) {
			return &failure{
				exit: exitUsage, code: "no-backup", message: fmt.Sprintf("%s is the journal itself", backup),
				advice: a.words.T("upkeep.itself", "file", backup),
			}
		}
		if errors.Is(err, fs.ErrNotExist) {
			return &failure{
				exit: exitUsage, code: "no-backup", message: fmt.Sprintf("there is no backup %s", backup),
				advice: a.words.T("upkeep.no-backup", "file", backup), err: err,
			}
		}
		return a.restore(cmd.Context(), backup, f)
	})
	return cmd
}

func (a *app) restore(ctx context.Context, backup string, f journalFile) error {
	var r store.Recovery
	err := a.metered(func(tell func(store.Progress)) (err error) {
		r, err = store.Restore(ctx, backup, f.path, f.options, tell)
		return err
	})
	if err := interrupted(ctx, err); err != nil {
		if e, ok := errors.AsType[*store.DamagedError](err); ok && e.Path == backup {
			return &failure{
				exit: exitStore, code: "backup-damaged", message: strings.Replace(e.Error(), "the journal", "the backup", 1),
				advice: a.words.T("upkeep.bad-backup", "file", backup), err: err,
			}
		}
		return a.upkeepFailure(err)
	}
	if a.json {
		if err := a.printJSON(recoveryJSONOf(backup, r)); err != nil {
			return err
		}
	} else {
		a.printRecovery(r)
	}
	a.adviseRestored(r)
	return nil
}

func (a *app) printRecovery(r store.Recovery) {
	t := a.theme()
	fmt.Fprintf(a.out, "%s  %s: %d transactions, %d events, verified\n", t.Tone(ui.Good, signed(ui.Good, "restored")), r.Path, r.Transactions, r.Events)
	if r.SetAside != "" {
		fmt.Fprintf(a.out, "The file that stood there is kept as %s\n", r.SetAside)
	}
	for _, list := range []struct {
		title string
		rows  []till.Row
	}{{"Missing here", r.New}, {"Older here than they were", r.Changed}} {
		if len(list.rows) == 0 {
			continue
		}
		fmt.Fprintf(a.out, "\n%s, as they stood in %s:\n", list.title, r.Read)
		cells := make([][]string, len(list.rows))
		for i, row := range list.rows {
			cells[i] = []string{localTime(row.CreatedAt.Time()), strings.ToUpper(string(row.Kind)), string(row.Reference), a.amount(money(row.Amount)), a.stateWord(row.Kind, row.State), row.Label}
		}
		table(a.out, t, []column{{title: "Created"}, {title: "Kind"}, {title: "Reference"}, {title: "Amount", right: true}, {title: "State"}, {title: "For"}}, cells)
	}
	if len(r.Sessions) > 0 {
		fmt.Fprintf(a.out, "\nSessions that went on after the backup: %s; keep their printed Z reports, their numbers are not given again\n",
			strings.Trim(fmt.Sprint(r.Sessions), "[]"))
	}
	if len(r.Unsure) > 0 {
		fmt.Fprintf(a.out, "\nNot sent yet when the backup was made, unknown now: %s\n", joined(r.Unsure))
	}
}

func joined(references []api.Reference) string {
	texts := make([]string, len(references))
	for i, r := range references {
		texts[i] = string(r)
	}
	return strings.Join(texts, ", ")
}

// adviseRestored says on standard error what is missing and what to do.
func (a *app) adviseRestored(r store.Recovery) {
	since := "–"
	if !r.At.IsZero() {
		since = localTime(r.At)
	}
	aside := r.SetAside
	if aside == "" {
		aside = r.Read
	}
	switch n := len(r.New) + len(r.Changed); {
	case r.ReadError != nil:
		a.warn(fmt.Sprintf("the damaged journal cannot be read: %v", r.ReadError))
		fmt.Fprintln(a.err, a.words.T("upkeep.missing-unknown", "time", since))
	case r.Read == "":
		fmt.Fprintln(a.err, a.words.T("upkeep.missing-unknown", "time", since))
	case n > 0:
		fmt.Fprintln(a.err, a.words.T("upkeep.missing", "time", since, "n", fmt.Sprint(n), "aside", aside))
	default:
		fmt.Fprintln(a.err, a.words.T("upkeep.nothing-missing", "aside", aside))
	}
	if r.Open > 0 {
		fmt.Fprintln(a.err, a.words.T("upkeep.open", "n", fmt.Sprint(r.Open), "command", a.sameCommand("resume")))
	}
}

type recoveryJSON struct {
	File         string          `json:"file"`
	Backup       string          `json:"backup"`
	Transactions int             `json:"transactions"`
	Events       uint64          `json:"events"`
	LastAt       string          `json:"lastAt,omitempty"` // of the backup's last event
	SetAside     string          `json:"setAside,omitempty"`
	Read         string          `json:"read,omitempty"` // the damaged file that was searched
	Missing      []rowJSON       `json:"missing"`
	Older        []rowJSON       `json:"older"`
	Unsure       []api.Reference `json:"unsure"`
	Sessions     []int           `json:"sessions"` // that went on after the backup
	Open         int             `json:"open"`
}

func recoveryJSONOf(backup string, r store.Recovery) recoveryJSON {
	j := recoveryJSON{
		File: r.Path, Backup: backup, Transactions: r.Transactions, Events: r.Events, SetAside: r.SetAside, Read: r.Read,
		Missing: []rowJSON{}, Older: []rowJSON{}, Unsure: []api.Reference{}, Sessions: []int{}, Open: r.Open,
	}
	if !r.At.IsZero() {
		j.LastAt = stamp(r.At)
	}
	for _, row := range r.New {
		j.Missing = append(j.Missing, rowAsJSON(row))
	}
	for _, row := range r.Changed {
		j.Older = append(j.Older, rowAsJSON(row))
	}
	j.Unsure, j.Sessions = append(j.Unsure, r.Unsure...), append(j.Sessions, r.Sessions...)
	return j
}
