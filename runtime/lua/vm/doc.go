// Package vm runs Lua on the unmodified gopher-lua as an actor runtime needs
// it: a function may block anywhere, an error never damages the frames around
// it, and an endless loop can be ended from outside.
//
// A VM is one Lua machine: its globals and all that is reachable from them.
// Code runs in it on a Fiber, a Go coroutine (iter.Pull) with a gopher-lua
// thread. A fiber that has to wait parks, wherever it stands in the Lua stack:
// inside pcall, an iterator, a metamethod or a callback of table.sort. Lua's
// own coroutines are fibers too, so they yield across all of these as well.
//
//	pool := vm.NewPool()
//	defer pool.Close()
//	v := vm.New(pool)
//	defer v.Close()
//	f := v.NewFiber(nil)
//	f.Start(fn, lua.LNumber(1))
//	for f.Resume() == vm.Parked {
//		// f waits for something: find it, then resume
//	}
//	results, err := f.Results(), f.Failure()
//
// A Host saves the changes of goroutine that a body which never parks doesn't
// need: it has an owner's loop run on a goroutine where bodies run, too.
//
// Guarantees: fibers of one VM never run at the same time if their owner
// resumes them one after another (it may do so from changing goroutines); a
// caught error leaves captured locals of the outer frames alone; a killed
// fiber runs no more Lua. Nothing here is safe for concurrent use but Pool and
// VM.Interrupt.
//
// The package knows no library: runtime/lua/stdlib fills a VM with functions.
package vm
