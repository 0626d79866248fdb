package console

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// reloadCommands exchange code.
func reloadCommands(b Backend) []*Command {
	if b.Reloader == nil {
		return nil
	}
	addr := []completer{completeServices}
	return []*Command{
		{
			Name: "reload", Group: "code", Args: "[ADDR…|SCRIPT…|all] [-- ARG…]", max: -1, complete: addr,
			flags: []option{
				{name: "--drain", arg: "TIME", help: "how long the old version may take to finish its requests; else what the node was started with, 10s by default"},
				{name: "--now", help: "don't let old versions finish their requests: the callers get an error at once"},
				{name: "--fresh", help: "drop the state: what is kept, and all variables"},
				{name: "--patch", help: "replace functions in place, in the same VM"},
				verboseFlag(),
			},
			Summary: "Reload services from their files; without an address, all whose files changed",
			Detail: "The new version is prepared beside the old one and takes over the address, the mailbox and the " +
				"kept state between two messages. When it doesn't compile or fails to start, nothing changes and the " +
				"error is shown. A SCRIPT, or its file, stands for all services that run it, `all` for every service. What stands " +
				"behind -- becomes the service's arguments.",
			Example: "reload worker",
			Limit:   20 * time.Second, run: runReload,
		},
		{
			Name: "history", Group: "code", Args: "ADDR", min: 1, max: 1, complete: addr,
			flags:   []option{verboseFlag()},
			Summary: "List the generations of a service's code",
			Detail: "Each line says what a save did: what was patched, or why it was a reload, what was kept and lost. hash is over all " +
				"files that the generation runs; of one file alone it is that of its bytes. --json gives each thing in a field of its own, and the times.",
			run: runHistory,
		},
		{
			Name: "rollback", Group: "code", Args: "ADDR [GEN]", min: 1, max: 2, Exact: true, complete: []completer{completeServices, nil},
			flags:   []option{verboseFlag()},
			Summary: "Reload a service from the source of an earlier generation",
			Detail:  "Without GEN it is the generation before the present one. The file on disk isn't touched.",
			Limit:   20 * time.Second, run: runRollback,
		},
		{
			Name: "check", Group: "code", Args: "FILE…", min: 1, max: -1, complete: []completer{completeFiles},
			Summary: "Check files as a reload would, without reloading",
			Detail: "It lists what a reload would stumble over: what doesn't compile, modules that aren't there or have lost their return, " +
				"globals that nothing sets, state that nobody claims any more by reload.keep. Where there is nothing, it lists the " +
				"services that run other bytes of the files, with what a save of them would do, in the words in which it will be " +
				"told: patched, with what is stale then; or reloaded, with what would be kept and lost. What a start function will do, or a " +
				"call will give, isn't known beforehand. Nothing changes.",
			Limit: 20 * time.Second, run: runCheck,
		},
	}
}

func verboseFlag() option {
	return option{name: "--verbose", help: "say where the time went, too"}
}

func runReload(ctx context.Context, r *request) (Result, error) {
	targets := r.words
	drain, err := drainTime(r)
	if err != nil {
		return nil, err
	}
	req := ReloadRequest{Drain: drain, Now: r.has("--now"), Fresh: r.has("--fresh"), Patch: r.has("--patch")}
	if r.after >= 0 {
		targets, req.Args, req.HasArgs = r.words[:r.after], r.words[r.after:], true
	}
	all, err := r.services(ctx)
	if err != nil {
		return nil, err
	}
	for _, w := range targets {
		found, err := resolveAll(all, w)
		if err != nil {
			return nil, fmt.Errorf("%w: %s", err, w)
		}
		if len(targets) == 1 && len(found) == 1 {
			r.about = &found[0]
		}
		for _, s := range found {
			if !slices.Contains(req.Targets, s.Address) {
				req.Targets = append(req.Targets, s.Address)
			}
		}
	}
	req.All = len(targets) == 0
	if req.All && req.HasArgs {
		return nil, hint(fmt.Errorf("reload: arguments without a service"), "reload ADDR -- ARG…")
	}
	r.audit("reload %s", strings.Join(r.words, " "))
	results, err := r.backend().Reloader.Reload(ctx, req)
	if err != nil {
		return nil, err
	}
	return reloaded(results, r.has("--verbose"))
}

// drainTime reads --drain; 0 stands for the node's own setting.
func drainTime(r *request) (time.Duration, error) {
	if !r.has("--drain") {
		return 0, nil
	}
	d, err := time.ParseDuration(r.flags["--drain"])
	if err != nil || d <= 0 {
		return 0, hint(fmt.Errorf("reload: --drain: %q is no time", r.flags["--drain"]), "--drain 5s, or --now")
	}
	return d, nil
}

