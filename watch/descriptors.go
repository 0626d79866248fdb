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
	unwatched = iota // not, as it doesn't exist or can't be read
	byEvents
	byPolling
)

// descriptor is a folder that someone wants events from.
type descriptor struct {
	refs int
	how  int
	info fs.FileInfo // of the folder when the watch was set
}

// descriptors are the folders that are watched, each by its path free of symlinks,
// so that a folder has one name only. Guarded by Watcher.mu.
type descriptors struct {
	mode     Mode
	notifier *notifier // nil when all is polled
	poller   *poller
	dirs     map[string]*descriptor
	polled   int
	reasons  *reasons
	shaken   bool // a folder may have been moved since verify

	unreliable func(dir string) string // see there; a field for tests
}

// hold wants events from a folder; each hold is undone by one release.
func (a *descriptors) hold(dir string) {
	d := a.dirs[dir]
	if d == nil {
		d = &descriptor{}
		a.dirs[dir] = d
	}
	d.refs++
	if d.how == unwatched {
		a.watch(dir)
	}
}

// release undoes a hold.
func (a *descriptors) release(dir string) {
	d := a.dirs[dir]
	if d == nil {
		return
	}
	if d.refs--; d.refs == 0 {
		a.unwatch(dir, d)
		delete(a.dirs, dir)
	}
}

// watch starts the events of a folder that is held. Doing it again makes sure
// of it, as a watch stays with a folder that is moved away.
func (a *descriptors) watch(dir string) {
	d := a.dirs[dir]
	info, err := os.Lstat(dir)
	if err != nil || !info.IsDir() {
		a.unwatch(dir, d)
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
		d.how = unwatched
	default:
		a.reasons.refused(dir, err)
		a.poll(dir, d)
	}
}

// lacks reports whether a folder that is held had no events until now, and has
// them started if it is there.
func (a *descriptors) lacks(dir string) bool {
	d := a.dirs[dir]
	if d == nil || d.how != unwatched {
		return false
	}
	a.watch(dir)
	return true
}

func (a *descriptors) mustPoll(dir string) bool {
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

func (a *descriptors) poll(dir string, d *descriptor) {
	if d.how == byEvents {
		a.notifier.remove(dir)
	}
	d.how = byPolling
	a.polled++
	a.poller.add(dir)
}

func (a *descriptors) unwatch(dir string, d *descriptor) {
	switch d.how {
	case byEvents:
		a.notifier.remove(dir)
	case byPolling:
		a.polled--
		a.poller.remove(dir)
	}
	d.how = unwatched
}

// lost unwatches a folder that was moved or removed, and all below it. They
// stay held.
func (a *descriptors) lost(dir string) {
	for p, d := range a.dirs {
		if within(p, dir) {
			a.unwatch(p, d)
		}
	}
}

// astray reports whether a folder that is held is gone, or another one than when
// its watch was set.
func (a *descriptors) astray(dir string) bool {
	info, err := os.Lstat(dir)
	d := a.dirs[dir]
	return err != nil || d.how != unwatched && !os.SameFile(info, d.info)
}

// verify returns the folders whose events have ended without a word. inotify has
// one watch for a folder, by whatever path: one that was moved and is watched by its
// new path before the move was heard of goes on as the old one, and ends with it.
func (a *descriptors) verify() []string {
	if a.notifier == nil || runtime.GOOS != "linux" {
		return nil
	}
	a.shaken = false
	watched := a.notifier.watched()
	var ended []string
	for dir, d := range a.dirs {
		if d.how == byEvents && !watched[dir] {
			ended = append(ended, dir)
		}
	}
	return ended
}

// unguarded reports whether nothing above dir tells when it is moved.
func (a *descriptors) unguarded(dir string) bool {
	above := a.dirs[filepath.Dir(dir)]
	return above == nil || above.how == unwatched
}

// polls reports whether the folder of one of these directory entries is
// polled.
func (a *descriptors) polls(points []string) bool {
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
