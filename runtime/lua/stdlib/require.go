package stdlib

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/sourcefile"
	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

var packageModule = sync.OnceValue(func() *Module {
	return NewModule("package.", map[string]lua.LGFunction{
		"loadlib": packageLoadlib, "searchpath": packageSearchpath, "seeall": packageSeeall,
	}, map[string]func(v *vm.VM) lua.LValue{
		"loaded":    func(v *vm.VM) lua.LValue { return of(v).loadedTable() },
		"preload":   func(v *vm.VM) lua.LValue { return of(v).preloadTable() },
		"path":      func(v *vm.VM) lua.LValue { return lua.LString(of(v).Path) },
		"cpath":     func(v *vm.VM) lua.LValue { return lua.LString(of(v).CPath) },
		"config":    func(v *vm.VM) lua.LValue { return lua.LString(packageConfig) },
		"searchers": func(v *vm.VM) lua.LValue { return of(v).searchersTable() },
		"loaders":   func(v *vm.VM) lua.LValue { return of(v).searchersTable() },
	})
})

// packageConfig is package.config: separators, as on the systems where C Lua's
// programs were written. Go takes "/" everywhere.
const packageConfig = "/\n;\n?\n!\n-\n"

var loadedModule = sync.OnceValue(func() *Module {
	values := map[string]func(v *vm.VM) lua.LValue{
		"_G": func(v *vm.VM) lua.LValue { return v.Globals() },
	}
	for _, name := range libraryNames {
		values[name] = func(v *vm.VM) lua.LValue { return of(v).libTable(name) }
	}
	return NewModule("", nil, values)
})

// loadedTable is package.loaded.
func (l *library) loadedTable() *value.Table {
	if l.loaded == nil {
		l.loaded = l.loadedOf.Table(l.vm)
	}
	return l.loaded
}

func (l *library) preloadTable() *value.Table {
	if l.preload == nil {
		l.preload = value.NewTable(0, 1)
	}
	return l.preload
}

func (l *library) searchersTable() *value.Table {
	if l.searchers == nil {
		l.searchers = value.NewTable(4, 0)
		for _, fn := range []*lua.LFunction{preloadSearcher, luaSearcher, cSearcher, rootSearcher} {
			l.searchers.Append(fn)
		}
	}
	return l.searchers
}

func baseRequire(L *lua.LState) int {
	name := checkString(L, 1)
	l := libOf(L)
	loaded := l.loadedTable()
	// With a Loading hook only a main chunk has Lua's own require: other code has
	// the one of skynet, which returns the module alone, even one that is false.
	alone := l.Loading != nil && !vm.Of(L).IsMain()
	if v := Field(loaded, name); lua.LVAsBool(v) || alone && v != lua.LNil {
		L.Push(v)
		return 1
	}
	loader, data := l.search(L, name)
	if fn, ok := loader.(*lua.LFunction); l.Loading != nil && ok && !fn.IsG {
		ran, over := l.Loading(L, name)
		if over == nil {
			return l.loadedElsewhere(L, name)
		}
		defer over()
		n := l.load(L, name, loader, data, ran)
		if alone {
			L.Pop(n - 1)
			return 1
		}
		return n
	}
	return l.load(L, name, loader, data, func() {})
}

// loadedElsewhere pushes a module that another task has loaded.
func (l *library) loadedElsewhere(L *lua.LState, name string) int {
	v := Field(l.loaded, name)
	if v == lua.LNil {
		fail(L, "require %s failed", name)
	}
	L.Push(v)
	return 1
}

// load runs a module's loader and remembers what it returns.
func (l *library) load(L *lua.LState, name string, loader, data lua.LValue, ran func()) int {
	loaded := l.loadedTable()
	v := call(L, loader, lua.LString(name), data)
	ran()
	if v != lua.LNil {
		loaded.RawSetString(name, v)
	} else if Field(loaded, name) == lua.LNil {
		loaded.RawSetString(name, lua.LTrue)
	}
	return results(L, Field(loaded, name), data)
}

