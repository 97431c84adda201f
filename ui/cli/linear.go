package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"cashier/api"
	"cashier/api/till"
	"cashier/ui/words"
	"cashier/views"
)

// accessible reports whether the console is to ask one question a line, for a
// screen reader: ACCESSIBLE is set, and not to no.
func accessible(env func(string) string) bool {
	switch strings.ToLower(env("ACCESSIBLE")) {
	case "", "0", "false", "no":
		return false
	}
	return true
}

// linear is the console for a screen reader: one question a line, and nothing
// is ever drawn again. What it does, the commands do.
type linear struct {
	app  *app
	keys *typist
	keep []string // the global flags, for the commands
}

// job is one line of the menu.
type job struct {
	key words.Key
	do  func(context.Context) error
}

func (a *app) linear(ctx context.Context) (err error) {
	_, profile, err := a.loadProfile()
	if err != nil {
		return err
	}
	keys, restore, err := newTypist(a.in, a.out)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, restore()) }()
	l := &linear{app: a, keys: keys}
	for _, flag := range []struct{ name, value string }{
		{"--config", a.config}, {"--profile", a.profile}, {"--store", a.store}, {"--lang", a.lang},
	} {
		if flag.value != "" {
			l.keep = append(l.keep, flag.name, flag.value)
		}
	}
	if a.noColor {
		l.keep = append(l.keep, "--no-color")
	}
	l.say("linear.welcome", "profile", profile.Name)
	if profile.Sandbox {
		l.say("linear.sandbox")
	}
	if err := l.noticeForgotten(ctx); err != nil {
		a.finish(err) // each job will say so too
		a.exit = exitOK
	}
	jobs := []job{
		{"linear.cdm", func(ctx context.Context) error { return l.userID(ctx, profile.Courier) }},
		{"linear.pay", l.pay},
		{"linear.show", l.about("linear.which", "history", "show")},
		{"linear.settle", l.command("resume", "--for", "1m")},
		{"linear.history", l.command("history", "list", "--limit", "10")},
		{"linear.session", l.session},
		{"linear.cancel", l.cancel},
		{"linear.refund", l.refund},
		{"linear.watch", l.about("linear.which", "cdm", "watch", "--for", "5m")},
		{"linear.explain", l.about("linear.code", "explain")},
	}
	for {
		leave, err := l.choose(ctx, jobs)
		if leave || err != nil {
			return err
		}
	}
}

// choose asks once and does what was chosen; its answers stand in the journal
// and on the screen, so that a job's own error only is said.
func (l *linear) choose(parent context.Context, jobs []job) (leave bool, err error) {
	// Ctrl+C ends the command that runs; at a question it leaves.
	ctx, stop := catchSignals(context.WithoutCancel(parent))
	defer stop()
	chosen, err := l.pick(ctx, jobs, "linear.leave")
	switch {
	case errors.Is(err, errBack):
		return false, nil
	case err != nil:
		return true, l.left(err, stop)
	case chosen == nil:
		return true, nil
	}
	l.say("linear.back")
	err = chosen(ctx)
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, errLeave):
		return true, l.left(err, stop)
	case errors.Is(err, errBack) || errors.Is(err, context.Canceled):
		l.say("linear.left")
	case err != nil:
		l.app.finish(err)
	}
	l.app.exit = exitOK
	return stop() == int(syscall.SIGTERM), nil
}

// pick lists the jobs until one is chosen; none is nil, by the number 0.
func (l *linear) pick(ctx context.Context, jobs []job, none words.Key) (func(context.Context) error, error) {
	a := l.app
	for {
		fmt.Fprintln(a.out)
		for i, j := range jobs {
			fmt.Fprintf(a.out, "%d  %s\n", i+1, a.words.T(j.key))
		}
		fmt.Fprintf(a.out, "0  %s\n", a.words.T(none))
		answer, err := l.ask(ctx, a.words.T("linear.choose"), "")
		if err != nil || answer == "0" {
			return nil, err
		}
		number, err := strconv.Atoi(answer)
		if err == nil && number >= 1 && number <= len(jobs) && strconv.Itoa(number) == answer {
			return jobs[number-1].do, nil
		}
		l.say("linear.unknown", "answer", strconv.Quote(api.Clean(firstRunes(answer, 8), 8)))
	}
}

