// Package interp runs plain Lua, without services, as the program lua does:
// devnode lua FILE, and its prompt. It is what devnode's Lua can be held
// against C Lua with.
//
//	status := interp.RunFile(ctx, "script.lua", os.Args[3:], interp.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr})
//
// Messages, tracebacks and exit statuses are those of lua5.4, whose options it
// doesn't have. It doesn't touch the process: os.exit ends the run, and the
// status is the caller's to pass on.
package interp
