package cli

import (
	"fmt"
	"runtime/debug"
)

// version is what the build knows of itself: the module's version, which the
// go command derives from the repository's tags and commit.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}

func (a *app) printVersion() error {
	_, err := fmt.Fprintln(a.out, "cashier", version())
	return err
}