// search asks the searchers for the loader of a module.
func (l *library) search(L *lua.LState, name string) (loader, data lua.LValue) {
	searchers, ok := vm.Index(L, l.libTable("package"), lua.LString("searchers")).(*value.Table)
	if !ok {
		fail(L, "'package.searchers' must be a table")
	}
	var tried strings.Builder
	for i := 1; ; i++ {
		s := searchers.RawGetInt(i)
		if s == lua.LNil {
			fail(L, "module '%s' not found:%s%s", name, l.hint(L, name), tried.String())
		}
		L.Push(s)
		L.Push(lua.LString(name))
		vm.Call(L, 1, 2)
		loader, data = L.Get(-2), L.Get(-1)
		L.Pop(2)
		switch v := loader.(type) {
		case *lua.LFunction:
			return loader, data
		case lua.LString:
			tried.WriteString("\n\t" + string(v))
		}
	}
}

// hint is what the owner of the VM says of a module that isn't found.
func (l *library) hint(L *lua.LState, name string) string {
	if l.NotFound == nil {
		return ""
	}
	cpath, _ := vm.Index(L, l.libTable("package"), lua.LString("cpath")).(lua.LString)
	if text := l.NotFound(name, string(cpath)); text != "" {
		return " " + text
	}
	return ""
}

var preloadSearcher = value.Function(func(L *lua.LState) int {
	name := checkString(L, 1)
	preload, ok := vm.Index(L, libOf(L).libTable("package"), lua.LString("preload")).(*value.Table)
	if !ok {
		fail(L, "'package.preload' must be a table")
	}
	if v := preload.RawGetString(name); v != lua.LNil {
		return results(L, v, lua.LString(":preload:"))
	}
	if m := libOf(L).Builtin; m != nil && m.Func(name) != nil {
		return results(L, m.Func(name), lua.LString(":preload:"))
	}
	return str(L, "no field package.preload['"+name+"']")
})

var luaSearcher = value.Function(func(L *lua.LState) int {
	name := checkString(L, 1)
	l := libOf(L)
	path, ok := vm.Index(L, l.libTable("package"), lua.LString("path")).(lua.LString)
	if !ok {
		fail(L, "'package.path' must be a string")
	}
	var tried []string
	for _, file := range candidates(L, name, string(path), ".", "/") {
		vm.Of(L).Poll()
		src, err := l.readFile(vm.Of(L), file)
		if err != nil {
			if errors.Is(err, fs.ErrNotExist) {
				l.Missing(file)
			}
			if errors.Is(err, sourcefile.ErrNotRegular) || errors.Is(err, sourcefile.ErrTooLarge) {
				fail(L, "error loading module '%s' from file '%s':\n\tcannot read %s: %s", name, file, file, errText(err))
			}
			tried = append(tried, "no file '"+file+"'")
			continue
		}
		if l.Replace != nil {
			if fn := l.Replace(name, src); fn != nil {
				return results(L, fn, lua.LString(":builtin:"))
			}
		}
		fn, err := l.compile(vm.Of(L), src, "@"+file, "bt")
		if err != nil {
			fail(L, "error loading module '%s' from file '%s':\n\t%s", name, file, err)
		}
		return results(L, fn, lua.LString(file))
	}
	return str(L, strings.Join(tried, "\n\t"))
})

// cSearcher and rootSearcher find no C modules, as there are none; they say
// where C Lua would have looked. The first finds the fallback modules.
var (
	cSearcher = value.Function(func(L *lua.LState) int {
		name := checkString(L, 1)
		if m := libOf(L).Fallback; m != nil && m.Func(name) != nil {
			return results(L, m.Func(name), lua.LString(":builtin:"))
		}
		return searchC(L, name)
	})
	rootSearcher = value.Function(func(L *lua.LState) int {
		root, _, ok := strings.Cut(checkString(L, 1), ".")
		if !ok {
			return 0
		}
		return searchC(L, root)
	})
)

func searchC(L *lua.LState, name string) int {
	path, _ := vm.Index(L, libOf(L).libTable("package"), lua.LString("cpath")).(lua.LString)
	var tried []string
	for _, file := range candidates(L, name, string(path), ".", "/") {
		tried = append(tried, "no file '"+file+"'")
	}
	if len(tried) == 0 {
		return 0
	}
	return str(L, strings.Join(tried, "\n\t"))
}

// maxModuleName bounds the name of a module: each handler of an error of require
// that requires the text of that error makes a longer one.
const maxModuleName = 64 << 10

