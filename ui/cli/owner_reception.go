package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"time"

	"cashier/api"
)

// reception is where the owner takes the calls of guests.
type reception struct {
	mu       sync.Mutex
	listener net.Listener
	socket   ownerSocket
	draining bool
	calls    int           // under way
	idle     chan struct{} // closed when the last one ended while draining
	accepted sync.WaitGroup
}

// otherVersion is a program of another version at the other side.
type otherVersion struct {
	PID         int
	Owner, This string
}

func (e *otherVersion) Error() string {
	return fmt.Sprintf("process %d has the journal open with version %s of the program, this is %s: end that one first", e.PID, e.Owner, e.This)
}

func (r *reception) open(h *holding) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.listener != nil || r.draining {
		return
	}
	r.socket = socketOf(h.store.Path())
	l, err := r.socket.listen()
	if err != nil {
		return // others then find the journal in use, as they would without us
	}
	r.listener, r.idle = l, make(chan struct{})
	r.accepted.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go r.serve(h, conn)
		}
	})
}

// drain answers what is under way, and sends everybody else to the next owner.
func (r *reception) drain() {
	r.mu.Lock()
	if !r.draining {
		r.draining = true
		if r.calls == 0 && r.idle != nil {
			close(r.idle)
		}
	}
	idle := r.idle
	r.mu.Unlock()
	if idle != nil {
		<-idle
	}
}

// begin counts a call, unless nothing more is begun.
func (r *reception) begin() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.draining {
		return false
	}
	r.calls++
	return true
}

func (r *reception) end() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.calls--; r.calls == 0 && r.draining {
		close(r.idle)
	}
}

// close gives the socket up, while the lock is still held: so nobody removes
// the next owner's.
func (r *reception) close() {
	r.mu.Lock()
	l := r.listener
	r.listener = nil
	r.mu.Unlock()
	if l == nil {
		return
	}
	_ = os.Remove(r.socket.path) // gone already: all the better
	_ = l.Close()
	r.accepted.Wait()
}

// serve answers one connection.
func (r *reception) serve(h *holding, conn net.Conn) {
	defer conn.Close()
	line := newLine(conn)
	_ = conn.SetDeadline(time.Now().Add(welcomeWithin))
	kind, body, err := line.read()
	if err != nil || kind != frameRequest {
		return
	}
	var q request
	if err := json.Unmarshal(body, &q); err != nil {
		return
	}
	if !r.begin() {
		_ = line.send(frameMoved, nil)
		return
	}
	defer r.end()
	refuse := func(err error) {
		_ = line.send(frameError, sendable(err))
		_ = line.send(frameDone, nil)
	}
	if err := h.welcomes(q.Hello); err != nil {
		refuse(err)
		return
	}
	run, known := handlers[q.Call]
	if !known {
		refuse(fmt.Errorf("the journal's owner does not know the call %s", api.Clean(q.Call, 40)))
		return
	}
	if err := line.send(frameWelcome, welcome{PID: os.Getpid(), Since: h.since, Binding: h.hello.Binding}); err != nil {
		return
	}
	_ = conn.SetDeadline(time.Time{})
	ctx, cancel := context.WithCancel(context.WithValue(context.WithValue(context.Background(), guestKey{}, q.Hello.Guest), againKey{}, q.Again))
	defer cancel()
	go func() { // whatever comes, or the end, says that the answer is not wanted any more
		_, _ = line.in.ReadByte()
		cancel()
	}()
	p := &postman{line: line}
	stop := p.beat()
	value, err := answerTo(ctx, h, run, q, p)
	stop()
	if errors.Is(err, errMoved) {
		_ = line.send(frameMoved, nil)
		return
	}
	_ = conn.SetWriteDeadline(time.Now().Add(silentFor))
	if value != nil {
		if frame, bad := encoded(frameValue, value); bad != nil {
			err = errors.Join(err, bad)
		} else if line.write(frame) != nil {
			return
		}
	}
	if err != nil {
		if frame, bad := encoded(frameError, sendable(err)); bad == nil {
			_ = line.write(frame)
		}
	}
	_ = line.send(frameDone, nil) // whoever asked may have gone
}

func answerTo(ctx context.Context, h *holding, run handler, q request, p *postman) (any, error) {
	if run.works() {
		if err := h.readyAgain(ctx); err != nil {
			return nil, err
		}
	}
	return run.serve(ctx, h, q.Args, p.tell)
}

// postman sends what a call gives on its way. Many items in a row go out
// together, a single one at once.
type postman struct {
	line *socketLine
	mu   sync.Mutex
	last time.Time   // when something was told
	late *time.Timer // sends what was gathered
}

// gather is how long an item may wait for the next one.
const gather = 2 * time.Millisecond

func (p *postman) tell(kind frameKind, v any) error {
	frame, err := encoded(kind, v)
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	_ = p.line.conn.SetWriteDeadline(now.Add(silentFor)) // a reader that is stuck holds nothing up for ever
	if err := p.line.write(frame); err != nil {
		return err
	}
	hurried := kind == frameProgress || now.Sub(p.last) > gather
	p.last = now
	switch {
	case hurried:
		return p.line.flush()
	case p.late == nil:
		p.late = time.AfterFunc(gather, func() {
			_ = p.line.flush() // that nobody reads, the next item says
		})
	default:
		p.late.Reset(gather)
	}
	return nil
}

// beat keeps the other side from taking us for stuck.
func (p *postman) beat() (stop func()) {
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(beatEvery)
		defer tick.Stop()
		for {
			select {
			case now := <-tick.C:
				_ = p.line.conn.SetWriteDeadline(now.Add(silentFor))
				_ = p.line.send(frameBeat, nil)
			case <-done:
				return
			}
		}
	}()
	return func() {
		close(done)
		<-ended
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.late != nil {
			p.late.Stop()
		}
	}
}
