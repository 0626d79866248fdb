// Package layout is the only one with unsafe code. It reaches what gopher-lua keeps
// to itself of a thread: its registers, its frames, its captured locals, and the
// loop that runs it. It also makes strings of bytes, and numbers of a slab, without
// a copy.
//
// What it takes for granted is looked at when the program starts: Check tells which
// of the assumptions doesn't hold for this version of gopher-lua or of Go. Whoever
// makes a machine asks it first, and doesn't go on with an error.
package layout
