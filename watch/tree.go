package watch

import (
	"path/filepath"
	"slices"
	"time"
)

// tree is everything that is watched: the roots with their folders, the files
// in them, and the paths that were named singly. It turns what happened to
// directory entries into files that are stirred. Guarded by Watcher.mu.
type tree struct {
	cfg         *Config
	descriptors *descriptors
	reasons     *reasons
	ignore      []string // the patterns that hold in every root

	roots   []*folder
	files   map[string]*file
	named   map[*file]struct{} // those that were named
	pending map[*file]struct{} // those that aren't calm
	stirs   int                // how often one was stirred

	// By paths of directory entries, free of symlinks but for the last
	// element: who has to look when the entry changes.
	filesAt   map[string][]*file
	foldersAt map[string][]*folder
	folders   map[string][]*folder // by where they really are
}

func newTree(cfg *Config, descriptors *descriptors, reasons *reasons) *tree {
	return &tree{
		cfg: cfg, descriptors: descriptors, reasons: reasons,
		ignore:    append(DefaultIgnore(), cfg.Ignore...),
		files:     map[string]*file{},
		named:     map[*file]struct{}{},
		pending:   map[*file]struct{}{},
		filesAt:   map[string][]*file{},
		foldersAt: map[string][]*folder{},
		folders:   map[string][]*folder{},
	}
}

// happened takes note of one event.
func (t *tree) happened(e event) {
	for _, f := range t.filesAt[e.path] {
		if e.op == opAgain {
			f.lookAgain(e.at)
			t.pending[f] = struct{}{}
			continue
		}
		t.stir(f, e.at)
	}
	if e.op == opAgain {
		return
	}
	if e.op == opGone {
		t.descriptors.shaken = true
		if t.descriptors.dirs[e.path] != nil {
			t.gone(e.path, e.at)
		}
	}
	if e.op == opWrite && t.descriptors.dirs[e.path] != nil {
		t.search(e.path, e.at) // its mode has changed: what is in it can't be read any more, or again
	}
	for _, d := range slices.Clone(t.foldersAt[e.path]) {
		t.recheck(d, e.at)
	}
	for _, d := range slices.Clone(t.folders[filepath.Dir(e.path)]) {
		t.entryChanged(d, filepath.Base(e.path), e)
	}
}

// gone deals with a folder that was removed or moved away: the watches on it
// and below went with it, and all that led through it has to be looked up
// anew.
func (t *tree) gone(dir string, at time.Time) {
	t.descriptors.lost(dir)
	t.search(dir, at)
}

// search looks up anew all that leads through a folder.
func (t *tree) search(dir string, at time.Time) {
	for path, files := range t.filesAt {
		if within(path, dir) {
			for _, f := range files {
				t.stir(f, at)
			}
		}
	}
	var tops []*folder
	for real, ds := range t.folders {
		if !within(real, dir) {
			continue
		}
		for _, d := range ds {
			if d.above == nil || !within(d.above.real, dir) {
				tops = append(tops, d)
			}
		}
	}
	for _, d := range tops {
		t.recheck(d, at)
	}
}

// everything looks at all there is, after events were lost.
func (t *tree) everything(at time.Time) {
	for _, f := range t.files {
		t.stir(f, at)
	}
	for _, d := range slices.Clone(t.roots) {
		t.recheck(d, at)
	}
}

// anchors looks whether folders are still where they were: one that has nothing
// above it that is watched, as it may be renamed with what is above it without an
// event; or all, as a file system may have been mounted over any. Those that
// couldn't be watched are tried again.
func (t *tree) anchors(all bool, at time.Time) {
	if all {
		t.unreadable(at)
	}
	var lost, idle []string
	for dir, d := range t.descriptors.dirs {
		switch {
		case !all && d.how != unwatched && !t.descriptors.unguarded(dir):
		case t.descriptors.astray(dir):
			lost = append(lost, dir)
		case d.how == unwatched:
			idle = append(idle, dir)
		}
	}
	if all || t.descriptors.shaken {
		lost = append(lost, t.descriptors.verify()...)
	}
	for _, dir := range lost {
		t.gone(dir, at)
	}
	for _, dir := range idle {
		if t.descriptors.lacks(dir) && t.descriptors.dirs[dir].how != unwatched {
			t.search(dir, at)
		}
	}
}

// unreadable has files looked at again that couldn't be read: what stood in the way
// may go without an event, such as the limit of open files.
func (t *tree) unreadable(at time.Time) {
	for _, f := range t.files {
		if f.told && f.state == calm {
			f.lookAgain(at)
			t.pending[f] = struct{}{}
		}
	}
}

// point makes f the one to look when any of points changes.
func (t *tree) point(f *file, points []string) {
	repoint(t, t.filesAt, f, &f.points, points)
}

// pointFolder makes d the one to look when any of points changes.
func (t *tree) pointFolder(d *folder, points []string) {
	repoint(t, t.foldersAt, d, &d.points, points)
}

// repoint has an element of an index, which stands under the points it has, stand under
// others.
func repoint[T comparable](t *tree, index map[string][]T, element T, has *[]string, points []string) {
	if slices.Equal(*has, points) {
		return
	}
	old := *has
	*has = slices.Clone(points)
	for _, p := range points {
		index[p] = append(index[p], element)
		t.descriptors.hold(filepath.Dir(p))
	}
	for _, p := range old {
		without(index, p, element)
		t.descriptors.release(filepath.Dir(p))
	}
}

// without takes one element from a list of an index.
func without[T comparable](index map[string][]T, key string, element T) {
	list := index[key]
	i := slices.Index(list, element)
	if i < 0 {
		return
	}
	if len(list) == 1 {
		delete(index, key)
		return
	}
	index[key] = append(slices.Clone(list[:i]), list[i+1:]...)
}

// stir has f looked at.
func (t *tree) stir(f *file, at time.Time) {
	f.stir(at)
	t.pending[f] = struct{}{}
	t.stirs++
}

// forget drops a file for good.
func (t *tree) forget(f *file) {
	t.point(f, nil)
	if f.folder != nil {
		delete(f.folder.files, filepath.Base(f.path))
	}
	delete(t.pending, f)
	delete(t.named, f)
	delete(t.files, f.path)
}
