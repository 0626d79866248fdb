package watch

import (
	"cmp"
	"slices"
	"time"
)

const (
	// anchorEvery is how often folders are looked for whose move raises no event,
	// see tree.anchors; less often where there are so many that it would use more
	// than a thousandth of a processor.
	anchorEvery = 250 * time.Millisecond
	// anchorAll is how often all folders are looked for.
	anchorAll = 2 * time.Second
)

// run is the one goroutine that looks at files and sends batches.
func (w *Watcher) run() {
	defer w.done.Done()
	defer close(w.out)
	anchors := time.NewTimer(anchorEvery)
	defer anchors.Stop()
	var looked time.Time // for all folders
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		offer, wait := w.step()
		var out chan Batch
		if offer != nil {
			out = w.out
		} else {
			offer = &offered{}
		}
		var wake <-chan time.Time
		if wait > 0 {
			timer.Reset(wait)
			wake = timer.C
		}
		select {
		case out <- offer.batch:
			w.delivered(offer)
		case <-w.queue.signal:
		case <-w.kick:
		case <-wake:
		case <-anchors.C:
			now := time.Now()
			all := now.Sub(looked) >= anchorAll
			if all {
				looked = now
			}
			w.mu.Lock()
			w.tree.anchors(all, now)
			w.mu.Unlock()
			anchors.Reset(min(max(anchorEvery, 1000*time.Since(now)), anchorAll))
		case <-w.stop:
			return
		}
	}
}

// offered is a batch that is ready for whoever receives.
type offered struct {
	batch Batch
	files []*file // of the batch's changes, in their order
	said  []int   // file.said of each
}

// step takes in what has happened, looks at the files that are due, and
// returns the batch that is ready, if one is, and how long it takes until
// something is due without another event; 0 means forever.
func (w *Watcher) step() (*offered, time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	// What counts is how long there had been quiet when the queue was found
	// empty: more may have come while files were looked at.
	taken := time.Now()
	events, lost, faults := w.queue.take()
	for _, err := range faults {
		w.cfg.Log("watch: %v: looking at everything again", err)
	}
	for _, e := range events {
		stirs := w.tree.stirs
		if w.tree.happened(e); w.tree.stirs > stirs {
			w.history.saw(e)
		}
	}
	if lost {
		w.tree.everything(time.Now())
	}
	if len(w.tree.pending) == 0 {
		return nil, 0
	}
	due := w.lookAtDue()
	files, next := w.debounce.choose(w.tree.pending, taken)
	if len(files) > 0 {
		if hold := w.expectMore(files, taken); hold > 0 {
			files, next = nil, taken.Add(hold)
		}
	}
	now := time.Now()
	wait := time.Duration(0)
	if !due.IsZero() {
		next = earlier(next, due)
	}
	if !next.IsZero() {
		wait = max(next.Sub(now), time.Microsecond)
	}
	if len(files) > 0 {
		w.debounce.offered = now
		return offer(files, now), wait
	}
	return nil, wait
}

// expectMore returns for how long files that could go out are kept, as more
// is to be expected: git is at work, or the poller saw them in the middle of a
// burst.
func (w *Watcher) expectMore(files []*file, taken time.Time) time.Duration {
	var polled time.Time
	for _, f := range files {
		if f.last.After(polled) && w.descriptors.polls(f.points) {
			polled = f.last
		}
	}
	waited := taken.Sub(w.debounce.waiting(files))
	if waited < repoLongest && taken.Before(w.repos.freeSince().Add(repoAfter)) {
		return repoLook // what git wrote last may not have been heard of yet
	}
	if waited < longest && !polled.IsZero() {
		if w.repos.free.After(polled) {
			polled = w.repos.free
		}
		if !w.poller.quietAfter(polled) {
			return longest - waited // the poller wakes the loop before
		}
	}
	return 0
}

// lookAtDue looks at the stirred files whose time has come, and returns when
// the next one's will.
func (w *Watcher) lookAtDue() time.Time {
	var next time.Time
	for f := range w.tree.pending {
		if f.state == stirred && !f.due.After(time.Now()) {
			w.tree.look(f, time.Now())
		}
		if f.state == stirred {
			next = earlier(next, f.due)
		}
	}
	return next
}

func offer(files []*file, now time.Time) *offered {
	slices.SortFunc(files, func(a, b *file) int { return cmp.Compare(a.path, b.path) })
	o := &offered{files: files, batch: Batch{Settled: now}}
	for _, f := range files {
		o.batch.First = earlier(o.batch.First, f.first)
		o.batch.Saved = earlier(o.batch.Saved, f.savedAt())
		o.batch.Changes = append(o.batch.Changes, f.change())
		o.said = append(o.said, f.said)
	}
	return o
}

// delivered records that the consumer has heard of what was offered.
func (w *Watcher) delivered(o *offered) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := time.Now()
	w.debounce.sent(o.files, now)
	for i, f := range o.files {
		if f.said != o.said[i] {
			continue // the consumer has said more since it was received, and knows better
		}
		if o.batch.Changes[i].Op == Unreadable {
			f.doubted, f.told = true, true
		} else {
			f.base, f.doubted, f.told = o.batch.Changes[i].Hash, false, false
		}
		if f.state == settled && w.tree.files[f.path] == f {
			f.calm()
			w.tree.rest(f)
		}
	}
	w.history.sent(o.batch, now)
}
