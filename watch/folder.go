package watch

import (
	"errors"
	"io/fs"
	"os"
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

// maxAliases is how many paths to one folder are followed. Symlinks that
// cross each other lead to more paths than anyone can count.
const maxAliases = 8

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
		t.arms.release(d.real)
	}
	if d.real = real; real != "" {
		t.folders[real] = append(t.folders[real], d)
		t.arms.hold(real)
	}
}

// scan compares a folder with what is on the disk. The folder is armed first:
// what happens after the listing raises an event.
func (t *tree) scan(d *folder, as arrival, at time.Time) {
	t.arms.arm(d.real)
	former := d.rules
	t.readRules(d)
	entries, err := os.ReadDir(d.real)
	if err != nil && len(entries) == 0 {
		if errors.Is(err, fs.ErrPermission) {
			return
		}
		entries = nil
	}
	there := make(map[string]bool, len(entries))
	for _, e := range entries {
		there[e.Name()] = true
		t.child(d, e.Name(), e.Type(), former, as, at)
	}
	for name, sub := range d.subs {
		if !there[name] {
			t.drop(sub, at)
		}
	}
	for name, f := range d.files {
		if !there[name] {
			t.stir(f, at)
		}
	}
}

func (t *tree) readRules(d *folder) {
	var err error
	if d.rules, err = t.rulesAbove(d).withFile(d.real, d.path); err != nil {
		t.reasons.add("rules "+err.Error(), "watch %s: %v: the rest of it holds", d.path, err)
	}
}

// rulesAbove returns the rules that hold in d but for its own file's.
func (t *tree) rulesAbove(d *folder) *ruleset {
	if d.above != nil {
		return d.above.rules
	}
	return d.given
}

func (t *tree) rulesChanged(d *folder) bool {
	now, _ := t.rulesAbove(d).withFile(d.real, d.path)
	return now.text != d.rules.text
}

// entryChanged looks at one entry of a folder after an event.
func (t *tree) entryChanged(d *folder, name string, e event) {
	if name == ignoreFile {
		if t.rulesChanged(d) {
			t.scan(d, asCreated, e.at)
		}
		return
	}
	if d.files[name] != nil && e.op == opWrite {
		return // it was stirred already
	}
	info, err := os.Lstat(filepath.Join(d.real, name))
	if err != nil {
		if sub := d.subs[name]; sub != nil {
			t.drop(sub, e.at)
		}
		return
	}
	t.child(d, name, info.Mode().Type(), d.rules, asCreated, e.at)
}

// child takes up one entry of a folder that exists. What the former rules
// excluded isn't news.
func (t *tree) child(d *folder, name string, kind fs.FileMode, former *ruleset, as arrival, at time.Time) {
	if name == ignoreFile {
		return
	}
	path := filepath.Join(d.path, name)
	real := filepath.Join(d.real, name)
	var points []string
	isDir := kind.IsDir()
	if kind&fs.ModeSymlink != 0 {
		r := resolve(path)
		isDir = r.info != nil && r.info.IsDir()
		points = r.points
		real = r.real
	}
	sub := d.subs[name]
	if d.rules.matches(path, isDir) {
		if sub != nil {
			t.exclude(sub)
		}
		if f := d.files[name]; f != nil {
			t.unlist(f)
		}
		return
	}
	if former.matches(path, isDir) {
		as = asFound
	}
	if isDir {
		switch {
		case sub != nil && sub.real == real:
			t.scan(sub, as, at)
			return
		case sub != nil:
			t.drop(sub, at)
		}
		t.addFolder(d, name, real, points, as, at)
		return
	}
	if sub != nil {
		t.drop(sub, at)
	}
	if kind&^fs.ModeSymlink != 0 || d.wanted != nil && !d.wanted.matches(path, false) {
		return
	}
	if points == nil {
		points = []string{real}
	}
	t.addFile(d, name, points, as, at)
}

// addFolder takes up a folder within another one.
func (t *tree) addFolder(above *folder, name, real string, points []string, as arrival, at time.Time) {
	for d := above; d != nil; d = d.above {
		if within(d.real, real) {
			return // a symlink to where it is in itself
		}
	}
	path := filepath.Join(above.path, name)
	if len(t.folders[real]) >= maxAliases {
		t.reasons.add("aliases "+real, "watch %s: the %dth path to %s: not followed, nor are more", path, maxAliases+1, real)
		return
	}
	d := &folder{path: path, above: above, wanted: above.wanted,
		subs: map[string]*folder{}, files: map[string]*file{}}
	above.subs[name] = d
	if len(points) > 0 {
		t.pointFolder(d, points[:len(points)-1])
	}
	t.place(d, real, at)
	t.scan(d, as, at)
}

// addFile takes up a file, or looks again at one that is known.
func (t *tree) addFile(d *folder, name string, points []string, as arrival, at time.Time) {
	path := filepath.Join(d.path, name)
	f := t.files[path]
	known := f != nil
	if !known {
		f = &file{path: path}
		t.files[path] = f
	}
	f.folder = d
	d.files[name] = f
	if !f.pinned {
		t.point(f, points)
	}
	if known || as == asCreated {
		t.stir(f, at)
		return
	}
	t.adopt(f, points[len(points)-1])
}

// adopt takes what a file holds as what the consumer knows.
func (t *tree) adopt(f *file, real string) {
	v := lookAt(real, t.cfg.MaxSize)
	f.base = v.hash
	switch v.finding {
	case foundBlocked:
		f.trouble = v.err
	case foundTooLarge:
		f.trouble = errTooLarge
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
	t.arms.release(d.real)
	delete(d.above.subs, filepath.Base(d.path))
}

// unlist takes a file from its folder, and keeps it only if it is pinned.
func (t *tree) unlist(f *file) {
	if !f.pinned {
		t.forget(f)
		return
	}
	delete(f.folder.files, filepath.Base(f.path))
	f.folder = nil
}
