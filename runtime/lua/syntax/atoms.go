package syntax

import (
	"math"

	"github.com/yuin/gopher-lua/ast"

	"devnode/runtime/lua/value"
)

// An atom is a piece of a function's own code, as Match sees it: two
// functions whose atoms are the same do the same. The code of functions inside
// it is not a part of it, only the places where they are. Lines don't count.
type atom struct {
	tag  string
	text string
	bits uint64 // of a number
	v    *local
	fn   *unit
	line int
}

// A unit is a function of a tree, flattened.
type unit struct {
	fn     *function
	parent *unit
	index  int    // of its prototype, in the order of Functions; -1 where it has none
	name   string // `CMD.get`; empty where nothing names it
	key    string // what tells it apart from others in the same function
	atoms  []atom
	tops   []top    // of the main function
	labels bool     // it jumps: its blocks may be entered again in a call
	locals []*local // in the order of their declarations
	inner  []*unit
}

// A top is a top-level statement: where its atoms begin, and how it is called.
type top struct {
	from, to int
	text     string
	line     int
	st       ast.Stmt
}

// blockInfo is a scope of local variables.
type blockInfo struct {
	parent int
	once   bool // it is entered once, when the chunk runs
	unit   *unit
	inCall bool // each call of the unit enters it once
}

// literalAtom tells integers from floats, and zero from minus zero.
func literalAtom(e *literal) atom {
	a := atom{tag: "literal", text: e.str, bits: uint64(e.kind), line: e.Line()}
	if e.kind == litNumber {
		switch i, f, kind := value.Read(e.num); kind {
		case value.Integer:
			a.tag, a.bits = "integer", uint64(i)
		default:
			a.tag, a.bits = "float", math.Float64bits(f)
		}
	}
	return a
}
