package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"devnode/console"
)

// clientFlags are the flags of everything that talks to a running node. They work
// before a command and behind it.
type clientFlags struct {
	address string
	token   string
}

func (o *clientFlags) add(f *pflag.FlagSet) {
	f.StringVar(&o.address, "addr", "", "`ADDR` of the node's console: HOST:PORT or unix:PATH (default: what DEVNODE_CONSOLE says, or "+console.DefaultAddress+")")
	f.StringVar(&o.token, "token", "", "a `FILE` with the node's secret, where it asks for one")
}

// config is how the node is reached.
func (o *clientFlags) config() console.ClientConfig {
	cfg := console.ClientConfig{Address: o.address, TokenFile: o.token}
	if cfg.Address == "" {
		cfg.Address = defaultAddress()
	}
	return cfg
}

// take takes these flags out of the words of a command of the console: among its
// own words, and at its end. What stands between, or behind a lone `--`, may be
// meant for a service, or be Lua, and stays.
func (o *clientFlags) take(args []string) ([]string, error) {
	own := console.OwnWords(args)
	var kept []string
	for i := 0; i < len(args); i++ {
		n, err := o.flag(args[i:])
		switch {
		case args[i] == "--":
			return append(kept, args[i:]...), nil
		case err != nil:
			return nil, err
		case n == 0 || len(kept) >= own && !o.onlyFlags(args[i:]):
			kept = append(kept, args[i])
		default:
			if err := o.set(args[i:]); err != nil {
				return nil, err
			}
			i += n - 1
		}
	}
	return kept, nil
}

// names are the flags that take may find.
var clientFlagNames = [...]string{"--addr", "--token"}

// flag tells how many words a flag at the head of args takes; 0 for no flag of
// these.
func (o *clientFlags) flag(args []string) (int, error) {
	for _, name := range clientFlagNames {
		if strings.HasPrefix(args[0], name+"=") {
			return 1, nil
		}
		if args[0] != name {
			continue
		}
		if len(args) < 2 {
			return 0, usage(fmt.Errorf("exec: flag needs an argument: %s", name), "devnode exec --help")
		}
		return 2, nil
	}
	return 0, nil
}

// onlyFlags tells whether args hold flags of these, or those of the console
// itself, and nothing else.
func (o *clientFlags) onlyFlags(args []string) bool {
	for len(args) > 0 {
		n, err := o.flag(args)
		switch {
		case err != nil:
			return false
		case n > 0:
		case args[0] == "--json" || strings.HasPrefix(args[0], "--timeout="):
			n = 1
		case args[0] == "--timeout" && len(args) > 1:
			n = 2
		default:
			return false
		}
		args = args[n:]
	}
	return true
}

func (o *clientFlags) set(args []string) error {
	name, value, glued := strings.Cut(args[0], "=")
	if !glued {
		value = args[1]
	}
	if value == "" {
		return usage(fmt.Errorf("exec: %s: got nothing", name), "devnode exec --help")
	}
	if name == "--addr" {
		o.address = value
	} else {
		o.token = value
	}
	return nil
}

// address takes an address that stands by itself, where there is none in a flag
// that says something else.
func (o *clientFlags) positional(args []string) error {
	switch {
	case len(args) > 1:
		return usage(errors.New("console: want one address"), "devnode console "+console.DefaultAddress)
	case len(args) == 1 && o.address != "" && o.address != args[0]:
		return usage(fmt.Errorf("console: two addresses, %s and %s", args[0], o.address), "devnode console "+args[0])
	case len(args) == 1:
		o.address = args[0]
	}
	return nil
}

// answerFlags are those that every command of the console has.
type answerFlags struct {
	json    bool
	timeout time.Duration
}

func (o *answerFlags) add(f *pflag.FlagSet) {
	f.BoolVar(&o.json, "json", false, "answer as one JSON document")
	f.DurationVar(&o.timeout, "timeout", 0, "wait for the answer for `TIME` at most: 500ms, 10s, 2m")
}

// put gives them to the command.
func (o *answerFlags) put(args []string) []string {
	flags := []string{args[0]}
	if o.json {
		flags = append(flags, "--json")
	}
	if o.timeout != 0 {
		flags = append(flags, "--timeout", o.timeout.String())
	}
	return append(flags, args[1:]...)
}
