package watch

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// writerOf tells whether any process has f open for writing: a read lease is
// refused with EAGAIN while one has (fcntl(2), F_SETLEASE). It takes a few
// microseconds. A lease is given on files of the process's own user only, and
// not by every file system; then it isn't known. The lease is let go at once:
// a writer that comes while it is held waits for that long, and the process
// gets a SIGIO, which Go's runtime ignores.
func writerOf(f *os.File) finding {
	fd := f.Fd()
	_, err := unix.FcntlInt(fd, unix.F_SETLEASE, unix.F_RDLCK)
	switch {
	case err == nil:
		_, _ = unix.FcntlInt(fd, unix.F_SETLEASE, unix.F_UNLCK)
		return foundWhole
	case errors.Is(err, unix.EAGAIN):
		return foundHeld
	}
	return foundUnsure
}
