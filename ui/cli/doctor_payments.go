package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"cashier/ui/config"
)

// marks looks at the key of customers' codes. It makes none: the first payment
// does.
func (x *examination) marks(s *station) {
	if s.pay == nil {
		return
	}
	path, err := markKeyPath()
	if err != nil {
		x.fault("codes", err)
		return
	}
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		x.note("codes", statusOK, "the key of customers' codes is made at the first payment: "+path, "")
		return
	}
	if _, err := config.MarkKey(path); err != nil {
		x.fault("codes", configError{err})
		return
	}
	x.note("codes", statusOK, "the key of customers' codes is readable, by this user alone", "")
}

// notifications looks whether the profile's server could listen, and at the
// keys of who notifies.
func (x *examination) notifications(s *station) {
	for _, in := range s.profile.Inbound() {
		if in.PublicKey != nil {
			if _, err := in.PublicKey(); err != nil {
				x.fault("notify", configError{err})
			}
		}
		if in.ClientSecret != nil {
			if _, err := in.ClientSecret(); err != nil {
				x.fault("notify", configError{err})
			}
		}
	}
	address := s.profile.Notify.Listen
	if address == "" {
		return
	}
	n, err := newNotifier(s, address, nil)
	if err != nil {
		x.fault("notify", err)
		return
	}
	l, err := n.listen()
	if err != nil {
		x.fault("notify", &failure{
			exit: exitConfig, code: "listen", message: fmt.Sprintf("nobody could listen at %s: %v", address, err),
			advice: "Write another address as notify.listen in the config, or end the program that listens there.", err: err,
		})
		return
	}
	if err := l.Close(); err != nil {
		x.fault("notify", err)
		return
	}
	x.note("notify", statusOK, address+" is free to listen at", "")
}
