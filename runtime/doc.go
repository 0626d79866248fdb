// Package runtime is an actor runtime for services written in Lua, in the
// manner of skynet: each service has its own Lua VM, address and mailbox, and
// its code can be replaced while it runs.
//
//	n := runtime.New(runtime.Config{ServicePath: []string{"./?.lua"}})
//	defer n.Close()
//	h, err := n.Launch(ctx, "main")
//	...
//	records := n.Reload(ctx, []runtime.Handle{h}, runtime.ReloadOptions{})
//
// What drives services, whatever they are made of, is runtime/internal/actor:
// handles, mailboxes, workers, timers.
// The files are named for skynet's, one concept each: node (skynet_start),
// service (skynet_server), env, monitor, logger, launcher,
// snlua (the loader of a script); then what skynet has in Lua: task (its
// coroutines), api_* (lualib/skynet.lua); then devnode's own: generation,
// reload, files, history, inject, inspect; monitor and memlimit watch a service.
//
// Those who embed a node add services in Go by NewService and Lua modules in Go
// by Config.Modules; Await is the one way for these to do what takes long, and
// package value reads the integers and floats of Lua.
//
// # What runs where
//
// A fixed set of workers drives the services that have messages (actor.Scheduler, timeslice.go).
// A service is in one worker's hands at most, so its Lua code and all the
// fields of Service behind the mailbox need no lock, and no lock is held while
// Lua runs. A handler is a task on a fiber of its own; where it has to wait it
// parks, and the worker goes on to other messages. Whoever else wants something
// of a service sends it a function as a message (Node.do).
//
// # Locks
//
// Those of a library's own come first (runtime/library/socket); globalNames.mu comes before Directory.mu and the mailboxes' locks.
// Directory.mu, Mailbox.mu, Worker.mu, Timers.mu, uniques.mu, files.mu,
// snapshot.mu, sources.mu, logger.mu and events.mu are innermost:
// none is taken while another of these is held, but for the listeners that
// logger and events call.
package runtime
