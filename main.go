// Command cashier is a terminal console for cash deposit machines and QRIS payments.
package main

import (
	"os"

	_ "cashier/ui/term/dark" // must initialise before bubbletea: see the package's comment

	"cashier/ui/cli"
)

func main() {
	os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
