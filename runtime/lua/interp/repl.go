package interp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/stdlib"
	"devnode/runtime/lua/syntax"
	"devnode/runtime/lua/value"
)

// LineReader reads a line that somebody types, without its end. It returns
// io.EOF at the end of the input.
type LineReader interface {
	ReadLine(prompt string) (string, error)
}

// The prompts, unless the globals _PROMPT and _PROMPT2 say otherwise.
const (
	prompt     = "> "
	promptMore = ">> "
)

// REPL is an interactive interpreter.
type REPL struct {
	m *machine
	s Streams
}

// NewREPL makes an interpreter with a VM of its own. Close ends it.
func NewREPL(s Streams) *REPL {
	r := &REPL{m: newMachine(s), s: s}
	r.m.setArgs(program, nil)
	return r
}

// Close runs the __gc methods and frees the VM.
func (r *REPL) Close() { r.m.close() }

// Interrupt ends the statement that runs, if one does, with the error
// "interrupted!". It may be called from any goroutine.
func (r *REPL) Interrupt() { r.m.interrupt(errInterrupted) }

// Run reads statements and expressions from lines and runs them until the input
// ends, os.exit is called, or ctx is done, and returns the exit status. A
// statement may take several lines. The values of an expression are printed.
func (r *REPL) Run(ctx context.Context, lines LineReader) int {
	for {
		fn, err := r.read(lines)
		if errors.Is(err, io.EOF) || ctx.Err() != nil {
			return 0
		}
		if err == nil {
			err = r.evaluate(ctx, fn)
		}
		var code exit
		if errors.As(err, &code) {
			return code.code
		}
		if err != nil {
			fmt.Fprintln(r.s.Err, err)
		}
	}
}

// read reads lines until they make a chunk, or until no further line could.
func (r *REPL) read(lines LineReader) (*lua.LFunction, error) {
	line, err := lines.ReadLine(r.prompt("_PROMPT", prompt))
	if err != nil {
		return nil, err
	}
	if fn, err := r.m.compile(context.Background(), []byte("return "+line), "=stdin"); err == nil {
		return fn, nil
	}
	var b strings.Builder
	for {
		b.WriteString(line)
		fn, err := r.m.compile(context.Background(), []byte(b.String()), "=stdin")
		var fault *syntax.Error
		if err == nil || !errors.As(err, &fault) || !fault.Incomplete {
			return fn, err
		}
		if line, err = lines.ReadLine(r.prompt("_PROMPT2", promptMore)); err != nil {
			return nil, fault
		}
		b.WriteByte('\n')
	}
}

func (r *REPL) prompt(global, def string) string {
	if v := stdlib.Field(r.m.vm.Globals(), global); v.Type() == lua.LTString || value.IsNumber(v) {
		return value.String(v)
	}
	return def
}

// evaluate runs a chunk and prints its values by the global print.
func (r *REPL) evaluate(ctx context.Context, fn *lua.LFunction) error {
	values, err := r.m.run(ctx, fn)
	if err != nil || len(values) == 0 {
		return err
	}
	print := stdlib.Field(r.m.vm.Globals(), "print")
	if _, err := r.m.run(ctx, print, values...); err != nil {
		var code exit
		if errors.As(err, &code) {
			return err
		}
		return fmt.Errorf("error calling 'print' (%w)", err)
	}
	return nil
}
