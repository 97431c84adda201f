package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"cashier/api"
	"cashier/api/snap"
	"cashier/ui/words"
)

func (a *app) explainCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "explain CODE",
		Short: "Explain a response code: what it means, the money, what to do",
		Long: `Explains a response code of seven digits: the HTTP status (3), the service (2)
and the case (2). A code that no document lists is explained by its parts.`,
		Args: exactly("a CODE"),
	}
	cmd.RunE = a.run(func(_ *cobra.Command, args []string) error { return a.explain(strings.TrimSpace(args[0])) })
	return cmd
}

// explainJSON is what is known of a code.
type explainJSON struct {
	Code        string `json:"code"`
	HTTP        int    `json:"httpStatus"`
	Service     string `json:"service"`
	ServiceName string `json:"serviceName"`
	Case        string `json:"case"`
	Known       bool   `json:"known"` // a document lists the code
	Category    string `json:"category"`
	Message     string `json:"message"`     // the document's
	Description string `json:"description"` // likewise
	Means       string `json:"means"`
	Money       string `json:"money"`
	Do          string `json:"do"`
}

func (a *app) explain(text string) error {
	t := a.words.T
	shown := api.Clean(text, 40)
	if strings.Trim(text, "0123456789") != "" {
		return usagef("%s", t("explain.digits", "code", shown))
	}
	if len(text) != 7 {
		return usagef("%s", t("explain.length", "code", shown, "have", len(text)))
	}
	code, err := snap.ParseCode(text)
	if err != nil {
		return usageError{err}
	}
	j := explainJSON{Code: code.String(), HTTP: code.HTTP, Service: code.Service, Case: code.Case}
	name, served := a.words.Service(code.Service)
	j.ServiceName = name
	meaning, listed := snap.Lookup(code)
	j.Category, j.Message, j.Description = meaning.Category, meaning.Message, meaning.Description
	advice, known := a.words.Advice("", code.Service, code.Key())
	j.Known = listed || known
	if !j.Known {
		advice = words.Advice{Means: t("explain.unknown-case", "http", code.HTTP, "case", code.Case), Money: advice.Money, Do: advice.Do}
	}
	if !served {
		advice.Means = t("explain.unknown-service", "service", code.Service) + " " + advice.Means
	}
	j.Means, j.Money, j.Do = advice.Means, advice.Money, advice.Do
	if a.json {
		return a.printJSON(j)
	}
	if !served {
		name = "?"
	}
	theme := a.theme()
	fmt.Fprintln(a.out, theme.Strong(code.String())+"  "+
		t("explain.parts", "http", code.HTTP, "service", code.Service, "name", name, "case", code.Case))
	if j.Message != "" {
		fmt.Fprintln(a.out, theme.Dim(j.Message))
	}
	fmt.Fprintln(a.out)
	pairs(a.out, [2]string{t("explain.means"), j.Means}, [2]string{t("explain.money"), j.Money}, [2]string{t("explain.do"), j.Do})
	return nil
}
