package vm

import lua "github.com/yuin/gopher-lua"

// Temporary is the name of a value in a register that is no variable.
const Temporary = "(temporary)"

// Local is variable n of the function at a level: its name, empty where there is
// none, and its value. The first is 1; behind the variables that are in scope come
// the values that the function computes with. Negative n are variable arguments, -1
// for the first one. A function in Go has none.
func (f *Fiber) Local(level, n int) (name string, v lua.LValue) {
	th, at, name := f.localAt(level, n)
	if name == "" {
		return "", lua.LNil
	}
	if v = registryOf(th).get(at); v == nil {
		v = lua.LNil
	}
	return name, v
}

// SetLocal gives variable n of the function at a level a value.
func (f *Fiber) SetLocal(level, n int, v lua.LValue) {
	if th, at, name := f.localAt(level, n); name != "" {
		registryOf(th).set(at, v)
	}
}

// localAt is the register of a variable, and its name.
func (f *Fiber) localAt(level, n int) (th *lua.LState, register int, name string) {
	th, fr := f.frameAt(level)
	switch {
	case fr == nil || fr.Fn.IsG:
		return nil, 0, ""
	case n < 0:
		params := int(fr.Fn.Proto.NumParameters)
		if fr.Fn.Proto.IsVarArg == 0 || -n > fr.NArgs-params {
			return nil, 0, ""
		}
		return th, fr.Base + params - n, "(vararg)"
	case n == 0 || n > 255:
		return nil, 0, ""
	}
	register = fr.LocalBase + n - 1
	if name := localName(fr.Fn.Proto, n, fr.Pc-1); name != "" {
		return th, register, name
	}
	if register >= registersEnd(th, fr) {
		return nil, 0, ""
	}
	return th, register, Temporary
}

// localName is the name of the nth variable that is in scope at an instruction.
func localName(p *lua.FunctionProto, n, pc int) string {
	for _, l := range p.DbgLocals {
		if l.StartPc >= pc {
			break
		}
		if pc < l.EndPc {
			if n--; n == 0 {
				return l.Name
			}
		}
	}
	return ""
}

// registersEnd is the register behind those of a frame.
func registersEnd(th *lua.LState, fr *frame) int {
	above := currentFrame(th)
	if above == fr {
		return registryOf(th).Top
	}
	for above != nil && above.Parent != fr {
		above = above.Parent
	}
	if above == nil {
		return 0
	}
	return above.Base
}
