package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"cashier/api/sandbox"
)

func (a *app) sandboxCommand() *cobra.Command {
	var listen, writeConfig string
	var seed int64
	var faults []string
	cmd := &cobra.Command{
		Use:   "sandbox",
		Short: "Play the providers for other processes",
		Long: `Plays the providers on this machine until it is interrupted. The first line on
standard output is {"listen":ADDR}, written once the socket listens and the
config, when one is asked for, can be used. State is kept in memory, or beside
the journal that --store names.

Rules of --fault: SERVICE:KIND[:RATE[:COUNT]], such as 90:answer-lost:1:1.`,
		Args: noArgs,
	}
	f := cmd.Flags()
	f.StringVar(&listen, "listen", "127.0.0.1:0", "`ADDR` of this machine, host:port; port 0 takes a free one")
	f.Int64Var(&seed, "seed", 0, "repeat the ids and the faults of the run with this `N`")
	f.StringArrayVar(&faults, "fault", nil, "let requests go wrong by this `RULE`; may be given again")
	f.StringVar(&writeConfig, "write-config", "", "write a config `FILE` for processes that talk to this sandbox")
	cmd.RunE = a.run(func(cmd *cobra.Command, _ []string) error {
		for _, rule := range faults {
			if _, err := sandbox.ParseRule(rule); err != nil {
				return usagef("--fault: %w", err)
			}
		}
		options := sandbox.Options{Seed: seed}
		if a.store != "" {
			path, err := filepath.Abs(a.store)
			if err != nil {
				return usagef("--store: %w", err)
			}
			options.Path = path + ".sandbox"
		}
		return a.serveSandbox(cmd.Context(), options, faults, listen, writeConfig)
	})
	cmd.AddCommand(a.sandboxCustomersCommand())
	return cmd
}

func (a *app) serveSandbox(ctx context.Context, options sandbox.Options, faults []string, listen, writeConfig string) (err error) {
	box, err := sandbox.Open(options)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, box.Close()) }()
	for _, rule := range faults {
		if err := box.AddFault(rule); err != nil {
			return err
		}
	}
	listener, err := sandbox.Listen(listen)
	if errors.Is(err, sandbox.ErrNotLoopback) {
		return usagef("--listen: %w", err)
	}
	if err != nil {
		return err
	}
	addr := listener.Addr().String()
	if writeConfig != "" {
		if err := writeSandboxConfig(ctx, box, writeConfig, addr); err != nil {
			return errors.Join(err, listener.Close())
		}
	}
	if err := a.printJSON(struct {
		Listen string `json:"listen"`
	}{addr}); err != nil {
		return errors.Join(err, listener.Close())
	}
	if !a.json {
		fmt.Fprintln(a.err, "The sandbox answers on", addr, "until it is interrupted (Ctrl+C).")
	}
	return box.Serve(ctx, listener)
}
