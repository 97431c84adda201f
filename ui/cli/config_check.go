package cli

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/spf13/cobra"

	"cashier/ui/config"
)

func (a *app) configCheckCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Check the config file",
		Long: `Checks the whole config file without reading a secret; cashier doctor tries
those. Exit codes: 0 all is well; 3 the faults are named with line, column and
cure.`,
		Args: noArgs,
	}
	cmd.RunE = a.run(func(*cobra.Command, []string) error { return a.checkConfig() })
	return cmd
}

// checkedProfile is what a check tells of a profile.
type checkedProfile struct {
	Name      string   `json:"name"`
	Default   bool     `json:"default"`
	Sandbox   bool     `json:"sandbox"`
	Providers []string `json:"providers"`
}

func (a *app) checkConfig() error {
	path, err := a.configPath()
	if err != nil {
		return err
	}
	c, err := config.Load(path)
	if errors.Is(err, fs.ErrNotExist) {
		return &failure{
			exit: exitConfig, code: "config-missing", message: fmt.Sprintf("there is no config file %s", path),
			advice: a.words.T("error.config-missing", "file", path), err: err,
		}
	}
	if err != nil {
		return configError{err}
	}
	if a.profile != "" {
		if _, err := c.Profile(a.profile); err != nil {
			return configError{err}
		}
	}
	var profiles []checkedProfile
	for _, name := range c.Names() {
		p := c.Profiles[name]
		names := p.ProviderNames()
		if names == nil {
			names = []string{}
		}
		profiles = append(profiles, checkedProfile{name, name == c.Default, p.Sandbox, names})
	}
	if a.json {
		return a.printJSON(struct {
			File     string           `json:"file"`
			Profiles []checkedProfile `json:"profiles"`
		}{path, profiles})
	}
	theme := a.theme()
	fmt.Fprintln(a.out, theme.Good(path))
	for _, p := range profiles {
		note := ""
		if p.Sandbox {
			note += "  sandbox"
		}
		if p.Default {
			note += "  default"
		}
		fmt.Fprintf(a.out, "  %s%s  %v\n", p.Name, theme.Dim(note), p.Providers)
	}
	return nil
}
