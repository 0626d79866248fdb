package stdlib

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/sourcefile"
	"devnode/runtime/lua/syntax"
	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

// maxChunk bounds a chunk, also what the pieces of load's reader function may
// add up to.
const maxChunk = syntax.MaxSource

func baseLoad(L *lua.LState) int {
	var src, chunk string
	if _, ok := asText(L.Get(1)); ok {
		src = checkString(L, 1)
		chunk = optString(L, 2, src)
	} else {
		chunk = optString(L, 2, "=(load)")
		var err lua.LValue
		if src, err = readPieces(L, checkFunction(L, 1)); err != nil {
			return results(L, lua.LNil, err)
		}
	}
	return load(L, []byte(src), chunk, optString(L, 3, "bt"), 4)
}

// readPieces calls load's reader function until it has no more. err is the
// error, if there is one.
func readPieces(L *lua.LState, fn *lua.LFunction) (src string, err lua.LValue) {
	f := vm.Of(L)
	var b strings.Builder
	for {
		out, e := f.Protect(fn)
		if e != nil {
			return "", e.Value
		}
		piece := lua.LValue(lua.LNil)
		if len(out) > 0 {
			piece = out[0]
		}
		text, ok := asText(piece)
		switch {
		case piece == lua.LNil, ok && text == "":
			return b.String(), nil
		case !ok:
			return "", lua.LString(f.Where(1) + "reader function must return a string")
		}
		b.WriteString(text)
		if b.Len() > maxChunk {
			return "", lua.LString("chunk is too large")
		}
	}
}

// baseLoadstring is 5.1's load for strings.
func baseLoadstring(L *lua.LState) int {
	src := checkString(L, 1)
	return load(L, []byte(src), optString(L, 2, src), "bt", 3)
}

func baseLoadfile(L *lua.LState) int {
	src, chunk, problem := libOf(L).readChunk(vm.Of(L), optString(L, 1, ""))
	if problem != "" {
		return failure(L, problem)
	}
	return load(L, src, chunk, optString(L, 2, "bt"), 3)
}

func baseDofile(L *lua.LState) int {
	src, chunk, problem := libOf(L).readChunk(vm.Of(L), optString(L, 1, ""))
	if problem != "" {
		vm.Throw(L, lua.LString(problem))
	}
	fn, err := libOf(L).compile(vm.Of(L), src, chunk, "bt")
	if err != nil {
		vm.Throw(L, lua.LString(err.Error()))
	}
	L.SetTop(0)
	L.Push(fn)
	vm.Call(L, 0, lua.MultRet)
	return L.GetTop()
}

// load pushes what src compiles to, with the environment in argument env, if
// there is one.
func load(L *lua.LState, src []byte, chunk, mode string, env int) int {
	fn, err := libOf(L).compile(vm.Of(L), src, chunk, mode)
	if err != nil {
		return failure(L, err.Error())
	}
	if L.GetTop() >= env {
		if first, ok := upvalueOf(fn, 1); ok {
			first.set(L.Get(env))
		}
	}
	L.Push(fn)
	return 1
}

// compile makes a function of a chunk, for code that runs on f, if any does.
// mode is load's.
func (l *library) compile(f *vm.Fiber, src []byte, chunk, mode string) (*lua.LFunction, error) {
	src = binaryBehindComment(src)
	if len(src) > 0 && src[0] == syntax.Signature {
		if !strings.Contains(mode, "b") {
			return nil, fmt.Errorf("attempt to load a binary chunk (mode is '%s')", mode)
		}
		proto, err := syntax.Undump(src, chunk)
		if err != nil {
			return nil, err
		}
		return l.undumped(proto), nil
	}
	if !strings.Contains(mode, "t") {
		return nil, fmt.Errorf("attempt to load a text chunk (mode is '%s')", mode)
	}
	var poll func()
	if f != nil {
		poll = f.Poll
	}
	proto, err := l.Compile(src, chunk, poll)
	if err != nil {
		return nil, err
	}
	return l.vm.NewClosure(proto), nil
}

// binaryBehindComment is the binary chunk of a file that begins with a line for the
// system, as `#!/usr/bin/lua`; any other source is itself.
func binaryBehindComment(src []byte) []byte {
	if len(src) > 0 && src[0] == '#' {
		if _, rest, ok := bytes.Cut(src, []byte("\n")); ok && len(rest) > 0 && rest[0] == syntax.Signature {
			return rest
		}
	}
	return src
}

// undumped is a function of a binary chunk. Its upvalues are new variables without
// a value, but for the first one: that has the globals.
func (l *library) undumped(proto *lua.FunctionProto) *lua.LFunction {
	fn := l.vm.NewClosure(proto)
	for i := range fn.Upvalues {
		fn.Upvalues[i] = &lua.Upvalue{}
		fn.Upvalues[i].Close()
		fn.Upvalues[i].SetValue(lua.LNil)
	}
	value.SetEnv(fn, lua.LNil)
	if first, ok := upvalueOf(fn, 1); ok {
		first.set(l.vm.Globals())
	}
	return fn
}

// readChunk reads the file that dofile and loadfile were given, or standard
// input.
func (l *library) readChunk(f *vm.Fiber, path string) (src []byte, chunk, problem string) {
	var err error
	if path == "" {
		l.Block(f, func() { src, err = io.ReadAll(io.LimitReader(l.Stdin, maxChunk+1)) })
		if err != nil {
			return nil, "", "cannot read stdin"
		}
		return src, "=stdin", ""
	}
	if src, err = l.readFile(f, path); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			l.Missing(path)
		}
		return nil, "", fmt.Sprintf("cannot open %s: %s", path, errText(err))
	}
	return src, "@" + path, ""
}

// readFile is Options.ReadFile, while f is parked where that may take long.
func (l *library) readFile(f *vm.Fiber, path string) (src []byte, err error) {
	if sourcefile.IsRegular(path) {
		return l.ReadFile(path)
	}
	l.Block(f, func() { src, err = l.ReadFile(path) })
	return src, err
}
