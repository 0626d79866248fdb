package console

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"
)

// serviceCommands name services, start them and end them.
func serviceCommands(b Backend) []*Command {
	cs := []*Command{
		{
			Name: "list", Aliases: []string{"ls"}, Group: "services",
			Summary: "List the services, and what the last reload of each said",
			Detail: "Columns: address, what launched it, names, generation, state, the outcome of the last reload. " +
				"The logger, the bootstrap and the launcher are left out; -a shows them too, and what each service runs.",
			Example: "list",
			flags: []option{
				{name: "-a", help: "also logger, bootstrap and launcher, and what each service runs at this moment"},
				{name: "--all", help: "the same"},
				{name: "-m", help: "measure the memory of each service first; without it, memory is shown where it is known"},
			},
			run: runList,
		},
		{
			Name: "start", Group: "services", Args: "NAME [ARG…]", min: 1, max: -1, passAfter: 1,
			Summary: "Launch a Lua service",
			Detail: "NAME is looked up as skynet.newservice does. Prints its address, `Exit` when it left during its " +
				"start, or `Failed` with the reason.",
			Example: "start worker a b c",
			Limit:   15 * time.Second, complete: []completer{completeScripts, nil},
			run: launcher("snlua", false),
		},
		{
			Name: "snax", Group: "services", Args: "NAME [ARG…]", min: 1, max: -1, passAfter: 1,
			Summary: "Launch a snax service", Limit: 15 * time.Second,
			complete: []completer{completeScripts, nil},
			run:      launcher("snax", false),
		},
	}
	cs = append(cs, endingCommands()...)
	if b.MailLog != nil {
		cs = append(cs, &Command{
			Name: "log", Group: "services", Args: "NAME [ARG…]", min: 1, max: -1, passAfter: 1,
			Summary: "Launch a Lua service whose messages are logged from the first one on",
			Limit:   15 * time.Second, complete: []completer{completeScripts, nil},
			run: launcher("snlua", true),
		})
	}
	if b.Uniques != nil {
		cs = append(cs, &Command{
			Name: "service", Group: "services", Summary: "List the unique services",
			run: runUniques,
		})
	}
	return cs
}

// endingCommands end services, or what they run.
func endingCommands() []*Command {
	return []*Command{
		{
			Name: "exit", Group: "services", Args: "ADDR", max: 1, Exact: true,
			Summary:  "Ask a service to exit, as skynet.exit does",
			Detail:   "To leave the console, use quit or ^D.",
			complete: []completer{completeServices},
			run:      runExit,
		},
		{
			Name: "kill", Group: "services", Args: "ADDR", min: 1, max: 1, Exact: true,
			Summary:  "Kill a service at once",
			Detail:   "Requests that it was serving, and those in its mailbox, fail with `call failed`.",
			complete: []completer{completeServices},
			run:      runKill,
		},
		{
			Name: "signal", Group: "services", Args: "ADDR [N]", min: 1, max: 2, Exact: true,
			Summary: "Break what a service is running, such as an endless loop",
			Detail: "Signal 0, the default, raises the error `signal 0` in what it runs at this moment, and says what that was; " +
				"the service lives on. Where it runs nothing, nothing is ended, nor what comes next.",
			complete: []completer{completeServices, nil},
			run:      runSignal,
		},
	}
}

func runList(ctx context.Context, r *request) (Result, error) {
	all, err := r.services(ctx)
	if err != nil {
		return nil, err
	}
	everything := r.has("-a") || r.has("--all")
	t := &table{
		columns: cols("address", "service", "names", ">gen", "state", ">memory", "last reload", "-script", "-error", "-outcome"),
		empty:   "no services",
	}
	if everything {
		t.columns = append(t.columns, cols("doing")...)
	}
	t.compat = func(row []any) []string {
		cells := append(cellTexts(row[:5]), oneLine(cellText(row[6])))
		if everything {
			cells = append(cells, oneLine(cellText(row[10])))
		}
		if r.has("-m") {
			cells = append(cells, cellText(row[5]))
		}
		return cells
	}
	if r.has("-m") {
		measure(ctx, all, r.limit/4, r.node())
	}
	for _, s := range all {
		if s.System && !everything {
			continue
		}
		gen := any(s.Generation)
		if s.Generation == 0 {
			gen = nil
		}
		cells := []any{
			s.Address, s.command(), s.called(), gen, s.State, known(s.Memory), s.reloadState(), s.Script, s.Error, s.Outcome,
		}
		if everything {
			cells = append(cells, s.doing())
		}
		t.add(cells...)
	}
	return t, nil
}

