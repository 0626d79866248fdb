package vm

import lua "github.com/yuin/gopher-lua"

// plainLoop is loop without its shortcuts: it leaves all instructions to execute.
func plainLoop(L *lua.LState, base *frame, f *Fiber) {
	current := currentFrameOf(L)
	for {
		if f.ticks--; f.ticks <= 0 {
			if f.tick() != nil {
				(*current).Pc++
				L.RaiseError("%s", f.fault.Error())
			}
			if f.hooks() && hookLoop(L, base, f) {
				break
			}
		}
		cf := *current
		inst := cf.Fn.Proto.Code[cf.Pc]
		cf.Pc++
		if execute[inst>>26](L, inst, base) == 1 {
			break
		}
	}
	f.nested--
}
