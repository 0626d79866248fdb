package watch

import (
	"maps"
	"slices"
	"time"
)

// Status is what the watcher does and has seen.
type Status struct {
	Roots    []RootStatus
	Files    int       // that are watched
	Folders  int       // that are watched, the roots' and those of single files
	Polled   int       // of Folders, those that are polled
	Pending  int       // files that have changed, or may have, and wait to be delivered
	Batches  int       // delivered since the start
	Degraded []string  // why less is done than was asked for, one line each
	Trouble  []Trouble // files that can't be read, ordered by path
	Last     []Seen    // the last events that had a file looked at, oldest first
	LastSent time.Time // when the last batch was received
}

// RootStatus is how one root is watched.
type RootStatus struct {
	Path    string
	Mode    Mode // Auto when some of its folders give events and some are polled
	Missing bool
	Folders int
	Files   int
}

// Trouble is a file that isn't watched for its bytes, and why.
type Trouble struct {
	Path string
	Err  error
}

// Seen is an event.
type Seen struct {
	Path string
	At   time.Time
}

// history keeps what Status tells of the past.
type history struct {
	last    []Seen
	batches int
	lastOut time.Time
}

const remembered = 8

func (h *history) saw(e event) {
	h.last = append(h.last, Seen{e.path, e.at})
	if n := len(h.last) - remembered; n > 0 {
		h.last = slices.Delete(h.last, 0, n)
	}
}

func (h *history) sent(_ Batch, at time.Time) {
	h.batches++
	h.lastOut = at
}

// Status returns what the watcher does at this time. It takes time in
// proportion to the number of files.
func (w *Watcher) Status() Status {
	w.mu.Lock()
	defer w.mu.Unlock()
	s := Status{
		Files:    len(w.tree.files),
		Folders:  len(w.descriptors.dirs),
		Polled:   w.descriptors.polled,
		Pending:  len(w.tree.pending),
		Batches:  w.history.batches,
		Degraded: slices.Clone(w.reasons.lines),
		Last:     slices.Clone(w.history.last),
		LastSent: w.history.lastOut,
	}
	for _, d := range w.tree.roots {
		s.Roots = append(s.Roots, w.rootStatus(d))
	}
	for _, path := range slices.Sorted(maps.Keys(w.tree.files)) {
		if err := w.tree.files[path].trouble; err != nil {
			s.Trouble = append(s.Trouble, Trouble{path, err})
		}
	}
	return s
}

func (w *Watcher) rootStatus(d *folder) RootStatus {
	s := RootStatus{Path: d.path, Missing: d.real == ""}
	events, polled := 0, 0
	var count func(d *folder)
	count = func(d *folder) {
		s.Folders++
		s.Files += len(d.files)
		if a := w.descriptors.dirs[d.real]; a != nil {
			switch a.how {
			case byEvents:
				events++
			case byPolling:
				polled++
			}
		}
		for _, sub := range d.subs {
			count(sub)
		}
	}
	if !s.Missing {
		count(d)
	}
	switch {
	case polled == 0:
		s.Mode = Events
	case events == 0:
		s.Mode = Poll
	}
	return s
}
