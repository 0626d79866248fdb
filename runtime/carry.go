package runtime

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/hotpatch"
	"devnode/runtime/lua/syntax"
	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

// A generation that is prepared takes the state of the one that serves over by
// name, after its main chunk has run and before its start function does: top-level
// locals, globals and fields of modules that are plain data, and whose first value
// is the same literal or constructor in both texts (carrycollect.go). Tables are
// taken as they are, without a copy: both generations run on one worker, one at a
// time. Numbers and the like follow at the switch, to be those of that moment.
//
// Objects become objects of the new code's class of the same name. Until the switch
// that, and whatever else is changed in what the old generation still works on,
// holds only while code of the new generation runs (carryrewrite.go); what this code
// itself changes is noted, to be taken back if the reload is given up
// (carryjournal.go).

// carry is what one generation takes over from another.
type carry struct {
	old, next *Generation
	names     []*namedValue
	remade    []remade                      // what isn't taken by its text
	pairs     *tablePairs                   // of old and new
	roots     map[*value.Table]*namedValue  // tables of names that have one at first, too
	replaced  map[*value.Table]*value.Table // first values of the new generation, by the tables in their place
	rewrites  []*rewrite
	journal   journal
	// overwritten names what the new start function has replaced.
	overwritten []string
	handlers    [2]map[string]handlerVariable // of the old and the new generation
	functions   map[*lua.LFunction]lua.LValue // of the old generation's text, and what the new one's has in their places
	disturbed   bool                          // the old generation has run since its tables were looked through
	committed   bool
}

// namedValue is a name that both generations know, whose value may be taken.
type namedValue struct {
	name     string
	from, to place
	fresh    lua.LValue // what it is at first in the new generation
	given    lua.LValue // what it got in its place
	refused  string     // why it isn't taken, empty if it is
	remark   string     // what is to be said of it where it is kept
	walk     walkResult
	inside   map[*value.Table]*value.Table // tables in its first value, by those in the same places of the old value
	merges   []*rewrite                    // what its constructor gives now, and didn't before

	keptBefore, keptNow string // by which reload.keep has it
}

// remade is a variable that isn't taken: a call has made it, or its first value is
// another now.
type remade struct {
	name     string
	old      lua.LValue
	to       place
	first    lua.LValue // of the old text, where that is a literal
	was      *syntax.FirstValue
	assigned bool // the program may have assigned to it
	changed  bool // its first value is another now
	gone     bool // the new text has no such variable
}

// carries tells whether u's generation takes state over by name.
func (u *upgrade) carries() bool {
	if u.options.Fresh || u.options.Anew[u.service.actor.Handle()] || u.service.cell != nil {
		return false
	}
	_, script := u.next.files.main()
	mode, _ := Directive(script)
	return mode != "fresh"
}

// takeOver has g take over by name what the main chunk has defined, if g is being
// prepared.
func (g *Generation) takeOver() {
	u := g.service.upgrade
	if u == nil || u.next != g || u.carry != nil || !u.carries() {
		return
	}
	u.carry = &carry{old: g.service.code, next: g, roots: make(map[*value.Table]*namedValue), replaced: make(map[*value.Table]*value.Table)}
	u.carry.take(g.instances, true)
	u.carry.enter()
}

// takeOverModule is takeOver for a file that is run once g has begun.
func (g *Generation) takeOverModule(in *hotpatch.Instance) {
	if u := g.service.upgrade; u != nil && u.next == g && u.carry != nil && !u.carry.committed {
		u.carry.leave()
		u.carry.take([]*hotpatch.Instance{in}, false)
		u.carry.enter()
	}
}

// take takes the values of the names in some files, and if all is set the globals.
func (c *carry) take(instances []*hotpatch.Instance, all bool) {
	collected := c.collect(instances, all)
	c.pairs = c.pairTables(collected)
	c.judge(collected)
	c.give(collected)
	c.replaceFirstValues(instances, all)
	c.journal.watch(c)
}

