package cli

import "github.com/spf13/cobra"

func (a *app) mpmCommand() *cobra.Command {
	return group("mpm", "QRIS payments by a merchant's code, made elsewhere", a.mpmQueryCommand())
}
