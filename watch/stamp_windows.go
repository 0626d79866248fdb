package watch

import (
	"io/fs"
	"time"
)

// stamp is what tells two states of a directory entry apart without reading
// the file. A listing on Windows doesn't say which file it is.
type stamp struct {
	size  int64
	mode  fs.FileMode
	mtime int64
	file  uint64
}

// saved is when the file was changed last.
func (s stamp) saved() time.Time { return time.Unix(0, s.mtime) }

func stampOf(info fs.FileInfo) stamp {
	s := stamp{size: info.Size(), mode: info.Mode(), mtime: info.ModTime().UnixNano()}
	if info.IsDir() {
		s.size, s.mtime = 0, 0
	}
	return s
}
