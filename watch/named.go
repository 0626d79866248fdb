package watch

import (
	"os"
	"path/filepath"
	"slices"
	"time"
)

// addNamed returns the file at path, watched by its name whatever the rules of the
// roots say, and whether it was so before.
func (t *tree) addNamed(path string) (f *file, before bool) {
	f = t.files[path]
	if f == nil {
		f = &file{path: path}
		t.files[path] = f
	}
	if f.named {
		return f, true
	}
	f.named = true
	t.named[f] = struct{}{}
	t.follow(f)
	return f, false
}

// follow looks up where the file's path leads, and watches what leads there;
// then it follows the path again, in case it changed before that. A folder on the
// way that was lost may be there again, or another in its place; one that can't be
// watched may be gone since the path was followed.
func (t *tree) follow(f *file) route {
	var r route
	for range 3 {
		r = resolve(f.path)
		anew := !slices.Equal(r.points, f.points)
		t.point(f, r.points)
		for _, p := range f.points {
			anew = t.descriptors.lacks(filepath.Dir(p)) || anew
		}
		if !anew {
			break
		}
	}
	return r
}

// look looks at a stirred file, and drops it from the pending ones when it is
// calm.
func (t *tree) look(f *file, now time.Time) {
	r := t.follow(f)
	if r.info != nil && r.info.IsDir() && f.either {
		t.forget(f)
		t.addRoot(f.path, asCreated, now)
		return
	}
	if r.err != nil {
		f.judge(view{finding: foundBlocked, err: r.err}, now, t.cfg)
	} else {
		f.look(r.real, now, t.cfg)
	}
	if f.state == calm {
		t.rest(f)
	}
}

// rest takes a calm file from the pending ones, and drops it altogether if it
// is gone and nobody asked for it.
func (t *tree) rest(f *file) {
	delete(t.pending, f)
	if f.named || !f.base.Absent() || f.trouble != nil && f.folder != nil {
		return // also without a folder: it may have been moved away and back
	}
	if f.folder == nil || !f.listed() {
		t.forget(f)
	}
}

// listed reports whether f's folder has an entry of its name: a symlink that
// leads nowhere may lead somewhere later.
func (f *file) listed() bool {
	_, err := os.Lstat(filepath.Join(f.folder.real, filepath.Base(f.path)))
	return err == nil
}
