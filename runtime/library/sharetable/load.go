package sharetable

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"devnode/runtime/library"
)

// fail raises an error about what was to be loaded.
type fail func(c library.Call, format string, args ...any)

// failed is that of the module, where in skynet the service that loads fails.
func failed(c library.Call, format string, args ...any) { c.Raise("call failed: "+format, args...) }

// freeze makes the shared table of one that nobody else has.
func freeze(c library.Call, t library.Table, name string, fail fail) library.Frozen {
	return c.Freeze(t, name, func(in library.Table, key, v library.Value) {
		if key.IsNil() {
			if _, has := in.Metatable(); has {
				fail(c, "Can't share metatable")
			}
			return
		}
		if v.IsNil() {
			v = key
		}
		switch v.Type() {
		case "string", "number", "boolean":
		case "function":
			if !c.Stateless(v) {
				fail(c, "Invalid function with upvalue")
			}
		case "userdata":
			if !v.IsLight() {
				fail(c, "Invalid type [userdata]")
			}
		default:
			fail(c, "Invalid type [%s]", v.Type())
		}
	})
}

// run loads code, or where it begins with @ a file, runs it with the arguments from first
// on, and makes a shared table of the one that it returns.
func run(c library.Call, name, source string, first int, fail fail) library.Frozen {
	var args []library.Value
	for n := first; n <= c.Args(); n++ {
		args = append(args, argument(c, n, n-first+2, fail))
	}
	chunk := source
	if file, ok := strings.CutPrefix(source, "@"); ok {
		source = read(c, file, fail)
	}
	globals := freshGlobals(c)
	results := c.Apply(globals.Field("load"), library.String(source), library.String(chunk), library.String("bt"), globals.Value())
	if results[0].IsNil() {
		fail(c, "%s", results[1].Text())
	}
	results, err := c.TryApply(results[0], args...)
	if err != nil {
		fail(c, "%s", err)
	}
	root := library.Nil
	if len(results) > 0 {
		root = results[0]
	}
	t, ok := root.Table()
	if !ok {
		fail(c, "Not a table, it's a %s.", root.Type())
	}
	return freeze(c, t, name, fail)
}

// argument is one for the code: what is the same in any machine.
func argument(c library.Call, n, matrix int, fail fail) library.Value {
	v := c.Arg(n)
	switch v.Type() {
	case "boolean", "number":
		return v
	case "function":
		if c.Stateless(v) {
			return v
		}
		fail(c, "bad argument #%d to 'matrix' (Only support light C function)", matrix)
	case "userdata":
		if v.IsLight() {
			return v
		}
	}
	fail(c, "bad argument #%d to 'matrix' (Type invalid)", matrix)
	return v
}

// read reads a file, without a first line that is for a shell.
func read(c library.Call, file string, fail fail) string {
	var data []byte
	var err error
	c.Block(func() { data, err = os.ReadFile(file) })
	if err != nil {
		var path *fs.PathError
		text := err.Error()
		if errors.As(err, &path) {
			text, _ = library.SystemError(path.Err)
		}
		fail(c, "%s", fmt.Sprintf("cannot open %s: %s", file, text))
	}
	text := strings.TrimPrefix(string(data), "\xef\xbb\xbf")
	if strings.HasPrefix(text, "#") {
		_, rest, _ := strings.Cut(text, "\n")
		text = "\n" + rest
	}
	return text
}

// globalNames are those of Lua itself: skynet loads such code in a machine of its own.
var globalNames = strings.Fields(`assert collectgarbage dofile error getmetatable ipairs load loadfile next pairs pcall print
	rawequal rawget rawlen rawset require select setmetatable tonumber tostring type warn xpcall _VERSION
	coroutine debug io math os package string table utf8`)

// freshGlobals are the globals of such code.
func freshGlobals(c library.Call) library.Table {
	fresh, globals := c.NewTable(0, len(globalNames)+1), c.Globals()
	for _, name := range globalNames {
		fresh.SetField(name, globals.Field(name))
	}
	fresh.SetField("_G", fresh.Value())
	return fresh
}
