package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/muesli/termenv"
	"github.com/spf13/cobra"

	"cashier/api"
	"cashier/store"
	"cashier/ui"
	"cashier/ui/config"
)

func (a *app) doctorCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Check config, keys, token, clock, journal and terminal",
		Long: `Checks what a working terminal needs, each with a cure. Of the network it asks
for an access token and nothing else. Exit codes: 0 all is well or merely
worth a look; else that of the first fault: 3 config or credentials, 5 no
answer, 6 the journal.`,
		Args: noArgs,
	}
	cmd.RunE = a.run(func(cmd *cobra.Command, _ []string) error { return a.doctor(cmd.Context()) })
	return cmd
}

// Statuses of a check.
const (
	statusOK   = "ok"
	statusWarn = "warn"
	statusFail = "fail"
)

// finding is what one check found.
type finding struct {
	Check   string `json:"check"`
	Status  string `json:"status"`
	Message string `json:"message"`
	Advice  string `json:"advice"`
	exit    int
}

// examination collects findings.
type examination struct {
	*app
	findings []finding
}

func (x *examination) note(check, status, message, advice string) {
	x.findings = append(x.findings, finding{
		Check: check, Status: status, Message: config.Redact(message), Advice: config.Redact(advice),
	})
}

// fault notes an error with the exit code and words that it has everywhere.
func (x *examination) fault(check string, err error) {
	f := x.describe(err)
	x.note(check, statusFail, f.message, f.advice)
	x.findings[len(x.findings)-1].exit = f.exit
}

func (a *app) doctor(ctx context.Context) error {
	x := &examination{app: a}
	if s := x.openAll(); s != nil {
		x.keys(s)
		x.providers(ctx, s)
		x.marks(s)
		x.notifications(s)
		x.journal(ctx, s)
		if err := s.close(ctx); err != nil {
			x.fault("store", err)
		}
	}
	x.terminal()
	for _, f := range x.findings {
		if a.exit == exitOK {
			a.exit = f.exit
		}
	}
	if a.json {
		return a.printJSON(itemsOf(x.findings))
	}
	tones := map[string]ui.Tone{statusOK: ui.Good, statusWarn: ui.Unsure, statusFail: ui.Bad}
	t := a.theme()
	for _, f := range x.findings {
		fmt.Fprintf(a.out, "%s  %s\n", t.Signed(tones[f.Status], fmt.Sprintf("%-8s", f.Check)), strings.ReplaceAll(f.Message, "\n", "\n            "))
		if f.Advice != "" {
			fmt.Fprintf(a.out, "            %s\n", f.Advice)
		}
	}
	return nil
}

// openAll looks at the config and opens what it names. Without a config
// nothing else can be checked; a journal that does not open leaves keys and
// link to be checked.
func (x *examination) openAll() *station {
	c, p, err := x.loadProfile()
	if err != nil {
		x.fault("config", err)
		return nil
	}
	where := c.File
	if where == "" {
		where = "no config file: the built-in sandbox, which moves no real money"
	}
	x.note("config", statusOK, fmt.Sprintf("%s, profile %s", where, p.Name), "")
	s := &station{config: c, profile: p}
	if s.seat, err = x.openSeat(p, stationOptions{}); err != nil {
		x.fault("store", err)
		if p.Sandbox && len(p.Providers) == 0 {
			return nil // its sandbox is beside the journal
		}
	}
	if err := s.connect(stationOptions{}); err != nil {
		x.fault("sandbox", err)
		_ = s.close(context.Background()) // only opened
		return nil
	}
	return s
}

func (x *examination) keys(s *station) {
	if s.box != nil {
		x.note("keys", statusOK, "the sandbox makes its own", "")
		return
	}
	for _, name := range s.profile.ProviderNames() {
		e, err := s.profile.Endpoint(name)
		if err != nil {
			x.fault("keys", configError{err})
			continue
		}
		good := true
		if e.PrivateKey != nil {
			if _, err := e.PrivateKey(); err != nil {
				x.fault("keys", configError{err})
				good = false
			}
		}
		if e.ClientSecret != nil {
			if _, err := e.ClientSecret(); err != nil {
				x.fault("keys", configError{err})
				good = false
			}
		}
		if good {
			x.note("keys", statusOK, name+": readable, by this user alone", "")
		}
		if e.TLS12 {
			x.note("tls", statusWarn, name+": TLS 1.2 is allowed", x.words.T("error.tls-old", "host", e.BaseURL))
		}
	}
}

