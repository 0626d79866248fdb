package stdlib

import (
	"os"
	"strings"
	"sync"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

var ioModule = sync.OnceValue(func() *Module {
	std := func(which func(s *ioState) *lua.LUserData) func(*vm.VM) lua.LValue {
		return func(v *vm.VM) lua.LValue { return which(of(v).files()) }
	}
	return NewModule("io.", map[string]lua.LGFunction{
		"close": ioClose, "flush": ioFlush, "input": ioInput, "lines": ioLines, "open": ioOpen,
		"output": ioOutput, "popen": ioPopen, "read": ioRead, "tmpfile": ioTmpfile, "type": ioType,
		"write": ioWrite,
	}, map[string]func(*vm.VM) lua.LValue{
		"stdin":  std(func(s *ioState) *lua.LUserData { return s.stdin }),
		"stdout": std(func(s *ioState) *lua.LUserData { return s.stdout }),
		"stderr": std(func(s *ioState) *lua.LUserData { return s.stderr }),
	})
})

var fileModule = sync.OnceValue(func() *Module {
	m := NewModule("", map[string]lua.LGFunction{
		"close": fileClose, "flush": fileFlush, "lines": fileLines, "read": fileRead,
		"seek": fileSeek, "setvbuf": fileSetvbuf, "write": fileWrite,
	}, nil)
	m.named = nil // no global name leads to a method
	return m
})

// ioState is what a VM has of files once it uses io.
type ioState struct {
	meta                  *value.Table
	stdin, stdout, stderr *lua.LUserData
	input, output         *lua.LUserData
	open                  openFiles
}

func (l *library) files() *ioState {
	if l.io != nil {
		return l.io
	}
	s := &ioState{meta: value.NewTable(0, 6)}
	l.io = s
	s.meta.RawSetString("__index", l.fileMethods.Table(l.vm))
	s.meta.RawSetString("__name", lua.LString("FILE*"))
	for event, fn := range fileEvents {
		s.meta.RawSetString(event, fn)
	}
	s.stdin = s.wrap(&file{lib: l, src: &source{lib: l, r: l.Stdin, slow: true}, std: true})
	s.stdout = s.wrap(&file{lib: l, dst: l.Stdout, std: true})
	s.stderr = s.wrap(&file{lib: l, dst: l.Stderr, std: true})
	s.input, s.output = s.stdin, s.stdout
	l.vm.AtClose(s.open.closeAll)
	return s
}

// wrap makes a file a Lua value.
func (s *ioState) wrap(f *file) *lua.LUserData {
	return &lua.LUserData{Value: f, Metatable: s.meta}
}

var fileEvents = map[string]*lua.LFunction{
	"__gc":    value.Function(fileCollect),
	"__close": value.Function(fileCollect),
	"__tostring": value.Function(func(L *lua.LState) int {
		ud, f := checkFileValue(L, 1)
		if f.closed {
			return str(L, "file (closed)")
		}
		return str(L, "file ("+address(ud)+")")
	}),
}

// checkFileValue is argument n, a file that may be closed.
func checkFileValue(L *lua.LState, n int) (*lua.LUserData, *file) {
	if ud, ok := L.Get(n).(*lua.LUserData); ok {
		if f, ok := ud.Value.(*file); ok {
			return ud, f
		}
	}
	typeError(L, n, "FILE*")
	return nil, nil
}

func checkFile(L *lua.LState, n int) *file {
	_, f := checkFileValue(L, n)
	if f.closed {
		fail(L, "attempt to use a closed file")
	}
	return f
}

// standard is the default input or output file.
func standard(L *lua.LState, output bool) *file {
	s := libOf(L).files()
	ud, what := s.input, "input"
	if output {
		ud, what = s.output, "output"
	}
	f := ud.Value.(*file)
	if f.closed {
		fail(L, "default %s file is closed", what)
	}
	return f
}

// validMode tells whether a mode is one of C's fopen.
func validMode(mode string) bool {
	if mode == "" || strings.IndexByte("rwa", mode[0]) < 0 {
		return false
	}
	rest := strings.TrimPrefix(mode[1:], "+")
	return rest == "" || rest == "b"
}

func ioOpen(L *lua.LState) int {
	name, mode := checkString(L, 1), optString(L, 2, "r")
	if !validMode(mode) {
		argError(L, 2, "invalid mode")
	}
	ud, err := libOf(L).openFile(vm.Of(L), name, mode)
	if err != nil {
		return fileResult(L, err, name)
	}
	L.Push(ud)
	return 1
}

// openFile opens a file for code that runs on fiber. A named pipe is open once its other
// end is: that may take for ever, so it is done while the fiber is parked.
func (l *library) openFile(fiber *vm.Fiber, name, mode string) (*lua.LUserData, error) {
	flags := map[byte]int{'r': os.O_RDONLY, 'w': os.O_WRONLY | os.O_CREATE | os.O_TRUNC,
		'a': os.O_WRONLY | os.O_CREATE | os.O_APPEND}[mode[0]]
	if strings.Contains(mode, "+") {
		flags = flags&^(os.O_RDONLY|os.O_WRONLY) | os.O_RDWR
	}
	var of *os.File
	var err error
	open := func() { of, err = os.OpenFile(name, flags, 0o666) }
	if info, unknown := os.Stat(name); unknown == nil && info.Mode()&os.ModeNamedPipe != 0 {
		l.Block(fiber, open)
	} else {
		open()
	}
	if err != nil {
		return nil, err
	}
	f := &file{lib: l, os: of}
	if flags&os.O_WRONLY == 0 {
		f.src = &source{lib: l, r: of}
	}
	if flags&(os.O_WRONLY|os.O_RDWR) != 0 {
		f.dst = of
	}
	if info, err := of.Stat(); err == nil && !info.Mode().IsRegular() && !info.IsDir() {
		if f.src != nil {
			f.src.slow = true
		}
		if f.dst != nil {
			f.dst = &sink{lib: l, w: of}
		}
	}
	return l.files().add(f), nil
}

func ioTmpfile(L *lua.LState) int {
	of, err := os.CreateTemp("", "lua_")
	if err != nil {
		return fileResult(L, err, "")
	}
	l := libOf(L)
	f := &file{lib: l, os: of, src: &source{lib: l, r: of}, dst: of, temporary: true}
	L.Push(l.files().add(f))
	return 1
}

func ioType(L *lua.LState) int {
	if ud, ok := checkAny(L, 1).(*lua.LUserData); ok {
		if f, ok := ud.Value.(*file); ok {
			if f.closed {
				return str(L, "closed file")
			}
			return str(L, "file")
		}
	}
	L.Push(lua.LNil)
	return 1
}

func ioInput(L *lua.LState) int {
	return redirect(L, "r", func(s *ioState) **lua.LUserData { return &s.input })
}
func ioOutput(L *lua.LState) int {
	return redirect(L, "w", func(s *ioState) **lua.LUserData { return &s.output })
}

// redirect is io.input and io.output.
func redirect(L *lua.LState, mode string, which func(*ioState) **lua.LUserData) int {
	l := libOf(L)
	at := which(l.files())
	switch v := L.Get(1).(type) {
	case *lua.LNilType:
	case lua.LString:
		ud, err := l.openFile(vm.Of(L), string(v), mode)
		if err != nil {
			fail(L, "cannot open file '%s' (%s)", string(v), errText(err))
		}
		*at = ud
	default:
		checkFile(L, 1)
		*at = v.(*lua.LUserData)
	}
	L.Push(*at)
	return 1
}

func ioClose(L *lua.LState) int {
	if L.GetTop() == 0 {
		return standard(L, true).closeResult(L)
	}
	return fileClose(L)
}

func ioRead(L *lua.LState) int  { return standard(L, false).read(L, 1) }
func ioWrite(L *lua.LState) int { return standard(L, true).write(L, 1, libOf(L).files().output) }

func ioFlush(L *lua.LState) int { return fileResult(L, standard(L, true).flushFor(L), "") }

func ioLines(L *lua.LState) int {
	if L.Get(1) == lua.LNil {
		standard(L, false)
		return linesIterator(L, libOf(L).files().input, false)
	}
	name := checkString(L, 1)
	ud, err := libOf(L).openFile(vm.Of(L), name, "r")
	if err != nil {
		fail(L, "cannot open file '%s' (%s)", name, errText(err))
	}
	return linesIterator(L, ud, true)
}
