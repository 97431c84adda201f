package views

import (
	"context"

	tea "github.com/charmbracelet/bubbletea"
)

// next is the work of a task that waits for one value of a channel: its
// message, or nil when the channel is closed or the screen has gone.
func next[T any](values <-chan T, message func(T) tea.Msg) func(context.Context) tea.Msg {
	return func(ctx context.Context) tea.Msg {
		select {
		case v, ok := <-values:
			if ok {
				return message(v)
			}
		case <-ctx.Done():
		}
		return nil
	}
}
