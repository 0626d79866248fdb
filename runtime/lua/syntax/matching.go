package syntax

import lua "github.com/yuin/gopher-lua"

// A Matching is what Match has found about two versions of a chunk. It
// counts functions as Functions does, and is about any prototypes that were
// compiled from the two sources.
type Matching struct {
	// Reason says why the running chunk can't become the new one by the
	// replacement of functions; it is empty where the main chunks are the same
	// but for the functions in them.
	Reason string
	// Line is the line of the new source that Reason is about, 0 if there is none.
	Line int

	Functions []Function // of the new source; the first is the main chunk
	Old       []Function // of the old source
	Variables []Variable // of both; those of the new source that the old one has too are counted once

	Statements    []Statement // of the new source's main chunk
	OldStatements []Statement // of the old one's

	// Labels tells that the main chunk jumps: its statements may be run in another
	// order than they stand in.
	Labels bool

	old, new *outline
	numbers  [2]map[*local]int // the places of the old and the new source's variables in Variables
	pairs    map[*local]*local // the variables, from new to old
}

// A Function is one function of a version.
type Function struct {
	Name        string // `CMD.get`, or `skynet.fork(function:12)`
	Line        int
	Parent      int   // the function that it is in, -1 for the main chunk
	Counterpart int   // in the other version, -1 if there is none
	Changed     bool  // its own code is not its counterpart's; functions inside it don't count
	Upvalues    []int // the variables that it captures, in the order of its prototype
}

// A Variable is a local variable of the old or of the new source.
type Variable struct {
	Name string
	// Main is the variable's place among those that the old main chunk declares,
	// -1 for one of another function.
	Main int
	// Old and New are its places among the top-level locals at the end of the old
	// and the new chunk (ScopeNames), -1 where it isn't one.
	Old, New int
	// Once tells that each run of the chunk has just one of it.
	Once bool
	// OnceIn is the function of the old source each call of which makes one of it, 0
	// where there is none.
	OnceIn int
	// Assigned tells that code assigns to it after its declaration, in either source.
	Assigned bool
	// First is the literal that the new source declares it with, nil for anything else.
	First lua.LValue
	block int // of the old source; -1 for a variable that only the new one has
}

// Within tells whether whoever has the same w has the same v: w is declared in
// v's scope, or in one inside it.
func (m *Matching) Within(w, v int) bool {
	outer := m.Variables[v].block
	if outer < 0 {
		return false
	}
	for b := m.Variables[w].block; b >= 0; b = m.old.blocks[b].parent {
		if b == outer {
			return true
		}
	}
	return false
}

// Changes counts the functions whose own code has changed, the new ones included.
func (m *Matching) Changes() int {
	n := 0
	for i := range m.Functions {
		if m.Functions[i].Changed {
			n++
		}
	}
	return n
}
