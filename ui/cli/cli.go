// Package cli is the command line: one file a command, and the one place where
// config, journal, providers, sandbox and screens are wired together. What
// commands promise to scripts (flags, JSON, exit codes) stands in DESIGN.md 5.
package cli

import (
	"context"
	"os"

	"github.com/spf13/cobra"

	"cashier/ui/words"
)

// app is one run of the program: its streams and the flags that every command
// has.
type app struct {
	in, out, err *os.File

	config  string // --config
	profile string // --profile
	store   string // --store
	lang    string // --lang
	json    bool
	noColor bool

	words *words.Catalogue // chosen before a command runs
	exit  int              // what the command that ran asks for
	began bool             // the command line was right and its command runs
	shift bool             // it is about sessions: that one was forgotten is no news
	test  bool             // the profile is a sandbox
}

// Main runs a command line without the program's name and gives the process's
// exit code.
func Main(args []string, stdin, stdout, stderr *os.File) int {
	a := &app{in: stdin, out: stdout, err: stderr}
	if len(args) == 1 && args[0] == "--version" { // nothing else is needed for this
		return a.finish(a.printVersion())
	}
	root := a.root()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	ctx, stop := catchSignals(context.Background())
	defer stop()
	err := root.ExecuteContext(ctx)
	if err != nil && !a.began {
		err = usageError{err} // cobra's own refusals: flags, arguments, commands
	}
	code := a.finish(err)
	if number := stop(); number != 0 && code != exitOK {
		return 128 + number
	}
	return code
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "cashier",
		Short: "Terminal console for cash deposit machines and QRIS payments",
		Long: `cashier without a command opens the console: CDM user ids as QR codes, their
deposits, and the journal. Without a config it runs on a sandbox of its own,
which needs no account and no network.

Exit codes: 0 done, 2 usage, 3 config or credentials, 4 ended otherwise,
5 unknown or still open, 6 the journal is busy or damaged, 7 doubled or paid
late, 130 interrupted, 1 anything else.`,
		Args:          noArgs,
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE:          a.run(func(cmd *cobra.Command, _ []string) error { return a.console(cmd.Context(), names(cmd)) }),
	}
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetHelpCommand(a.helpCommand())
	root.Version = version()
	root.SetVersionTemplate("{{.Name}} {{.Version}}\n")
	f := root.PersistentFlags()
	f.StringVar(&a.config, "config", "", "config `FILE`")
	f.StringVar(&a.profile, "profile", "", "profile `NAME` of the config")
	f.StringVar(&a.store, "store", "", "journal `FILE` instead of the profile's")
	f.StringVar(&a.lang, "lang", "", "language of advice and screens: id or en (default: by the locale)")
	f.BoolVar(&a.json, "json", false, "one JSON object on standard output")
	f.BoolVar(&a.noColor, "no-color", false, "no colours")
	root.AddCommand(
		a.cdmCommand(), a.cpmCommand(), a.mpmCommand(), a.watchCommand(), a.resumeCommand(), a.notifyCommand(), a.historyCommand(), a.sessionCommand(), a.sandboxCommand(), a.signCommand(), a.explainCommand(),
		a.qrCommand(), a.configCommand(), a.doctorCommand(),
	)
	return root
}

// run makes a command's body: what comes before it is the same for all.
func (a *app) run(body func(*cobra.Command, []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		lang := words.Detect(os.Getenv)
		if a.lang != "" {
			var err error
			if lang, err = words.ParseLang(a.lang); err != nil {
				return usagef("--lang: %w", err)
			}
		}
		a.words = words.For(lang)
		a.began = true
		return body(cmd, args)
	}
}

// group is a command that only holds others.
func group(use, short string, commands ...*cobra.Command) *cobra.Command {
	cmd := &cobra.Command{
		Use: use, Short: short,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef("%s needs one of its commands: %s", cmd.CommandPath(), names(cmd))
			}
			return usagef("%s has no command %q; it has: %s", cmd.CommandPath(), args[0], names(cmd))
		},
		RunE: func(*cobra.Command, []string) error { return nil },
	}
	cmd.AddCommand(commands...)
	return cmd
}

func names(cmd *cobra.Command) string {
	list := ""
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			if list != "" {
				list += ", "
			}
			list += c.Name()
		}
	}
	return list
}

// noArgs and exactly are cobra's checks in words that say what was too much
// or too little.
func noArgs(cmd *cobra.Command, args []string) error {
	switch {
	case len(args) == 0:
		return nil
	case cmd.HasParent():
		return usagef("%s takes no arguments, and %q is one", cmd.CommandPath(), args[0])
	}
	return usagef("there is no command %q; there are: %s", args[0], names(cmd))
}

func exactly(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) == 0:
			return usagef("%s needs %s", cmd.CommandPath(), what)
		case len(args) > 1:
			return usagef("%s takes one argument, %s; %q is one too many", cmd.CommandPath(), what, args[1])
		}
		return nil
	}
}

func (a *app) helpCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "help [command]",
		Short: "Help about a command",
		Args:  cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			found, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return usagef("there is no help for %q", args)
			}
			found.InitDefaultHelpFlag()
			return found.Help()
		},
	}
}
