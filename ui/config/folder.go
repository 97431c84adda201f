package config

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// DefaultPath is where the config file is when nobody says otherwise:
// cashier/config.json in the user's config folder.
func DefaultPath() (string, error) {
	folder, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("the folder for config files is not known (%w); name the file with --config", err)
	}
	return filepath.Join(folder, "cashier", "config.json"), nil
}

// StateDir is the folder of journals and of what else must survive: cashier in
// the user's state folder. It is not created.
func StateDir() (string, error) { return stateDir(runtime.GOOS, os.Getenv) }

// StorePath is the journal of a profile.
func StorePath(profile string) (string, error) {
	if !validName(profile) {
		return "", fmt.Errorf("%q is no name for a profile; %s", profile, nameCure)
	}
	folder, err := StateDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(folder, profile+".db"), nil
}

func stateDir(system string, env func(string) string) (string, error) {
	const cure = "name the journal with --store"
	under := func(variable string, elements ...string) (string, error) {
		folder := env(variable)
		if folder == "" {
			return "", fmt.Errorf("the folder for journals is not known: %s is not set; set it, or %s", variable, cure)
		}
		// A relative folder would be another one after each change of folder.
		if system == runtime.GOOS && !filepath.IsAbs(folder) {
			return "", fmt.Errorf("the folder for journals is not known: %s is a relative path; make it absolute, or %s", variable, cure)
		}
		return filepath.Join(append([]string{folder}, elements...)...), nil
	}
	switch {
	case system == "windows":
		return under("LocalAppData", "cashier")
	case system == "darwin" || system == "ios":
		return under("HOME", "Library", "Application Support", "cashier")
	case env("XDG_STATE_HOME") != "":
		return under("XDG_STATE_HOME", "cashier")
	}
	return under("HOME", ".local", "state", "cashier")
}