// left sets the exit code of leaving by a signal.
func (l *linear) left(err error, stop func() int) error {
	fmt.Fprintln(l.app.out)
	if errors.Is(err, errLeave) {
		l.app.exit = 128 + stop()
		return nil
	}
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// firstRunes is the start of a text: what a scanner typed is not read aloud.
func firstRunes(s string, n int) string {
	runes := []rune(s)
	return string(runes[:min(len(runes), n)])
}

func (l *linear) say(key words.Key, args ...any) {
	fmt.Fprintln(l.app.out, l.app.words.T(key, args...))
}

// ask reads one line; what was typed before the question is dropped. An empty
// line is the usual answer, and errBack where there is none; the end of the
// input is io.EOF. A customer's code is no answer to any question.
func (l *linear) ask(ctx context.Context, question, usual string) (string, error) {
	if err := l.keys.drop(ctx, 0); err != nil {
		return "", err
	}
	if usual != "" {
		question += " [" + usual + "]"
	}
	for {
		fmt.Fprint(l.app.out, question+": ")
		text, err := l.keys.line(ctx)
		switch text = strings.TrimSpace(text); {
		case strings.Contains(text, codeStart):
			l.say("shell.scan-nowhere")
		case err != nil || text != "":
			return text, err
		case usual != "":
			return usual, nil
		default:
			return "", errBack
		}
	}
}

// codeStart begins every code of a customer: base64 of the tag and value
// 85 05 "CPV01" (EMV QRCPS CPM, the payload format indicator).
const codeStart = "hQVDUFY"

// sure asks for the whole word before anything is sent, once the keys are
// quiet: neither a scanner's line end nor what was typed ahead is an answer.
func (l *linear) sure(ctx context.Context, what string) error {
	if err := l.keys.drop(ctx, quiet); err != nil {
		return err
	}
	t := l.app.words.T
	fmt.Fprintln(l.app.out, what)
	answer, err := l.ask(ctx, t("linear.sure", "yes", t("linear.yes")), "")
	if err == nil && !strings.EqualFold(answer, t("linear.yes")) {
		err = errBack
	}
	return err
}

// command runs a command as if it had been typed.
func (l *linear) command(args ...string) func(context.Context) error {
	return func(ctx context.Context) error {
		a := &app{in: l.app.in, out: l.app.out, err: l.app.err}
		root := a.root()
		root.SetArgs(slices.Concat(l.keep, args))
		root.SetIn(a.in)
		root.SetOut(a.out)
		root.SetErr(a.err)
		err := root.ExecuteContext(ctx)
		if err != nil && !a.began {
			err = usageError{err}
		}
		a.finish(err)
		return nil
	}
}

// about asks for one thing and runs the command with it.
func (l *linear) about(question words.Key, args ...string) func(context.Context) error {
	return func(ctx context.Context) error {
		what, err := l.ask(ctx, l.app.words.T(question), "")
		if err != nil {
			return err
		}
		return l.command(slices.Concat(args, []string{"--", what})...)(ctx)
	}
}

func (l *linear) userID(ctx context.Context, courier api.Courier) error {
	t := l.app.words.T
	args := []string{"cdm", "generate"}
	for _, flag := range courierFlags {
		field := flag.field(&courier)
		switch flag.wire {
		case "notifyUrl", "channelCode":
		default:
			var err error
			if *field, err = l.ask(ctx, t(words.Key("courier."+flag.wire)), *field); err != nil {
				return err
			}
		}
		if *field != "" {
			args = append(args, "--"+flag.name+"="+*field)
		}
	}
	if err := l.sure(ctx, t("linear.deposits", "courier", courier.No+" "+courier.Name)); err != nil {
		return err
	}
	return l.command(args...)(ctx)
}

// pay asks for the amount, then for the customer's code, then whether.
func (l *linear) pay(ctx context.Context) error {
	a := l.app
	t := a.words.T
	sum, err := l.money(ctx, t("pay.how-much"))
	if err != nil {
		return err
	}
	fmt.Fprint(a.out, t("pay.scan")+" ")
	text, err := l.keys.scan(ctx)
	if err != nil {
		return err
	}
	code, card, err := a.customer(text)
	if err != nil {
		return err
	}
	if err := l.sure(ctx, t("linear.charge", "sum", a.amount(sum), "card", views.CardName(card))); err != nil {
		return err
	}
	order := till.Order{Amount: sum, Code: code, Card: card}
	return a.atPayments(ctx, func(s *station) error { return a.charge(ctx, s, order, true) })
}

// money asks until an amount can be read.
func (l *linear) money(ctx context.Context, question string) (api.Amount, error) {
	for {
		text, err := l.ask(ctx, question, "")
		if err != nil {
			return api.Amount{}, err
		}
		sum, ok := l.readMoney(text)
		switch {
		case !ok:
		case sum.Zero():
			l.say("amount.needed")
		default:
			return sum, nil
		}
	}
}

// readMoney reads rupiah, or says how they are to be written.
func (l *linear) readMoney(text string) (sum api.Amount, ok bool) {
	sum, err := api.ParseTyped(text)
	switch typed, _ := errors.AsType[*api.TypedError](err); {
	case err == nil:
		return sum, true
	case typed != nil && typed.Meant != "":
		l.say("amount.readings", "typed", typed.Typed, "meant", typed.Meant)
	default:
		l.say("amount.bad", "typed", api.Clean(firstRunes(text, 40), 40))
	}
	return api.Amount{}, false
}

func (l *linear) cancel(ctx context.Context) error {
	t := l.app.words.T
	reference, err := l.ask(ctx, t("linear.which"), "")
	if err != nil {
		return err
	}
	if err := l.sure(ctx, t("linear.cancels", "reference", api.Clean(reference, 64))); err != nil {
		return err
	}
	return l.command("cpm", "cancel", "--", reference)(ctx)
}

func (l *linear) refund(ctx context.Context) error {
	t := l.app.words.T
	reference, err := l.ask(ctx, t("linear.which"), "")
	if err != nil {
		return err
	}
	sum, err := l.money(ctx, t("amount.label"))
	if err != nil {
		return err
	}
	reason, err := l.ask(ctx, t("linear.why"), "")
	if err != nil && !errors.Is(err, errBack) {
		return err
	}
	if err := l.sure(ctx, t("linear.returns", "sum", l.app.amount(sum), "reference", api.Clean(reference, 64))); err != nil {
		return err
	}
	return l.command("cpm", "refund", "--amount", sum.Value(), "--reason="+reason, "--", reference)(ctx)
}
