package syntax

import (
	"slices"

	"github.com/yuin/gopher-lua/ast"
)

// A flattener makes an outline. The atoms of the functions that it is in stand one
// behind the other: those of an inner function are taken out at its end.
type flattener struct {
	outline
	cur   *unit
	block int
	atoms []atom
	first int  // of the current function's atoms
	again bool // the outline is known already: the tree stays as it is
}

func newFlattener() *flattener {
	return &flattener{outline: outline{given: make(map[*function]string)}, block: -1}
}

func flatten(main *function) *outline {
	f := newFlattener()
	f.function(main, "main chunk", "")
	return &f.outline
}

// function makes the unit of fn, and an atom for its place in the one around it.
func (f *flattener) function(fn *function, name, key string) {
	u := &unit{fn: fn, parent: f.cur, index: -1, name: name, key: key}
	f.units = append(f.units, u)
	outer, around := f.cur, f.block
	if outer != nil {
		outer.inner = append(outer.inner, u)
		f.atoms = append(f.atoms, atom{tag: "function", fn: u, line: fn.Line()})
	}
	first := f.first
	f.cur, f.first = u, len(f.atoms)
	f.enter(outer == nil)
	f.blocks[f.block].inCall = true
	for _, v := range fn.params {
		f.declare(v)
	}
	if fn.vararg {
		f.add("...", "", fn.Line())
	}
	f.body(fn.body)
	u.atoms = slices.Clone(f.atoms[f.first:])
	f.atoms = f.atoms[:f.first]
	f.cur, f.block, f.first = outer, around, first
}

func (f *flattener) enter(once bool) {
	f.blocks = append(f.blocks, blockInfo{parent: f.block, once: once, unit: f.cur})
	f.block = len(f.blocks) - 1
}

// scope flattens a block that is entered as often as the one around it, or
// once for each round of a loop.
func (f *flattener) scope(loop bool, inside func()) {
	around := f.block
	f.enter(!loop && f.blocks[around].once)
	f.blocks[f.block].inCall = !loop && f.blocks[around].inCall
	inside()
	f.block = around
}

func (f *flattener) add(tag, text string, line int) {
	f.atoms = append(f.atoms, atom{tag: tag, text: text, line: line})
}

func (f *flattener) declare(v *local) {
	if !f.again {
		v.block = f.block
	}
	f.cur.locals = append(f.cur.locals, v)
	f.atoms = append(f.atoms, atom{tag: "declare", text: v.name, bits: uint64(v.attrib), v: v, line: f.lastLine()})
}

func (f *flattener) lastLine() int {
	if n := len(f.atoms); n > f.first {
		return f.atoms[n-1].line
	}
	return f.cur.fn.Line()
}

func (f *flattener) body(list []ast.Stmt) {
	main := f.cur.parent == nil && len(f.blocks) == 1
	for _, st := range list {
		from := len(f.atoms) - f.first
		f.statement(st)
		if main {
			f.cur.tops = append(f.cur.tops, top{from, len(f.atoms) - f.first, statementText(st), st.Line(), st})
		}
	}
	f.add("end", "", f.lastLine())
}
