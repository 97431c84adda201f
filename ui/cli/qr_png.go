package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"cashier/qr"
)

func (a *app) qrPNGCommand() *cobra.Command {
	var text, output string
	var scale int
	cmd := &cobra.Command{
		Use:   "png",
		Short: "Write a text as a QR code in a PNG file",
		Long: `Writes the text of --text, or of standard input, as a QR code: to the file of
--output, whole or not at all, or to standard output.`,
		Args: noArgs,
	}
	cmd.Flags().StringVar(&text, "text", "", "`TEXT` to draw (default: standard input)")
	cmd.Flags().StringVar(&output, "output", "", "`FILE` to write (default: standard output)")
	cmd.Flags().IntVar(&scale, "scale", 8, fmt.Sprintf("`PIXELS` a module, 1 to %d", qr.MaxModulePixels))
	cmd.RunE = a.run(func(cmd *cobra.Command, _ []string) error {
		switch {
		case scale < 1 || scale > qr.MaxModulePixels:
			return usagef("--scale must be 1 to %d", qr.MaxModulePixels)
		case output == "" && (a.json || isTerminal(a.out)):
			return usagef("name the picture's file with --output")
		}
		text, err := a.qrText(cmd, text)
		if err != nil {
			return err
		}
		return a.writePNG(text, output, scale)
	})
	return cmd
}

func (a *app) writePNG(text, output string, scale int) error {
	image, err := qr.PNG(text, scale)
	if err != nil {
		return cannotDraw(err)
	}
	if output == "" {
		_, err := a.out.Write(image)
		return err
	}
	if err := qr.WritePNG(output, text, scale); err != nil {
		return err
	}
	if a.json {
		return a.printJSON(struct {
			File  string `json:"file"`
			Bytes int    `json:"bytes"`
		}{output, len(image)})
	}
	_, err = fmt.Fprintln(a.out, "written:", output)
	return err
}
