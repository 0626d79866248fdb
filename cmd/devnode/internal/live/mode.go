package live

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"

	"devnode/runtime"
)

// Mode says what a save does to a service.
type Mode string

// The modes.
const (
	Auto    Mode = "auto"    // a patch where that can be, else a reload
	Reload  Mode = "reload"  // always a new generation
	Fresh   Mode = "fresh"   // always a new generation, which takes over only what is kept
	Patch   Mode = "patch"   // functions are replaced in place, or it fails
	Restart Mode = "restart" // the whole node starts anew
	Off     Mode = "off"     // nothing
)

var modes = [...]Mode{Auto, Reload, Fresh, Patch, Restart, Off}

// ParseMode returns the mode of that name.
func ParseMode(name string) (Mode, error) {
	if m := Mode(name); slices.Contains(modes[:], m) {
		return m, nil
	}
	return "", fmt.Errorf("mode %q: want auto, reload, fresh, patch, restart or off", name)
}

// Modes hold which services have which mode. Of all that is said of a service
// the first of these counts:
//
//  1. what was set while the node ran, the latest that fits;
//  2. a flag, the last that fits;
//  3. a comment `-- reload: MODE` at the top of its script;
//  4. auto.
//
// It is safe for concurrent use.
type Modes struct {
	mu    sync.Mutex
	flags []rule
	set   []rule
}

// noMode ends what is said of a comment that names none.
const noMode = ", which is no mode"

// rule gives the services that fit a pattern a mode.
type rule struct {
	pattern string
	mode    Mode
}

// NewModes takes the flags, each PATTERN=MODE.
func NewModes(flags []string) (*Modes, error) {
	m := &Modes{}
	for _, f := range flags {
		pattern, name, ok := strings.Cut(f, "=")
		if !ok || pattern == "" {
			return nil, fmt.Errorf("--mode %q: want PATTERN=MODE", f)
		}
		mode, err := ParseMode(name)
		if err != nil {
			return nil, fmt.Errorf("--mode %q: %w", f, err)
		}
		if err := checkPattern(pattern); err != nil {
			return nil, fmt.Errorf("--mode %q: %w", f, err)
		}
		m.flags = append(m.flags, rule{pattern, mode})
	}
	return m, nil
}

// Set gives the services that fit pattern a mode from now on. Instead of a mode,
// `default` takes back what was set for this very pattern.
func (m *Modes) Set(pattern, name string) error {
	if err := checkPattern(pattern); err != nil {
		return err
	}
	var mode Mode
	if name != "default" {
		var err error
		if mode, err = ParseMode(name); err != nil {
			return fmt.Errorf("%w, or default", err)
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.set = slices.DeleteFunc(m.set, func(r rule) bool { return r.pattern == pattern })
	if mode != "" {
		m.set = append(m.set, rule{pattern, mode})
	}
	return nil
}

// of is the mode of a service, and who says so. script is its own file's text.
func (m *Modes) of(info runtime.ServiceInfo, script []byte) (mode Mode, who string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, r := range slices.Backward(m.set) {
		if r.fits(info) {
			return r.mode, "set for " + r.pattern
		}
	}
	for _, r := range slices.Backward(m.flags) {
		if r.fits(info) {
			return r.mode, "--mode " + r.pattern
		}
	}
	if name, ok := runtime.Directive(script); ok {
		if mode, err := ParseMode(name); err == nil {
			return mode, "its script says so"
		}
		return Auto, fmt.Sprintf("its script says %q%s", name, noMode)
	}
	return Auto, ""
}

// fits tells whether a rule is about a service: its script's name, one of its
// names, or its address. A * stands for anything, also for a slash.
func (r rule) fits(info runtime.ServiceInfo) bool {
	for _, name := range append([]string{info.Script, info.Address()}, info.Names...) {
		if ok, _ := path.Match(flat(r.pattern), flat(name)); ok {
			return true
		}
	}
	return false
}

// flat hides slashes from path.Match, for which a * ends at one.
func flat(s string) string { return strings.ReplaceAll(s, "/", "\x01") }

func checkPattern(pattern string) error {
	if _, err := path.Match(flat(pattern), ""); err != nil || pattern == "" {
		return fmt.Errorf("pattern %q: want a service's name, script or address, with * for anything", pattern)
	}
	return nil
}
