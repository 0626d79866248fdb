package hotpatch

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

// code is a function of the source, whichever text it was compiled from.
type code struct {
	c     *Change
	index int // in the old text, or beyond it one that only the new text has
}

// codeOf says which function of a changed file's source a function is of.
func (p *Patch) codeOf(fn *lua.LFunction) (code, bool) {
	for _, c := range p.changes {
		if i, ok := c.index[fn.Proto]; ok {
			return code{c, i}, true
		}
		if i, ok := c.indexN[fn.Proto]; ok {
			if was := c.Match.Functions[i].Counterpart; was >= 0 {
				return code{c, was}, true
			}
			return code{c, len(c.Was) + i}, true
		}
	}
	return code{}, false
}

// same tells whether two values are alike all through: tables entry by entry,
// functions by the place in the source that they were made at.
func (p *Patch) same(a, b lua.LValue) bool {
	return (&comparison{p: p, seen: make(map[[2]*value.Table]bool)}).same(a, b)
}

// comparison is the work of same. Pairs that are being compared are taken to be
// alike, so that a cycle ends.
type comparison struct {
	p    *Patch
	seen map[[2]*value.Table]bool
}

func (c *comparison) same(a, b lua.LValue) bool {
	if a == b {
		return true
	}
	switch x := a.(type) {
	case *lua.LFunction:
		y, ok := b.(*lua.LFunction)
		if !ok || x.IsG || y.IsG {
			return false
		}
		cx, okx := c.p.codeOf(x)
		cy, oky := c.p.codeOf(y)
		return okx && oky && cx == cy || !okx && !oky && x.Proto == y.Proto
	case *value.Table:
		y, ok := b.(*value.Table)
		return ok && c.tables(x, y)
	}
	return false
}

func (c *comparison) tables(a, b *value.Table) bool {
	pair := [2]*value.Table{a, b}
	if c.seen[pair] {
		return true
	}
	c.seen[pair] = true
	if !c.same(value.Meta(a), value.Meta(b)) {
		return false
	}
	n := 0
	for k, v, _ := vm.Next(a, lua.LNil); k != lua.LNil; k, v, _ = vm.Next(a, k) {
		n++
		if other := b.RawGet(k); other == lua.LNil || !c.same(v, other) {
			return false
		}
	}
	for k, _, _ := vm.Next(b, lua.LNil); k != lua.LNil; k, _, _ = vm.Next(b, k) {
		n--
	}
	return n == 0
}
