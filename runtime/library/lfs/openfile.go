package lfs

import (
	"os"

	"devnode/runtime/library"
)

// openFile is argument 1, a file that is open. function is the one that wants it.
func openFile(c library.Call, function string) *os.File {
	f, open := c.File(1)
	if !open {
		c.Raise("%s: closed file", function)
	}
	return f
}

// lock is lfs.lock(file, mode, start, length), for "r" or "w"; without start and length
// it is all of the file.
func lock(c library.Call) {
	f, mode := openFile(c, "lock"), c.String(2)
	if mode != "r" && mode != "w" {
		c.Raise("lock: invalid mode")
	}
	lockPart(c, f, 3, true, mode == "w")
}

// unlock is lfs.unlock(file, start, length).
func unlock(c library.Call) { lockPart(c, openFile(c, "unlock"), 2, false, false) }

// lockPart locks what arguments from n on say, or gives it up.
func lockPart(c library.Call, f *os.File, n int, lock, exclusive bool) {
	start, length := c.OptInt(n, 0), c.OptInt(n+1, 0)
	if err := lockRange(f, start, length, lock, exclusive); err != nil {
		text, _ := library.SystemError(err)
		c.Fail(text)
		return
	}
	c.Return(library.Bool(true))
}

// setMode is lfs.setmode(file, mode): there is one mode on all systems but one.
func setMode(c library.Call) {
	openFile(c, "setmode")
	c.Option(2, "", "binary", "text")
	c.Return(library.Bool(true), library.String("binary"))
}
