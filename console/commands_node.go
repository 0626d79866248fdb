package console

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// nodeCommands concern the node around the services. Each exists only where the
// node has the group that it needs.
func nodeCommands(b Backend) []*Command {
	var cs []*Command
	add := func(there bool, more ...*Command) {
		if there {
			cs = append(cs, more...)
		}
	}
	addr := []completer{completeServices}
	add(b.Environ != nil,
		&Command{Name: "getenv", Group: "node", Args: "[NAME]", max: 1, complete: []completer{completeEnv},
			Summary: "Print a variable of the node's environment, or all of them", run: runGetenv},
		&Command{Name: "setenv", Group: "node", Args: "NAME VALUE", min: 2, max: 2,
			Summary: "Set a variable that has no value yet", run: runSetenv})
	add(b.MailLog != nil,
		&Command{Name: "logon", Group: "node", Args: "ADDR", min: 1, max: 1, complete: addr, Exact: true,
			Summary: "Log the messages that a service gets to a file", run: runLogon},
		&Command{Name: "logoff", Group: "node", Args: "ADDR", min: 1, max: 1, complete: addr, Exact: true,
			Summary: "Stop logging the messages of a service", run: runLogoff})
	add(b.Tracer != nil,
		&Command{Name: "trace", Group: "node", Args: "ADDR [PROTO] [on|off]", min: 1, max: 3, complete: []completer{completeServices, completeSwitch},
			Summary: "Turn the trace log of a service on or off", run: runTrace})
	add(b.CodeCache != nil,
		&Command{Name: "clearcache", Group: "node", Summary: "Forget the compiled scripts, so that the next launch reads the files again", run: runClearCache})
	add(b.Sockets != nil,
		&Command{Name: "netstat", Group: "node", Summary: "List the node's sockets", run: runNetstat})
	add(b.Watcher != nil,
		&Command{
			Name: "watch", Group: "node", Args: "[ADDR|PATTERN]", max: 1, complete: []completer{completeServices},
			flags:   []option{{name: "--mode", arg: "MODE", help: "set what a save does to these services: auto, reload, fresh, patch, restart, off, or default to take it back"}},
			Summary: "List the watched files, the services that use them, their modes, and the last event of each",
			Detail:  "With --mode it sets the mode of the services that PATTERN fits: an address, a script or a name, in which * stands for anything.",
			Example: "watch --mode patch 'game/*'",
			run:     runWatch,
		})
	return cs
}

func runGetenv(_ context.Context, r *request) (Result, error) {
	env := r.backend().Environ
	if name := r.word(0); name != "" {
		v, ok := env.Getenv(name)
		if !ok {
			return nil, hint(fmt.Errorf("getenv: no variable %s", name), nearest(name, env.Keys()))
		}
		return text(v), nil
	}
	t := &table{columns: cols("name", "value"), empty: "no variables"}
	for _, k := range env.Keys() {
		v, _ := env.Getenv(k)
		t.add(k, v)
	}
	return t, nil
}

func runSetenv(_ context.Context, r *request) (Result, error) {
	r.audit("setenv %s", r.words[0])
	return nil, r.backend().Environ.Setenv(r.words[0], r.words[1])
}

func runLogon(ctx context.Context, r *request) (Result, error) {
	s, err := r.service(ctx, 0)
	if err != nil {
		return nil, err
	}
	return nil, r.backend().MailLog.Logon(ctx, s.Address)
}

func runLogoff(ctx context.Context, r *request) (Result, error) {
	s, err := r.service(ctx, 0)
	if err != nil {
		return nil, err
	}
	return nil, r.backend().MailLog.Logoff(ctx, s.Address)
}

// runTrace reads skynet's optional arguments: `trace a on`, `trace a lua`,
// `trace a lua off`.
func runTrace(ctx context.Context, r *request) (Result, error) {
	s, err := r.service(ctx, 0)
	if err != nil {
		return nil, err
	}
	proto, on := "lua", true
	for _, w := range r.words[1:] {
		switch strings.ToLower(w) {
		case "on", "true":
			on = true
		case "off", "false":
			on = false
		default:
			proto = w
		}
	}
	return nil, r.backend().Tracer.Trace(ctx, s.Address, proto, on)
}

func runClearCache(ctx context.Context, r *request) (Result, error) {
	return nil, r.backend().CodeCache.ClearCache(ctx)
}

func runNetstat(ctx context.Context, r *request) (Result, error) {
	all, err := r.backend().Sockets.Sockets(ctx)
	if err != nil {
		return nil, err
	}
	now := r.shell.console.now()
	t := &table{
		columns: cols(">id", "address", "type", "sock", "peer", ">accept", ">read", ">write", ">wbuffer", ">rtime", ">wtime"),
		empty:   "no sockets",
	}
	names := []string{"id", "address", "type", "sock", "peer", "accept", "read", "write", "wbuffer", "rtime", "wtime"}
	t.compat = func(row []any) []string { return append([]string{cellText(row[0])}, pairs(names[1:]...)(row[1:])...) }
	for _, s := range all {
		t.add(s.ID, s.Address, s.Type, s.Sock, s.Peer, some(s.Accept), someBytes(s.Read), someBytes(s.Write),
			someBytes(s.WBuffer), ago(now, s.RTime), ago(now, s.WTime))
	}
	return t, nil
}

// some leaves a zero out, as skynet's netstat does.
func some(n int64) any {
	if n == 0 {
		return nil
	}
	return n
}

func someBytes(n int64) any {
	if n == 0 {
		return nil
	}
	return bytesCell(n)
}

func ago(now, t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return strconv.FormatFloat(now.Sub(t).Seconds(), 'f', 2, 64) + "s"
}
