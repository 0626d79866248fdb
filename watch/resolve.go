package watch

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// maxLinks is how many symlinks a path may lead through, as on Linux.
const maxLinks = 40

// route is how a path leads to a file: where it ends, and by which directory
// entries. A change of any of these may make it end elsewhere, which is how
// the swap of a symlink in the middle of a path is noticed.
type route struct {
	real   string      // where it ends, free of symlinks; "" if nowhere
	info   fs.FileInfo // of real; nil if nowhere
	points []string    // the symlinks on the way, then real, or what is missing
	err    error       // why it ends nowhere, unless something simply isn't there
}

// resolve follows an absolute path, one element at a time.
func resolve(path string) route {
	var r route
	volume := filepath.VolumeName(path)
	top := volume + string(filepath.Separator)
	at, links := top, 0
	var info fs.FileInfo
	rest := elements(path[len(volume):])
	for len(rest) > 0 {
		name := rest[0]
		rest = rest[1:]
		if name == ".." {
			at = filepath.Dir(at)
			info = nil
			continue
		}
		next := filepath.Join(at, name)
		found, err := os.Lstat(next)
		if err != nil {
			r.points = append(r.points, next)
			if !errors.Is(err, fs.ErrNotExist) {
				// Not a folder, or not ours to enter: what stands in the
				// way may change, too.
				r.points = append(r.points, at)
			}
			r.err = obstacle(err)
			return r
		}
		if found.Mode()&fs.ModeSymlink == 0 {
			at, info = next, found
			continue
		}
		r.points = append(r.points, next)
		target, err := os.Readlink(next)
		if err != nil {
			r.err = obstacle(err)
			return r
		}
		if links++; links > maxLinks {
			r.err = &fs.PathError{Op: "follow", Path: path, Err: errors.New("too many symlinks")}
			return r
		}
		if filepath.IsAbs(target) {
			volume = filepath.VolumeName(target)
			top = volume + string(filepath.Separator)
			at, info = top, nil
		}
		rest = append(elements(target[len(filepath.VolumeName(target)):]), rest...)
	}
	if info == nil { // the path ended in "..", or is the top itself
		var err error
		if info, err = os.Lstat(at); err != nil {
			r.err = obstacle(err)
			return r
		}
	}
	r.real, r.info = at, info
	r.points = append(r.points, at)
	return r
}

// obstacle returns err unless it only says that something isn't there.
func obstacle(err error) error {
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return nil
	}
	return err
}

func elements(path string) []string {
	all := strings.Split(filepath.ToSlash(path), "/")
	kept := make([]string, 0, len(all))
	for _, e := range all {
		if e != "" && e != "." {
			kept = append(kept, e)
		}
	}
	return kept
}

// within reports whether path is dir or below it; both are clean.
func within(path, dir string) bool {
	if !strings.HasPrefix(path, dir) {
		return false
	}
	return len(path) == len(dir) || strings.HasSuffix(dir, string(filepath.Separator)) ||
		path[len(dir)] == filepath.Separator
}
