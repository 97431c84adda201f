package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"cashier/ui/config"
	"cashier/ui/paper"
)

// TestPrinterNames: what the config takes for a printer is what there is.
func TestPrinterNames(t *testing.T) {
	for _, letters := range paper.Sets {
		for _, cut := range []paper.Cut{paper.CutPartial, paper.CutFull, paper.CutNone} {
			file := filepath.Join(t.TempDir(), "config.json")
			text := fmt.Sprintf(`{"profiles":{"s":{"sandbox":true,"printer":{"device":"/dev/lp0","codePage":%q,"cut":%q,"width":80}}}}`, letters.Name, cut)
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			c, err := config.Load(file)
			if err != nil {
				t.Fatal(err)
			}
			p := press(c.Profiles["s"], nil)
			if p.Sheet.Letters.Name != letters.Name || p.Sheet.Cut != cut || p.Sheet.Width != 80 || p.Name != "/dev/lp0" {
				t.Errorf("%s, %s: %+v", letters.Name, cut, p.Sheet)
			}
		}
	}
	said := config.Printer{Device: "/dev/lp0"}.Filled()
	if s := sheet(said); s.Letters.Name != paper.Sets[0].Name || s.Cut != paper.CutPartial || s.Width != 58 {
		t.Errorf("a printer that says nothing: %+v", s)
	}
	if press(config.Profile{}, nil) != nil {
		t.Error("a profile without a printer has one")
	}
}
