package vm

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/bytecode"
	"devnode/runtime/lua/layout"
	"devnode/runtime/lua/value"
)

// Whatever calls Lua from Go (a metamethod, an iterator, a callback of sort)
// does it on Go's stack, which ends the process when it has grown to a
// gigabyte. So these calls are counted, and bounded as LUAI_MAXCCALLS bounds
// them in C Lua.

const (
	maxNested   = 200
	spareNested = 30 // for the handler of the error
)

// errGoOverflow is C Lua's text for too many calls inside one another.
const errGoOverflow = "C stack overflow"

// useLoop has th run by the loop below. SetContext undoes it.
func useLoop(th *lua.LState) { *layout.LoopOf(th) = loop }

// loop runs the frame that was pushed on L by a call from Go, until it returns.
// An error passes it by; Fiber.call resets the count then.
//
// The commonest instructions are done here where their operands are of the
// commonest kinds: all else, errors and metamethods with it, is left to the functions
// in execute. Whatever may run
// other code (a call, a return, what is left to these, a look at the world) may
// also move registers and exchange the function of a frame, by a patch: frame,
// code and registers are looked up anew then.
func loop(L *lua.LState, base *frame) {
	f := layout.ContextOf(L).(*Fiber)
	f.nested++
	if f.nested > maxNested+f.spare {
		Throw(L, lua.LString(f.Where(1)+errGoOverflow))
	}
	current := currentFrameOf(L)
	if (*current).Fn.IsG {
		// Functions in Go that call one another run no instructions.
		if f.ticks--; f.ticks <= 0 && f.tick() != nil {
			L.RaiseError("%s", f.fault.Error())
		}
		if f.hooks() && (f.hook.Call || f.hook.Return) {
			(*current).Fn = f.wrapped((*current).Fn, false)
		}
		fr := *current
		given := runGo(L, fr)
		finishGo(L, fr, fr.Parent, given)
		f.nested--
		return
	}
	if layout.Own { // a register may have its value elsewhere
		plainLoop(L, base, f)
		return
	}
	c := callsOf(L)
	rg := c.rg
frames:
	for { // once for each call, return, and instruction that is left to execute
		cf := *current
		fn, pc, local := cf.Fn, cf.Pc, cf.LocalBase
		code, k, r := fn.Proto.Code, fn.Proto.Constants, rg.Array[local:]
		for {
			inst := code[pc]
			pc++
			if f.ticks--; f.ticks <= 0 {
				cf.Pc = pc
				if f.tick() != nil {
					L.RaiseError("%s", f.fault.Error())
				}
				cf.Pc = pc - 1 // other code may have run: the frame is looked at anew
				if f.hooks() && hookLoop(L, base, f) {
					break frames
				}
				continue frames
			}
			a, b, c2 := bytecode.A(inst), bytecode.B(inst), bytecode.C(inst)
			switch int(inst >> 26) {
			case lua.OP_MOVE:
				rg.set(local+a, r[b])
				continue
			case lua.OP_LOADK:
				rg.set(local+a, k[bytecode.Bx(inst)])
				continue
			case lua.OP_GETUPVAL:
				rg.set(local+a, fn.Upvalues[b].Value())
				continue
			case lua.OP_JMP:
				pc += bytecode.SBx(inst)
				continue
			case lua.OP_TEST:
				if lua.LVAsBool(r[a]) == (c2 == 0) {
					pc++
				}
				continue
			case lua.OP_EQ:
				if same, known := equalPlain(rk(r, k, b), rk(r, k, c2)); known {
					if same != (a != 0) {
						pc++
					}
					continue
				}
			case lua.OP_LT:
				if x, y, ok := numbers(rk(r, k, b), rk(r, k, c2)); ok {
					if (x < y) != (a != 0) {
						pc++
					}
					continue
				}
			case lua.OP_LE:
				if x, y, ok := numbers(rk(r, k, b), rk(r, k, c2)); ok {
					if (x <= y) != (a != 0) {
						pc++
					}
					continue
				}
			case lua.OP_ADD:
				x, y := rk(r, k, b), rk(r, k, c2)
				if m, n, ok := numbers(x, y); ok {
					if i, j, ok := bothInts(m, n); ok {
						if i += j; uint64(i) < smallNumbers {
							rg.set(local+a, boxed[i])
						} else {
							rg.set(local+a, f.box.box(m+n))
						}
						continue
					}
					if v := f.box.add(m, n); v != nil {
						rg.set(local+a, v)
						continue
					}
				}
				if v := f.box.arith(lua.OP_ADD, x, y); v != nil {
					rg.set(local+a, v)
					continue
				}
			case lua.OP_SUB:
				x, y := rk(r, k, b), rk(r, k, c2)
				if m, n, ok := numbers(x, y); ok {
					if i, j, ok := bothInts(m, n); ok {
						if i -= j; uint64(i) < smallNumbers {
							rg.set(local+a, boxed[i])
						} else {
							rg.set(local+a, f.box.box(m-n))
						}
						continue
					}
					if v := f.box.sub(m, n); v != nil {
						rg.set(local+a, v)
						continue
					}
				}
				if v := f.box.arith(lua.OP_SUB, x, y); v != nil {
					rg.set(local+a, v)
					continue
				}
			case lua.OP_MUL:
				x, y := rk(r, k, b), rk(r, k, c2)
				if m, n, ok := numbers(x, y); ok {
					if v := f.box.mul(m, n); v != nil {
						rg.set(local+a, v)
						continue
					}
				}
				if v := f.box.arith(lua.OP_MUL, x, y); v != nil {
					rg.set(local+a, v)
					continue
				}
			case lua.OP_MOD:
				x, y := rk(r, k, b), rk(r, k, c2)
				if m, n, ok := numbers(x, y); ok {
					if v := f.box.mod(m, n); v != nil {
						rg.set(local+a, v)
						continue
					}
				}
				if v := f.box.arith(lua.OP_MOD, x, y); v != nil {
					rg.set(local+a, v)
					continue
				}
			case lua.OP_DIV, bytecode.OpIDiv, bytecode.OpBAnd, bytecode.OpBOr, bytecode.OpBXor, bytecode.OpShl, bytecode.OpShr, bytecode.OpBNot:
				if v := f.box.arith(int(inst>>26), rk(r, k, b), rk(r, k, c2)); v != nil {
					rg.set(local+a, v)
					continue
				}
			case lua.OP_FORLOOP:
				if index, step, ok := numbers(r[a], r[a+2]); ok && step == 1 {
					if limit, ok := r[a+1].(lua.LNumber); ok {
						if index++; index <= limit {
							v := f.box.Number(index)
							r[a] = v
							rg.set(local+a+3, v)
							pc += bytecode.SBx(inst)
							continue
						}
					}
				}
				if v := f.box.forLoop(r[a:]); v != nil {
					rg.set(local+a+3, v)
					pc += bytecode.SBx(inst)
					continue
				}
			case lua.OP_GETGLOBAL:
				if env := value.Env(fn); env != nil {
					if v := f.getField(env, k[bytecode.Bx(inst)], code, pc-1); v != nil {
						rg.set(local+a, v)
						continue
					}
				}
			case lua.OP_GETTABLEKS:
				if t, ok := r[b].(*value.Table); ok {
					if v := t.Hinted(hint(code, pc-1)); v != nil {
						rg.set(local+a, v)
						continue
					}
				}
				if v := f.getField(r[b], rk(r, k, c2), code, pc-1); v != nil {
					rg.set(local+a, v)
					continue
				}
			case lua.OP_GETTABLE:
				if v := getAny(r[b], rk(r, k, c2)); v != nil {
					rg.set(local+a, v)
					continue
				}
			case lua.OP_SELF:
				self := r[b]
				if v := f.getField(self, rk(r, k, c2), code, pc-1); v != nil {
					rg.set(local+a, v)
					rg.set(local+a+1, self)
					continue
				}
			case lua.OP_SETGLOBAL:
				if env := value.Env(fn); env != nil && setString(env, k[bytecode.Bx(inst)], r[a]) {
					continue
				}
			case lua.OP_LEN:
				if t, ok := r[b].(*value.Table); ok && t.Metatable() == nil {
					rg.set(local+a, f.box.Int(int64(t.Len())))
					continue
				}
			case lua.OP_SETTABLEKS:
				v := rk(r, k, c2)
				if t, ok := r[a].(*value.Table); ok && t.SetHinted(hint(code, pc-1), v) {
					continue
				}
				if f.setField(r[a], rk(r, k, b), v, code, pc-1) {
					continue
				}
			case lua.OP_SETTABLE:
				if setAny(r[a], rk(r, k, b), rk(r, k, c2)) {
					continue
				}
			case lua.OP_NEWTABLE:
				rg.set(local+a, value.NewTable(b, c2))
				continue
			case lua.OP_CALL:
				cf.Pc = pc
				if c.enter(cf, inst) || c.callGo(L, cf, inst) {
					continue frames
				}
			case lua.OP_RETURN:
				if c.leave(cf, base, inst) {
					continue frames
				}
			}
			cf.Pc = pc
			if execute[inst>>26](L, inst, base) == 1 {
				break frames
			}
			continue frames
		}
	}
	f.nested--
}
