//go:build unix

package main

import "syscall"

// nonBlocking has the opening of a pipe that nobody reads fail at once.
const nonBlocking = syscall.O_NONBLOCK
