package watch

import (
	"path/filepath"
	"slices"
	"time"
)

// folder is a folder of a root, by one of the paths that lead to it. Guarded
// by Watcher.mu.
type folder struct {
	path   string   // as it is reported
	real   string   // where it is, free of symlinks; "" for a root that isn't there
	above  *folder  // nil for a root
	given  *ruleset // of a root: the rules that hold without any .devnodeignore
	rules  *ruleset // the rules that hold in it
	wanted *ruleset // of the root: which files are reported; nil for all
	points []string // the symlinks that lead to it; for a root that isn't there, what is missing, too
	subs   map[string]*folder
	files  map[string]*file
}

// arrival says what files that a scan finds for the first time mean.
type arrival bool

const (
	asFound   arrival = false // they were there before: what they hold is known
	asCreated arrival = true  // they are news
)

// addRoot watches the folder at path, or waits for it.
func (t *tree) addRoot(path string, as arrival, at time.Time) {
	for _, d := range t.roots {
		if d.path == path {
			return
		}
	}
	d := &folder{path: path, subs: map[string]*folder{}, files: map[string]*file{}}
	d.given, _ = newRuleset(nil, path, t.ignore)
	d.rules = d.given
	if len(t.cfg.Files) > 0 {
		d.wanted, _ = newRuleset(nil, path, t.cfg.Files)
	}
	t.roots = append(t.roots, d)
	t.locate(d, as, at)
}

// recheck looks up where a folder is, and what is in it.
func (t *tree) recheck(d *folder, at time.Time) {
	if d.above != nil && d.above.subs[filepath.Base(d.path)] != d {
		return // it was dropped meanwhile
	}
	t.locate(d, asCreated, at)
}

// locate follows the folder's path, watches what leads there, and scans it.
// The path is followed again once that is watched, in case it changed before.
func (t *tree) locate(d *folder, as arrival, at time.Time) {
	var r route
	for range 3 {
		r = resolve(d.path)
		points := r.points
		if r.real != "" {
			points = points[:len(points)-1]
		}
		if slices.Equal(points, d.points) {
			break
		}
		t.pointFolder(d, points)
	}
	real := ""
	if r.real != "" && r.info.IsDir() {
		real = r.real
	}
	if real != d.real {
		t.place(d, real, at)
	}
	switch {
	case real != "":
		t.scan(d, as, at)
	case d.above != nil:
		t.drop(d, at)
	}
}

// place records where a folder is now.
func (t *tree) place(d *folder, real string, at time.Time) {
	if d.real != "" {
		for _, sub := range d.subs {
			t.drop(sub, at)
		}
		for _, f := range d.files {
			t.stir(f, at)
		}
		without(t.folders, d.real, d)
		t.descriptors.release(d.real)
	}
	if d.real = real; real != "" {
		t.folders[real] = append(t.folders[real], d)
		t.descriptors.hold(real)
	}
}

// drop forgets a folder that is no longer there; its files are looked for.
func (t *tree) drop(d *folder, at time.Time) {
	for _, sub := range d.subs {
		t.drop(sub, at)
	}
	for _, f := range d.files {
		f.folder = nil
		t.stir(f, at)
	}
	t.detach(d)
}

// exclude forgets a folder that a rule excludes, without a word about its
// files.
func (t *tree) exclude(d *folder) {
	for _, sub := range d.subs {
		t.exclude(sub)
	}
	for _, f := range d.files {
		t.unlist(f)
	}
	t.detach(d)
}

func (t *tree) detach(d *folder) {
	t.pointFolder(d, nil)
	without(t.folders, d.real, d)
	t.descriptors.release(d.real)
	delete(d.above.subs, filepath.Base(d.path))
}

// unlist takes a file from its folder, and keeps it only if it is named.
func (t *tree) unlist(f *file) {
	if !f.named {
		t.forget(f)
		return
	}
	delete(f.folder.files, filepath.Base(f.path))
	f.folder = nil
}
