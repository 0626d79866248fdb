package watch

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// How a folder is watched.
const (
	unarmed = iota // not, as it doesn't exist or can't be read
	byEvents
	byPolling
)

// arm is a folder that someone wants events from.
type arm struct {
	refs int
	how  int
	info fs.FileInfo // of the folder when it was armed
}

// arms are the folders that are watched, each by its path free of symlinks,
// so that a folder has one name only. Guarded by Watcher.mu.
type arms struct {
	mode     Mode
	notifier *notifier // nil when all is polled
	poller   *poller
	dirs     map[string]*arm
	polled   int
	reasons  *reasons
	shaken   bool // a folder may have been moved since verify

	unreliable func(dir string) string // see there; a field for tests
}

// hold wants events from a folder; each hold is undone by one release.
func (a *arms) hold(dir string) {
	d := a.dirs[dir]
	if d == nil {
		d = &arm{}
		a.dirs[dir] = d
	}
	d.refs++
	if d.how == unarmed {
		a.arm(dir)
	}
}

// release undoes a hold.
func (a *arms) release(dir string) {
	d := a.dirs[dir]
	if d == nil {
		return
	}
	if d.refs--; d.refs == 0 {
		a.disarm(dir, d)
		delete(a.dirs, dir)
	}
}

// arm starts the events of a folder that is held. Doing it again makes sure
// of it, as a watch stays with a folder that is moved away.
func (a *arms) arm(dir string) {
	d := a.dirs[dir]
	info, err := os.Lstat(dir)
	if err != nil || !info.IsDir() {
		a.disarm(dir, d)
		return
	}
	d.info = info
	if d.how == byPolling {
		return
	}
	if a.mustPoll(dir) {
		a.poll(dir, d)
		return
	}
	switch err := a.notifier.add(dir); {
	case err == nil:
		d.how = byEvents
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission):
		d.how = unarmed
	default:
		a.reasons.refused(dir, err)
		a.poll(dir, d)
	}
}

// lacks reports whether a folder that is held had no events until now, and has
// them started if it is there.
func (a *arms) lacks(dir string) bool {
	d := a.dirs[dir]
	if d == nil || d.how != unarmed {
		return false
	}
	a.arm(dir)
	return true
}

func (a *arms) mustPoll(dir string) bool {
	if a.notifier == nil {
		return true
	}
	if a.mode == Auto {
		if kind := a.unreliable(dir); kind != "" {
			a.reasons.fileSystem(dir, kind)
			return true
		}
	}
	return false
}

func (a *arms) poll(dir string, d *arm) {
	if d.how == byEvents {
		a.notifier.remove(dir)
	}
	d.how = byPolling
	a.polled++
	a.poller.add(dir)
}

func (a *arms) disarm(dir string, d *arm) {
	switch d.how {
	case byEvents:
		a.notifier.remove(dir)
	case byPolling:
		a.polled--
		a.poller.remove(dir)
	}
	d.how = unarmed
}

// lost disarms a folder that was moved or removed, and all below it. They
// stay held.
func (a *arms) lost(dir string) {
	for p, d := range a.dirs {
		if within(p, dir) {
			a.disarm(p, d)
		}
	}
}

// astray reports whether a folder that is held is gone, or another one than when
// it was armed.
func (a *arms) astray(dir string) bool {
	info, err := os.Lstat(dir)
	d := a.dirs[dir]
	return err != nil || d.how != unarmed && !os.SameFile(info, d.info)
}

// verify returns the folders whose events have ended without a word. inotify has
// one watch for a folder, by whatever path: one that was moved and is armed by its
// new path before the move was heard of goes on as the old one, and ends with it.
func (a *arms) verify() []string {
	if a.notifier == nil || runtime.GOOS != "linux" {
		return nil
	}
	a.shaken = false
	armed := a.notifier.armed()
	var ended []string
	for dir, d := range a.dirs {
		if d.how == byEvents && !armed[dir] {
			ended = append(ended, dir)
		}
	}
	return ended
}

// unguarded reports whether nothing above dir tells when it is moved.
func (a *arms) unguarded(dir string) bool {
	above := a.dirs[filepath.Dir(dir)]
	return above == nil || above.how == unarmed
}

// polls reports whether the folder of one of these directory entries is
// polled.
func (a *arms) polls(points []string) bool {
	if a.polled == 0 {
		return false
	}
	for _, p := range points {
		if d := a.dirs[filepath.Dir(p)]; d != nil && d.how == byPolling {
			return true
		}
	}
	return false
}
