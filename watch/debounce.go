package watch

import "time"

// The times by which files that are saved together are told from a lone save.
// A lone save waits for Config.Quiet only. What has already shown to be more
// than that is given longer, as its user waits for the whole of it.
const (
	quietMany = 25 * time.Millisecond // after two files, or soon after another batch
	quietLots = 50 * time.Millisecond // after lots of files
	lots      = 16
	soon      = 60 * time.Millisecond

	// partialFor is how long a file must have been missing, empty or unfinished
	// when there is nothing else to deliver: its writer may take a while.
	partialFor = 400 * time.Millisecond
	// holdFor is how long a file that isn't settled keeps others waiting.
	holdFor = 150 * time.Millisecond
	// restlessFor is how long a file that changes again and again is waited
	// for to come to rest; then it goes out as it is at the time.
	restlessFor = 100 * time.Millisecond
	// stretched is the most that a lone save waits after one that wasn't as
	// lone as it looked; keptFor is how many lone ones in turn end that.
	stretched = 30 * time.Millisecond
	keptFor   = 3
	// longest is how long a settled file waits while more and more come;
	// longestAmidNoise is that after it has happened, until there is quiet.
	longest          = time.Second
	longestAmidNoise = 250 * time.Millisecond
)

// debouncer decides when the files of a batch go out.
type debouncer struct {
	quiet   time.Duration
	last    time.Time     // when the last batch went out
	end     time.Time     // the last event of it
	path    string        // the last file of it
	stretch time.Duration // instead of quiet, if longer
	lone    int           // lone saves since stretch was set
	noisy   bool          // the last choice didn't come from quiet
	offered time.Time     // when a batch was last ready for whoever receives
}

// waiting returns since when the oldest of these settled files has waited for
// others. Waiting for the consumer doesn't count.
func (p *debouncer) waiting(files ...[]*file) time.Time {
	var oldest time.Time
	for _, list := range files {
		for _, f := range list {
			oldest = earlier(oldest, f.waiting)
		}
	}
	if p.offered.After(oldest) {
		return p.offered
	}
	return oldest
}

// sent takes note of a batch that went out. When others' saves follow so soon
// on a lone one that they were meant to go together, as when an editor saves
// all its files and syncs each to the disk, the next time is given longer.
func (p *debouncer) sent(files []*file, now time.Time) {
	var first, end time.Time
	for _, f := range files {
		first = earlier(first, f.first)
		if f.last.After(end) {
			end = f.last
		}
	}
	gap := first.Sub(p.end)
	switch {
	case gap < soon && files[0].path != p.path:
		p.stretch, p.lone = min(2*max(gap, p.quiet), stretched), 0
	case len(files) == 1:
		if p.lone++; p.lone >= keptFor {
			p.stretch = 0
		}
	}
	p.last, p.end, p.path = now, end, files[len(files)-1].path
}

// choose returns the pending files that are to go out now, or else the time
// when that may change without another event; zero means never.
func (p *debouncer) choose(pending map[*file]struct{}, now time.Time) (out []*file, next time.Time) {
	quiet, partial := p.quietFor(pending), allPartial(pending)
	var ready, resting []*file
	blocked := false
	for f := range pending {
		if f.state != settled {
			if !f.passed && now.Sub(f.first) < holdFor {
				blocked = true
				next = earlier(next, f.first.Add(holdFor))
			} else {
				f.passed = true
			}
			continue
		}
		at := f.last.Add(quiet)
		if partial {
			at = f.since.Add(partialFor)
		}
		if now.Before(at) && (partial || !f.restless(now)) {
			blocked = true
			next = earlier(next, at)
			resting = append(resting, f)
			continue
		}
		ready = append(ready, f)
	}
	if len(ready)+len(resting) == 0 {
		return nil, time.Time{}
	}
	last := p.waiting(ready, resting).Add(longest)
	if p.noisy {
		last = last.Add(longestAmidNoise - longest)
	}
	switch {
	case !blocked:
		p.noisy = false
		return ready, time.Time{}
	case !now.Before(last):
		p.noisy = true
		return append(ready, resting...), time.Time{}
	}
	return nil, earlier(next, last)
}

// allPartial reports whether there is nothing but files that are missing, empty
// or unfinished.
func allPartial(pending map[*file]struct{}) bool {
	for f := range pending {
		if !f.seen.partial {
			return false
		}
	}
	return true
}

// quietFor returns how long nothing may happen before the batch goes out.
func (p *debouncer) quietFor(pending map[*file]struct{}) time.Duration {
	n := 0
	var first time.Time
	for f := range pending {
		if !f.passed {
			n++
			first = earlier(first, f.first)
		}
	}
	switch {
	case n == 0:
		return p.quiet
	case n >= lots:
		return max(p.quiet, quietLots)
	case n > 1, first.Sub(p.last) < soon:
		return max(p.quiet, quietMany)
	}
	return max(p.quiet, p.stretch)
}

// restless reports whether f changes again and again.
func (f *file) restless(now time.Time) bool {
	return f.times >= 3 && now.Sub(f.first) >= restlessFor
}

// earlier returns the earlier of two times, b if a is zero. b mustn't be.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || b.Before(a) {
		return b
	}
	return a
}
