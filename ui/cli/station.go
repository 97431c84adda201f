package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"cashier/api"
	"cashier/api/cpm"
	"cashier/api/snap"
	"cashier/api/till"
	"cashier/store"
	"cashier/ui/config"
	"cashier/ui/words"
)

// sandboxStore and realStore bind a journal to the kind of its profile: one
// with real transactions is never opened by a sandbox of the same name, nor
// the reverse.
const (
	sandboxStore = "sandbox"
	realStore    = "real"
)

// station is a profile that is open for work: its journal, and when providers
// are wanted too, the till that asks them and the providers as this process
// knows them: whoever is not the journal's owner asks them nothing but whether
// they give a token.
type station struct {
	config  *config.Config
	profile config.Profile
	seat    *seat
	store   journal
	till    works
	*providers
	start func(func()) // starts a goroutine; never nil
}

// loadProfile reads the config. Without a config file there is the sandbox,
// unless this terminal has worked with real money.
func (a *app) loadProfile() (*config.Config, config.Profile, error) {
	path := a.config
	if path == "" {
		var err error
		if path, err = config.DefaultPath(); err != nil {
			return nil, config.Profile{}, configError{err}
		}
	}
	c, err := config.Load(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && a.config == "":
		journal, real, unknown := a.realJournal()
		if damage, ok := errors.AsType[*store.DamagedError](unknown); ok {
			return nil, config.Profile{}, &failure{
				exit: exitStore, code: "store-damaged", message: damage.Error(),
				advice: a.words.T("error.config-needed-damaged"), err: damage,
			}
		}
		if real {
			return nil, config.Profile{}, &failure{
				exit: exitConfig, code: "config-missing", message: fmt.Sprintf("there is no config file %s", path),
				advice: a.words.T("error.config-needed", "file", journal), err: err,
			}
		}
		c = config.Sandbox()
	case errors.Is(err, fs.ErrNotExist):
		return nil, config.Profile{}, &failure{
			exit: exitConfig, code: "config-missing", message: fmt.Sprintf("there is no config file %s", path),
			advice: a.words.T("error.config-missing", "file", path), err: err,
		}
	case err != nil:
		return nil, config.Profile{}, configError{err}
	}
	p, err := c.Profile(a.profile)
	if err != nil {
		return nil, config.Profile{}, &failure{
			exit: exitConfig, code: "profile-unknown", message: err.Error(),
			advice: a.words.T("error.profile-unknown", "profile", a.profile, "profiles", strings.Join(c.Names(), ", ")), err: err,
		}
	}
	if a.lang == "" && c.Language != "" {
		if lang, err := words.ParseLang(c.Language); err == nil {
			a.words = words.For(lang)
		}
	}
	return c, p, nil
}

// realJournal finds a journal of another profile that holds transactions of a
// real one. A journal that cannot be looked into counts as one; unknown is why
// it cannot.
func (a *app) realJournal() (path string, real bool, unknown error) {
	candidates := []string{}
	if a.store != "" {
		candidates = append(candidates, a.store)
	} else if folder, err := config.StateDir(); err == nil {
		candidates, _ = filepath.Glob(filepath.Join(folder, "*.db")) // the pattern is well-formed
	}
	for _, path := range candidates {
		if a.store == "" && filepath.Base(path) == "sandbox.db" {
			continue
		}
		if _, err := os.Stat(path); err != nil {
			continue
		}
		name := strings.TrimSuffix(filepath.Base(path), ".db")
		if real, unknown := holdsReal(path, name); real {
			return path, true, unknown
		}
	}
	return "", false, nil
}

func holdsReal(path, profile string) (real bool, unknown error) {
	options := store.Options{Profile: profile, Binding: sandboxStore, ReadOnly: true, Timeout: 100 * time.Millisecond}
	s, err := store.Open(path, options)
	if e, ok := errors.AsType[*store.ProfileError](err); ok && e.Holds != realStore {
		options.Profile = e.Holds // a journal under another name than its profile's
		s, err = store.Open(path, options)
	}
	if e, ok := errors.AsType[*store.ProfileError](err); ok && e.Holds == realStore {
		options.Binding = realStore
		if s, err = store.Open(path, options); err == nil {
			defer s.Close()
			counts, err := s.Counts(context.Background())
			return err != nil || counts.All.Of("", "") > 0, err
		}
	}
	if _, busy := errors.AsType[*store.LockedError](err); busy {
		return !ownerIsSandbox(path, profile), nil
	}
	if err != nil {
		return true, err
	}
	_ = s.Close() // it was only read
	return false, nil
}

// storePath is where the profile's journal is.
func (a *app) storePath(p config.Profile) (string, error) {
	if a.store != "" {
		path, err := filepath.Abs(a.store)
		if err != nil {
			return "", configError{fmt.Errorf("--store: %w", err)}
		}
		return path, nil
	}
	path, err := config.StorePath(p.Name)
	if err != nil {
		return "", configError{err}
	}
	return path, nil
}

