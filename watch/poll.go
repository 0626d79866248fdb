package watch

import (
	"maps"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"
)

// fresh is for how long a file is reported again after its stamp was seen to
// change: a second write within the resolution of a file system's times (2 s
// on FAT) may leave the stamp as it is.
const fresh = 2 * time.Second

// hurry is the distance of a pass that was asked for from the last one.
const hurry = 20 * time.Millisecond

// poller is the source of events for folders whose file system has none: it
// lists them at intervals and compares.
type poller struct {
	q     *queue
	every time.Duration
	quiet atomic.Int64  // when the last pass that saw no change began, in Unix ns
	asked chan struct{} // has an element when a pass is wanted soon

	mu   sync.Mutex
	dirs map[string]*polled
	stop chan struct{} // closed by close; nil until the first folder
	done sync.WaitGroup
}

// polled is what the last pass saw in a folder. It belongs to the goroutine
// that polls.
type polled struct {
	seen    map[string]sighting
	missing bool
}

type sighting struct {
	stamp stamp
	since time.Time // when this stamp was seen first
}

func newPoller(q *queue, every time.Duration) *poller {
	return &poller{q: q, every: every, asked: make(chan struct{}, 1), dirs: map[string]*polled{}}
}

// add takes up a folder, and reports what differs from now on.
func (p *poller) add(dir string) {
	d := &polled{}
	d.seen, d.missing = list(dir)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.dirs[dir] = d
	if p.stop == nil {
		p.stop = make(chan struct{})
		p.done.Add(1)
		go p.run(p.stop)
	}
}

func (p *poller) remove(dir string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.dirs, dir)
}

// close ends the passes and waits for the one under way.
func (p *poller) close() {
	p.mu.Lock()
	stop := p.stop
	p.mu.Unlock()
	if stop != nil {
		close(stop)
	}
	p.done.Wait()
}

// quietAfter reports whether a pass that began after at saw no change. If not,
// the next pass comes soon, and wakes the loop.
func (p *poller) quietAfter(at time.Time) bool {
	if p.quiet.Load() > at.UnixNano() {
		return true
	}
	select {
	case p.asked <- struct{}{}:
	default:
	}
	return false
}

func (p *poller) run(stop chan struct{}) {
	defer p.done.Done()
	timer := time.NewTimer(p.every)
	defer timer.Stop()
	var took time.Duration
	for {
		asked := false
		select {
		case <-stop:
			return
		case <-p.asked:
			asked = true
			timer.Reset(max(hurry, 4*took))
			select {
			case <-stop:
				return
			case <-timer.C:
			}
		case <-timer.C:
		}
		began := time.Now()
		if !p.pass(stop) {
			p.quiet.Store(began.UnixNano())
		}
		if asked {
			p.q.wake()
		}
		// A pass that takes long must not keep a processor busy.
		took = time.Since(began)
		timer.Reset(max(p.every, 50*took))
	}
}

// pass lists all folders, and reports whether anything has changed.
func (p *poller) pass(stop chan struct{}) (changed bool) {
	p.mu.Lock()
	dirs := maps.Clone(p.dirs)
	p.mu.Unlock()
	for dir, d := range dirs {
		select {
		case <-stop:
			return changed
		default:
		}
		was := d.missing
		if p.compare(dir, d) {
			changed = true
		}
		if above := dirs[filepath.Dir(dir)]; d.missing && !was && above != nil {
			delete(above.seen, filepath.Base(dir)) // it may be back there already: news then
		}
	}
	return changed
}

// compare lists one folder, reports what differs from the last time, and
// whether anything does.
func (p *poller) compare(dir string, d *polled) (changed bool) {
	after, missing := list(dir)
	tell := func(name string, what op) {
		changed = true
		p.q.put(filepath.Join(dir, name), what)
	}
	if missing && !d.missing {
		tell("", opGone)
	}
	now := time.Now()
	for name, s := range after {
		old, known := d.seen[name]
		switch {
		case !known:
			tell(name, opCreate)
		case s.stamp.file != old.stamp.file || s.stamp.mode.Type() != old.stamp.mode.Type():
			tell(name, opGone)
			tell(name, opCreate)
		case s.stamp != old.stamp:
			tell(name, opWrite)
		default:
			if !old.since.IsZero() && now.Sub(old.since) < fresh {
				p.q.put(filepath.Join(dir, name), opAgain)
			}
			s.since = old.since
			after[name] = s
		}
	}
	for name := range d.seen {
		if _, ok := after[name]; !ok {
			tell(name, opGone)
		}
	}
	d.seen, d.missing = after, missing
	return changed
}

// list returns what is in a folder. Files that were written long ago have no
// time in since.
func list(dir string) (seen map[string]sighting, missing bool) {
	entries, err := os.ReadDir(dir)
	if err != nil && len(entries) == 0 {
		return nil, os.IsNotExist(err)
	}
	now := time.Now()
	seen = make(map[string]sighting, len(entries))
	for _, e := range entries {
		info, err := os.Lstat(filepath.Join(dir, e.Name()))
		if err != nil {
			continue
		}
		s := sighting{stamp: stampOf(info)}
		if !info.IsDir() && now.Sub(info.ModTime()) < time.Minute {
			s.since = now
		}
		seen[e.Name()] = s
	}
	return seen, false
}