// resolveAll finds the services that a word means to `reload`: one, as everywhere,
// or all that run a script, or all.
func resolveAll(services []Service, word string) ([]Service, error) {
	var found []Service
	one, err := Resolve(services, word)
	if err == nil {
		return []Service{one}, nil
	}
	for _, s := range services {
		if !s.System && (word == "all" || s.runs(word)) {
			found = append(found, s)
		}
	}
	if len(found) == 0 {
		return nil, err
	}
	slices.SortFunc(found, compareServices)
	return found, nil
}

// runs tells whether word is the service's script, or the path of its file.
func (s Service) runs(word string) bool {
	if s.Script == word || strings.HasSuffix(s.Script, "/"+word) {
		return true
	}
	file, ok := strings.CutSuffix(word, ".lua")
	return ok && s.Script != "" && (file == s.Script || strings.HasSuffix(file, "/"+s.Script))
}

// reloaded is the outcome of reloads. One that failed makes the command fail,
// after the rows of the others.
func reloaded(results []ReloadResult, verbose bool) (Result, error) {
	t := &table{
		columns: cols("address", "script", ">from", ">to", ">took", "note", "error", "-outcome"),
		empty:   "nothing changed", sayEmpty: true,
		compat: func(row []any) []string {
			cells := cellTexts(row[:6])
			if row[6] != "" {
				cells = append(cells, oneLine(Cause(cellText(row[6]))))
			}
			return cells
		},
	}
	var failed []ReloadResult
	for _, res := range results {
		if res.Error != "" {
			failed = append(failed, res)
			res.To = res.From
		}
		t.add(res.Address, res.Script, res.From, res.To, res.Took, res.note(verbose), res.Error, res.Outcome)
	}
	switch {
	case len(failed) == 0:
		return t, nil
	case len(results) == 1:
		return nil, fmt.Errorf("reload %s: %s", failed[0].Script, failed[0].Error)
	}
	return t, partial{t, fmt.Errorf("reload: %d of %d failed", len(failed), len(results))}
}

// note is what happened, with where the time went if that is wanted.
func (res ReloadResult) note(verbose bool) string {
	if verbose && res.Note != "" {
		return res.Note + "; " + res.Outcome.spans()
	}
	return res.Note
}

// partial is an error of a command that also has something to show.
type partial struct {
	Result
	error
}

func (p partial) Unwrap() error { return p.error }

func runHistory(ctx context.Context, r *request) (Result, error) {
	s, err := r.service(ctx, 0)
	if err != nil {
		return nil, err
	}
	gens, err := r.backend().Reloader.History(ctx, s.Address)
	if err != nil {
		return nil, err
	}
	t := &table{columns: cols(">gen", "loaded", "state", "hash", "note", "-outcome"), empty: "no generations", inOrder: true}
	t.compat = func(row []any) []string { return cellTexts(row[:5]) }
	for _, g := range gens {
		state := g.State
		if g.Current && state == "" {
			state = "current"
		}
		note := g.Note
		if r.has("--verbose") && len(g.Outcome.Times) > 0 {
			note += "; " + g.Outcome.spans()
		}
		t.add(g.Number, g.Loaded, state, g.Hash, note, g.Outcome)
	}
	return t, nil
}

func runRollback(ctx context.Context, r *request) (Result, error) {
	s, err := r.service(ctx, 0)
	if err != nil {
		return nil, err
	}
	gen := 0
	if w := r.word(1); w != "" {
		if gen, err = strconv.Atoi(w); err != nil || gen < 1 {
			return nil, hint(fmt.Errorf("rollback: %q is no generation", w), "history "+r.word(0))
		}
	}
	r.audit("rollback %v %d", s.title(), gen)
	res, err := r.backend().Reloader.Rollback(ctx, s.Address, gen)
	if err != nil {
		return nil, err
	}
	return reloaded([]ReloadResult{res}, r.has("--verbose"))
}

func runCheck(ctx context.Context, r *request) (Result, error) {
	t := &table{columns: cols("file", ">line", "problem"), empty: "no problems", inOrder: true}
	t.compat = func(row []any) []string {
		return []string{fmt.Sprintf("%s:%v: %s", oneLine(row[0].(string)), row[1], oneLine(row[2].(string)))}
	}
	for _, file := range r.words {
		problems, err := r.backend().Reloader.Check(ctx, file)
		if err != nil {
			return nil, err
		}
		for _, p := range problems {
			t.add(p.File, p.Line, p.Message)
		}
	}
	if n := len(t.rows); n > 0 {
		return t, partial{t, fmt.Errorf("check: %s", count(n, "problem"))}
	}
	return planned(ctx, r)
}

// planned lists what the files would take to run.
func planned(ctx context.Context, r *request) (Result, error) {
	plans, err := r.backend().Reloader.Plan(ctx, r.words)
	if err != nil {
		return nil, err
	}
	t := &table{columns: cols("address", "script", "takes", "why", "-outcome"), empty: "no problems, and nothing to reload", sayEmpty: true}
	t.compat = func(row []any) []string { return cellTexts(row[:4]) }
	for _, p := range plans {
		t.add(p.Address, p.Script, p.Takes, p.Why, p.Outcome)
	}
	return t, nil
}
