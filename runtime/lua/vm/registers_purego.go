//go:build purego

package vm

import lua "github.com/yuin/gopher-lua"

// get is the value of a register, or of the captured local that it is.
func (rg *registry) get(i int) lua.LValue {
	if i < len(rg.Cells) && rg.Cells[i] != nil {
		return rg.Cells[i].Value()
	}
	return rg.Array[i]
}

// set gives a register a value. A frame's registers are all there from its
// beginning.
func (rg *registry) set(i int, v lua.LValue) {
	if i < len(rg.Cells) && rg.Cells[i] != nil {
		rg.Cells[i].SetValue(v)
	} else {
		rg.Array[i] = v
	}
	if i >= rg.Top {
		rg.Top = i + 1
	}
}

// put is set for a register that is in use.
func (rg *registry) put(i int, v lua.LValue) {
	top := rg.Top
	rg.set(i, v)
	rg.Top = top
}

// registersOf are the registers of th that are in use, and what the Go functions
// there have on gopher-lua's stack.
func registersOf(th *lua.LState) []lua.LValue {
	rg := registryOf(th)
	top := min(rg.Top, len(rg.Array))
	for i := range min(top, len(rg.Cells)) {
		if rg.Cells[i] != nil {
			rg.Array[i] = rg.Cells[i].Value()
		}
	}
	list := rg.Array[:top:top]
	for level := 0; ; level++ {
		ar, ok := th.GetStack(level)
		if !ok {
			return list
		}
		for n := 1; ; n++ {
			name, v := th.GetLocal(ar, n)
			if name == "" {
				break
			}
			if v != nil {
				list = append(list, v)
			}
		}
	}
}
