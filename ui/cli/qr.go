package cli

import (
	"bytes"
	"io"

	"github.com/spf13/cobra"
)

func (a *app) qrCommand() *cobra.Command {
	return group("qr", "Draw a text as a QR code", a.qrShowCommand(), a.qrPNGCommand())
}

// maxText is more than any QR code holds, in bytes.
const maxText = 64 << 10

// qrText is the text to encode: a flag's, or standard input without its last
// line end. Input that is longer than any code is left to the encoder to
// refuse.
func (a *app) qrText(cmd *cobra.Command, text string) (string, error) {
	if cmd.Flags().Changed("text") {
		if text == "" {
			return "", usagef("--text is empty: there is nothing to draw")
		}
		return text, nil
	}
	input, err := io.ReadAll(io.LimitReader(a.in, maxText))
	if err != nil {
		return "", err
	}
	input = bytes.TrimSuffix(bytes.TrimSuffix(input, []byte("\n")), []byte("\r"))
	if len(input) == 0 {
		return "", usagef("there is no text to draw: give it with --text or on standard input")
	}
	return string(input), nil
}
