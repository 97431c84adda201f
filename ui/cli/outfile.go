package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"cashier/store"
)

// outfile is where a command writes: --output and --force.
type outfile struct {
	path  string // empty or -: standard output
	force bool
}

func (o *outfile) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&o.path, "output", "", "`FILE` to write, whole or not at all (default, and -: standard output)")
	cmd.Flags().BoolVar(&o.force, "force", false, "write over a FILE that is there")
}

// standard reports whether it is standard output.
func (o outfile) standard() bool { return o.path == "" || o.path == "-" }

// check refuses, before any work, a file that would be written over.
func (o outfile) check() error {
	if o.standard() {
		if o.force {
			return usagef("--force is about a FILE; name one with --output")
		}
		return nil
	}
	info, err := os.Stat(o.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("write %s: %w", o.path, err)
	case info.IsDir():
		return usagef("--output: %s is a folder; name a file in it", o.path)
	case info.Mode().IsRegular() && !o.force:
		return o.exists()
	}
	return nil
}

func (o outfile) exists() error {
	return usagef("--output: %s is there already; name another file, or write over it with --force", o.path)
}

// write has the file written whole, or leaves nothing behind; what is no
// regular file, such as a pipe, is written as it is.
func (o outfile) write(standard io.Writer, write func(io.Writer) error) error {
	if o.standard() {
		b := bufio.NewWriter(standard)
		return errors.Join(write(b), b.Flush())
	}
	if info, err := os.Stat(o.path); err == nil && !info.Mode().IsRegular() {
		f, err := os.OpenFile(o.path, os.O_WRONLY, 0)
		if err != nil {
			return fmt.Errorf("write %s: %w", o.path, err)
		}
		b := bufio.NewWriter(f)
		return errors.Join(write(b), b.Flush(), f.Close())
	}
	return writeNew(o.path, o.force, write)
}

// writeFile writes a file whole or not at all, over one that is there, readable
// by its owner alone.
func writeFile(path string, write func(io.Writer) error) error { return writeNew(path, true, write) }

// writeNew is writeFile; without over, a file that is there stays, also when it
// came while this one was written.
func writeNew(path string, over bool, write func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	b := bufio.NewWriterSize(f, 1<<16)
	if err = write(b); err == nil {
		err = b.Flush()
	}
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = giveName(f.Name(), path, over)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", path, errors.Join(err, os.Remove(f.Name())))
	}
	return nil
}

// giveName gives a finished file its name. A link does not replace; where the
// file system has none, the name is looked at once more.
func giveName(from, path string, over bool) error {
	if over {
		return os.Rename(from, path)
	}
	err := os.Link(from, path)
	switch {
	case err == nil:
		return os.Remove(from)
	case errors.Is(err, fs.ErrExist):
		return fs.ErrExist
	}
	if _, err := os.Lstat(path); err == nil {
		return fs.ErrExist
	}
	return os.Rename(from, path)
}

// Steps of long work that a meter tells of.
const (
	stepTransactions = "transactions"
	stepLines        = "lines"
)

// counted tells a meter of every thousandth of many small things.
func counted(tell func(store.Progress), step string) func() {
	n := int64(0)
	return func() {
		if n++; n&0x3FF == 0 {
			tell(store.Progress{Step: step, Done: n})
		}
	}
}
