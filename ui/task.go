package ui

import (
	"context"
	"time"

	tea "github.com/charmbracelet/bubbletea"
)

// Task is one thing a screen does at a time: a request, a poll, a timer. A
// command cannot be cancelled and answers come in any order, so each Start has
// a context and a generation: it cancels the one before, and the shell drops
// an answer that is not of the last Start. The zero value is ready. Its methods
// are called from Update (one goroutine) only.
type Task struct {
	generation uint64
	cancel     context.CancelFunc
	running    bool
}

// answer carries a task's result to the shell.
type answer struct {
	task       *Task
	generation uint64
	msg        tea.Msg
}

// Start runs run in a command. Its message comes back to the screen, unless
// the task was started again or cancelled meanwhile. run must end soon after
// its context does; a nil message only ends the task.
func (t *Task) Start(run func(ctx context.Context) tea.Msg) tea.Cmd {
	t.Cancel()
	ctx, cancel := context.WithCancel(context.Background())
	t.cancel, t.running = cancel, true
	generation := t.generation
	return func() tea.Msg {
		return answer{t, generation, run(ctx)}
	}
}

// Cancel ends what runs; its answer will not arrive.
func (t *Task) Cancel() {
	t.generation++
	t.running = false
	if t.cancel != nil {
		t.cancel()
		t.cancel = nil
	}
}

// Running reports whether an answer is still to come. A poll that looks first
// never overlaps the one before.
func (t *Task) Running() bool { return t.running }

// accept gives the message of an answer, false when it is stale.
func (a answer) accept() (tea.Msg, bool) {
	t := a.task
	if t.generation != a.generation {
		return nil, false
	}
	t.Cancel()
	return a.msg, a.msg != nil
}

// Later is for Start: a timer that answers msg after d.
func Later(c Clock, d time.Duration, msg tea.Msg) func(context.Context) tea.Msg {
	return func(ctx context.Context) tea.Msg {
		select {
		case <-c.After(d):
			return msg
		case <-ctx.Done():
			return nil
		}
	}
}
