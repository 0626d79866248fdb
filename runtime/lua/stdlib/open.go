package stdlib

import (
	"io"
	"sync"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/sourcefile"
	"devnode/runtime/lua/syntax"
	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

// Options is what a VM's library needs from its owner. The zero value makes a
// plain interpreter that may read files, and can't end the process.
type Options struct {
	// ReadFile reads the files of require, dofile and loadfile. The default is
	// sourcefile.ReadAny, which may wait: files that aren't regular are read by
	// way of Block.
	ReadFile func(path string) ([]byte, error)

	// Missing, if set, is told of every path at which require, dofile, loadfile
	// or package.searchpath looked for a file that isn't there.
	Missing func(path string)

	// Compile compiles Lua source. chunk is the chunk name in C Lua's form
	// ("@file.lua", "=stdin", or the source). It calls poll now and then, which
	// may end it by a panic. The default is syntax.CompileWith.
	Compile func(src []byte, chunk string, poll func()) (*lua.FunctionProto, error)

	// Builtin are loaders of modules that are found before any file, and
	// Fallback of those that are found when nothing else is. A loader is
	// called with the module's name.
	Builtin, Fallback *Module

	// Replace, if set, gives the loader to take in place of a file that require has
	// found for a module; nil is for the file.
	Replace func(name string, source []byte) *lua.LFunction

	// NotFound, if set, says what a module is that require doesn't find. cpath is
	// package.cpath.
	NotFound func(name, cpath string) string

	// Loading, if set, is called before a module's Lua code is run. It may wait for
	// another task that loads the module, and returns nil functions then.
	// Otherwise ran is called when the module's code has run, and over once the
	// module is loaded or has failed to load.
	Loading func(L *lua.LState, name string) (ran, over func())

	// Path and CPath are package.path and package.cpath. An empty Path is
	// "./?.lua;./?/init.lua".
	Path, CPath string

	// The standard streams. The defaults are empty input, and no output.
	Stdin          io.Reader
	Stdout, Stderr io.Writer

	// Exit is os.exit. It doesn't return, but unwinds: by raising an error, by
	// f.Park and a kill, or by runtime.Goexit. The default raises an error.
	Exit func(f *vm.Fiber, code int)

	// Block runs work, which may take long and touches no Lua value, while f
	// is parked. The default calls work at once.
	Block func(f *vm.Fiber, work func())

	// Warn gets the text of a warning: of the function warn while warnings are
	// on, of __gc methods that fail, and once each of things that devnode's Lua
	// does in another way than C Lua. The default writes to Stderr.
	Warn func(text string)

	// MaxString bounds, in bytes, what one call of a string function may make.
	// The default is 256 MB.
	MaxString int
}

const defaultMaxString = 256 << 20

func (o *Options) setDefaults() {
	if o.ReadFile == nil {
		o.ReadFile = sourcefile.ReadAny
	}
	if o.Missing == nil {
		o.Missing = func(string) {}
	}
	if o.Path == "" {
		o.Path = "./?.lua;./?/init.lua"
	}
	if o.Stdin == nil {
		o.Stdin = emptyReader{}
	}
	if o.Stdout == nil {
		o.Stdout = io.Discard
	}
	if o.Stderr == nil {
		o.Stderr = io.Discard
	}
	o.share()
	if o.Exit == nil {
		o.Exit = func(f *vm.Fiber, code int) {}
	}
	if o.Block == nil {
		o.Block = func(_ *vm.Fiber, work func()) { work() }
	}
	if o.Warn == nil {
		w := o.Stderr
		o.Warn = func(text string) { io.WriteString(w, "Lua warning: "+text+"\n") }
	}
	if o.Compile == nil {
		o.Compile = compile
	}
	if o.MaxString <= 0 {
		o.MaxString = defaultMaxString
	}
}

// compile is syntax.CompileWith.
func compile(src []byte, chunk string, poll func()) (*lua.FunctionProto, error) {
	return syntax.CompileWith(src, chunk, syntax.Options{Poll: poll})
}

// library is the record that the library keeps of a VM, in vm.VM.Lib.
type library struct {
	Options
	vm      *vm.VM
	modules []*Module               // of which the VM has tables
	std     map[string]*Module      // libraries()
	tables  map[string]*value.Table // those of the libraries that were made

	loadedOf, fileMethods      *Module // loadedModule(), fileModule()
	loaded, preload, searchers *value.Table

	random     *random
	gc         *finalizers
	trial      *[]lua.LValue // what would be marked for its __gc but for a Trial
	gcState    *gcState
	finalizing bool
	io         *ioState
	warnOn     bool
	upvalues   upvalueIDs
}

func of(v *vm.VM) *library {
	l, _ := v.Lib.(*library)
	return l
}

func libOf(L *lua.LState) *library { return vm.Of(L).VM().Lib.(*library) }

func (l *library) addModule(m *Module) { l.modules = append(l.modules, m) }

// Open gives v a new table of globals with the standard library in it, which
// goes on to be filled as it is used: Go code reads it by Field. Open comes
// before any function is made in v.
func Open(v *vm.VM, o Options) {
	o.setDefaults()
	l := &library{Options: o, vm: v, std: libraries(), loadedOf: loadedModule(), fileMethods: fileModule()}
	v.Lib = l
	v.NameFunc = l.nameFunc
	v.Explain, v.CloseFrames, v.Helper = syntax.Explain, syntax.CloseFrames, syntax.Helper
	v.SetGlobals(baseModule().Table(v))
	l.openStrings()
}

// libraries are the standard modules, by the names of their global tables.
// Functions of these reach them by library.std only.
var libraries = sync.OnceValue(func() map[string]*Module {
	return map[string]*Module{
		"string": stringModule(), "table": tableModule(), "math": mathModule(),
		"coroutine": coroutineModule(), "os": osModule(), "io": ioModule(),
		"debug": debugModule(), "utf8": utf8Module(), "package": packageModule(),
	}
})

// libTable is the table of one of the standard libraries, which is made when
// it is first asked for.
func (l *library) libTable(name string) *value.Table {
	if t := l.tables[name]; t != nil {
		return t
	}
	if l.tables == nil {
		l.tables = make(map[string]*value.Table)
	}
	t := l.std[name].Table(l.vm)
	l.tables[name] = t
	return t
}

// LoadedModule makes name a module of the VM: require returns the table, or
// whatever value is given, without looking for a file.
func LoadedModule(v *vm.VM, name string, value lua.LValue) {
	of(v).loadedTable().RawSetString(name, value)
}

// PreloadModule has require call loader, with the module's name, when name is
// first required.
func PreloadModule(v *vm.VM, name string, loader lua.LGFunction) {
	of(v).preloadTable().RawSetString(name, v.NewFunction(loader))
}

// nameFunc names library functions and global functions.
func (l *library) nameFunc(fn *lua.LFunction) string {
	if fn.IsG {
		for _, m := range l.modules {
			if name := m.named[fn]; name != "" {
				return name
			}
		}
		return ""
	}
	if l.loaded == nil {
		return findFunc(l.vm.Globals(), fn)
	}
	return l.findLoaded(fn)
}

// maxNamed bounds the entries that are looked at to name a function.
const maxNamed = 20_000

// findLoaded finds a function in the tables of the loaded modules.
func (l *library) findLoaded(fn *lua.LFunction) (name string) {
	if name = findFunc(l.vm.Globals(), fn); name != "" {
		return name
	}
	l.loaded.ForEach(func(k, v lua.LValue) {
		t, ok := v.(*value.Table)
		module, isName := k.(lua.LString)
		if name == "" && ok && isName && t != l.vm.Globals() {
			if field := findFunc(t, fn); field != "" {
				name = string(module) + "." + field
			}
		}
	})
	return name
}

func findFunc(t *value.Table, fn *lua.LFunction) string {
	n := 0
	for k, v, _ := vm.Next(t, lua.LNil); k != lua.LNil && n < maxNamed; k, v, _ = vm.Next(t, k) {
		if name, ok := k.(lua.LString); ok && v == lua.LValue(fn) {
			return string(name)
		}
		n++
	}
	return ""
}