// give has the new generation have the values that aren't refused.
func (c *carry) give(collected []*namedValue) {
	for _, n := range collected {
		n.fresh = n.to.get()
		if n.refused != "" {
			continue
		}
		n.given = c.mapped(n.from.get())
		n.to.set(n.given)
		n.keep(c.next.service.upgrade)
		if fresh, ok := n.fresh.(*value.Table); ok && n.given != n.fresh {
			if given, ok := n.given.(*value.Table); ok {
				c.replaced[fresh] = given
			}
		}
		for was, is := range n.inside {
			c.replaced[is] = was
		}
		c.rewrites = append(append(c.rewrites, n.walk.rewrites...), n.merges...)
	}
	c.names = append(c.names, collected...)
}

// mapped is what a value of the old generation is in the new one.
func (c *carry) mapped(v lua.LValue) lua.LValue {
	if t, ok := v.(*value.Table); ok {
		if is, ok := c.pairs.newOf[t]; ok {
			return is
		}
	}
	return v
}

// enter is called before code of the new generation runs, and leave after it.
func (c *carry) enter() {
	if c == nil || c.committed {
		return
	}
	for _, r := range c.rewrites {
		r.apply()
	}
	c.journal.begin(c)
}

func (c *carry) leave() {
	if c == nil || c.committed {
		return
	}
	c.journal.end()
	for i := len(c.rewrites) - 1; i >= 0; i-- {
		c.rewrites[i].undo()
	}
}

// commit is the switch: what was taken is the new generation's, with the values of
// this moment. What the new start function has given another value keeps it.
func (c *carry) commit() {
	if c == nil {
		return
	}
	c.look()
	c.settleStart()
	c.takeHandlers()
	c.committed = true
	for _, r := range c.rewrites {
		r.apply()
	}
	for _, n := range c.names {
		n.commit(c)
	}
	c.journal = journal{}
	c.old.successor = c
}

// look goes through what is taken once more, if the old generation has run
// meanwhile: there may be new objects of its classes.
func (c *carry) look() {
	if !c.disturbed {
		return
	}
	c.disturbed = false
	w := &dataWalk{carry: c, seen: make(map[*value.Table]*namedValue)}
	for _, n := range c.names {
		if n.refused == "" && n.to.get() == n.given {
			n.walk = walkResult{}
			w.walk(n, n.from.get())
			n.walk.follow()
			c.rewrites = append(c.rewrites, n.walk.rewrites...)
		}
	}
}

// commit gives the name the old generation's present value, and has both
// generations share a local variable while the old one drains.
func (n *namedValue) commit(c *carry) {
	if n.refused != "" || n.to.get() != n.given {
		return
	}
	if now := c.mapped(n.from.get()); now != n.given {
		if n.walk.refused != "" {
			n.refused = n.walk.refused
			return
		}
		n.given = now
		n.to.set(now)
	}
	from, ok1 := n.from.(cellPlace)
	to, ok2 := n.to.(cellPlace)
	if ok1 && ok2 && len(c.old.reloads().disposes) == 0 && n.from.get() == n.given {
		vm.ShareCell(from.Upvalue, to.Upvalue)
	}
}

// follow takes over what the old generation has changed while it drained. It is
// called when that has ended.
func (c *carry) follow() {
	s := c.next.service
	if s.code != c.next {
		return
	}
	c.disturbed = true
	for _, n := range c.names {
		_, field := n.from.(fieldPlace)
		if !field || n.refused != "" || n.given != n.to.get() && n.from.get() == n.given {
			continue
		}
		switch now := n.from.get(); {
		case now == n.given || c.mapped(now) == n.given:
		case n.to.get() != n.given:
			c.next.log("reload %s: %s was changed by generation %d, which has ended, and by generation %d: it stays %s", s.script, n.name, c.old.number, c.next.number, shortValue(n.to.get()))
		case vm.Plain(now):
			n.given = now
			n.to.set(now)
		}
	}
	c.look()
	for _, r := range c.rewrites {
		r.apply()
	}
}

// giveUp takes back what code of the new generation has changed in the tables of the
// serving one, and lists the variables where that can't be done.
func (c *carry) giveUp() (left []string) {
	if c == nil || c.committed {
		return nil
	}
	c.committed = true
	return c.journal.undo(c.original)
}

// original is a value of the old generation that a rewrite has replaced by the new
// one's.
func (c *carry) original(v lua.LValue) lua.LValue {
	if t, ok := v.(*value.Table); ok {
		if was, ok := c.pairs.oldOf[t]; ok {
			return was
		}
	}
	return v
}