// called is the names, of a service with many the first ones and how many more there are.
func (s Service) called() string {
	const most = 20
	if more := len(s.Names) - most; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(s.Names[:most], " "), more)
	}
	return strings.Join(s.Names, " ")
}

// reloadState is the last column of `list`: the outcome of the last reload.
func (s Service) reloadState() string {
	if s.Error != "" {
		if !s.FailedAt.IsZero() {
			return "failed since " + s.FailedAt.Format("15:04:05") + ": " + Cause(s.Error)
		}
		return "failed: " + Cause(s.Error)
	}
	if s.LastReload.IsZero() {
		return s.ReloadNote
	}
	return strings.TrimSpace(s.LastReload.Format("15:04:05") + " " + s.ReloadNote)
}

func launcher(kind string, logged bool) func(context.Context, *request) (Result, error) {
	return func(ctx context.Context, r *request) (Result, error) {
		name, args := r.words[0], r.words[1:]
		r.audit("%s %s", r.cmd.Name, strings.Join(r.words, " "))
		addr, err := r.node().Launch(ctx, LaunchRequest{Kind: kind, Name: name, Args: args, Log: logged})
		switch {
		case ctx.Err() != nil && err != nil:
			return nil, GoesOnError{What: "the start of " + name + " goes on", Try: "list, then kill ADDR ends it", Cause: ctx.Err()}
		case err != nil:
			why := strings.TrimPrefix(err.Error(), "launch "+name+": ")
			return nil, knownError{fmt.Errorf("Failed\n%w", err), fmt.Sprintf("%s %s: %s", r.cmd.Name, name, why)}
		case addr == 0:
			return text("Exit"), nil
		}
		t := &table{columns: cols("address", "service")}
		t.add(addr, strings.Join(r.words, " "))
		return t, nil
	}
}

func runExit(ctx context.Context, r *request) (Result, error) {
	if r.word(0) == "" {
		// Most likely typed to leave the console.
		return nil, hint(fmt.Errorf("exit: ends a service, and needs its address; quit leaves the console"), "quit")
	}
	s, err := r.service(ctx, 0)
	if err != nil {
		return nil, err
	}
	r.audit("exit %v", s.title())
	return nil, r.node().Exit(ctx, s.Address)
}

func runKill(ctx context.Context, r *request) (Result, error) {
	s, err := r.service(ctx, 0)
	if err != nil {
		return nil, err
	}
	r.audit("kill %v", s.title())
	if err := r.node().Kill(ctx, s.Address); err != nil {
		return nil, err
	}
	t := &table{columns: cols("address", "service")}
	t.add(s.Address, s.command())
	return t, nil
}

func runSignal(ctx context.Context, r *request) (Result, error) {
	s, err := r.service(ctx, 0)
	if err != nil {
		return nil, err
	}
	n := 0
	if w := r.word(1); w != "" {
		if _, err := fmt.Sscanf(w, "%d", &n); err != nil {
			return nil, fmt.Errorf("signal: %q is no number", w)
		}
	}
	r.audit("signal %v %d", s.title(), n)
	ended, err := r.node().Signal(ctx, s.Address, n)
	if err != nil {
		return nil, err
	}
	t := &table{columns: cols("address", "ended")}
	t.add(s.Address, cmp.Or(ended, "nothing: it runs nothing at this moment"))
	return t, nil
}

func runUniques(ctx context.Context, r *request) (Result, error) {
	all, err := r.backend().Uniques.Uniques(ctx)
	if err != nil {
		return nil, err
	}
	t := &table{columns: cols("name", "address"), empty: "no unique services"}
	for _, u := range all {
		state := u.Note
		if u.Address != 0 {
			state = u.Address.String()
		}
		t.add(u.Name, state)
	}
	return t, nil
}
