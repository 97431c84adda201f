package config

import (
	"cmp"
	"net"
	"regexp"
	"strings"
	"sync"
	"time"
)

// Printer is the receipt printer of a terminal: a device file or an address of
// the network, never both. The zero value is a terminal without one.
type Printer struct {
	Device   string   `json:"device,omitempty"`   // its device file, absolute: /dev/usb/lp0
	Address  string   `json:"address,omitempty"`  // host:port; printers listen at 9100
	Width    int      `json:"width,omitempty"`    // of the paper in mm, 58 or 80; 0: 58
	CodePage string   `json:"codePage,omitempty"` // pc437 or wpc1252; empty: pc437
	Cut      string   `json:"cut,omitempty"`      // partial, full or none; empty: partial
	Timeout  Duration `json:"timeout,omitempty"`  // of one print; 0: 10 s
	// Answers: the printer says when it has printed; nil: at an address yes, at a
	// device no.
	Answers *bool `json:"answers,omitempty"`
}

// IsZero reports whether there is no printer.
func (p Printer) IsZero() bool { return p == Printer{} }

// Defaults of a printer.
const (
	printerWidth   = 58
	printerTimeout = 10 * time.Second
)

// Filled is the printer with what the config leaves unsaid.
func (p Printer) Filled() Printer {
	p.Width, p.CodePage, p.Cut = cmp.Or(p.Width, printerWidth), cmp.Or(p.CodePage, "pc437"), cmp.Or(p.Cut, "partial")
	p.Timeout = cmp.Or(p.Timeout, Duration(printerTimeout))
	if p.Answers == nil {
		answers := p.Address != ""
		p.Answers = &answers
	}
	return p
}

// longestPrint bounds the timeout: a cashier does not wait longer.
const longestPrint = 5 * time.Minute

var devicePattern = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(/|[A-Za-z]:[\\/]|\\\\)[^\x00-\x1f]+$`) })

const printerCure = `write "device":"/dev/usb/lp0" or "address":"192.168.1.50:9100"`

func (d *decoder) printer(p Printer, path string) {
	if !d.has(path) || d.failed(path) {
		return
	}
	switch {
	case p.Device != "" && p.Address != "":
		d.fail(path+".address", "stands beside device, and a printer is one of them; remove one")
	case p.Device == "" && p.Address == "" && !d.failedWithin(path):
		d.fail(path, "names no printer; %s", printerCure)
	}
	if p.Device != "" && !devicePattern().MatchString(p.Device) {
		d.fail(path+".device", `is no absolute path of a device file; write it as "/dev/usb/lp0"`)
	}
	if p.Address != "" {
		host, port, err := net.SplitHostPort(p.Address)
		switch {
		case err != nil || net.ParseIP(host) == nil && !hostPattern().MatchString(strings.ToLower(host)):
			d.fail(path+".address", `is no host with a port; write it as "192.168.1.50:9100"`)
		case port == "" || !validPort(port):
			d.fail(path+".address", "has no port from 1 to 65535; printers listen at 9100")
		}
	}
	if p.Width != 58 && p.Width != 80 && d.has(path+".width") && !d.failed(path+".width") {
		d.fail(path+".width", "is no width of receipt paper; write 58 or 80, without quotes")
	}
	d.oneOf(path+".codePage", p.CodePage, "pc437", "wpc1252")
	d.oneOf(path+".cut", p.Cut, "partial", "full", "none")
	if t := time.Duration(p.Timeout); (t <= 0 || t > longestPrint) && d.has(path+".timeout") && !d.failed(path+".timeout") {
		d.fail(path+".timeout", `must be more than 0 and %s at most; write "10s"`, strings.TrimSuffix(longestPrint.String(), "0s"))
	}
}
