package paper

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
	"time"
)

// Printer is where jobs go: a device file, or the raw port of a printer in the
// network. One of Device and Address is set.
type Printer struct {
	Device  string        // such as /dev/usb/lp0; it is never made
	Address string        // host:port; printers listen at 9100
	Timeout time.Duration // of one job, from connecting to the answer
	// Answers: the printer says that it has printed (GS r). Without it a printer
	// that takes a job and does nothing looks like one that prints.
	Answers bool
}

// Name is the printer as its config names it.
func (p Printer) Name() string {
	if p.Device != "" {
		return p.Device
	}
	return p.Address
}

// Stage is how far a job came.
type Stage string

// Stages of a job that failed.
const (
	StageOff    Stage = "off"    // nothing of it was taken
	StageStuck  Stage = "stuck"  // a part was taken
	StageSilent Stage = "silent" // all was taken, and it was not said to be printed
	StageEmpty  Stage = "empty"  // the printer says that it has no paper
)

// Trouble is why a job failed.
type Trouble struct {
	Printer string
	Stage   Stage
	Err     error
}

func (t *Trouble) Error() string {
	return fmt.Sprintf("printer %s: %s: %v", t.Printer, map[Stage]string{
		StageOff: "cannot be reached", StageStuck: "stopped taking the print", StageSilent: "has not said that it printed", StageEmpty: "is out of paper",
	}[t.Stage], t.Err)
}

func (t *Trouble) Unwrap() error { return t.Err }

var errNoPaper = errors.New("the paper sensor reports no paper")

// link is an open printer.
type link interface {
	io.ReadWriteCloser
	SetDeadline(time.Time) error
}

// Print hands a job to the printer and waits until it is taken, and printed
// where the printer says so, for Timeout at most. The error is a *Trouble.
func (p Printer) Print(ctx context.Context, job []byte) error {
	ctx, cancel := context.WithTimeout(ctx, p.Timeout)
	defer cancel()
	if p.Answers {
		job = append(job[:len(job):len(job)], askPaper...)
	}
	fail := func(stage Stage, err error) error {
		switch {
		case ctx.Err() != nil:
			err = context.Cause(ctx)
		case errors.Is(err, os.ErrDeadlineExceeded): // the same a moment earlier
			err = context.DeadlineExceeded
		}
		return &Trouble{p.Name(), stage, err}
	}
	l, err := p.open(ctx)
	if err != nil {
		return fail(StageOff, err)
	}
	// What blocks although it should not ends here too; closing frees it.
	type end struct {
		stage Stage
		err   error
	}
	ended := make(chan end, 1)
	go func() {
		stage, err := p.hand(ctx, l, job)
		ended <- end{stage, errors.Join(err, l.Close())}
	}()
	over := make(chan struct{})
	defer context.AfterFunc(ctx, func() { time.AfterFunc(grace, func() { close(over) }) })()
	select {
	case e := <-ended:
		if e.err != nil {
			return fail(e.stage, e.err)
		}
		return nil
	case <-over:
	}
	go func() { _ = l.Close() }()
	return fail(StageStuck, context.DeadlineExceeded)
}

// grace is how long after its deadline a printer's driver may still hold us.
const grace = time.Second

// hand writes a job and hears the answer; the stage is how far it came.
func (p Printer) hand(ctx context.Context, l link, job []byte) (Stage, error) {
	if deadline, ok := ctx.Deadline(); ok {
		_ = l.SetDeadline(deadline) // regular files have none, and do not block
	}
	defer context.AfterFunc(ctx, func() { _ = l.SetDeadline(time.Unix(1, 0)) })()
	for rest := job; len(rest) > 0; {
		n, err := l.Write(rest)
		rest = rest[n:]
		switch {
		case err == nil:
		case errors.Is(err, syscall.EAGAIN): // a device that cannot be waited for
			select {
			case <-time.After(again):
			case <-ctx.Done():
				return stageAt(len(job), len(rest)), ctx.Err()
			}
		default:
			return stageAt(len(job), len(rest)), err
		}
	}
	if !p.Answers {
		return p.part(l), nil
	}
	var answer [1]byte
	for {
		_, err := io.ReadFull(l, answer[:])
		switch {
		case errors.Is(err, syscall.EAGAIN):
			select {
			case <-time.After(again):
				continue
			case <-ctx.Done():
			}
			return StageSilent, ctx.Err()
		case err != nil:
			return StageSilent, err
		case answer[0]&noPaper == noPaper:
			return StageEmpty, errNoPaper
		}
		return p.part(l), nil
	}
}

// noPaper are the bits of GS r's answer for the end of the paper.
const noPaper = 0x0C

// again is how often a device is tried that has no room.
const again = 20 * time.Millisecond

func stageAt(whole, rest int) Stage {
	if rest == whole {
		return StageOff
	}
	return StageStuck
}

// part says goodbye to a printer of the network in a way that keeps what is
// still under way: closing with unread bytes would throw it away.
func (p Printer) part(l link) Stage {
	c, ok := l.(*net.TCPConn)
	if !ok || c.CloseWrite() != nil {
		return ""
	}
	_ = c.SetReadDeadline(time.Now().Add(parting))
	_, _ = io.Copy(io.Discard, io.LimitReader(c, 4096))
	return ""
}

// parting is how long a printer is waited for that leaves the line open.
const parting = 500 * time.Millisecond

// open connects. A device is opened so that one that is not there or not ready
// does not hold us, and a regular file gathers one job behind the other.
func (p Printer) open(ctx context.Context) (link, error) {
	if p.Device == "" {
		c, err := (&net.Dialer{}).DialContext(ctx, "tcp", p.Address)
		if err != nil {
			return nil, err
		}
		return c.(*net.TCPConn), nil
	}
	mode := os.O_WRONLY
	if p.Answers {
		mode = os.O_RDWR
	}
	type opened struct {
		file *os.File
		err  error
	}
	done := make(chan opened, 1)
	go func() {
		f, err := os.OpenFile(p.Device, mode|os.O_APPEND|notBlocking, 0)
		done <- opened{f, err}
	}()
	select {
	case o := <-done:
		if o.err != nil {
			return nil, o.err
		}
		if info, err := o.file.Stat(); err == nil && info.IsDir() {
			_ = o.file.Close() // nothing was written
			return nil, errors.New("it is a folder")
		}
		return o.file, nil
	case <-ctx.Done():
		go func() {
			if o := <-done; o.err == nil {
				_ = o.file.Close() // nothing was written
			}
		}()
		return nil, ctx.Err()
	}
}
