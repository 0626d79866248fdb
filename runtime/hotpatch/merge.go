package hotpatch

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

// A value of a text that changes has three versions: base is what the old text
// gave, mine is what lives, theirs is what the new text gives. What the program
// hasn't changed becomes theirs; what it has changed stays, and is told.

// place is where a value lives.
type place struct {
	name string
	get  func() lua.LValue
	set  func(lua.LValue)
	poke func(lua.LValue) // set, for a moment: nobody is told
}

func (p *Patch) cellPlace(name string, uv *lua.Upvalue) place {
	return place{name, uv.Value, func(v lua.LValue) { p.made.setCell(uv, p.merged(v)) }, uv.SetValue}
}

func (p *Patch) fieldPlace(name string, t *value.Table, k lua.LValue) place {
	return place{name, func() lua.LValue { return t.RawGet(k) }, func(v lua.LValue) { p.made.setField(t, k, p.merged(v)) }, func(v lua.LValue) { t.RawSet(k, v) }}
}

func (p *Patch) metatablePlace(name string, t *value.Table) place {
	return place{name, func() lua.LValue { return value.Meta(t) }, func(v lua.LValue) { p.made.setMetatable(t, p.merged(v)) }, func(v lua.LValue) { value.SetMeta(t, v) }}
}

// settle brings a place from base to theirs. base is nil where the old text gave
// it no value, theirs where the new text gives it none.
func (p *Patch) settle(at place, base, theirs lua.LValue) {
	mine := at.get()
	switch {
	case base == nil:
		p.begin(at, mine, theirs)
	case theirs == nil:
		p.end(at, mine, base)
	case p.same(base, theirs):
	case p.mergeTables(at.name, mine, base, theirs):
	case p.same(mine, base):
		at.set(theirs)
		p.report.Values = append(p.report.Values, fmt.Sprintf("%s %s -> %s", at.name, short(mine), short(theirs)))
	case !p.same(mine, theirs):
		p.report.Kept = append(p.report.Kept, fmt.Sprintf("%s = %s; its first value is now %s", at.name, short(mine), short(theirs)))
	}
}

// settleVolatile brings a local whose first value is another each time it is
// evaluated, as the time is, from what it holds to what the new text gives, unless
// code may have assigned to it: then it stays. It is false where that doesn't arise.
func (p *Patch) settleVolatile(at place, base, theirs lua.LValue, assigned bool) bool {
	mine := at.get()
	if base == nil || plain(base) == nil || plain(mine) == nil || plain(theirs) == nil || p.same(base, theirs) {
		return false
	}
	if assigned {
		p.report.Kept = append(p.report.Kept, fmt.Sprintf("%s = %s; its first value is now %s", at.name, short(mine), short(theirs)))
		return true
	}
	at.set(theirs)
	p.report.Values = append(p.report.Values, fmt.Sprintf("%s %s -> %s, made anew", at.name, short(mine), short(theirs)))
	return true
}

// begin gives a place its first value.
func (p *Patch) begin(at place, mine, theirs lua.LValue) {
	switch {
	case mine == lua.LNil:
		at.set(theirs)
		p.report.Values = append(p.report.Values, "new "+at.name)
	case !p.same(mine, theirs):
		p.report.Kept = append(p.report.Kept, fmt.Sprintf("%s = %s, which was there; its first value is %s", at.name, short(mine), short(theirs)))
	}
}

// end takes away what the text gives no more.
func (p *Patch) end(at place, mine, base lua.LValue) {
	switch {
	case mine == lua.LNil:
	case p.same(mine, base):
		at.set(lua.LNil)
		p.report.Values = append(p.report.Values, "gone "+at.name)
	default:
		p.report.Kept = append(p.report.Kept, fmt.Sprintf("%s = %s, which the text has no more", at.name, short(mine)))
	}
}

// mergeTables is settle for tables, in place. It is false where one of the three
// is none, and where a text names a table that lives instead of making one: what
// has another table then is the place, and the table named stays as it is.
func (p *Patch) mergeTables(name string, mine, base, theirs lua.LValue) bool {
	m, okm := mine.(*value.Table)
	b, okb := base.(*value.Table)
	t, okt := theirs.(*value.Table)
	if !okm || !okb || !okt || m.Frozen() {
		return false
	}
	if b == t || m == t {
		return true
	}
	if m == b || p.shared[b] || p.shared[t] {
		return false
	}
	p.became[t] = m
	p.mergeList(name, m, b, t)
	for _, k := range fieldsOf(b, t) {
		at := p.fieldPlace(fieldName(name, k), m, k)
		bv, tv := given(b, k), given(t, k)
		if bv == nil && tv != nil && p.same(m.RawGet(k), tv) {
			continue
		}
		p.settle(at, bv, tv)
	}
	if bm, tm := value.Meta(b), value.Meta(t); bm != tm {
		p.settle(p.metatablePlace("metatable of "+name, m), bm, tm)
	}
	return true
}

