package backend

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"devnode/console"
	"devnode/runtime/lua/value"
)

// values copies the results of a call for the console. They must not be in use
// by a service any more.
func values(list []lua.LValue) []console.Value {
	c := copier{left: console.MaxTotal, bytes: console.MaxBytes, above: map[*value.Table]bool{}}
	out := make([]console.Value, len(list))
	for i, v := range list {
		out[i] = c.value(v, 0)
	}
	return out
}

// copier copies Lua values up to the console's limits.
type copier struct {
	left  int // values that may still be copied
	bytes int // that texts may still have
	above map[*value.Table]bool
}

func (c *copier) value(v lua.LValue, depth int) console.Value {
	c.left--
	switch v := v.(type) {
	case nil, *lua.LNilType:
		return console.Nil()
	case lua.LBool:
		return console.Bool(bool(v))
	case lua.LNumber, value.Int, value.Float:
		return console.Value{Type: "number", Text: value.Text(v)}
	case lua.LString:
		return console.Text(c.text(string(v)))
	case *value.Table:
		return c.table(v, depth)
	case *lua.LFunction:
		return console.Value{Type: "function", Text: functionText(v)}
	case *lua.LState:
		return console.Value{Type: "thread", Text: fmt.Sprintf("thread: %p", v)}
	default:
		return console.Value{Type: v.Type().String(), Text: v.String()}
	}
}

// text is a text, shortened where there were many long ones.
func (c *copier) text(s string) string {
	s = console.Shorten(s, max(c.bytes, leastText))
	c.bytes -= len(s)
	return s
}

// leastText is how long a text may be in any case.
const leastText = 100

// functionText says where a function is written, which its address doesn't.
func functionText(fn *lua.LFunction) string {
	if fn.IsG || fn.Proto == nil {
		return fmt.Sprintf("function: builtin: %p", fn)
	}
	return fmt.Sprintf("function: %p (%s:%d)", fn, strings.TrimLeft(fn.Proto.SourceName, "@="), fn.Proto.LineDefined)
}

func (c *copier) table(t *value.Table, depth int) console.Value {
	switch {
	case c.above[t]:
		return console.Cycle()
	case depth >= console.MaxDepth || c.left <= 0:
		return console.Cut()
	}
	c.above[t] = true
	defer delete(c.above, t)
	out := console.Value{Type: "table", Fields: []console.Field{}}
	keys := sortedKeys(t)
	for i, k := range keys {
		if i >= console.MaxFields || c.left <= 0 {
			out.More = len(keys) - i
			break
		}
		out.Fields = append(out.Fields, console.Field{Key: c.value(k, depth+1), Value: c.value(t.RawGet(k), depth+1)})
	}
	return out
}

// sortedKeys lists the array part first, then the rest by kind and text.
func sortedKeys(t *value.Table) []lua.LValue {
	var keys []lua.LValue
	t.ForEach(func(k, _ lua.LValue) { keys = append(keys, k) })
	array := 0
	for t.RawGetInt(array+1) != lua.LNil {
		array++
	}
	rank := func(k lua.LValue) (int, string) {
		if s, ok := k.(lua.LString); ok {
			return 2, string(s)
		} else if !value.IsNumber(k) {
			return 3, k.String()
		}
		if i, ok := value.ToInt(k); ok && 1 <= i && i <= int64(array) {
			return 0, ""
		}
		return 1, ""
	}
	sort.SliceStable(keys, func(i, j int) bool {
		ri, si := rank(keys[i])
		rj, sj := rank(keys[j])
		if ri != rj {
			return ri < rj
		}
		if less, numbers := value.Less(keys[i], keys[j]); numbers {
			return less
		}
		return si < sj
	})
	return keys
}

// object is a table with text keys, in the given order of keys and values.
func object(fields ...console.Field) console.Value {
	return console.Value{Type: "table", Fields: slices.Clip(fields)}
}

func field(name string, v console.Value) console.Field {
	return console.Field{Key: console.Text(name), Value: v}
}
