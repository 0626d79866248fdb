package vm

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/bytecode"
)

// calledName finds out what the function that fr is calling is called in the
// source, and what kind of name that is, by looking for the instruction that
// put the function into its register (funcnamefromcode in C Lua's ldebug.c).
func calledName(fr *frame) (name, what string) {
	if fr.Fn.IsG {
		return "", ""
	}
	p, pc := fr.Fn.Proto, fr.Pc-1
	if pc < 0 || pc >= len(p.Code) {
		return "", ""
	}
	i := p.Code[pc]
	switch op := bytecode.Opcode(i); op {
	case lua.OP_CALL, lua.OP_TAILCALL:
		kind, name := bytecode.Namer{P: p}.Operand(bytecode.A(i), pc)
		return name, kind
	case lua.OP_TFORLOOP:
		return "for iterator", "for iterator"
	default:
		if event := events[op]; event != "" {
			return event, "metamethod"
		}
	}
	return "", ""
}

// events are the metamethods that instructions call.
var events = map[int]string{
	lua.OP_GETGLOBAL: "index", lua.OP_GETTABLE: "index", lua.OP_GETTABLEKS: "index", lua.OP_SELF: "index",
	lua.OP_SETGLOBAL: "newindex", lua.OP_SETTABLE: "newindex", lua.OP_SETTABLEKS: "newindex",
	lua.OP_ADD: "add", lua.OP_SUB: "sub", lua.OP_MUL: "mul", lua.OP_DIV: "div", lua.OP_MOD: "mod",
	lua.OP_POW: "pow", lua.OP_UNM: "unm", bytecode.OpIDiv: "idiv", bytecode.OpBAnd: "band", bytecode.OpBOr: "bor",
	bytecode.OpBXor: "bxor", bytecode.OpShl: "shl", bytecode.OpShr: "shr", bytecode.OpBNot: "bnot", lua.OP_LEN: "len", lua.OP_CONCAT: "concat",
	lua.OP_EQ: "eq", lua.OP_LT: "lt", lua.OP_LE: "le",
}
