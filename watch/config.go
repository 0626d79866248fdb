package watch

import (
	"errors"
	"fmt"
	"time"
)

// Mode chooses how changes are noticed.
type Mode int

const (
	// Auto uses events, and polls the folders where they can't be relied on:
	// network and FUSE file systems, and folders beyond the system's limits.
	Auto Mode = iota
	// Events uses events on every file system, and polls only where the
	// system refuses them.
	Events
	// Poll uses no events at all.
	Poll
)

// ParseMode returns the mode of that name: auto, events or poll.
func ParseMode(name string) (Mode, error) {
	for _, m := range []Mode{Auto, Events, Poll} {
		if m.String() == name {
			return m, nil
		}
	}
	return Auto, fmt.Errorf("watch mode %q: want auto, events or poll", name)
}

// String returns the name that ParseMode takes.
func (m Mode) String() string {
	switch m {
	case Events:
		return "events"
	case Poll:
		return "poll"
	}
	return "auto"
}

// Config says what to watch and how. The zero value watches nothing until
// [Watcher.Add] or [Watcher.SetKnown] name something.
type Config struct {
	// Roots are folders, watched with all that is in them. One that doesn't
	// exist is waited for.
	Roots []string

	// Files are patterns in gitignore's form for the files in the roots that
	// are reported, such as "*.lua"; none means all. A path that was named to
	// Add or SetKnown is reported whatever it is called.
	Files []string

	// Ignore are further patterns in gitignore's form, beside editors' own
	// files and version control, which are always ignored (see
	// [DefaultIgnore]), and beside the .devnodeignore files in the roots.
	Ignore []string

	// Mode chooses between events and polling.
	Mode Mode

	// PollInterval is the time between two looks where files are polled;
	// 200 ms if zero. It is stretched where a look takes so long that it
	// would use more than 2 % of a processor.
	PollInterval time.Duration

	// Quiet is how long nothing else may happen after a lone save before it
	// is delivered; 8 ms if zero. Files saved at shorter distances than this
	// come as one batch; see Pace in the package document.
	Quiet time.Duration

	// Settle is how long a file's bytes must stay the same where the system
	// can't tell whether a writer still has it open; 40 ms if zero.
	Settle time.Duration

	// Unfinished reports whether a file's bytes look as if more were to come: a
	// writer may open and close it for each piece. Such a file is delivered as
	// late as an empty one, see Pace. It is asked once for each content, while the
	// watcher waits. None looks so if it is nil.
	Unfinished func(data []byte) bool

	// MaxSize is the size in bytes beyond which a file is left alone, said
	// once in the log; 16 MiB if zero.
	MaxSize int64

	// Log takes what the user should know, one line a call and without a
	// newline: which folders are polled and why, which limit to raise. It is
	// called by one goroutine at a time, must not block and must not call
	// the watcher. Nothing is logged if it is nil.
	Log func(format string, args ...any)
}

// Validate reports everything that is wrong with c, all at once. Whether the
// roots exist isn't asked: they may come later.
func (c Config) Validate() error {
	var faults []error
	if c.Mode < Auto || c.Mode > Poll {
		faults = append(faults, fmt.Errorf("watch mode %d: want Auto, Events or Poll", int(c.Mode)))
	}
	for _, d := range []struct {
		name  string
		value time.Duration
	}{{"poll interval", c.PollInterval}, {"quiet", c.Quiet}, {"settle", c.Settle}} {
		if d.value < 0 {
			faults = append(faults, fmt.Errorf("watch %s %v: want a time above zero", d.name, d.value))
		}
	}
	if c.MaxSize < 0 {
		faults = append(faults, fmt.Errorf("watch max size %d: want a size above zero", c.MaxSize))
	}
	for _, root := range c.Roots {
		if root == "" {
			faults = append(faults, errors.New("watch root: got an empty path"))
		}
	}
	for _, p := range append(append([]string{}, c.Files...), c.Ignore...) {
		if _, err := parseRule(p); err != nil {
			faults = append(faults, err)
		}
	}
	return errors.Join(faults...)
}

// filled returns c with the defaults in place of zeros.
func (c Config) filled() Config {
	if c.PollInterval == 0 {
		c.PollInterval = 200 * time.Millisecond
	}
	if c.Quiet == 0 {
		c.Quiet = 8 * time.Millisecond
	}
	if c.Settle == 0 {
		c.Settle = 40 * time.Millisecond
	}
	if c.MaxSize == 0 {
		c.MaxSize = 16 << 20
	}
	if c.Unfinished == nil {
		c.Unfinished = func([]byte) bool { return false }
	}
	if c.Log == nil {
		c.Log = func(string, ...any) {}
	}
	return c
}