// merged is the living table that a table of the new text was merged into, for one
// that refers to itself, and for a function of the top level that has moved, or has
// another name, the living one: who holds it by its former name has the same then.
func (p *Patch) merged(v lua.LValue) lua.LValue {
	switch v := v.(type) {
	case *value.Table:
		if p.became[v] != nil {
			return p.became[v]
		}
	case *lua.LFunction:
		if fn := p.onlyLiving(v); fn != nil {
			return fn
		}
	}
	return v
}

// onlyLiving is the one living function of the old text that a function of the top
// level of the new text is, nil if there is none, or are several.
func (p *Patch) onlyLiving(fn *lua.LFunction) *lua.LFunction {
	made, ok := p.codeOf(fn)
	if !ok || made.index >= len(made.c.Was) || made.c.Match.Old[made.index].Parent != 0 {
		return nil
	}
	var found *lua.LFunction
	for _, l := range p.living[made.c] {
		if l.old != made.index {
			continue
		}
		if found != nil || l.reach > byStack {
			return nil
		}
		found = l.fn
	}
	return found
}

// given is an entry, nil where there is none.
func given(t *value.Table, k lua.LValue) lua.LValue {
	if v := t.RawGet(k); v != lua.LNil {
		return v
	}
	return nil
}

// fieldsOf lists the keys of two tables beyond their lists, those of the second
// first.
func fieldsOf(base, theirs *value.Table) []lua.LValue {
	var keys []lua.LValue
	seen := make(map[lua.LValue]bool)
	for _, t := range []*value.Table{theirs, base} {
		n := listLen(t)
		for k, _, _ := vm.Next(t, lua.LNil); k != lua.LNil; k, _, _ = vm.Next(t, k) {
			if i, ok := value.ToInt(k); ok && i >= 1 && i <= int64(n) || seen[k] {
				continue
			}
			seen[k] = true
			keys = append(keys, k)
		}
	}
	return keys
}

func fieldName(name string, k lua.LValue) string {
	if s, ok := k.(lua.LString); ok {
		return name + "." + string(s)
	}
	return fmt.Sprintf("%s[%s]", name, short(k))
}

// mergeList brings the list of a table from base to theirs. One that the program
// has changed stays whole: by their places its rows and the text's aren't known to
// be the same ones.
func (p *Patch) mergeList(name string, mine, base, theirs *value.Table) {
	nb, nt := listLen(base), listLen(theirs)
	if nb == nt && p.sameList(base, theirs, nt) {
		return
	}
	if listLen(mine) != nb || !p.sameList(mine, base, nb) {
		if listLen(mine) == nt && p.sameList(mine, theirs, nt) {
			return
		}
		p.report.Kept = append(p.report.Kept, fmt.Sprintf("the list %s, which the program has changed; the text has %d entries now", name, nt))
		return
	}
	rows := p.rows(name, mine, base, theirs, nb, nt)
	p.report.Values = append(p.report.Values, listWords(name, mine, rows, nb)...)
	for i := 1; i <= max(nb, nt); i++ {
		var v lua.LValue = lua.LNil
		if i <= nt {
			v = rows[i-1]
		}
		if mine.RawGetInt(i) != v {
			p.made.setField(mine, lua.LNumber(i), v)
		}
	}
}

// listLen is the number of entries from 1 on without a gap. An entry beyond one has a
// key of its own: it isn't a part of the list.
func listLen(t *value.Table) int {
	n := 0
	for t.RawGetInt(n+1) != lua.LNil {
		n++
	}
	return n
}

func (p *Patch) sameList(a, b *value.Table, n int) bool {
	for i := 1; i <= n; i++ {
		if !p.same(a.RawGetInt(i), b.RawGetInt(i)) {
			return false
		}
	}
	return true
}

// rows are the entries of the list as it will be. A row that both texts have is
// the living one; one that stands where another stood that is gone, and is a table
// as that one was, is that one with its entries merged; others are new.
func (p *Patch) rows(name string, mine, base, theirs *value.Table, nb, nt int) []lua.LValue {
	rows := make([]lua.LValue, nt)
	taken := make([]bool, nb)
	for i := range nt {
		for k := range nb {
			if !taken[k] && p.same(theirs.RawGetInt(i+1), base.RawGetInt(k+1)) {
				taken[k], rows[i] = true, mine.RawGetInt(k+1)
				break
			}
		}
	}
	for i := range nt {
		if rows[i] != nil {
			continue
		}
		rows[i] = theirs.RawGetInt(i + 1)
		if i < nb && !taken[i] {
			row := mine.RawGetInt(i + 1)
			if p.mergeTables(fmt.Sprintf("%s[%d]", name, i+1), row, base.RawGetInt(i+1), rows[i]) {
				taken[i], rows[i] = true, row
			}
		}
	}
	return rows
}
