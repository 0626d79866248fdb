package console

import (
	"errors"
	"time"
)

// Config is what a [Console] is made of. Only Backend.Node is required.
type Config struct {
	Backend Backend
	// Log takes one line about connections, attacks, and commands that run or
	// change something, with the peer. It may be called from several goroutines.
	// Nil drops them.
	Log func(line string)
	// Now is the clock, time.Now by default.
	Now func() time.Time
}

// Console answers commands. It is immutable, and safe for any number of
// connections at once.
type Console struct {
	cfg   Config
	table *commandTable
}

// New makes a console for a node.
func New(cfg Config) (*Console, error) {
	if cfg.Backend.Node == nil {
		return nil, errors.New("console: no node")
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return &Console{cfg: cfg, table: newCommandTable(cfg.Backend)}, nil
}

// Commands returns the commands that this node offers, sorted by name.
func (c *Console) Commands() []*Command { return c.table.list }

func (c *Console) now() time.Time { return c.cfg.Now() }
