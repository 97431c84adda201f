// Command minimal is the least a Bubble Tea program can be: what the console's
// start and its answer to a key are measured against.
package main

import (
	"fmt"
	"os"

	tea "github.com/charmbracelet/bubbletea"

	_ "cashier/ui/term/dark" // spares it the question that silent terminals leave open for 5 s
)

// model counts keys.
type model int

func (model) Init() tea.Cmd { return nil }

func (m model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	if _, ok := msg.(tea.KeyMsg); ok {
		return m + 1, nil
	}
	return m, nil
}

func (m model) View() string { return fmt.Sprintf("MINIMAL %d", m) }

func main() {
	if len(os.Args) > 1 {
		fmt.Println("minimal")
		return
	}
	if _, err := tea.NewProgram(model(0), tea.WithAltScreen(), tea.WithFPS(120)).Run(); err != nil {
		os.Exit(1)
	}
}
