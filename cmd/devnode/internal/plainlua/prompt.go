package plainlua

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"

	"github.com/chzyer/readline"
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/stdlib"
	"devnode/runtime/syntax"
)

// Prompt reads lines from a terminal, runs each chunk as soon as it is complete,
// and prints the values of expressions, until the end of the input.
func (m *Machine) Prompt(ctx context.Context, in, out *os.File) int {
	rl, err := readline.NewEx(&readline.Config{
		Prompt: "> ", Stdin: readline.NewCancelableStdin(in), Stdout: out, InterruptPrompt: "^C",
	})
	if err != nil {
		m.complain(err.Error())
		return 1
	}
	defer rl.Close()
	fmt.Fprintln(out, "Lua 5.4 of devnode; ^D leaves")
	var pending []string
	for {
		rl.SetPrompt(map[bool]string{true: "> ", false: ">> "}[len(pending) == 0])
		line, err := rl.Readline()
		switch {
		case errors.Is(err, readline.ErrInterrupt):
			pending = nil
			continue
		case errors.Is(err, io.EOF):
			return 0
		case err != nil:
			m.complain(err.Error())
			return 1
		}
		pending = append(pending, line)
		if over, code := m.line(ctx, &pending); over {
			return code
		}
	}
}

// line runs what has been typed, if it is complete. It is true when os.exit was
// called.
func (m *Machine) line(ctx context.Context, pending *[]string) (over bool, code int) {
	source := strings.Join(*pending, "\n")
	proto, err := syntax.Compile([]byte("return "+source), "=stdin")
	if err != nil {
		proto, err = compile([]byte(source), "=stdin", m.warn)
	}
	var fault *syntax.Error
	if errors.As(err, &fault) && fault.Incomplete {
		return false, 0
	}
	*pending = nil
	if err != nil {
		m.complain(err.Error())
		return false, 0
	}
	ctx, release := signal.NotifyContext(ctx, os.Interrupt)
	defer release()
	stop := context.AfterFunc(ctx, m.Interrupt)
	defer stop()
	results, err := m.call(m.vm.NewClosure(proto), nil)
	switch {
	case errors.Is(err, errExit):
		return true, m.code
	case err != nil:
		m.complain(err.Error())
	case len(results) > 0:
		m.print(results)
	}
	return false, 0
}

// print shows values as the script's own print would.
func (m *Machine) print(values []lua.LValue) {
	print, ok := stdlib.Field(m.vm.Globals(), "print").(*lua.LFunction)
	if !ok {
		return
	}
	if _, err := m.call(print, values); err != nil {
		m.complain(err.Error())
	}
}
