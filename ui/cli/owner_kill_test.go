//go:build unix

package cli

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/creack/pty"

	"cashier/api/sandbox"
)

// crowd is several processes on one journal, each of which may be its owner.
type crowd struct {
	*shop
	mu      sync.Mutex
	running map[int]*process
	killed  map[string]int // by what the owner was
	lines   int            // of watch
	seen    map[string]bool
}

// process is one that this test started.
type process struct {
	name string
	kill func() error
	gone chan struct{} // closed at its end
}

func (c *crowd) add(pid int, p *process) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.running[pid] = p
}

func (c *crowd) remove(pid int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.running, pid)
}

// say keeps what happened for a failure.
func (c *crowd) say(format string, args ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.told = append(c.told, fmt.Sprintf(format, args...))
}

// until runs a command again and again until nobody kills it, as somebody would
// who does not know what became of it.
func (c *crowd) until(args ...string) (out []byte, exit int) {
	for {
		cmd := c.command(args...)
		var said, complaint bytes.Buffer
		cmd.Stdout, cmd.Stderr = &said, &complaint
		if err := cmd.Start(); err != nil {
			c.t.Error(err)
			return nil, exitOther
		}
		p := &process{strings.Join(args[:2], " "), cmd.Process.Kill, make(chan struct{})}
		c.add(cmd.Process.Pid, p)
		err := cmd.Wait()
		c.remove(cmd.Process.Pid)
		close(p.gone)
		exit := cmd.ProcessState.ExitCode()
		c.say("%v: %d %v %s", args, exit, err, &complaint)
		if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); ok && status.Signaled() {
			continue
		}
		if !slices.Contains([]int{exitOK, exitUsage, exitEnded, exitOpen, exitLate}, exit) {
			c.t.Errorf("%q ended with %d: %s %s", args, exit, &said, &complaint)
		}
		return said.Bytes(), exit
	}
}

// console opens a console on a terminal, and another one whenever it is killed.
func (c *crowd) console() (leave func()) {
	shown, over, ended := make(chan struct{}, 1), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for c.oneConsole(shown, over) {
		}
	}()
	<-shown
	return func() { close(over); <-ended }
}

// oneConsole reports whether it was killed.
func (c *crowd) oneConsole(shown chan<- struct{}, over <-chan struct{}) bool {
	cmd := exec.Command(c.program, "--config", c.config, "--store", c.journal, "--lang", "en")
	cmd.Env = append(c.command().Env, "TERM=xterm-256color")
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Cols: 80, Rows: 24})
	if err != nil {
		c.t.Error(err)
		return false
	}
	defer tty.Close()
	p := &process{"console", cmd.Process.Kill, make(chan struct{})}
	c.add(cmd.Process.Pid, p)
	go func() {
		defer close(p.gone)
		buffer, seen := make([]byte, 64<<10), []byte(nil)
		for {
			n, err := tty.Read(buffer)
			if err != nil {
				break // it has hung up
			}
			if seen = append(seen, buffer[:n]...); bytes.Contains(seen, []byte("in the journal")) {
				select {
				case shown <- struct{}{}:
				default:
				}
			}
			seen = seen[max(0, len(seen)-4096):]
		}
		_ = cmd.Wait() // how it ended stands in its state
		c.remove(cmd.Process.Pid)
	}()
	select {
	case <-p.gone:
	case <-over:
		_, _ = tty.WriteString("q") // it has gone otherwise, which its state says
		<-p.gone
		if code := cmd.ProcessState.ExitCode(); code != exitOK && code != -1 {
			c.t.Errorf("a console was left with %v", cmd.ProcessState)
		}
		return false
	}
	c.say("console: %v", cmd.ProcessState)
	if cmd.ProcessState.ExitCode() != -1 {
		c.t.Errorf("a console ended by itself: %v", cmd.ProcessState)
		return false
	}
	return true
}

// service keeps a command running that goes on until it is interrupted.
func (c *crowd) service(line func([]byte), args ...string) (stop func()) {
	started := make(chan *exec.Cmd)
	over := make(chan struct{})
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for first := true; ; first = false {
			cmd := c.command(args...)
			var complaint bytes.Buffer
			cmd.Stderr = &complaint
			out, err := cmd.StdoutPipe()
			if err == nil {
				err = cmd.Start()
			}
			if err != nil {
				c.t.Error(err)
				return
			}
			p := &process{args[0], cmd.Process.Kill, make(chan struct{})}
			c.add(cmd.Process.Pid, p)
			if first {
				started <- cmd
			} else {
				select {
				case started <- cmd:
				default:
				}
			}
			stopping := make(chan struct{})
			go func() {
				select {
				case <-over:
					_ = cmd.Process.Signal(os.Interrupt) // it has ended otherwise
				case <-stopping:
				}
			}()
			for read := bufio.NewScanner(out); read.Scan(); {
				line(read.Bytes())
			}
			_ = cmd.Wait() // how it ended stands in its state
			close(stopping)
			close(p.gone)
			c.remove(cmd.Process.Pid)
			c.say("%v: %v %s", args, cmd.ProcessState, &complaint)
			select {
			case <-over:
				if code := cmd.ProcessState.ExitCode(); code != exitInterrupted && code != exitOK && code != -1 {
					c.t.Errorf("%v was left with %d: %s", args, code, &complaint)
				}
				return
			default:
			}
			if cmd.ProcessState.ExitCode() != -1 {
				c.t.Errorf("%v ended by itself: %v %s", args, cmd.ProcessState, &complaint)
				return
			}
		}
	}()
	<-started
	return func() { close(over); <-ended }
}

