package vm

import (
	"errors"
	"fmt"
	"slices"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/bytecode"
	"devnode/runtime/lua/layout"
)

// An activation that waits in a call can go on in another function, or in a newer
// version of its own: its registers are put where the new code has them, and its
// program counter behind the same call there. What it has called stays where it
// is, if there is room below it for the registers of the new code. Else all that
// lies above is moved up, which only such code allows as holds no index of a
// register: Lua functions in calls, and at the end a Go function.

// How many frames are moved up, and how many registers have to be free for that.
const (
	mostAbove  = 1000
	moveMargin = 1 << 16
)

// CanMove tells whether Move can have the activation go on at the place. It
// changes nothing. The error says why not.
func (a Activation) CanMove(to *bytecode.Place) error {
	switch {
	case a.Waiting() != InCall:
		return errors.New("it waits in no call of its own text")
	case calledAt(instructionAt(a.frame)) != to.OldBase:
		return errors.New("its code is not the one that was compared")
	}
	if err := a.canSeparate(to); err != nil {
		return err
	}
	if a.shift(to) == 0 {
		return nil
	}
	return a.canShift()
}

// canShift tells whether what lies above the activation can be moved up.
func (a Activation) canShift() error {
	frames := 0
	for fr := currentFrame(a.thread); fr != a.frame; fr = fr.Parent {
		if frames++; frames > mostAbove {
			return errors.New("it has more locals, and its stack is too deep")
		}
		if fr == currentFrame(a.thread) {
			if !fr.Fn.IsG {
				return errors.New("it has more locals, and what it has called runs")
			}
			continue
		}
		op := bytecode.Opcode(luaInstruction(fr))
		if op != lua.OP_CALL && op != lua.OP_TAILCALL && op != lua.OP_TFORLOOP {
			return errors.New("it has more locals, and waits in a function that a library has called")
		}
	}
	if registryOf(a.thread).Top+moveMargin > registerMax {
		return errors.New("it has more locals, and its stack is too deep")
	}
	return nil
}

// luaInstruction is instructionAt, and none for a Go function.
func luaInstruction(fr *frame) uint32 {
	if fr.Fn.IsG {
		return 0
	}
	return instructionAt(fr)
}

// canSeparate tells whether the captured variables keep what they share with the
// activation, or need not.
func (a Activation) canSeparate(to *bytecode.Place) error {
	for uv := *openUpvalues(a.thread); uv != nil; uv = uv.Next {
		r := uv.Index - a.frame.LocalBase
		if r < 0 || r >= to.OldBase {
			continue
		}
		for _, o := range to.Registers {
			if o.Register == r && !o.Captured && !o.Separable {
				return fmt.Errorf("the local '%s' is shared with a function of the old code", o.Name)
			}
		}
	}
	return nil
}

// shift is by how many registers what lies above has to go up.
func (a Activation) shift(to *bytecode.Place) int {
	return max(0, a.frame.LocalBase+to.Base-a.above.Base)
}

// Move has the activation go on at the place, as one of fn. CanMove must have
// said that it can, before anything was changed.
func (a Activation) Move(to *bytecode.Place, fn *lua.LFunction) {
	rg, local := registryOf(a.thread), a.frame.LocalBase
	values := make([]lua.LValue, len(to.Registers))
	for i, o := range to.Registers {
		switch {
		case o.Value != nil:
			values[i] = o.Value
		case o.Register >= 0 && rg.get(local+o.Register) != nil:
			values[i] = rg.get(local + o.Register)
		default:
			values[i] = lua.LNil
		}
	}
	shift := a.shift(to)
	a.moveUpvalues(to, shift)
	a.makeRoom(shift, local+int(fn.Proto.NumUsedRegisters))
	a.moveAbove(shift)
	a.setReturn(local + to.Base)
	for i, v := range values {
		rg.put(local+i, v)
	}
	a.above.NRet = to.Results
	a.frame.Fn, a.frame.Pc = fn, to.Pc+1
}

// moveUpvalues has captured locals follow their registers. Those of variables
// that are gone, or that the new code doesn't know to be captured, keep their
// values for themselves.
func (a Activation) moveUpvalues(to *bytecode.Place, shift int) {
	open := openUpvalues(a.thread)
	var list []*upvalue
	for uv := *open; uv != nil; uv = uv.Next {
		r := uv.Index - a.frame.LocalBase
		switch {
		case r < 0:
		case uv.Index >= a.above.Base:
			uv.Index += shift
		default:
			i := slices.IndexFunc(to.Registers, func(o bytecode.Origin) bool { return o.Register == r && o.Captured })
			if i < 0 || r >= to.OldBase {
				uv.Close()
				continue
			}
			uv.Index = a.frame.LocalBase + i
		}
		list = append(list, uv)
	}
	byIndex := func(x, y *upvalue) int { return x.Index - y.Index }
	if !slices.IsSortedFunc(list, byIndex) {
		slices.SortFunc(list, byIndex)
	}
	*open = nil
	for i := len(list) - 1; i >= 0; i-- {
		list[i].Next = *open
		*open = list[i]
	}
	layout.Relink(a.thread)
}

// makeRoom has the thread have registers for what is moved up, and up to need.
func (a Activation) makeRoom(shift, need int) {
	rg := registryOf(a.thread)
	need = max(need, rg.Top+shift)
	for fr := currentFrame(a.thread); fr != a.frame; fr = fr.Parent {
		if !fr.Fn.IsG {
			need = max(need, fr.LocalBase+int(fr.Fn.Proto.NumUsedRegisters)+shift)
		}
	}
	if need > len(rg.Array) {
		grown := make([]lua.LValue, need+registerStart)
		copy(grown, rg.Array)
		rg.Array = grown
	}
}

// moveAbove moves the registers and the frames above up.
func (a Activation) moveAbove(shift int) {
	if shift == 0 {
		return
	}
	rg, from := registryOf(a.thread), a.above.Base
	copy(rg.Array[from+shift:rg.Top+shift], rg.Array[from:rg.Top])
	rg.Top += shift
	for fr := currentFrame(a.thread); fr != a.frame; fr = fr.Parent {
		fr.Base += shift
		fr.LocalBase += shift
		fr.ReturnBase += shift
	}
}

// setReturn says where the results of the call are to go. A Go function that was
// called last gives its own to where its caller would have.
func (a Activation) setReturn(register int) {
	was := a.above.ReturnBase
	for fr := currentFrame(a.thread); fr != a.frame; fr = fr.Parent {
		if fr.ReturnBase == was {
			fr.ReturnBase = register
		}
	}
}
