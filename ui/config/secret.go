package config

import (
	"bytes"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/zalando/go-keyring"

	"cashier/api/snap"
)

// maxSecret is the largest secret that is read, in bytes, and minSecret the
// smallest: a shorter one could not be struck out of a crash file without
// striking out everything.
const (
	maxSecret = 64 << 10
	minSecret = 4
)

const secretCure = `write {"file":"KEY.pem"}, {"env":"NAME"} or {"keyring":"service/user"}`

// Secret says where a secret is: exactly one of its three fields is set. It
// prints and marshals as that reference. Copies share what was read.
type Secret struct {
	File    string // path; relative to the config file's folder, ~/ is the home folder
	Env     string // name of an environment variable
	Keyring string // service/user in the system's keyring

	folder string
	known  *knownSecret
}

// knownSecret remembers a secret that was read well, so that keyrings ask
// once. What went wrong is tried again: the person may have cured it.
type knownSecret struct {
	sync.Mutex
	value []byte
	key   *rsa.PrivateKey
}

// IsZero says that there is no reference.
func (s Secret) IsZero() bool { return s.File == "" && s.Env == "" && s.Keyring == "" }

func (s Secret) String() string {
	switch {
	case s.File != "":
		return "file " + s.File
	case s.Env != "":
		return "environment variable " + s.Env
	case s.Keyring != "":
		return "keyring " + s.Keyring
	}
	return "no secret"
}

// GoString keeps %#v from what was read.
func (s Secret) GoString() string { return s.String() }

// LogValue keeps logs from what was read.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalJSON writes the reference as it stands in a config file.
func (s Secret) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		File    string `json:"file,omitempty"`
		Env     string `json:"env,omitempty"`
		Keyring string `json:"keyring,omitempty"`
	}{s.File, s.Env, s.Keyring})
}

