package watch

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// maxAliases is how many paths to one folder are followed. Symlinks that
// cross each other lead to more paths than anyone can count.
const maxAliases = 8

// scan compares a folder with what is on the disk. The folder is watched first:
// what happens after the listing raises an event.
func (t *tree) scan(d *folder, as arrival, at time.Time) {
	t.descriptors.watch(d.real)
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
	if !f.named {
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
