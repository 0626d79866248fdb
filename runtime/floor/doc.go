// Package floor measures messages between two services against the least that
// they can cost, their floor: the same two handlers driven by hand over two
// fibers on one goroutine, with no mailbox, scheduler, session or copy. Call and
// Send are benchmarks that print the time of both and their ratio; they are here,
// not in a test file, because two packages run them: runtime, and cmd/devnode,
// whose tests the go command compiles with the program's profile (default.pgo).
package floor