var (
	envPattern = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`) })
	keyPattern = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`-----BEGIN|^MII[A-Za-z0-9+/=]{100}`) })
)

// secret takes a reference. Neither its values nor its fields' names are
// repeated in a message: a secret may stand in either.
func (d *decoder) secret(n node, into *Secret, path string) {
	members, isObject := n.value.([]member)
	switch {
	case !isObject:
		d.fail(path, "a secret must not stand in the config; "+secretCure)
		return
	case len(members) != 1 || !slices.Contains([]string{"file", "env", "keyring"}, members[0].name):
		d.fail(path, "is no reference to a secret, which has exactly one of file, env, keyring; "+secretCure)
		return
	}
	at := join(path, members[0].name)
	d.at[at] = members[0].value.offset
	if s, _ := members[0].value.value.(string); keyPattern().MatchString(s) {
		d.fail(at, "a key must not stand in the config; put it in a file of its own and write {\"file\":\"KEY.pem\"}")
		return
	}
	text, ok := d.text(members[0].value, at)
	if !ok {
		return
	}
	ref := Secret{folder: d.folder, known: &knownSecret{}}
	switch members[0].name {
	case "file":
		ref.File = text
	case "env":
		if ref.Env = text; text != "" && !envPattern().MatchString(text) {
			d.fail(at, "is no name of an environment variable; write the variable's name, not the secret")
			return
		}
	case "keyring":
		if ref.Keyring = text; text != "" {
			if service, user := splitKeyring(text); service == "" || user == "" {
				d.fail(at, `is no place in a keyring; write "service/user"`)
				return
			}
		}
	}
	if text == "" {
		d.fail(at, "is empty; "+secretCure)
		return
	}
	*into = ref
}

// splitKeyring parts at the last slash: a service may have some, a user not.
func splitKeyring(text string) (service, user string) {
	i := strings.LastIndexByte(text, '/')
	if i < 0 {
		return "", ""
	}
	return text[:i], text[i+1:]
}

// Read fetches the secret: a file's bytes without line ends behind them, or a
// text. It reads once; errors are in plain words and read again. From then on
// [Redact] strikes it out.
func (s Secret) Read() ([]byte, error) {
	known := s.memory()
	known.Lock()
	defer known.Unlock()
	if err := known.read(s); err != nil {
		return nil, err
	}
	return bytes.Clone(bytes.TrimRight(known.value, "\r\n")), nil
}

// memory is where the secret is remembered; one that did not come out of a
// file has none, and is read each time.
func (s Secret) memory() *knownSecret {
	if s.known == nil {
		return &knownSecret{}
	}
	return s.known
}

func (k *knownSecret) read(s Secret) (err error) {
	if k.value == nil {
		k.value, err = s.fetch()
	}
	return err
}

// PrivateKey reads the secret as an RSA key, in any form that
// [snap.ParsePrivateKey] takes.
func (s Secret) PrivateKey() (*rsa.PrivateKey, error) {
	known := s.memory()
	known.Lock()
	defer known.Unlock()
	if known.key != nil {
		return known.key, nil
	}
	if err := known.read(s); err != nil {
		return nil, err
	}
	// With its line ends: a key in DER may end in a byte that looks like one.
	key, err := snap.ParsePrivateKey(known.value)
	if err != nil {
		known.value = nil
		return nil, fmt.Errorf("%s: %w", s, err)
	}
	concealKey(key)
	known.key = key
	return key, nil
}

func (s Secret) fetch() ([]byte, error) {
	value, err := s.raw()
	if err != nil {
		return nil, err
	}
	text := bytes.TrimRight(value, "\r\n")
	if len(text) < minSecret {
		return nil, fmt.Errorf("%s: is empty or shorter than %d characters; put the whole secret there", s, minSecret)
	}
	concealSecret(string(text))
	return value, nil
}

func (s Secret) raw() ([]byte, error) {
	switch {
	case s.File != "":
		return readKeyFile(s.path(), "secret")
	case s.Env != "":
		value, ok := os.LookupEnv(s.Env)
		if !ok {
			return nil, fmt.Errorf("the environment variable %s is not set; set it before cashier starts", s.Env)
		}
		return []byte(value), nil
	case s.Keyring != "":
		return readKeyring(s.Keyring)
	}
	return nil, errors.New("the config says nothing of this secret; " + secretCure)
}

// path is where the file is, seen from the process.
func (s Secret) path() string {
	path := filepath.FromSlash(s.File)
	if rest, ok := strings.CutPrefix(path, "~"+string(filepath.Separator)); ok {
		if home, err := os.UserHomeDir(); err == nil {
			return filepath.Join(home, rest)
		}
	}
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(s.folder, path)
}

// FilePermissionError is a secret's file that others may read.
type FilePermissionError struct {
	File string
	Mode fs.FileMode
}

func (e *FilePermissionError) Error() string {
	return fmt.Sprintf("the file %s can be read by others (mode %04o); run: chmod 600 %s", e.File, e.Mode.Perm(), shellQuote(e.File))
}

// shellQuote writes a path so that it can be pasted into a shell.
func shellQuote(path string) string {
	if strings.ContainsFunc(path, func(r rune) bool {
		return !strings.ContainsRune("/._-+,@%", r) && (r > '~' || r < '0' || r > '9' && r < 'A' || r > 'Z' && r < 'a' || r > 'z')
	}) {
		return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
	}
	return path
}

// readKeyFile reads a secret, or what is none ("key"): then others may read it
// too.
func readKeyFile(path, what string) ([]byte, error) {
	// Opening a pipe would wait for its other end.
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("the file %s is not there; put the %s there, or correct the config: %w", path, what, fs.ErrNotExist)
	case err != nil:
		return nil, fmt.Errorf("read a %s: %w", what, err)
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is not a file; name the file that holds the %s", path, what)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read a %s: %w", what, err)
	}
	defer file.Close()
	if info, err = file.Stat(); err != nil {
		return nil, fmt.Errorf("read a %s: %w", what, err)
	}
	if what == "secret" && othersMayRead(info.Mode()) {
		return nil, &FilePermissionError{File: path, Mode: info.Mode()}
	}
	value, err := io.ReadAll(io.LimitReader(file, maxSecret+1))
	if err != nil {
		return nil, fmt.Errorf("read a %s: %w", what, err)
	}
	if len(value) > maxSecret {
		return nil, fmt.Errorf("the file %s is larger than %d bytes; it is no key", path, maxSecret)
	}
	return value, nil
}

func readKeyring(place string) ([]byte, error) {
	service, user := splitKeyring(place)
	value, err := keyring.Get(service, user)
	switch {
	case errors.Is(err, keyring.ErrNotFound):
		return nil, fmt.Errorf("the keyring has no secret %s; %s", place, keyringCure(runtime.GOOS, service, user))
	case errors.Is(err, keyring.ErrUnsupportedPlatform):
		return nil, fmt.Errorf("this system has no keyring that cashier knows; use a file or an environment variable: %w", err)
	case err != nil:
		return nil, fmt.Errorf("the keyring does not answer; unlock it, or use a file or an environment variable: %w", err)
	}
	return []byte(value), nil
}

// keyringCure is how a secret is put where go-keyring looks for it.
func keyringCure(system, service, user string) string {
	service, user = shellQuote(service), shellQuote(user)
	switch system {
	case "darwin":
		return "run: security add-generic-password -s " + service + " -a " + user + " -w"
	case "windows":
		return "add it to the Windows credential manager as " + service + ":" + user
	}
	return "run: secret-tool store --label=cashier service " + service + " username " + user
}
