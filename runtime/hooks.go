package runtime

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/vm"
)

// runHooks calls functions of a generation, one after another, without waiting
// for those that block. A hook that fails, or is found to loop for ever, stops
// neither the others nor the switch.
func (s *Service) runHooks(g *Generation, what string, hooks []lua.LValue) {
	s.changes.Add(1) // new code waits for their end
	defer s.changes.Add(-1)
	for _, fn := range hooks {
		t := g.newTask(taskMain, fn, nil)
		t.ended = func(t *Task) {
			err := t.fiber.Failure()
			if err != nil && err.Value != lua.LValue(lua.LString(vm.ErrKilled.Error())) {
				g.log("reload %s: the function given to %s: %s", s.script, what, err)
			}
		}
		s.step(t)
	}
}
