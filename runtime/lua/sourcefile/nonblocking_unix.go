//go:build unix

package sourcefile

import "syscall"

// nonBlocking has the opening of a pipe that nobody writes to return at once.
const nonBlocking = syscall.O_NONBLOCK
