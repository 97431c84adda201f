package cli

import (
	"github.com/spf13/cobra"

	"cashier/api/snap"
)

func (a *app) signTokenCommand() *cobra.Command {
	f := signFlags{kind: string(snap.ClientKey)}
	cmd := &cobra.Command{
		Use:   "token",
		Short: "Sign an access token request",
		Long:  `Signs CLIENTKEY|TIMESTAMP with SHA256withRSA, as the access token request (73) asks for.`,
		Args:  noArgs,
	}
	f.add(cmd, "client-key", "private-key", "timestamp", "encoding")
	cmd.RunE = a.run(func(*cobra.Command, []string) error { return a.sign(f, "") })
	return cmd
}
