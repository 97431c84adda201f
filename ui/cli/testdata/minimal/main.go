// Command minimal is the least a Bubble Tea program can be: what the console's
// start is measured against.
package main

import (
	"fmt"
	"os"

	tea "github.com/charmbracelet/bubbletea"

	_ "cashier/ui/term/dark" // spares it the question that silent terminals leave open for 5 s
)

type model struct{}

func (model) Init() tea.Cmd { return nil }

func (m model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	if _, ok := msg.(tea.KeyMsg); ok {
		return m, tea.Quit
	}
	return m, nil
}

func (model) View() string { return "MINIMAL" }

func main() {
	if len(os.Args) > 1 {
		fmt.Println("minimal")
		return
	}
	if _, err := tea.NewProgram(model{}, tea.WithAltScreen(), tea.WithFPS(120)).Run(); err != nil {
		os.Exit(1)
	}
}
