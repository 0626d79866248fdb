package settings

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/sourcefile"
	"devnode/runtime/lua/syntax"
	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

// ReadConfig reads a configuration file in skynet's format: a Lua chunk whose
// assignments to globals are the settings. $NAME stands for the environment
// variable NAME, which must exist; include "FILE" reads another such file, from
// the folder of the one that includes it. Values are strings, numbers or
// booleans; all become strings, as skynet.getenv returns them.
func ReadConfig(file string) (map[string]string, error) {
	pool := vm.NewPool()
	defer pool.Close()
	v := vm.New(pool)
	defer v.Close()
	v.Explain = syntax.Explain
	v.OnInterrupt = func(*vm.Fiber) error { return errors.New("it takes too long") }
	limit := time.AfterFunc(configTime, v.Interrupt)
	defer limit.Stop()

	c := &config{vm: v, result: v.Globals()}
	f := v.NewFiber(nil)
	defer f.Release()
	f.Start(v.NewFunction(func(L *lua.LState) int { c.include(L, file); return 0 }))
	f.Resume()
	if err := f.Failure(); err != nil {
		return nil, fmt.Errorf("config %s: %s", file, err.Value)
	}
	return c.settings(file)
}

// configTime bounds the evaluation of a file.
const configTime = 2 * time.Second

// maxIncludes bounds files that include each other.
const maxIncludes = 50

type config struct {
	vm     *vm.VM
	result *value.Table
	folder string // of the file that is being read
	depth  int
}

var variable = regexp.MustCompile(`\$(\w+)`)

// include runs one file.
func (c *config) include(L *lua.LState, name string) {
	if c.depth++; c.depth > maxIncludes {
		vm.Throw(L, lua.LString("include "+name+": files include each other"))
	}
	defer func() { c.depth-- }()
	path := name
	if !filepath.IsAbs(name) {
		path = filepath.Join(c.folder, name)
	}
	text, err := sourcefile.Read(path)
	if err != nil {
		vm.Throw(L, lua.LString(reason(err)))
	}
	text, err = expand(text)
	if err != nil {
		vm.Throw(L, lua.LString(path+": "+err.Error()))
	}
	proto, err := syntax.Compile(text, "@"+path)
	if err != nil {
		vm.Throw(L, lua.LString(err.Error()))
	}
	outer := c.folder
	c.folder = filepath.Dir(path)
	defer func() { c.folder = outer }()
	fn := c.vm.NewClosure(proto)
	value.SetEnv(fn, c.env())
	L.Push(fn)
	vm.Call(L, 0, 0)
}

// env is where a file's assignments go, with include beside them.
func (c *config) env() *value.Table {
	if value.Meta(c.result) == lua.LNil {
		mt, index := value.NewTable(0, 1), value.NewTable(0, 1)
		index.RawSetString("include", c.vm.NewFunction(func(L *lua.LState) int {
			c.include(L, L.CheckString(1))
			return 0
		}))
		mt.RawSetString("__index", index)
		value.SetMeta(c.result, mt)
	}
	return c.result
}

func reason(err error) string {
	if errors.Is(err, os.ErrNotExist) {
		var pe *os.PathError
		if errors.As(err, &pe) {
			return "no such file: " + pe.Path
		}
	}
	return err.Error()
}

// expand replaces $NAME by environment variables, everywhere, as skynet does.
func expand(text []byte) ([]byte, error) {
	var missing []string
	out := variable.ReplaceAllFunc(text, func(m []byte) []byte {
		value, ok := os.LookupEnv(string(m[1:]))
		if !ok {
			missing = append(missing, string(m[1:]))
		}
		return []byte(value)
	})
	if len(missing) > 0 {
		return nil, fmt.Errorf("os.getenv() failed: %s", strings.Join(missing, ", "))
	}
	return out, nil
}

// settings reads what the files have assigned.
func (c *config) settings(file string) (map[string]string, error) {
	out := map[string]string{}
	var faults []error
	c.result.ForEach(func(k, v lua.LValue) {
		key, ok := k.(lua.LString)
		if !ok {
			faults = append(faults, fmt.Errorf("config %s: the key %s is no name", file, k))
			return
		}
		switch v := v.(type) {
		case lua.LString:
			out[string(key)] = string(v)
		case lua.LNumber, value.Int, value.Float:
			out[string(key)] = value.Text(v)
		case lua.LBool:
			out[string(key)] = strconv.FormatBool(bool(v))
		default:
			faults = append(faults, fmt.Errorf("config %s: %s is a %s, want a string, a number or true or false", file, key, v.Type()))
		}
	})
	return out, errors.Join(faults...)
}