// killOwner kills whoever has the journal, if this test started it.
func (c *crowd) killOwner() {
	text, err := os.ReadFile(c.journal + ".owner")
	if err != nil {
		return // it has just ended
	}
	var owner struct{ PID int }
	c.must(json.Unmarshal(text, &owner))
	c.mu.Lock()
	p := c.running[owner.PID]
	c.mu.Unlock()
	if p == nil || p.kill() != nil {
		return
	}
	<-p.gone
	c.mu.Lock()
	defer c.mu.Unlock()
	c.killed[p.name]++
	c.told = append(c.told, fmt.Sprintf("killed the owner %d: %s", owner.PID, p.name))
}

// TestOwnersKilledAtRandom: two consoles, a watch, a notify and paying commands
// on one journal, whose owner is killed while the provider has a request of it.
// In the end history and ledger agree, and the journal is sound.
func TestOwnersKilledAtRandom(t *testing.T) {
	const seed = 20261121
	sales, kills := 36, 16
	if testing.Short() {
		sales, kills = 15, 5
	}
	c := &crowd{shop: newShop(t, seed), running: map[int]*process{}, killed: map[string]int{}, seen: map[string]bool{}}
	leaveFirst, leaveSecond := c.console(), c.console()
	stopWatch := c.service(func(line []byte) {
		var tx struct {
			Reference string `json:"reference"`
		}
		if err := json.Unmarshal(line, &tx); err != nil || tx.Reference == "" {
			c.t.Errorf("watch says %q", line)
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		c.lines++
		c.seen[tx.Reference] = true
	}, "watch")
	stopNotify := c.service(func([]byte) {}, "notify", "--listen", "127.0.0.1:0")

	work := make(chan func(), sales)
	for n := range sales {
		customer := randomCustomers[c.random.IntN(len(randomCustomers))]
		twice := c.random.IntN(4) == 0
		part := 1_000 * (1 + c.random.IntN(9))
		work <- func() { c.sell(n, customer, twice, part) }
	}
	close(work)
	var cashiers sync.WaitGroup
	for range 3 {
		cashiers.Go(func() {
			for one := range work {
				one()
			}
		})
	}
	closed := make(chan struct{})
	go func() { cashiers.Wait(); close(closed) }()
	for range kills {
		g := c.wire.lay(1+c.random.IntN(12), []string{reached, processed, unanswered}[c.random.IntN(3)])
		select {
		case <-g.arrived:
			c.killOwner()
			close(g.open)
			<-g.done
			continue
		case <-closed:
		}
		c.wire.taut()
		close(g.open)
		break
	}
	<-closed
	stopNotify()
	stopWatch()
	leaveSecond()
	leaveFirst()

	for range 12 {
		c.run("resume")
		left := c.list("open")
		if len(left) == 0 {
			break
		}
		for _, row := range left {
			if strings.HasPrefix(string(row.Reference), "R") {
				c.run("cpm", "cancel", string(row.Reference))
			}
		}
	}
	c.run("resume", "--for", "4s") // what a repeat of a refund waits for
	c.sound()
	c.verdict()
	c.userIDs()
	total := 0
	for _, n := range c.killed {
		total += n
	}
	if total < kills/2 {
		t.Errorf("only %d owners were killed", total)
	}
	if len(c.seen) < sales/2 {
		t.Errorf("watch told of %d references", len(c.seen))
	}
	if t.Failed() {
		t.Logf("seed %d\n%s", seed, strings.Join(c.told, "\n"))
	}
	t.Logf("%d owners killed %v over %d payments, %d lines of watch about %d references", total, c.killed, len(c.box.Ledger().Payments), c.lines, len(c.seen))
}

// sell is one sale: paid, perhaps once more under the same reference, refunded
// in part where that is sure to end, with a user id and a look beside it.
func (c *crowd) sell(n int, customer string, twice bool, part int) {
	code, err := sandbox.FreshCode(customer, uint64(5000+n))
	if err != nil {
		c.t.Error(err)
		return
	}
	file := filepath.Join(c.home, fmt.Sprintf("code-%d", n))
	if err := os.WriteFile(file, []byte(code+"\n"), 0o600); err != nil {
		c.t.Error(err)
		return
	}
	reference := fmt.Sprintf("R%d", n)
	c.say("sale %s %s", reference, customer)
	pay := []string{"cpm", "pay", "--qr", "@" + file, "--amount", fmt.Sprint(10_000 + 1_000*n), "--sale", fmt.Sprintf("SALE%d", n), "--reference", reference}
	c.until(pay...)
	if twice {
		c.until(pay...)
	}
	if slices.Contains(refundable, customer) {
		c.until("cpm", "refund", "--amount", fmt.Sprint(part), "--refund-reference", "F"+reference, reference)
	}
	switch n % 3 {
	case 0:
		c.until("cdm", "generate", "--reference", fmt.Sprintf("U%d", n))
	case 1:
		c.until("history", "list")
	}
}

// userIDs: each that the provider made is in the journal, and as often.
func (c *crowd) userIDs() {
	made := map[string]int{}
	for _, u := range c.box.Ledger().UserIDs {
		made[u.Reference]++
	}
	for _, row := range c.list("") {
		delete(made, string(row.Reference))
	}
	if len(made) > 0 {
		c.t.Errorf("the provider made user ids that are not in the journal: %v", slices.Sorted(maps.Keys(made)))
	}
}
