package watch

import "io/fs"

// stamp is what tells two states of a directory entry apart without reading
// the file. A listing on Windows doesn't say which file it is.
type stamp struct {
	size  int64
	mode  fs.FileMode
	mtime int64
	file  uint64
}

func stampOf(info fs.FileInfo) stamp {
	s := stamp{size: info.Size(), mode: info.Mode(), mtime: info.ModTime().UnixNano()}
	if info.IsDir() {
		s.size, s.mtime = 0, 0
	}
	return s
}
