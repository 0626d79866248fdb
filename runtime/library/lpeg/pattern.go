package lpeg

import (
	"math"
	"strconv"
	"strings"

	"devnode/runtime/library"
)

// pattern is what a script has of one: its tree, and the program as soon as it was matched.
type pattern struct {
	tree    *node
	program *program
	holds   bool // Lua values, which its object has
}

const className = "lpeg-pattern"

// class has the operators of patterns. Its methods are all functions of the module, as in lpeg.
func class(functions map[string]library.Function) *library.Class {
	made := &library.Class{Name: className, Methods: functions}
	m := maker{made}
	made.Events = map[string]library.Function{
		"__mul": m.sequence, "__add": m.choice, "__pow": m.repeat, "__len": m.and, "__div": m.divide,
		"__mod": m.accumulate, "__unm": m.not, "__sub": m.without,
	}
	return made
}

// maker makes patterns of a class.
type maker struct{ class *library.Class }

// operand is an argument as a pattern.
type operand struct {
	value library.Value // the argument
	*node
	holds []library.Value
}

// operand is argument n: a pattern, or what stands for one.
func (m maker) operand(c library.Call, n int) operand {
	v := c.Arg(n)
	if p, ok := library.Held[*pattern](v); ok {
		o := operand{value: v, node: p.tree}
		if p.holds {
			o.holds = []library.Value{v}
		}
		return o
	}
	if s, ok := v.Str(); ok {
		return operand{node: textNode(s)}
	}
	if b, ok := v.Bool(); ok {
		if b {
			return operand{node: textNode("")}
		}
		return operand{node: setNode(charset{})}
	}
	if t, ok := v.Table(); ok {
		tree, holds := newGrammar(c, t, n)
		return operand{node: tree, holds: holds}
	}
	switch v.Type() {
	case "number":
		i, _ := v.Int()
		return operand{node: numberNode(c, int(int32(i)))}
	case "function":
		return operand{node: branch(c, node{kind: runtime, key: v}, textNode(""), nil), holds: []library.Value{v}}
	}
	c.TypeError(n, className)
	return operand{}
}

// give returns a new pattern, which holds what its operands do.
func (m maker) give(c library.Call, tree *node, holds ...[]library.Value) {
	var all []library.Value
	for _, list := range holds {
		all = append(all, list...)
	}
	p := &pattern{tree: tree, holds: len(all) > 0}
	if p.holds {
		c.Return(m.class.NewHolding(c, p, all...))
		return
	}
	c.Return(m.class.New(c, p))
}

// same returns an operand as a pattern.
func (m maker) same(c library.Call, o operand) {
	if !o.value.IsNil() {
		c.Return(o.value)
		return
	}
	m.give(c, o.node, o.holds)
}

// kept is a list of a value, if that has to be held.
func kept(v library.Value) []library.Value {
	switch v.Type() {
	case "table", "function", "userdata", "thread":
		return []library.Value{v}
	}
	return nil
}

// integer is what lua_tointeger gives: an integer, or what stands for one.
func integer(v library.Value) (int64, bool) {
	if s, ok := v.Str(); ok {
		s = strings.TrimSpace(s)
		if i, err := strconv.ParseInt(s, 10, 64); err == nil {
			return i, true
		}
		f, err := strconv.ParseFloat(s, 64)
		if err != nil || f != math.Trunc(f) || math.Abs(f) >= 1<<63 {
			return 0, false
		}
		return int64(f), true
	}
	return v.Int()
}