// providers asks each for an access token and compares clocks.
func (x *examination) providers(ctx context.Context, s *station) {
	if s.client == nil && s.pay == nil && len(s.lookups) == 0 {
		x.note("token", statusWarn, "the profile has no provider of CDM user ids or payments, and none to ask", "Add one under providers in the config.")
		return
	}
	for _, l := range s.links() {
		x.link(ctx, s, l)
	}
	for _, l := range s.lookups {
		x.link(ctx, s, l.link)
	}
}

func (x *examination) link(ctx context.Context, s *station, l link) {
	ready := s.credentials
	switch {
	case l.client == s.pay:
		ready = s.payable
	case l.client != s.client:
		ready = l.askable
	}
	if err := ready(); err != nil {
		if l.endpoint.PrivateKey == nil || l.client == s.pay && l.endpoint.ClientSecret == nil { // keys cannot tell of what is not named
			x.fault("keys", err)
		}
		return
	}
	answer := l.client.CheckToken(ctx)
	if answer.Class != api.Done {
		f, _ := errors.AsType[*failure](x.noAnswer(answer))
		f.message = l.endpoint.Name + ": " + f.message
		x.fault("token", f)
		return
	}
	took := ""
	if h, ok := l.client.Health(); ok {
		took = fmt.Sprintf(" in %d ms", h.Latency.Milliseconds())
	}
	x.note("token", statusOK, fmt.Sprintf("%s gave one%s", l.endpoint.Name, took), "")
	skew := answer.Skew.Abs()
	if skew >= api.SkewLimit {
		x.note("clock", statusWarn, fmt.Sprintf("differs from the provider's by %s", answer.Skew), x.words.T("error.clock-skew", "skew", answer.Skew))
		return
	}
	x.note("clock", statusOK, fmt.Sprintf("within %s of the provider's", max(skew, time.Second)), "")
}

// verifyTime bounds the check of a large journal.
const verifyTime = 5 * time.Second

func (x *examination) journal(ctx context.Context, s *station) {
	if s.store == nil {
		return
	}
	bounded, cancel := context.WithTimeout(ctx, verifyTime)
	defer cancel()
	report, err := s.store.VerifyTelling(bounded, nil)
	switch {
	case len(report.Problems) > 0:
		x.fault("store", &store.DamagedError{Path: s.store.Path(), Reason: report.Problems[0].String()})
	case errors.Is(err, context.DeadlineExceeded):
		x.note("store", statusWarn, fmt.Sprintf("%s: not all was checked within %s, nothing is wrong so far", s.store.Path(), verifyTime), "")
	case err != nil:
		x.fault("store", err)
	default:
		x.note("store", statusOK, fmt.Sprintf("%s: %d transactions, %d events, all sound", s.store.Path(), report.Transactions, report.Events), "")
	}
}

func (x *examination) terminal() {
	if !isTerminal(x.out) || !isTerminal(x.in) {
		x.note("terminal", statusWarn, "standard input or output is no terminal", "The console needs one; commands do not.")
		return
	}
	width, height := size(x.out)
	if width < ui.MinWidth || height < ui.MinHeight {
		x.note("terminal", statusWarn, fmt.Sprintf("%d columns and %d rows", width, height),
			fmt.Sprintf("The console needs %d and %d: enlarge the window.", ui.MinWidth, ui.MinHeight))
	} else {
		x.note("terminal", statusOK, fmt.Sprintf("%d columns and %d rows", width, height), "")
	}
	colours := map[termenv.Profile]string{
		termenv.TrueColor: "24 bit", termenv.ANSI256: "256 colours", termenv.ANSI: "16 colours", termenv.Ascii: "none",
	}[ui.NewTheme(ui.ThemeOptions{NoColor: x.noColor}).Colours()]
	if os.Getenv("NO_COLOR") != "" {
		colours += " (NO_COLOR is set)"
	}
	x.note("colours", statusOK, colours, "")
}
