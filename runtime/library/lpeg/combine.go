package lpeg

import (
	"math"

	"devnode/runtime/library"
)

// What makes one value of several: tables, functions, folds.

func (e *evaluator) table() int {
	head := e.at
	t := e.c.NewTable(0, 0)
	e.put(t.Value())
	n := 0
	for e.at++; e.inside(head); {
		if in := &e.m.marks[e.at]; in.kind == groupCapture && in.value != 0 {
			name := e.value(e.at)
			e.set(t, name, e.one())
			continue
		}
		k := e.push()
		base := len(e.stack) - k
		for i, v := range e.stack[base:] {
			t.Set(library.Int(int64(n+i+1)), v)
		}
		e.stack = e.stack[:base]
		n += k
	}
	e.leave(head)
	return 1
}

func (e *evaluator) set(t library.Table, name, v library.Value) {
	if s, ok := name.Str(); ok {
		t.SetField(s, v)
		return
	}
	if f, ok := name.Float(); ok && math.IsNaN(f) {
		e.c.Raise("table index is NaN")
	}
	t.Set(name, v)
}

func (e *evaluator) call() int {
	e.put(e.value(e.at))
	n := e.nested(false)
	base := len(e.stack) - n
	results := e.c.Apply(e.stack[base-1], e.stack[base:]...)
	e.stack = append(e.stack[:base-1], results...)
	return len(results)
}

func (e *evaluator) accumulate() {
	if len(e.stack) <= e.floor {
		e.c.Raise("no previous value for accumulator capture")
	}
	fn := e.value(e.at)
	previous := len(e.stack) - 1
	e.nested(false)
	results := e.c.Apply(fn, e.stack[previous:]...)
	e.stack = append(e.stack[:previous], first(results))
}

func (e *evaluator) fold() int {
	head := e.at
	fn := e.value(head)
	e.at++
	n := 0
	if e.inside(head) {
		n = e.push()
	}
	if n == 0 {
		e.c.Raise("no initial value for fold capture")
	}
	base := len(e.stack) - n
	e.stack = e.stack[:base+1]
	for e.inside(head) {
		e.push()
		results := e.c.Apply(fn, e.stack[base:]...)
		e.stack = append(e.stack[:base], first(results))
	}
	e.leave(head)
	return 1
}

func first(values []library.Value) library.Value {
	if len(values) == 0 {
		return library.Nil
	}
	return values[0]
}
