package console

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// messageCommands run code in services and talk to them.
func messageCommands(Backend) []*Command {
	return []*Command{
		{
			Name: "inject", Group: "code", Args: "ADDR FILE [ARG…] | ADDR -e CODE [ARG…]",
			min: 1, max: -1, passAfter: 2, Exact: true,
			flags:   []option{{name: "-e", arg: "CODE", help: "the chunk itself; unquoted, it is the rest of the line", rest: true}},
			Summary: "Run a chunk of Lua inside a service",
			Detail: "The chunk runs in the service, in a task of its own, and may change whatever the service can. It " +
				"gets ARGs as `...`, its own print, the script's top-level locals by their names, `_U` (table upvalues reached through dispatch and register_protocol) " +
				"and `_P` (those of each protocol: `_P.lua.CMD`). Prints come first, then the value of an expression. " +
				"FILE is read by the node. Inject is code execution: who reaches the console may do all that the node may.",
			Example:  "inject worker -e 'return _P.lua.CMD'",
			complete: []completer{completeServices, completeFiles, nil},
			run:      runInject,
		},
		{
			Name: "call", Group: "code", Args: "ADDR LUA…", min: 1, max: 1, passAfter: 1, raw: true,
			Summary: "Call a service and print what it answers",
			Detail: "LUA is an expression list, evaluated with no names at all, and sent as a request of type lua. Each " +
				"result is printed with its number, then `n` and how many there are.",
			Example:  `call worker "add", 5`,
			complete: []completer{completeServices, nil},
			run:      runCall,
		},
		{
			Name: "ping", Group: "inspect", Args: "ADDR", min: 1, max: 1,
			Summary:  "Measure how long a service takes to answer, in hundredths of a second",
			complete: []completer{completeServices},
			run:      runPing,
		},
		{
			Name: "dbgcmd", Group: "inspect", Args: "ADDR CMD [ARG…]", min: 2, max: -1, passAfter: 2, Exact: true,
			Summary:  "Send a debug command that a service knows, such as one added by skynet.debug.reg_debugcmd",
			complete: []completer{completeServices, nil},
			run:      runDebugCommand,
		},
	}
}

func runInject(ctx context.Context, r *request) (Result, error) {
	req := InjectRequest{Chunk: "=inject", Code: r.flags["-e"], Args: r.words[1:], Expression: true}
	what := req.Code
	if !r.has("-e") {
		if len(r.words) < 2 {
			return nil, hint(fmt.Errorf("inject: got 1 argument, want address and file"), "inject ADDR -e 'CODE'")
		}
		file := r.words[1]
		code, err := r.readChunk(file)
		if err != nil {
			return nil, err
		}
		req = InjectRequest{Chunk: "@" + file, Code: code, Args: r.words[2:]}
		what = file
	}
	s, err := r.service(ctx, 0)
	if err != nil {
		return nil, err
	}
	if s.Busy && !r.has("--timeout") {
		return nil, r.notSent(s)
	}
	r.audit("inject %v %s", s.title(), short(what))
	out, err := r.node().Inject(ctx, s.Address, req)
	return output(out), printedBefore(out, err)
}

// cantOpen begins skynet's answer to a file that isn't there.
const cantOpen = "Can't open"

// readChunk reads a file of Lua for inject, on the node's side.
func (r *request) readChunk(file string) (string, error) {
	code, err := r.node().Source(file)
	if err != nil {
		return "", hint(fmt.Errorf("%s %s: %w", cantOpen, file, err), "inject ADDR -e 'CODE'")
	}
	return code, nil
}

func runCall(ctx context.Context, r *request) (Result, error) {
	s, err := r.service(ctx, 0)
	if err != nil {
		return nil, err
	}
	args, err := tailText(r.tail)
	if err != nil {
		return nil, err
	}
	if strings.TrimSpace(args) == "" {
		return nil, hint(errNeedArguments, `call `+r.word(0)+` "hello", 1`)
	}
	if s.Busy && !r.has("--timeout") {
		return nil, r.notSent(s)
	}
	r.audit("call %v %s", s.title(), short(args))
	results, err := r.node().Call(ctx, s.Address, args)
	if err != nil {
		return nil, err
	}
	return values(results), nil
}

// notSent says why a service is asked nothing that it would answer late.
func (r *request) notSent(s Service) error {
	err := fmt.Errorf("%s %s: it is running %s; nothing was sent: with --timeout TIME it waits so long for its turn", r.cmd.Name, s.title(), s.Doing)
	return hint(err, fmt.Sprintf("signal %v", s.Address))
}

// tailText is a raw tail as it stands, but for a single $'…' word, which is how
// `devnode exec` carries text with line breaks.
func tailText(tail string) (string, error) {
	if !strings.HasPrefix(tail, "$'") {
		return tail, nil
	}
	ws, err := splitWords(tail, 1)
	if err != nil || ws[0].end != len(tail) {
		return tail, err
	}
	return ws[0].text, nil
}

func runPing(ctx context.Context, r *request) (Result, error) {
	s, err := r.service(ctx, 0)
	if err != nil {
		return nil, err
	}
	now := r.shell.console.now
	start := now()
	if _, err := r.node().Debug(ctx, s.Address, "PING"); err != nil {
		return nil, err
	}
	return pong(now().Sub(start)), nil
}

// pong is the answer of ping: centiseconds, as skynet has it.
type pong time.Duration

func (p pong) centi() int64  { return int64(time.Duration(p) / (10 * time.Millisecond)) }
func (p pong) plain() string { return strconv.FormatInt(p.centi(), 10) + "\n" }
func (p pong) pretty(s style) string {
	return strconv.FormatInt(p.centi(), 10) + s.dim(" ("+duration(time.Duration(p))+")") + "\n"
}
func (p pong) document() any { return p.centi() }

func runDebugCommand(ctx context.Context, r *request) (Result, error) {
	s, err := r.service(ctx, 0)
	if err != nil {
		return nil, err
	}
	r.audit("dbgcmd %v %s", s.title(), short(strings.Join(r.words[1:], " ")))
	vs, err := r.node().Debug(ctx, s.Address, r.words[1], r.words[2:]...)
	if err != nil {
		return nil, err
	}
	return dump(vs), nil
}

// short is a chunk's beginning, for the log.
func short(code string) string {
	const most = 120
	code = oneLine(code)
	if len(code) <= most {
		return code
	}
	return strings.ToValidUTF8(code[:most], "") + "…"
}
