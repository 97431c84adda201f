package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"cashier/api"
	"cashier/store"
	"cashier/ui"
)

func (a *app) historyVerifyCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Check the whole journal: its pages, chain, indexes and counts",
		Long: `Checks everything the journal holds, without changing it: the pages of the
file, each record with its index entries, the chain of events up to the head and
to the head file, and the counts. The first bad record is named. A backup is
checked with --store BACKUP.

Exit codes: 0 sound, 6 damaged, 130 interrupted.`,
		Args: noArgs,
	}
	cmd.RunE = a.run(func(cmd *cobra.Command, _ []string) error { return a.verifyHistory(cmd.Context()) })
	return cmd
}

func (a *app) verifyHistory(ctx context.Context) error {
	f, err := a.fileToLookAt()
	if err != nil {
		return err
	}
	if err := a.there(f); err != nil {
		return err
	}
	var report store.Report
	err = a.metered(func(tell func(store.Progress)) (err error) {
		report, err = a.verifyJournal(ctx, f, tell)
		return err
	})
	if err := interrupted(ctx, err); err != nil && ctx.Err() != nil {
		return err
	}
	damage, damaged := errors.AsType[*store.DamagedError](err)
	if err != nil && !damaged {
		return err
	}
	if damaged && len(report.Problems) == 0 { // it cannot even be opened
		report.Problems = []store.Problem{{What: damage.Reason}}
	}
	if a.json {
		if err := a.printJSON(findingsJSONOf(f, report, !damaged)); err != nil {
			return err
		}
	} else {
		a.printReport(report)
	}
	return a.verdict(f, report, damage)
}

// verifyJournal only reads; where a process has the journal, that one verifies
// it.
func (a *app) verifyJournal(ctx context.Context, f journalFile, tell func(store.Progress)) (store.Report, error) {
	options := f.options
	options.ReadOnly = true
	s, err := store.Open(f.path, options)
	if _, busy := errors.AsType[*store.LockedError](err); busy {
		var report store.Report
		err := a.withStore(ctx, func(j journal) (err error) {
			report, err = j.VerifyTelling(ctx, tell)
			return err
		})
		return report, err
	}
	if err != nil {
		return store.Report{}, err
	}
	report, err := s.VerifyTelling(ctx, tell)
	return report, errors.Join(err, s.Close())
}

// verdict gives the exit code, and on standard error what to do.
func (a *app) verdict(f journalFile, report store.Report, damage *store.DamagedError) error {
	advise := func(text string) {
		if !a.json {
			fmt.Fprintln(a.err, text)
		}
	}
	if !report.HeadKnown && damage == nil {
		advise(a.words.T("upkeep.no-head", "file", f.path))
	}
	if report.Sound() {
		return nil
	}
	a.exit = exitStore
	switch {
	case damage != nil:
		advise(a.words.T("upkeep.unreadable", "file", f.path, "problem", damage.Reason, "command", a.sameCommand(restoreCommand)))
	case report.Usable():
		lost := uint64(0)
		for _, p := range report.Problems {
			lost += p.Lost
		}
		advise(a.words.T("upkeep.lost-tail", "n", fmt.Sprint(lost), "file", f.path))
	default:
		advise(a.words.T("upkeep.damaged", "file", f.path, "record", problemName(*report.First()), "command", a.sameCommand(restoreCommand)))
	}
	return nil
}

// problemName is what a problem is about, as far as it is known.
func problemName(p store.Problem) string {
	name := string(p.Reference)
	if name == "" {
		name = p.What
	}
	if p.Event > 0 {
		name += fmt.Sprintf(", event %d", p.Event)
	}
	if !p.At.IsZero() {
		name += ", " + localTime(p.At)
	}
	return name
}

func (a *app) printReport(r store.Report) {
	t := a.theme()
	sum := fmt.Sprintf("%d transactions, %d events", r.Transactions, r.Events)
	if r.Dropped.Before != "" {
		sum += fmt.Sprintf("; %d transactions from before %s were dropped", r.Dropped.Transactions, r.Dropped.Before)
	}
	if r.Sound() {
		fmt.Fprintf(a.out, "%s  %s\n", t.Tone(ui.Good, signed(ui.Good, "sound")), sum)
	} else {
		fmt.Fprintln(a.out, t.Tone(ui.Bad, signed(ui.Bad, "damaged")))
	}
	for _, restored := range r.Restored {
		fmt.Fprintf(a.out, "restored %s from a backup of %d events", localTime(restored.At), restored.Events)
		if restored.Missing > 0 {
			fmt.Fprintf(a.out, "; %d transactions are known to be missing since", restored.Missing)
		}
		fmt.Fprintln(a.out)
	}
	if r.Sound() {
		return
	}
	cells := make([][]string, len(r.Problems))
	for i, p := range r.Problems {
		cells[i] = []string{string(p.Reference), "", "", api.Clean(p.What, 200)}
		if p.Event > 0 {
			cells[i][1] = fmt.Sprint(p.Event)
		}
		if !p.At.IsZero() {
			cells[i][2] = localTime(p.At)
		}
	}
	table(a.out, t, []column{{title: "Reference"}, {title: "Event", right: true}, {title: "Date"}, {title: "What is wrong"}}, cells)
}

// findingsJSON is what verify found. Complete is false when damage kept it from
// looking at everything.
type findingsJSON struct {
	File         string         `json:"file"`
	Sound        bool           `json:"sound"`
	Complete     bool           `json:"complete"`
	HeadFile     bool           `json:"headFile"`
	Transactions int            `json:"transactions"`
	Events       int            `json:"events"`
	Dropped      *droppedJSON   `json:"dropped,omitempty"`
	Restored     []restoredJSON `json:"restored,omitempty"`
	Problems     []problemJSON  `json:"problems"`
}

type droppedJSON struct {
	Before       string `json:"before"`
	Transactions int    `json:"transactions"`
}

type restoredJSON struct {
	At      string `json:"at"`
	Events  uint64 `json:"events"`
	Missing int    `json:"missing"`
}

type problemJSON struct {
	Reference string `json:"reference,omitempty"`
	Event     uint64 `json:"event,omitempty"`
	At        string `json:"at,omitempty"`
	What      string `json:"what"`
	Known     bool   `json:"known,omitempty"` // noticed before, and work went on
}

func findingsJSONOf(f journalFile, r store.Report, complete bool) findingsJSON {
	j := findingsJSON{
		File: f.path, Sound: r.Sound(), Complete: complete, HeadFile: r.HeadKnown, Transactions: r.Transactions, Events: r.Events,
		Problems: []problemJSON{},
	}
	if r.Dropped.Before != "" {
		j.Dropped = &droppedJSON{r.Dropped.Before, r.Dropped.Transactions}
	}
	for _, x := range r.Restored {
		j.Restored = append(j.Restored, restoredJSON{stamp(x.At), x.Events, x.Missing})
	}
	for _, p := range r.Problems {
		one := problemJSON{Reference: string(p.Reference), Event: p.Event, What: api.Clean(p.What, 200), Known: p.Known}
		if !p.At.IsZero() {
			one.At = stamp(p.At)
		}
		j.Problems = append(j.Problems, one)
	}
	return j
}
