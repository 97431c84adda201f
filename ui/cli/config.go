package cli

import (
	"github.com/spf13/cobra"

	"cashier/ui/config"
)

func (a *app) configCommand() *cobra.Command {
	return group("config", "Make and check the config file", a.configInitCommand(), a.configCheckCommand())
}

// configPath is the config file that is meant, whether it is there or not.
func (a *app) configPath() (string, error) {
	if a.config != "" {
		return a.config, nil
	}
	path, err := config.DefaultPath()
	if err != nil {
		return "", configError{err}
	}
	return path, nil
}
