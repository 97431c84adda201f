package cli

import (
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"cashier/api/sandbox"
)

func (a *app) sandboxCustomersCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "customers [ID]",
		Short: "List the sandbox's test customers, or show one's code",
		Long: `Lists the test customers of every sandbox: each pays in a way of their own, with
a code that may be used again and again. With an ID the code of that customer is
shown, on a terminal as a QR to scan, elsewhere as text to pipe into
cashier cpm pay --qr -.`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usagef("%s takes one ID; %q is one too many", cmd.CommandPath(), args[1])
			}
			return nil
		},
	}
	cmd.RunE = a.run(func(_ *cobra.Command, args []string) error {
		all := sandbox.Customers()
		if len(args) == 0 {
			return a.listCustomers(all)
		}
		i := slices.IndexFunc(all, func(c sandbox.Customer) bool { return c.ID == args[0] })
		if i < 0 {
			return usagef("there is no test customer %q; cashier sandbox customers lists them", args[0])
		}
		return a.showCustomer(all[i])
	})
	return cmd
}

func (a *app) listCustomers(all []sandbox.Customer) error {
	if a.json {
		return a.printJSON(itemsOf(all))
	}
	rows := make([][]string, len(all))
	for i, c := range all {
		rows[i] = []string{c.ID, c.Outcome}
	}
	table(a.out, a.theme(), []column{{title: "ID"}, {title: "What happens to a payment"}}, rows)
	return nil
}

func (a *app) showCustomer(c sandbox.Customer) error {
	if a.json {
		return a.printJSON(c)
	}
	if !isTerminal(a.out) {
		_, err := fmt.Fprintln(a.out, c.Content)
		return err
	}
	fmt.Fprintln(a.out, c.ID+": "+c.Outcome)
	a.drawSecret(c.Content)
	return nil
}
