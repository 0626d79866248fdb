package console

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// useCommands give the Lua prompt inside a service.
func useCommands(b Backend) []*Command {
	if b.Evaluator == nil {
		return nil
	}
	return []*Command{{
		Name: "use", Group: "code", Args: "ADDR", min: 1, max: 1, Exact: true,
		complete: []completer{completeServices},
		Summary:  "Go into a service: each line from then on is Lua, run in it",
		Detail: "The prompt becomes the service's. A line is an expression, whose values are printed, or statements; " +
			"one that isn't complete goes on in the next line. `_U` and `_P` are as for inject. Tab completes globals, " +
			"upvalues and fields. A line that begins with a dot is for the console: `.exit` (or ^D) leaves the service, " +
			"`.list` is list, and so on.",
		Example: "use worker",
		run:     runUse,
	}}
}

func runUse(ctx context.Context, r *request) (Result, error) {
	s, err := r.service(ctx, 0)
	if err != nil {
		return nil, err
	}
	r.audit("use %v", s.title())
	r.shell.using, r.shell.pending = &s, ""
	return note("each line is Lua now, run in " + s.title() + "; .exit leaves"), nil
}

// note is said to people only.
type note string

func (n note) plain() string         { return "" }
func (n note) pretty(s style) string { return s.dim(string(n)) + "\n" }
func (n note) document() any         { return nil }

// evaluate runs one line inside the service in use.
func (sh *shell) evaluate(ctx context.Context, line string) error {
	if sh.pending == "" {
		trimmed := strings.TrimSpace(line)
		switch rest, dot := strings.CutPrefix(trimmed, "."); {
		case trimmed == "":
			return nil
		case dot && rest == "exit":
			sh.leave()
			return sh.end("OK")
		case dot:
			return sh.command(ctx, rest)
		}
	}
	code := sh.pending + line
	s := *sh.using
	r := &request{shell: sh, cmd: &Command{Name: "use"}, limit: defaultLimit, about: &s}
	sh.console.logf("console %s: use %v %s", sh.peer, s.Address, short(line))
	ctx, cancel := context.WithTimeout(ctx, r.limit)
	defer cancel()
	out, err := sh.console.cfg.Backend.Evaluator.Eval(ctx, s.Address, code)
	if errors.Is(err, ErrIncomplete) {
		if sh.pending = code + "\n"; len(sh.pending) > maxLine {
			sh.pending = ""
			return sh.fail(fmt.Errorf("use: the chunk is longer than %d KiB", maxLine>>10), false)
		}
		return nil
	}
	sh.pending = ""
	if err != nil {
		return sh.fail(r.explain(err), false)
	}
	return sh.answer(output(out), false)
}

// leave goes back from `use` to the commands.
func (sh *shell) leave() { sh.using, sh.pending = nil, "" }

// prompt is what a person's line stands behind.
func (sh *shell) prompt() string {
	switch {
	case sh.using == nil:
		return "devnode> "
	case sh.pending != "":
		return strings.Repeat(" ", max(0, len(sh.usePrompt())-4)) + ">>> "
	}
	return sh.usePrompt()
}

func (sh *shell) usePrompt() string {
	const most = 18 // a prompt must stay shorter than the narrowest window
	name := oneLine(sh.using.Script)
	if displayWidth(name) > 8 || name == "" {
		name = sh.using.Address.String()
	}
	if displayWidth(name) > most {
		name = "service"
	}
	return name + "> "
}
