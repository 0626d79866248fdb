package interp

import (
	"context"
	"errors"
	"fmt"
	"io"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/sourcefile"
	"devnode/runtime/lua/syntax"
	"devnode/runtime/lua/value"
)

// program is what messages begin with.
const program = "lua"

// RunFile runs the Lua script at path ("-" for standard input) with args, and
// returns the exit status: 0, 1 after an error, whose message and traceback go
// to s.Err, or that of os.exit. When ctx is done, the script is ended with the
// error "interrupted!".
func RunFile(ctx context.Context, path string, args []string, s Streams) int {
	chunk := "@" + path
	var src []byte
	var err error
	if path == "-" {
		chunk = "=stdin"
		src, err = io.ReadAll(io.LimitReader(s.In, sourcefile.MaxSize+1))
	} else {
		src, err = sourcefile.ReadAny(path)
	}
	switch {
	case errors.Is(err, sourcefile.ErrTooLarge):
		fmt.Fprintf(s.Err, "%s: %v\n", program, err)
		return 1
	case err != nil:
		fmt.Fprintf(s.Err, "%s: cannot open %s\n", program, path)
		return 1
	}
	return runScript(ctx, src, chunk, path, args, s)
}

// RunString runs a chunk of Lua, as the option -e of lua does.
func RunString(ctx context.Context, src, chunk string, args []string, s Streams) int {
	return runScript(ctx, []byte(src), chunk, program, args, s)
}

func runScript(ctx context.Context, src []byte, chunk, path string, args []string, s Streams) int {
	m := newMachine(s)
	defer m.close()
	fn, err := m.compile(ctx, src, chunk)
	if err != nil {
		fmt.Fprintf(s.Err, "%s: %v\n", program, err)
		return 1
	}
	m.setArgs(path, args)
	values := make([]lua.LValue, len(args))
	for i, a := range args {
		values[i] = lua.LString(a)
	}
	_, err = m.run(ctx, fn, values...)
	var code exit
	switch {
	case err == nil:
		return 0
	case errors.As(err, &code):
		return code.code
	}
	fmt.Fprintf(s.Err, "%s: %v\n", program, err)
	return 1
}

// compile makes a function of a chunk.
func (m *machine) compile(ctx context.Context, src []byte, chunk string) (fn *lua.LFunction, err error) {
	defer func() {
		if r := recover(); r == any(errInterrupted) {
			err = errInterrupted
		} else if r != nil {
			panic(r)
		}
	}()
	proto, err := syntax.CompileWith(src, chunk, syntax.Options{
		Poll: func() {
			if ctx.Err() != nil {
				panic(errInterrupted)
			}
		},
	})
	if err != nil {
		return nil, err
	}
	return m.vm.NewClosure(proto), nil
}

// setArgs makes the global table arg: the script at 0, its arguments behind it,
// the program before it.
func (m *machine) setArgs(path string, args []string) {
	t := value.NewTable(len(args), 2)
	t.RawSet(lua.LNumber(-1), lua.LString(program))
	t.RawSet(lua.LNumber(0), lua.LString(path))
	for i, a := range args {
		t.RawSetInt(i+1, lua.LString(a))
	}
	m.vm.Globals().RawSetString("arg", t)
}
