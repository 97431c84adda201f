// Package term looks after the terminal that the program borrows: it finds out
// whether it is light or dark, cleans what the terminal sends, suspends, and
// gives it back after a panic or a signal.
//
// It knows nothing of Bubble Tea.
package term

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Background is what the terminal's background looks like.
type Background int

// Unknown is the zero value: nobody has said and the terminal has to be asked.
const (
	Unknown Background = iota
	Dark
	Light
)

// String gives the spelling of the config and of CASHIER_BACKGROUND.
func (b Background) String() string {
	switch b {
	case Dark:
		return "dark"
	case Light:
		return "light"
	}
	return "auto"
}

// BackgroundEnv is the environment variable that overrides config and probe.
const BackgroundEnv = "CASHIER_BACKGROUND"

// ProbeTime is how long an answer of the terminal is waited for, and how long
// one that comes by itself may still change the colours.
const ProbeTime = 150 * time.Millisecond

// LateTime is how long after the start an answer is expected and kept away from
// the keys (a slow line may need seconds).
const LateTime = 5 * time.Second

// Query asks the terminal for its background colour (xterm, OSC 11).
const Query = "\x1b]11;?\x1b\\"

// Choose gives the background that the environment or, without it, the config
// asks for: "light", "dark", or "" and "auto" for Unknown. Another word is an
// error that names where it stands.
func Choose(setting string, getenv func(string) string) (Background, error) {
	from := "background"
	if v := getenv(BackgroundEnv); v != "" {
		setting, from = v, BackgroundEnv
	}
	switch strings.ToLower(strings.TrimSpace(setting)) {
	case "", "auto":
		return Unknown, nil
	case "dark":
		return Dark, nil
	case "light":
		return Light, nil
	}
	return Unknown, fmt.Errorf("%s is %q: choose light, dark or auto", from, setting)
}

// ParseReport reads the answer to Query, with or without the ESC ] before and
// the terminator behind: 11;rgb:RRRR/GGGG/BBBB, 1 to 4 hexadecimal digits each.
func ParseReport(report []byte) (Background, bool) {
	report = bytes.TrimPrefix(report, []byte("\x1b"))
	report = bytes.TrimPrefix(report, []byte("]"))
	report = bytes.TrimSuffix(report, []byte("\a"))
	report = bytes.TrimSuffix(report, []byte("\x1b\\"))
	colour, ok := strings.CutPrefix(string(report), "11;rgb:")
	if !ok {
		if colour, ok = strings.CutPrefix(string(report), "11;rgba:"); !ok {
			return Unknown, false
		}
	}
	parts := strings.Split(colour, "/")
	if len(parts) < 3 {
		return Unknown, false
	}
	var channel [3]float64
	for i := range channel {
		n, err := strconv.ParseUint(parts[i], 16, 16)
		if err != nil {
			return Unknown, false
		}
		channel[i] = float64(n) / float64(uint64(1)<<(4*len(parts[i]))-1)
	}
	// ITU-R BT.601 luma: what an eye calls light.
	if 0.299*channel[0]+0.587*channel[1]+0.114*channel[2] > 0.5 {
		return Light, true
	}
	return Dark, true
}
