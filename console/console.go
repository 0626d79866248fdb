package console

import (
	"errors"
	"time"

	"devnode/console/editor"
)

// Config is what a [Console] is made of. Only Backend.Node is required.
type Config struct {
	Backend Backend
	// Log takes one line about connections, attacks, and commands that run or
	// change something, with the peer. It may be called from several goroutines.
	// Nil drops them.
	Log func(line string)
	// LogOwn takes those of these lines that are about what a person typed at the
	// node's own prompt (see [Prompt]), whose terminal shows the log. Nil has Log
	// take them, too.
	LogOwn func(line string)
	// HistoryFile keeps the lines that people type at a telnet or at the node's
	// own prompt, with mode 0600; see [HistoryFile]. Empty keeps them in memory.
	HistoryFile string
	// Now is the clock, time.Now by default.
	Now func() time.Time
}

// Console answers commands. It is immutable, and safe for any number of
// connections at once.
type Console struct {
	cfg     Config
	table   *commandTable
	history *editor.History
}

// New makes a console for a node.
func New(cfg Config) (*Console, error) {
	if cfg.Backend.Node == nil {
		return nil, errors.New("console: no node")
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	c := &Console{cfg: cfg, table: newCommandTable(cfg.Backend)}
	var err error
	if c.history, err = editor.OpenHistory(cfg.HistoryFile); err != nil {
		// A console without its history is better than none.
		c.logf("console: %v", err)
	}
	return c, nil
}

// Commands returns the commands that this node offers, sorted by name.
func (c *Console) Commands() []*Command { return c.table.list }

func (c *Console) now() time.Time { return c.cfg.Now() }

// HistoryFile is where the history of typed lines belongs on this machine:
// $XDG_STATE_HOME/devnode/history, or its place under the home directory. It is
// empty, which keeps the history in memory, where there is no such place.
func HistoryFile() string {
	path, err := editor.HistoryPath()
	if err != nil {
		return ""
	}
	return path
}
