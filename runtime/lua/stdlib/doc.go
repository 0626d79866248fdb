// Package stdlib is Lua's standard library for the VMs of runtime/lua/vm: complete
// to Lua 5.4, with the names of 5.1 that code of the field still uses, and with
// the results and error texts of C Lua.
//
//	v := vm.New(pool)
//	stdlib.Open(v, stdlib.Options{Path: "./?.lua", Stdout: w})
//
// What it promises:
//
//   - Every function may be interrupted (vm.VM.Interrupt), also those that work
//     long in Go, such as pattern matching; none ends the process, overflows
//     Go's stack or asks for unbounded memory in one call.
//   - Any callback may park or yield: those of pcall, sort, gsub, metamethods,
//     iterators and require too.
//   - Functions hold no state. They are made once per process and shared by all
//     VMs; library tables are filled as they are used (Module). A VM with the
//     library open costs about 4 KB.
//
// Numbers are integers and floats, as package value has them. docs/lua.md lists what else differs from C Lua.
//
// Nothing here is safe for concurrent use, as a VM isn't.
package stdlib
