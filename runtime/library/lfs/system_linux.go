package lfs

import (
	"errors"
	"io"
	"os"
	"syscall"
)

// describeSystem tells what the system knows of a file beside what Go does.
func describeSystem(info os.FileInfo, tell func(name string, n int64)) {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return
	}
	tell("dev", int64(st.Dev))
	tell("ino", int64(st.Ino))
	tell("nlink", int64(st.Nlink))
	tell("uid", int64(st.Uid))
	tell("gid", int64(st.Gid))
	tell("rdev", int64(st.Rdev))
	tell("access", int64(st.Atim.Sec))
	tell("change", int64(st.Ctim.Sec))
	tell("blocks", int64(st.Blocks))
	tell("blksize", int64(st.Blksize))
}

// removeDir removes an empty directory, and nothing else.
func removeDir(path string) error { return syscall.Rmdir(path) }

// lockRange takes or gives up a lock on a part of a file, without waiting for it.
func lockRange(f *os.File, start, length int64, lock, exclusive bool) error {
	if f == nil {
		return errors.New("not a file of the system's")
	}
	kind := int16(syscall.F_UNLCK)
	switch {
	case lock && exclusive:
		kind = syscall.F_WRLCK
	case lock:
		kind = syscall.F_RDLCK
	}
	return syscall.FcntlFlock(f.Fd(), syscall.F_SETLK, &syscall.Flock_t{Type: kind, Whence: io.SeekStart, Start: start, Len: length})
}
