//go:build !windows

package watch

import (
	"io/fs"
	"syscall"
	"time"
)

// stamp is what tells two states of a directory entry apart without reading
// the file.
type stamp struct {
	size          int64
	mode          fs.FileMode
	mtime, change int64  // in ns; change is moved by renames and touches, too
	file          uint64 // the inode: which file it is
}

// saved is when the file was changed, renamed or touched last.
func (s stamp) saved() time.Time { return time.Unix(0, max(s.mtime, s.change)) }

func stampOf(info fs.FileInfo) stamp {
	s := stamp{size: info.Size(), mode: info.Mode(), mtime: info.ModTime().UnixNano()}
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		s.file = uint64(st.Ino)
		s.change = changeTime(st)
	}
	if info.IsDir() {
		// What changes in a folder is for its own pass to say.
		s.size, s.mtime, s.change = 0, 0, 0
	}
	return s
}
