package console

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// useCommands give the Lua prompt inside a service.
func useCommands(b Backend) []*Command {
	if b.Evaluator == nil {
		return nil
	}
	return []*Command{{
		Name: "use", Group: "code", Args: "ADDR [FILE]", min: 1, max: 2, Exact: true,
		complete: []completer{completeServices, completeFiles},
		Summary:  "Go into a service: each line from then on is Lua, run in it",
		Detail: "The prompt becomes the service's. A line is an expression, whose values are printed, or statements; " +
			"one that isn't complete goes on in the next line. A name means what it means at the end of the " +
			"script's file, or of FILE, a module that the service has run: the top-level locals can be read and assigned to. `_U` and `_P` are as for inject. Tab " +
			"completes locals, globals and fields. A line that begins with a dot is for the console: `.exit` leaves the service, " +
			"`.list` is list, and so on. `exit`, `quit` and ^D leave it, too, and `help` helps, unless the service has a global of that name.",
		Example: "use worker",
		run:     runUse,
	}}
}

func runUse(ctx context.Context, r *request) (Result, error) {
	s, err := r.service(ctx, 0)
	if err != nil {
		return nil, err
	}
	file := r.word(1)
	if file != "" { // is it there?
		if _, err := r.backend().Evaluator.Eval(ctx, s.Address, file, "nil"); err != nil {
			return nil, fmt.Errorf("use: %w", err)
		}
	}
	r.audit("use %v %s", s.title(), file)
	r.shell.using, r.shell.usingFile, r.shell.pending = &s, file, ""
	where := s.title()
	if file != "" {
		where += ", as in " + file
	}
	return note("each line is Lua now, run in " + where + "; exit or ^D leaves"), nil
}

// note is said to people only.
type note string

func (n note) plain() string         { return "" }
func (n note) pretty(s style) string { return s.dim(Printable(string(n))) + "\n" }
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
		case sh.means(ctx, trimmed, "exit"), sh.means(ctx, trimmed, "quit"):
			sh.leave()
			return sh.end("OK")
		case sh.means(ctx, trimmed, "help"):
			return sh.answer(useHelp{*sh.using}, false)
		}
	}
	code := sh.pending + line
	s := *sh.using
	r := &request{shell: sh, cmd: &Command{Name: "use"}, limit: defaultLimit, about: &s}
	sh.audit("use %v %s", s.Address, short(line))
	ctx, cancel := context.WithTimeout(ctx, r.limit)
	defer cancel()
	out, err := sh.console.cfg.Backend.Evaluator.Eval(ctx, s.Address, sh.usingFile, code)
	if errors.Is(err, ErrIncomplete) {
		if sh.pending = code + "\n"; len(sh.pending) > maxLine {
			sh.pending = ""
			return sh.fail(fmt.Errorf("use: the chunk is longer than %d KiB", maxLine>>10), false)
		}
		return nil
	}
	sh.pending = ""
	if err != nil {
		return sh.fail(r.explain(printedBefore(out, err)), false)
	}
	return sh.answer(output(out), false)
}

// means tells whether a line is a word that a person says to the console, and not
// the name of something in the service. One that doesn't answer at once isn't asked
// any longer: who is stuck wants to leave.
func (sh *shell) means(ctx context.Context, line, word string) bool {
	if line != word && line != word+"()" || sh.nonce == "" && !sh.toPerson() {
		return false // to skynet's protocol all of it is Lua
	}
	ctx, cancel := context.WithTimeout(ctx, askName)
	defer cancel()
	out, err := sh.console.cfg.Backend.Evaluator.Eval(ctx, sh.using.Address, sh.usingFile, word)
	return err != nil || len(out.Values) == 0 || len(out.Values) == 1 && out.Values[0].Type == "nil"
}

// askName is how long a service may take to tell whether it has a name.
const askName = 300 * time.Millisecond

// useHelp is what help says inside a service.
type useHelp struct{ s Service }

func (h useHelp) plain() string {
	return "Each line is Lua, run in " + h.s.title() + ".\n" +
		"An expression is printed; what isn't complete goes on in the next line. Names set here last.\n" +
		"_U: tables that its handlers use as upvalues; _P.lua, ...: those of each protocol. Tab completes.\n" +
		".exit, exit or ^D leaves; .COMMAND is a command of the console: .list, .help\n"
}
func (h useHelp) pretty(style) string { return h.plain() }
func (h useHelp) document() any       { return h.plain() }

// leave goes back from `use` to the commands.
func (sh *shell) leave() { sh.using, sh.usingFile, sh.pending = nil, "", "" }

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
