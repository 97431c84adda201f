package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"cashier/api"
	"cashier/api/sandbox"
	"cashier/api/till"
	"cashier/store"
	"cashier/ui/config"
	"cashier/ui/words"
)

// finish is the one place where an error is shown: it gives the exit code,
// after secrets have been struck out of what is said. With --json the error is
// the object on standard output, except for usage errors, which leave it
// empty.
func (a *app) finish(err error) int {
	if err == nil {
		return a.exit
	}
	if a.words == nil {
		a.words = words.For(words.Detect(os.Getenv))
	}
	f := a.describe(err)
	f.message, f.advice = config.Redact(f.message), config.Redact(f.advice)
	if a.json && f.exit != exitUsage {
		if err := a.printJSON(errorObject{errorBody{f.code, f.message, f.advice}}); err == nil {
			return f.exit
		}
	}
	fmt.Fprintln(a.err, "cashier: "+f.message)
	if f.advice != "" {
		fmt.Fprintln(a.err, f.advice)
	}
	if f.exit == exitUsage {
		fmt.Fprintln(a.err, "See: cashier --help")
	}
	return f.exit
}

// tellFailure says what went wrong where something else is the answer.
func (a *app) tellFailure(err error) {
	f := a.describe(err)
	fmt.Fprintln(a.err, "cashier: "+config.Redact(f.message))
	if f.advice != "" {
		fmt.Fprintln(a.err, config.Redact(f.advice))
	}
}

// warn tells what does not change the outcome.
func (a *app) warn(text string) { fmt.Fprintln(a.err, "warning: "+config.Redact(text)) }

type errorObject struct {
	Error errorBody `json:"error"`
}

type errorBody struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Advice  string `json:"advice"`
}

// describe finds an error's exit code and its words.
func (a *app) describe(err error) *failure {
	if f, ok := errors.AsType[*failure](err); ok {
		return f
	}
	f := &failure{exit: exitOther, code: "other", message: err.Error(), err: err}
	as := func(exit int, code, advice string) *failure {
		f.exit, f.code, f.advice = exit, code, advice
		return f
	}
	t := a.words.T
	if e, ok := errors.AsType[usageError](err); ok {
		f.message = e.Error()
		return as(exitUsage, "usage", "")
	}
	if _, ok := errors.AsType[*api.FieldError](err); ok {
		return as(exitUsage, "usage", "")
	}
	if errors.Is(err, till.ErrNoWord) {
		return as(exitStore, "owner-stuck", t("owner.stuck"))
	}
	if e, ok := errors.AsType[*store.LockedError](err); ok {
		if e.PID == 0 {
			return as(exitStore, "store-busy", t("error.locked-unknown", "file", e.Path))
		}
		if _, silent := errors.AsType[*silentOwner](err); silent {
			return as(exitStore, "store-busy", t("error.owner-silent", "file", e.Path, "pid", e.PID, "since", localTime(e.Since)))
		}
		return as(exitStore, "store-busy", t("error.locked", "file", e.Path, "pid", e.PID, "since", localTime(e.Since)))
	}
	if _, ok := errors.AsType[*otherVersion](err); ok {
		return as(exitStore, "other-version", t("owner.version"))
	}
	if e, ok := errors.AsType[*unsafeSocket](err); ok {
		return as(exitStore, "socket-unsafe", t("owner.unsafe", "file", e.Path))
	}
	if errors.Is(err, errGone) {
		return as(exitStore, "owner-gone", t("owner.gone"))
	}
	if e, ok := errors.AsType[*store.DamagedError](err); ok {
		return as(exitStore, "store-damaged", t("upkeep.unreadable", "file", e.Path, "problem", e.Reason, "command", a.sameCommand(restoreCommand)))
	}
	if e, ok := errors.AsType[*store.SpentError](err); ok {
		return as(exitUsage, "reference-used", t("upkeep.spent", "reference", string(e.Reference)))
	}
	if e, ok := errors.AsType[*store.ProfileError](err); ok {
		return as(exitConfig, "wrong-profile", t("error.wrong-profile", "file", e.Path, "have", e.Holds, "want", e.Asked))
	}
	if e, ok := errors.AsType[*store.SchemaError](err); ok {
		return as(exitStore, "store-newer", t("error.newer-schema", "file", e.Path))
	}
	if _, ok := errors.AsType[*config.Errors](err); ok {
		return as(exitConfig, "config", "")
	}
	if e, ok := errors.AsType[*config.FilePermissionError](err); ok {
		return as(exitConfig, "key-open", t("error.key-open", "file", e.File))
	}
	if _, ok := errors.AsType[configError](err); ok {
		return as(exitConfig, "config", "")
	}
	if _, ok := errors.AsType[*sandbox.DamageError](err); ok {
		return as(exitStore, "sandbox-damaged", "")
	}
	if _, ok := errors.AsType[*noPayments](err); ok {
		return as(exitConfig, "no-provider", t("deny.no-provider"))
	}
	switch {
	case errors.Is(err, context.Canceled):
		f.message = "interrupted"
		return as(exitInterrupted, "interrupted", "")
	case errors.Is(err, till.ErrNotRecorded):
		return as(exitStore, "not-recorded", "")
	case errors.Is(err, till.ErrFull):
		return as(exitStore, "disk-full", t("error.disk-full", "file", a.storeName(err)))
	case errors.Is(err, till.ErrReadOnly) && errors.Is(err, fs.ErrPermission):
		return as(exitStore, "store-read-only", t("error.permission", "file", a.storeName(err)))
	case errors.Is(err, till.ErrReadOnly):
		return as(exitStore, "store-read-only", t("error.read-only", "file", a.storeName(err)))
	case errors.Is(err, sandbox.ErrInUse):
		return as(exitStore, "sandbox-busy", "")
	case errors.Is(err, till.ErrOtherRequest):
		return as(exitUsage, "reference-used", "")
	case errors.Is(err, till.ErrNoProvider):
		return as(exitConfig, "no-provider", t("trouble.no-provider"))
	case errors.Is(err, till.ErrNotFound):
		return as(exitEnded, "unknown-reference", "")
	case errors.Is(err, till.ErrOtherProfile):
		return as(exitConfig, "other-profile", t("trouble.other-profile"))
	case errors.Is(err, till.ErrNotActive):
		return as(exitEnded, "not-active", t("trouble.not-active"))
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission):
		return as(exitOther, "file", "")
	}
	return f
}

// storeName is the file that an error tells of, as far as it is known.
func (a *app) storeName(err error) string {
	if a.store != "" {
		return a.store
	}
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		return path.Path
	}
	return "the journal"
}

func localTime(t time.Time) string { return t.In(api.Jakarta).Format("2006-01-02 15:04:05") }

func (a *app) printJSON(v any) error {
	if err := writeJSON(a.out, v); err != nil {
		return fmt.Errorf("write standard output: %w", err)
	}
	return nil
}

// writeJSON writes one object in one line.
func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}