// storeOptions are how a profile's journal is opened.
func storeOptions(p config.Profile) store.Options {
	return store.Options{Profile: p.Name, Binding: bindingOf(p), Unattended: unattended(p)}
}

// unopened is why a journal does not open.
func (a *app) unopened(err error) error {
	if e, ok := errors.AsType[*store.DamagedError](err); ok {
		return a.setAside(e)
	}
	return fmt.Errorf("open the journal: %w", err)
}

func (a *app) setAside(damage *store.DamagedError) error {
	f := &failure{exit: exitStore, code: "store-damaged", message: damage.Error(), err: damage}
	aside, err := store.SetAside(damage.Path)
	if err != nil {
		f.message = fmt.Sprintf("%s; it could not be set aside: %v", f.message, err)
		return f
	}
	f.advice = a.words.T("error.damaged", "aside", aside, "command", a.sameCommand(restoreCommand))
	return f
}

// stationOptions are what a console has other than a command.
type stationOptions struct {
	start   func(func())           // starts the till's goroutines; nil: at once
	changed func(till.Transaction) // hears of each change that the journal took; may be nil
	// missed is called when changes may have been overlooked: the owner is
	// another one now. May be nil.
	missed func()
	// moved is called when this process became the owner in the middle of its
	// work. May be nil.
	moved      func()
	serveLater bool // guests are let in when the caller says so
}

func (o stationOptions) begin(f func()) {
	if o.start == nil {
		go f()
		return
	}
	o.start(f)
}

// openStation opens the profile with its providers. Nothing of it reads a key
// or touches the network.
func (a *app) openStation(o stationOptions) (s *station, err error) {
	s = &station{}
	if s.config, s.profile, err = a.loadProfile(); err != nil {
		return nil, err
	}
	// The journal first: its lock keeps a second process away from the
	// sandbox's file too.
	if s.seat, err = a.openSeat(s.profile, o); err != nil {
		return nil, err
	}
	if err := s.connect(o); err != nil {
		return nil, errors.Join(err, s.close(context.Background()))
	}
	return s, nil
}

// connect makes what asks the providers: here, or at the journal's owner. A
// station without a seat examines the providers alone.
func (s *station) connect(o stationOptions) (err error) {
	s.start = o.begin
	switch h := s.seat.holding(); {
	case s.seat == nil:
		s.providers, err = openProviders(s.profile, nil, "")
		return err
	case h != nil && !s.seat.guest:
		s.providers, _, err = h.connect()
	default:
		s.providers, err = openProviders(s.profile, func() (box, error) { return openFarBox(s.seat) }, "")
	}
	if err != nil {
		return err
	}
	s.seat.sit(s.bindings())
	s.store, s.till = seatJournal{s.seat}, seatTill{s.seat, s.fittingLookups}
	return s.seat.hear(o)
}

// credentials reads the keys that requests will be signed with, so that what
// is wrong with them is said before anything is journalled.
func (s *station) credentials() error {
	if s.client == nil {
		return fmt.Errorf("profile %s: %w", s.profile.Name, till.ErrNoProvider)
	}
	return readKeys(s.endpoint)
}

// payable is credentials for payments.
func (s *station) payable() error {
	if s.pay == nil {
		return &noPayments{s.profile.Name}
	}
	if s.payAt.ClientSecret == nil && s.payAt.Signature[cpm.Payment.Service] != snap.Asymmetric {
		return configError{fmt.Errorf("the provider %s has no clientSecret in the config", s.payAt.Name)}
	}
	return readKeys(s.payAt)
}

// readKeys reads the secrets of an endpoint as far as the config names them;
// without a private key there is no token.
func readKeys(e api.Endpoint) error {
	if e.PrivateKey == nil {
		return configError{fmt.Errorf("the provider %s has no privateKey in the config", e.Name)}
	}
	if _, err := e.PrivateKey(); err != nil {
		return configError{err}
	}
	if e.ClientSecret != nil && e.Dialect == cpm.Dialect {
		if _, err := e.ClientSecret(); err != nil {
			return configError{err}
		}
	}
	return nil
}

// close ends the watches, writes what they counted and lets go of everything.
func (s *station) close(ctx context.Context) error {
	if s.providers != nil && (s.seat == nil || s.seat.guest) {
		s.providers.close()
	}
	if s.seat == nil {
		return nil
	}
	return s.seat.close(ctx)
}

// at runs a command's work at an open station and closes it.
func (a *app) at(ctx context.Context, work func(*station) error) error {
	return a.atStation(ctx, stationOptions{}, work)
}

func (a *app) atStation(ctx context.Context, o stationOptions, work func(*station) error) error {
	s, err := a.openStation(o)
	if err != nil {
		return err
	}
	a.noticeForgotten(ctx, s.store)
	err = work(s)
	if closing := s.close(ctx); closing != nil && err == nil {
		err = fmt.Errorf("close the journal: %w", closing)
	}
	return err
}