// candidates are the files that a module may be in.
func candidates(L *lua.LState, name, path, sep, rep string) []string {
	if path == "" {
		return nil
	}
	if len(name) > maxModuleName {
		fail(L, "the name of a module is too long (%d bytes)", len(name))
	}
	if sep != "" {
		name = strings.ReplaceAll(name, sep, rep)
	}
	size := len(path) + strings.Count(path, "?")*len(name)
	if size > libOf(L).MaxString {
		fail(L, "resulting string too large")
	}
	making(L, size)
	var files []string
	f := vm.Of(L)
	for template := range strings.SplitSeq(path, ";") {
		f.Poll()
		files = append(files, strings.ReplaceAll(template, "?", name))
	}
	return files
}

func packageSearchpath(L *lua.LState) int {
	name, path := checkString(L, 1), checkString(L, 2)
	l := libOf(L)
	var tried []string
	for _, file := range candidates(L, name, path, optString(L, 3, "."), optString(L, 4, "/")) {
		vm.Of(L).Poll()
		if sourcefile.Readable(file) {
			return str(L, file)
		}
		l.Missing(file)
		tried = append(tried, "no file '"+file+"'")
	}
	return failure(L, strings.Join(tried, "\n\t"))
}

func packageLoadlib(L *lua.LState) int {
	checkString(L, 1)
	checkString(L, 2)
	return results(L, lua.LNil, lua.LString("dynamic libraries not enabled; check your Lua installation"), lua.LString("absent"))
}

// baseModuleFunc is 5.1's module.
func baseModuleFunc(L *lua.LState) int {
	name := checkString(L, 1)
	l := libOf(L)
	t, ok := Field(l.loadedTable(), name).(*value.Table)
	if !ok {
		if t = globalTable(L, name); t == nil {
			fail(L, "name conflict for module '%s'", name)
		}
		l.loadedTable().RawSetString(name, t)
	}
	if Field(t, "_NAME") == lua.LNil {
		t.RawSetString("_M", t)
		t.RawSetString("_NAME", lua.LString(name))
		t.RawSetString("_PACKAGE", lua.LString(name[:strings.LastIndexByte(name, '.')+1]))
	}
	info, ok := vm.Of(L).Info(1)
	if !ok || info.Fn.IsG {
		fail(L, "'module' not called from a Lua function")
	}
	value.SetEnv(info.Fn, t)
	for i := 2; i <= L.GetTop(); i++ {
		call(L, L.Get(i), t)
	}
	return 0
}

// globalTable finds or makes the table that a dotted name stands for.
func globalTable(L *lua.LState, name string) *value.Table {
	t := value.Globals(L)
	for _, part := range strings.Split(name, ".") {
		switch v := Field(t, part).(type) {
		case *value.Table:
			t = v
		case *lua.LNilType:
			made := value.NewTable(0, 1)
			t.RawSetString(part, made)
			t = made
		default:
			return nil
		}
	}
	return t
}

func packageSeeall(L *lua.LState) int {
	t := checkTable(L, 1)
	mt, ok := value.Meta(t).(*value.Table)
	if !ok {
		mt = value.NewTable(0, 1)
		value.SetMeta(t, mt)
	}
	mt.RawSetString("__index", value.Globals(L))
	return 0
}

// errText is the cause of a file error in C's words.
func errText(err error) string {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		err = path.Err
	case errors.As(err, &link):
		err = link.Err
	}
	if errors.Is(err, fs.ErrNotExist) {
		return "No such file or directory"
	}
	s := fmt.Sprint(err)
	return strings.ToUpper(s[:1]) + s[1:]
}

// IsLibrary tells whether require knows the name as one of the standard library.
func IsLibrary(name string) bool { return name == "_G" || slices.Contains(libraryNames, name) }

// Loaded is what require has given by a name in a VM, nil for nothing.
func Loaded(v *vm.VM, name string) lua.LValue {
	if l := of(v); l != nil && l.loaded != nil {
		return Field(l.loaded, name)
	}
	return lua.LNil
}

// LoadedModules is the table package.loaded.
func LoadedModules(v *vm.VM) *value.Table { return of(v).loadedTable() }
