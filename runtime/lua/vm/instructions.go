package vm

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/bytecode"
	"devnode/runtime/lua/layout"
)

// The instructions that move values.

// setRegister gives a register of the function that runs a value.
func setRegister(L *lua.LState, register int, v lua.LValue) {
	registryOf(L).set(currentFrame(L).LocalBase+register, v)
}

func moveOp(L *lua.LState, inst uint32, _ *frame) int {
	setRegister(L, bytecode.A(inst), operand(L, currentFrame(L), bytecode.B(inst)))
	return 0
}

// moveManyOp is OP_MOVEN: as many moves more follow as C says.
func moveManyOp(L *lua.LState, inst uint32, _ *frame) int {
	cf := currentFrame(L)
	moveOp(L, inst, nil)
	for range bytecode.C(inst) {
		moveOp(L, cf.Fn.Proto.Code[cf.Pc], nil)
		cf.Pc++
	}
	return 0
}

func loadConstantOp(L *lua.LState, inst uint32, _ *frame) int {
	setRegister(L, bytecode.A(inst), currentFrame(L).Fn.Proto.Constants[bytecode.Bx(inst)])
	return 0
}

func loadBoolOp(L *lua.LState, inst uint32, _ *frame) int {
	setRegister(L, bytecode.A(inst), lua.LBool(bytecode.B(inst) != 0))
	if bytecode.C(inst) != 0 {
		currentFrame(L).Pc++
	}
	return 0
}

func loadNilOp(L *lua.LState, inst uint32, _ *frame) int {
	for r := bytecode.A(inst); r <= bytecode.B(inst); r++ {
		setRegister(L, r, lua.LNil)
	}
	return 0
}

func getUpvalueOp(L *lua.LState, inst uint32, _ *frame) int {
	setRegister(L, bytecode.A(inst), currentFrame(L).Fn.Upvalues[bytecode.B(inst)].Value())
	return 0
}

func setUpvalueOp(L *lua.LState, inst uint32, _ *frame) int {
	cf := currentFrame(L)
	cf.Fn.Upvalues[bytecode.B(inst)].SetValue(operand(L, cf, bytecode.A(inst)))
	return 0
}

func notOp(L *lua.LState, inst uint32, _ *frame) int {
	setRegister(L, bytecode.A(inst), lua.LBool(!lua.LVAsBool(operand(L, currentFrame(L), bytecode.B(inst)))))
	return 0
}

func jumpOp(L *lua.LState, inst uint32, _ *frame) int {
	currentFrame(L).Pc += bytecode.SBx(inst)
	return 0
}

func testOp(L *lua.LState, inst uint32, _ *frame) int {
	cf := currentFrame(L)
	if lua.LVAsBool(operand(L, cf, bytecode.A(inst))) == (bytecode.C(inst) == 0) {
		cf.Pc++
	}
	return 0
}

// testSetOp is OP_TESTSET: it moves the value that it tests, or leaves out the jump
// behind it.
func testSetOp(L *lua.LState, inst uint32, _ *frame) int {
	cf := currentFrame(L)
	if v := operand(L, cf, bytecode.B(inst)); lua.LVAsBool(v) != (bytecode.C(inst) == 0) {
		setRegister(L, bytecode.A(inst), v)
	} else {
		cf.Pc++
	}
	return 0
}

func closeOp(L *lua.LState, inst uint32, _ *frame) int {
	layout.CloseUpvalues(L, currentFrame(L).LocalBase+bytecode.A(inst))
	return 0
}

// closureOp is OP_CLOSURE. For each upvalue an instruction follows that says whether
// it is a local of the function that runs, or one of its upvalues.
func closureOp(L *lua.LState, inst uint32, _ *frame) int {
	cf := currentFrame(L)
	proto := cf.Fn.Proto.FunctionPrototypes[bytecode.Bx(inst)]
	fn := newClosure(proto, cf.Fn.Env)
	setRegister(L, bytecode.A(inst), fn)
	for i := range fn.Upvalues {
		inst = cf.Fn.Proto.Code[cf.Pc]
		cf.Pc++
		if bytecode.Opcode(inst) == lua.OP_MOVE {
			fn.Upvalues[i] = layout.Capture(L, cf.LocalBase+bytecode.B(inst))
		} else {
			fn.Upvalues[i] = cf.Fn.Upvalues[bytecode.B(inst)]
		}
	}
	return 0
}

// newClosure makes a Lua function whose upvalues are to be given to it.
func newClosure(proto *lua.FunctionProto, env *lua.LTable) *lua.LFunction {
	return &lua.LFunction{Env: env, Proto: proto, Upvalues: make([]*lua.Upvalue, proto.NumUpvalues)}
}

// varargOp is OP_VARARG. The variable arguments are below the registers of the
// function.
func varargOp(L *lua.LState, inst uint32, _ *frame) int {
	cf, rg := currentFrame(L), registryOf(L)
	params := int(cf.Fn.Proto.NumParameters)
	given := max(0, cf.NArgs-params)
	wanted := bytecode.B(inst) - 1
	if wanted < 0 {
		wanted = given
	}
	to, from := cf.LocalBase+bytecode.A(inst), cf.Base+1+params
	ensureRegisters(L, to+wanted)
	rg.setTop(to + wanted)
	for i := range wanted {
		v := lua.LValue(lua.LNil)
		if i < given {
			v = rg.Array[from+i]
		}
		rg.Array[to+i] = v
	}
	return 0
}

func nopOp(*lua.LState, uint32, *frame) int { return 0 }
