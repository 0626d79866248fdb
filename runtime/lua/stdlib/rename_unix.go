//go:build unix

package stdlib

import "syscall"

// rename is C's: a folder takes the place of an empty one, which os.Rename
// refuses, and the errors are the system's own.
func rename(from, to string) error { return syscall.Rename(from, to) }
