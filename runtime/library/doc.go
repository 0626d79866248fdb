// Package library is how modules written in Go attach to a node: what a script
// requires, and gets Go functions of. Those that come with devnode are made of
// nothing else (runtime/library/lfs is a small one).
//
// A Module is a name, functions and constants. It is given to a node by
// runtime.Config.Libraries, and is there in every service:
//
//	hello := library.Module{
//		Name: "hello",
//		Functions: map[string]library.Function{
//			"greet": func(c library.Call) {
//				c.Return(library.String("hello " + c.String(1)))
//			},
//		},
//	}
//	n := runtime.New(runtime.Config{Libraries: []library.Module{hello}})
//
// As with a library in C, a script's own file of that name comes first, and one
// function serves all services: what it remembers belongs into a state.
//
// # A call
//
// A Function gets a Call: its arguments, counted from 1, with the errors of C Lua
// where one is wrong; its results, by Call.Return; Call.Raise. It runs on the
// service's own worker, and no other code of the service does meanwhile, so it must
// not block: what takes long is for Call.Await, Call.Block or a Wait.
//
//   - Call.Await runs a Go function beside the service, whose other messages are
//     handled meanwhile.
//   - Call.Block does so too, but the service handles no other message: as in skynet,
//     where a function in C blocks. It is for what a program doesn't expect to wait.
//   - A Wait has the task wait until Go code, on any goroutine, wakes it.
//
// # Values
//
// A Value is any Lua value; Table has its entries read and written. Neither may be
// used by another goroutine than that of a call, or of a function that Service.Do
// runs, nor given to another service. An object of Go's own is one of a Class.
//
// # States
//
// What a library remembers has an owner, by whose end it goes: a ServiceState belongs
// to a service, whatever code it runs; a GenerationState to one version of that code,
// with the Lua functions that it has given; a NodeState to the node. Their fields are
// functions that are called when something happens to the owner: a reload prepares a
// generation, which then is switched to or aborted. Whoever makes something outside
// of the service while Generation.Preparing gives it back if that is Aborted, or says
// how by Generation.OnAbort.
//
// What services have open by a library is shown where the node shows such things: a
// line for `info` (Info), rows of `netstat` (Connections), what a reload has left unread
// (Replacing, Unread, Readers), the memory of a service (Weight). runtime/library/socket
// is a library that has all of it.
package library
