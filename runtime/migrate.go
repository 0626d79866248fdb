package runtime

import (
	"fmt"
	"maps"
	"slices"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/internal/actor"
	"devnode/runtime/lua/value"
)

// A migration (reload.migrate) changes the shape of the kept state. Nobody may
// work on the state meanwhile, and a failure must leave it as it was: requests
// wait, the old generation finishes what it was asked, the new one's function
// runs, and only then comes the switch.

// mustMigrate tells whether the kept state has another shape than the new
// generation wants.
func (u *upgrade) mustMigrate() bool {
	s, h := u.service, u.next.reloads()
	return h.migrate != nil && len(s.kept) > 0 && !u.options.Fresh && s.shape() != h.version
}

// ignoresShape tells whether the new generation takes over state of a version that
// it doesn't know, as code does that is older than its migrations: the state
// stays of that version.
func (u *upgrade) ignoresShape() bool {
	s := u.service
	return u.next.reloads().version == nil && len(s.kept) > 0 && !u.options.Fresh && s.shape() != lua.LValue(lua.LNumber(1))
}

// shape is the version of the kept state.
func (s *Service) shape() lua.LValue {
	if s.keptVersion == nil {
		return lua.LNumber(1)
	}
	return s.keptVersion
}

// hold lets requests wait until the old generation has answered what it was
// asked, and has the state migrated then. A generation that takes longer than
// the drain allows is cut.
func (u *upgrade) hold() {
	u.holding = true
	s := u.service
	timeout := u.options.Drain
	if timeout <= 0 {
		timeout = s.node.config.DrainTimeout
	}
	if u.options.Now {
		timeout = 0
	}
	s.publish()
	old := s.code
	old.keepResponses()
	u.expiry = actor.SetAlarm(timeout, func() {
		s.node.do(s, func(s *Service) {
			if s.upgrade == u && u.holding && !u.migrating {
				s.cutRequests(old, fmt.Sprintf("generation %d was still at it %s after the reload", old.number, timeout))
				u.migrateWhenIdle()
			}
		})
	})
	u.migrateWhenIdle()
}

// holds tells whether a request has to wait for the migration. What a handler of
// the old generation asks of its own service doesn't: it would wait for itself.
func (u *upgrade) holds(m Message) bool {
	return u.holding && (u.migrating || m.Source != u.service.actor.Handle())
}

// cutRequests ends the tasks of g that work for a request.
func (s *Service) cutRequests(g *Generation, reason string) {
	for _, t := range g.tasks() {
		if t.state != taskOver && t != s.running && t.request.pending() {
			s.kill(t, reason)
		}
	}
	g.failDeferred(reason)
}

// idle tells whether no task of g works for a request.
func (g *Generation) idle() bool {
	if len(g.responses) > 0 {
		return false
	}
	for t := g.first; t != nil; t = t.next {
		if t.state != taskOver && t.request.pending() {
			return false
		}
	}
	return true
}

// migrateWhenIdle runs the migration once the old generation has nothing left
// to answer. It is called again whenever one of its tasks has ended.
func (u *upgrade) migrateWhenIdle() {
	s := u.service
	if u.migrating || !s.code.idle() {
		return
	}
	u.migrating = true
	u.expiry.Stop()
	u.limit("its reload.migrate")
	state := value.NewTable(0, len(s.kept))
	for name, v := range s.kept {
		state.RawSetString(name, v)
	}
	for name, v := range u.fresh {
		state.RawSetString(name, v)
	}
	backup := backupOf(state)
	t := u.next.newTask(taskMain, u.next.reloads().migrate, []lua.LValue{s.shape(), state})
	t.ended = func(t *Task) {
		if s.upgrade != u {
			backup.restore()
			return
		}
		err := taskError(t)
		if err == nil {
			err = u.stale(state)
		}
		if err != nil {
			backup.restore()
			u.abort(fmt.Errorf("reload.migrate from version %s to %s: %w", s.shape(), u.next.reloads().version, err))
			return
		}
		u.stopClocks()
		clear(s.kept)
		state.ForEach(func(k, v lua.LValue) { s.kept[value.String(k)] = v })
		u.change()
	}
	s.step(t)
}

// stale is an error where a migration has put another value under a name whose
// value the new generation has already been given.
func (u *upgrade) stale(state *value.Table) error {
	for _, name := range slices.Sorted(maps.Keys(u.given)) {
		if state.RawGetString(name) != u.given[name] {
			return fmt.Errorf("kept.%s is another value than reload.keep(%q) gave the code: change the table in place", name, name)
		}
	}
	return nil
}

// releaseHeld dispatches the requests that waited, in order.
func (s *Service) releaseHeld() {
	for len(s.held) > 0 && s.leaving == nil && (s.upgrade == nil || !s.upgrade.holding) {
		m := s.held[0]
		s.held = s.held[1:]
		s.handled()
		s.message = m
		s.step(s.request(m))
	}
	if len(s.held) == 0 {
		s.held = nil
	}
}

// backup is what all the tables that can be reached from one contained.
type backup struct {
	tables []*value.Table
	copies []*value.Table
}

// backupOf notes the contents of root and of the tables in it, at any depth.
func backupOf(root *value.Table) *backup {
	b := &backup{}
	seen := map[*value.Table]bool{}
	todo := []*value.Table{root}
	for len(todo) > 0 {
		t := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if seen[t] {
			continue
		}
		seen[t] = true
		copied := value.NewTable(0, 0)
		value.SetMeta(copied, value.Meta(t))
		t.ForEach(func(k, v lua.LValue) {
			copied.RawSet(k, v)
			for _, e := range [2]lua.LValue{k, v} {
				if inner, ok := e.(*value.Table); ok {
					todo = append(todo, inner)
				}
			}
		})
		b.tables = append(b.tables, t)
		b.copies = append(b.copies, copied)
	}
	return b
}

// restore gives the tables their contents back.
func (b *backup) restore() {
	for i, t := range b.tables {
		value.Replace(t, b.copies[i])
	}
}
