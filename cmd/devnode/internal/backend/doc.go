// Package backend is a node as the console sees it: it answers the interfaces
// that package console declares from a runtime.Node, group by group, and copies
// Lua values into the console's.
//
//	b := backend.New(node, backend.Options{})
//	c, err := console.New(console.Config{Backend: b.Console()})
//
// It keeps no state of its own but for what `watch` shows. All its methods may
// be called by any goroutine.
package backend
