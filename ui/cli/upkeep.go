package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"cashier/store"
	"cashier/ui/config"
)

// journalFile is the profile's journal as a file: where it is, and how it is
// opened by a command that works on the whole of it.
type journalFile struct {
	profile config.Profile
	path    string
	options store.Options
}

func (a *app) journalFile() (journalFile, error) {
	_, profile, err := a.loadProfile()
	if err != nil {
		return journalFile{}, err
	}
	return a.journalOf(profile)
}

// fileToLookAt is journalFile for a command that only looks at the file and
// sends nothing: without a config, a file that is named is looked at all the
// same, whether it holds real transactions or not.
func (a *app) fileToLookAt() (journalFile, error) {
	f, err := a.journalFile()
	if e, ok := errors.AsType[*failure](err); ok && e.code == "config-missing" && a.config == "" && a.store != "" {
		f, err = a.journalOf(config.Sandbox().Profiles["sandbox"])
		f.options.Binding = ""
	}
	return f, err
}

func (a *app) journalOf(profile config.Profile) (journalFile, error) {
	path, err := a.storePath(profile)
	if err != nil {
		return journalFile{}, err
	}
	binding := realStore
	if profile.Sandbox {
		binding = sandboxStore
	}
	return journalFile{profile, path, store.Options{Profile: profile.Name, Binding: binding}}, nil
}

// there is the failure of a command that needs a journal where none is.
func (a *app) there(f journalFile) error {
	_, err := os.Stat(f.path)
	if !errors.Is(err, fs.ErrNotExist) {
		return nil // what else is wrong, opening it says better
	}
	return &failure{
		exit: exitEnded, code: "no-journal", message: fmt.Sprintf("there is no journal %s", f.path),
		advice: a.words.T("upkeep.no-journal", "file", f.path), err: err,
	}
}

// sameCommand is another command on the same journal, to be pasted.
func (a *app) sameCommand(command string) string {
	words := []string{"cashier"}
	for _, flag := range []struct{ name, value string }{{"--config", a.config}, {"--profile", a.profile}, {"--store", a.store}} {
		if flag.value != "" {
			words = append(words, flag.name, shellQuote(flag.value))
		}
	}
	return strings.Join(append(words, command), " ")
}

const restoreCommand = "history restore BACKUP"

// unreadable is a journal that cannot be opened. It stays where it is.
func (a *app) unreadable(e *store.DamagedError) error {
	return &failure{
		exit: exitStore, code: "store-damaged", message: e.Error(), err: e,
		advice: a.words.T("upkeep.unreadable", "file", e.Path, "problem", e.Reason, "command", a.sameCommand(restoreCommand)),
	}
}

// meter says on standard error how far long work has come: from the first
// second on, in one line of a terminal, elsewhere in a line now and then.
type meter struct {
	app      *app
	terminal bool
	now      func() time.Time
	next     time.Time
	wrote    bool
}

const (
	meterAfter     = time.Second
	meterEvery     = 200 * time.Millisecond
	meterEveryLine = 10 * time.Second
)

func (a *app) meter() *meter {
	m := &meter{app: a, terminal: isTerminal(a.err), now: time.Now}
	m.next = m.now().Add(meterAfter)
	return m
}

var stepWords = map[string]string{
	store.StepPages: "checking pages", store.StepRecords: "checking records", store.StepEvents: "checking events", store.StepCounts: "counting",
	store.StepCopy: "copying", store.StepRead: "reading the damaged file", store.StepDrop: "dropping old months",
	stepTransactions: "reading transactions", stepLines: "reading lines",
}

func (m *meter) tell(p store.Progress) {
	now := m.now()
	if now.Before(m.next) {
		return
	}
	text := stepWords[p.Step]
	switch {
	case p.Total > 0:
		text += fmt.Sprintf(" %d %%", min(p.Done*100/p.Total, 100))
	case p.Done > 0:
		text += fmt.Sprintf(" %d", p.Done)
	}
	if m.terminal {
		m.next = now.Add(meterEvery)
		fmt.Fprintf(m.app.err, "\r%-40s", text)
	} else {
		m.next = now.Add(meterEveryLine)
		fmt.Fprintln(m.app.err, text)
	}
	m.wrote = true
}

// end clears the line.
func (m *meter) end() {
	if m.wrote && m.terminal {
		fmt.Fprintf(m.app.err, "\r%-42s\r", "") // ^C may stand behind it
	}
}

// metered runs long work with a meter.
func (a *app) metered(work func(tell func(store.Progress)) error) error {
	m := a.meter()
	defer m.end()
	return work(m.tell)
}

// size says a number of bytes as people do.
func sizeText(n int64) string {
	const unit = 1024
	switch {
	case n < unit:
		return fmt.Sprintf("%d bytes", n)
	case n < unit*unit:
		return fmt.Sprintf("%.1f KiB", float64(n)/unit)
	case n < unit*unit*unit:
		return fmt.Sprintf("%.1f MiB", float64(n)/unit/unit)
	}
	return fmt.Sprintf("%.2f GiB", float64(n)/unit/unit/unit)
}

// absolute is a file named on the command line.
func absolute(name string) (string, error) {
	path, err := filepath.Abs(name)
	if err != nil {
		return "", usagef("%s: %w", name, err)
	}
	return path, nil
}

// upkeepFailure gives the errors of backup, restore and compact their words;
// others stay as they are.
func (a *app) upkeepFailure(err error) error {
	if e, ok := errors.AsType[*store.ExistsError](err); ok {
		return &failure{exit: exitUsage, code: "exists", message: e.Error(), advice: a.words.T("upkeep.exists", "file", e.Path), err: err}
	}
	if e, ok := errors.AsType[*store.SoundError](err); ok {
		return &failure{
			exit: exitEnded, code: "journal-sound", message: e.Error(), err: err,
			advice: a.words.T("upkeep.sound", "file", e.Path, "command", fmt.Sprintf("mv -n %s %s", shellQuote(e.Path), shellQuote(e.Path+store.MovedAway))),
		}
	}
	return err
}

// interrupted is what a signal ended before anything was changed.
func interrupted(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}
