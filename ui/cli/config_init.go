package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"cashier/ui/config"
)

func (a *app) configInitCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Write a config file to fill in",
		Long:  `Writes a config file to fill in. A file that is there already is left alone.`,
		Args:  noArgs,
	}
	cmd.RunE = a.run(func(*cobra.Command, []string) error {
		path, err := a.configPath()
		if err != nil {
			return err
		}
		if err := config.Init(path); err != nil {
			return configError{err}
		}
		if a.json {
			return a.printJSON(struct {
				File string `json:"file"`
			}{path})
		}
		_, err = fmt.Fprintf(a.out, "written: %s\nFill it in, then: cashier config check\n", path)
		return err
	})
	return cmd
}
