package ui

import (
	"io"
	"os"

	"github.com/atotto/clipboard"
	"github.com/aymanbagabas/go-osc52/v2"
	tea "github.com/charmbracelet/bubbletea"

	"cashier/ui/words"
)

// clipboards are the two ways into a clipboard. OSC 52 works through ssh but
// never says whether the terminal took it; the native one says so but belongs
// to the machine the program runs on.
type clipboards struct {
	terminal io.Writer
	native   func(string) error
}

func systemClipboards(terminal io.Writer) clipboards {
	c := clipboards{terminal: terminal}
	// Over ssh the native clipboard would be the far machine's.
	if !clipboard.Unsupported && os.Getenv("SSH_TTY") == "" {
		c.native = clipboard.WriteAll
	}
	return c
}

// copy does it and gives the sentence that says by which way.
func (c clipboards) copy(kit Kit, text, what string) tea.Cmd {
	return func() tea.Msg {
		native := c.native != nil && c.native(text) == nil
		osc := c.terminal != nil && c.osc52(text) == nil
		say := func(tone Tone, key words.Key) tea.Msg {
			return Notice{tone, kit.T(key, "what", what)}
		}
		switch {
		case native && osc:
			return say(Good, "shell.copied-both")
		case native:
			return say(Good, "shell.copied-native")
		case osc:
			return say(Plain, "shell.copied-osc52")
		}
		return say(Bad, "shell.copy-failed")
	}
}

// osc52 writes the sequence in one piece, wrapped for screen. For tmux it comes
// bare and wrapped: by its settings tmux takes the one (set-clipboard on) or
// lets the other through (allow-passthrough), and drops what it does not want.
func (c clipboards) osc52(text string) error {
	seq := osc52.New(text)
	written := seq.String()
	switch {
	case os.Getenv("TMUX") != "":
		written += seq.Tmux().String()
	case os.Getenv("STY") != "":
		written = seq.Screen().String()
	}
	_, err := io.WriteString(c.terminal, written)
	return err
}
