// Package syntax compiles Lua 5.4 for gopher-lua's machine.
//
// gopher-lua's own front end knows Lua 5.1, and its compiler computes wrong
// results on ordinary programs: an `and` assigned to a variable that keeps its
// old value, a goto that detaches captured variables, a long array literal that
// loses its tail. This package replaces both:
// a lexer and a parser of Lua 5.4, and a code generator that emits the
// machine's instructions into its exported FunctionProto.
//
//	proto, err := syntax.Compile(src, "@service/db.lua")
//	fn := machine.NewClosure(proto) // a vm.VM: gopher-lua's own loop knows Lua 5.1
//
// # What it guarantees
//
//   - The syntax is that of 5.4, with integer division, bitwise operators,
//     goto, attribs and _ENV. Faults are reported as C Lua 5.4 words them, as
//     an *Error with chunk and line.
//   - No input makes it panic, and nesting and size are bounded.
//   - A prototype is immutable and can be shared by all VMs.
//   - Lines, local variables and calls are noted in the prototype as gopher-lua
//     does it, for tracebacks and debug.getinfo.
//
// # What the runtime has to do
//
//   - Explain turns run-time errors of the machine into those of C Lua. Call it
//     from L.Panic.
//   - CloseFrames closes the to-be-closed variables of a thread that an error
//     has ended. Call it where an error is caught, and where a suspended thread
//     is ended.
//   - Source is the chunk name that debug.getinfo shows as source.
//
// # What is different from C Lua
//
// _ENV of a chunk is no upvalue of gopher-lua's: value.Env has it. EnvIndex tells
// which of a function's upvalues it is for Lua code.
package syntax
