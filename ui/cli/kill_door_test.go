//go:build unix

package cli

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"

	"cashier/api"
)

// doorman stands before a provider: it counts the requests by service and
// reference, stops the one that a gate waits for, and starts and kills those
// who send them.
type doorman struct {
	mu       sync.Mutex
	requests map[string]int
	gate     *gate
	passing  *gatedWriter // of the request that came to the gate
}

// gate stops a request on the provider's side.
type gate struct {
	service    string
	reference  api.Reference
	point      string
	occurrence int
	arrived    chan struct{} // closed at the point
	open       chan struct{} // closed when it may go on
	done       chan struct{} // closed when the request is over
}

// arrived is how many requests of a service came about a reference.
func (d *doorman) arrived(service string, reference api.Reference) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.requests[service+" "+string(reference)]
}

func (d *doorman) setGate(g *gate) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.gate = g
}

// watch lets requests in, and counts and stops those that have points.
func (d *doorman) watch(provider http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		service := serviceOf(r)
		if service == "" {
			provider.ServeHTTP(w, r)
			return
		}
		text, err := io.ReadAll(r.Body)
		var body struct {
			Reference api.Reference `json:"partnerReferenceNo"`
			Original  api.Reference `json:"originalPartnerReferenceNo"`
		}
		if err != nil || json.Unmarshal(text, &body) != nil {
			panic(http.ErrAbortHandler)
		}
		r.Body = io.NopCloser(bytes.NewReader(text))
		g := d.meet(service, cmp.Or(body.Reference, body.Original))
		if g == nil {
			provider.ServeHTTP(w, r)
			return
		}
		defer close(g.done)
		if g.point == reached {
			g.stop()
			provider.ServeHTTP(w, r)
			return
		}
		gated := &gatedWriter{ResponseWriter: w, gate: g}
		d.mu.Lock()
		d.passing = gated
		d.mu.Unlock()
		provider.ServeHTTP(gated, r)
	})
}

// silent is called when a provider has done what it was asked and falls
// silent: nothing more comes to the gate as long as the sender waits.
func (d *doorman) silent() {
	d.mu.Lock()
	w := d.passing
	d.passing = nil
	d.mu.Unlock()
	if w != nil {
		w.once.Do(w.gate.stop)
	}
}

// meet counts a request and gives the gate that it comes to, if it does.
func (d *doorman) meet(service string, reference api.Reference) *gate {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.requests == nil {
		d.requests = map[string]int{}
	}
	d.requests[service+" "+string(reference)]++
	g := d.gate
	if g == nil || g.service != service || g.reference != reference {
		return nil
	}
	if g.occurrence--; g.occurrence > 0 {
		return nil
	}
	d.gate = nil
	return g
}

// stop waits at the point until the sender is dead.
func (g *gate) stop() {
	close(g.arrived)
	<-g.open
}

// gatedWriter stops before the first byte of an answer, or before the hanging
// up that takes its place.
type gatedWriter struct {
	http.ResponseWriter
	gate *gate
	once sync.Once
}

func (w *gatedWriter) WriteHeader(status int) {
	w.once.Do(w.gate.stop)
	w.ResponseWriter.WriteHeader(status)
}

func (w *gatedWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	w.once.Do(w.gate.stop)
	return http.NewResponseController(w.ResponseWriter).Hijack()
}

func (w *gatedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// kill starts a process with an order and kills it at the order's point; false:
// it came to its end without meeting the point. dead, which may be nil, is
// called when it has just died, before anything goes on at the provider.
func (d *doorman) kill(o order, dead func()) (killed bool, err error) {
	text, err := json.Marshal(o)
	if err != nil {
		return false, err
	}
	g := &gate{
		service: o.Service, reference: o.Reference, point: o.Point, occurrence: o.Occurrence,
		arrived: make(chan struct{}), open: make(chan struct{}), done: make(chan struct{}),
	}
	met := false
	if o.Point == reached || o.Point == processed {
		d.setGate(g)
		defer func() {
			d.setGate(nil)
			close(g.open) // also for one who comes late
			if met {
				<-g.done
			}
		}()
	}
	self, err := os.Executable()
	if err != nil {
		return false, err
	}
	hears, said, err := os.Pipe()
	if err != nil {
		return false, err
	}
	defer hears.Close()
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), killVar+"="+string(text))
	cmd.ExtraFiles = []*os.File{said}
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	stdin, err := cmd.StdinPipe() // open as long as the process lives
	if err != nil {
		return false, err
	}
	defer stdin.Close()
	if err := errors.Join(cmd.Start(), said.Close()); err != nil {
		return false, err
	}
	words := make(chan string, 1)
	go func() {
		word, _ := bufio.NewReader(hears).ReadString('\n')
		words <- strings.TrimSpace(word)
	}()
	select {
	case word := <-words:
		switch word {
		case "end":
			return false, cmd.Wait()
		case "at":
		default:
			return false, fmt.Errorf("%s said %q: %v\n%s", o.Work, word, cmd.Wait(), &complaint)
		}
	case <-g.arrived:
		met = true
	case <-time.After(patience):
		err := cmd.Process.Signal(syscall.SIGQUIT) // it says where it stands
		return false, fmt.Errorf("%s neither came to its end nor to the point: %v, %v\n%s", o.Work, err, cmd.Wait(), &complaint)
	}
	if err := bury(cmd); err != nil {
		return true, err
	}
	if dead != nil {
		dead()
	}
	return true, nil
}

// patience bounds a process that comes neither to its end nor to its point.
const patience = 40 * time.Second

// bury kills a process and sees that it died of that.
func bury(cmd *exec.Cmd) error {
	if err := cmd.Process.Kill(); err != nil {
		return err
	}
	if err := cmd.Wait(); err == nil || err.Error() != "signal: killed" {
		return fmt.Errorf("it ended by itself: %v", err)
	}
	return nil
}
