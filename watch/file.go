package watch

import (
	"fmt"
	"time"
)

// state is where a file stands between two batches.
type state int

const (
	calm    state = iota // the disk holds what the consumer last heard of
	stirred              // it has to be looked at, or looked at again
	settled              // it differs from what the consumer heard of, and is whole
)

// file is one path that may be reported. Its fields are guarded by
// Watcher.mu.
type file struct {
	path   string
	named  bool     // named to Add or SetKnown: filters don't apply, and it is kept when removed
	either bool     // a named path that may turn out to be a folder
	folder *folder  // whose entry it is; nil if it is only named, or its folder went
	points []string // the directory entries that lead to it, see route

	base    Hash  // what the consumer last heard of
	said    int   // how often the consumer has said so itself
	doubted bool  // the consumer can't tell what it has: report the file in any case
	trouble error // why it can't be read, or is left alone; nil when all is well
	told    bool  // the consumer has heard that it can't be read

	state  state
	unrest // from the first event until it is calm again
}

// unrest is what is known of a file from the first event until it is calm again.
type unrest struct {
	first   time.Time // the first event
	last    time.Time // the last event that told of a change
	due     time.Time // when to look next, while stirred
	looked  bool      // seen is of this time
	seen    view      // the last look
	at      time.Time // when that was
	since   time.Time // since when looks have seen the same
	waiting time.Time // when it settled first
	times   int       // how often it was stirred after it had settled
	passed  bool      // it kept others waiting for too long: they no longer do
}

const (
	// goneAfter is how long a file must be missing, empty or unfinished before
	// that is believed: many a save removes or truncates first.
	goneAfter = 100 * time.Millisecond
	// openAfter is how long the bytes of a file must stay the same to be
	// taken although someone keeps it open for writing.
	openAfter = 2 * time.Second
	// blockedAfter is how long an error must last to be believed: some save by
	// making a file that nobody may read, yet.
	blockedAfter = 400 * time.Millisecond
	// The time between two looks at a file that isn't settled grows between
	// these with the time it takes.
	shortestWait, longestWait = time.Millisecond, 10 * time.Millisecond
)

// stir takes note of an event at time at.
func (f *file) stir(at time.Time) {
	switch f.state {
	case calm:
		f.first = at
	case settled:
		f.times++
	}
	f.state = stirred
	f.last = at
	if f.looked && f.seen.finding == foundHeld {
		// A long write raises an event for each piece: not a look for each.
		f.due = earlier(f.due, at.Add(shortestWait))
		return
	}
	f.due = at
}

// lookAgain has the file looked at without a sign that it has changed.
func (f *file) lookAgain(at time.Time) {
	if f.state == calm {
		f.first = at
	}
	f.state = stirred
	f.due = at
}

// look reads the file at real, "" if the path leads nowhere, and judges it.
func (f *file) look(real string, now time.Time, cfg *Config) {
	if f.looked && f.seen.finding == foundHeld && now.Sub(f.since) < openAfter &&
		f.last.Before(f.since) && stillHeld(real) {
		f.due = now.Add(f.backoff(now))
		return
	}
	v := view{finding: foundNothing}
	if real != "" {
		v = lookAt(real, cfg.MaxSize)
	}
	f.judge(v, now, cfg)
}

// judge decides from a look whether the file is settled, and when to look
// again if it isn't.
func (f *file) judge(v view, now time.Time, cfg *Config) {
	switch {
	case v.finding == foundNothing, v.finding >= foundHeld && v.size == 0:
		v.partial = true
	case f.looked && v.same(f.seen):
		v.partial = f.seen.partial
	case v.finding >= foundHeld && v.hash != f.base:
		v.partial = cfg.Unfinished(v.data)
	}
	if !f.looked || !v.same(f.seen) {
		f.since = now
		if f.last.Before(f.at) || f.last.IsZero() {
			f.last = now // it has changed without an event
		}
	}
	f.looked, f.seen, f.at = true, v, now
	f.trouble = nil
	again := now.Add(f.backoff(now))
	switch {
	case v.finding == foundTooLarge:
		f.seen.err = fmt.Errorf("%w: %d MB", errTooLarge, cfg.MaxSize>>20)
		f.blocked(now)
	case v.finding == foundBlocked:
		if f.told || now.Sub(f.since) >= blockedAfter {
			f.blocked(now)
		} else {
			f.due = again
		}
	case v.finding == foundMoving:
		f.since = now
		f.due = again
	case v.finding == foundHeld && now.Sub(f.since) < openAfter:
		f.due = again
	case v.hash == f.base && !f.doubted:
		f.calm()
	case v.partial:
		f.settleAt(f.since.Add(goneAfter), now)
	case v.finding == foundUnsure:
		from := f.since
		if f.last.After(from) {
			from = f.last
		}
		f.settleAt(from.Add(cfg.Settle), now)
	default:
		f.settleAt(now, now)
	}
}

// blocked ends a look at a file that can't be read: the consumer, if it has it, is
// to hear of that, once. From then on it hears of whatever bytes can be read.
func (f *file) blocked(now time.Time) {
	f.trouble = f.seen.err
	if f.told || f.base.Absent() {
		f.calm()
		return
	}
	f.settleAt(now, now)
}

// settleAt makes the file settled if that time has come.
func (f *file) settleAt(at, now time.Time) {
	if now.Before(at) {
		f.due = at
		return
	}
	if f.state = settled; f.waiting.IsZero() {
		f.waiting = now
	}
}

func (f *file) backoff(now time.Time) time.Duration {
	return min(max(now.Sub(f.first)/8, shortestWait), longestWait)
}

// calm ends what the first event began.
func (f *file) calm() { f.state, f.unrest = calm, unrest{} }

// change describes a settled file to the consumer.
func (f *file) change() Change {
	c := Change{Path: f.path, Hash: f.seen.hash, Data: f.seen.data}
	switch {
	case f.trouble != nil:
		c.Op, c.Data, c.Err = Unreadable, nil, f.trouble
	case c.Hash.Absent():
		c.Op, c.Data = Removed, nil
	case f.base.Absent() && !f.doubted:
		c.Op = Created
	}
	return c
}

// slowest is the longest that an event can take from the change that raised it;
// a file that was changed earlier was moved there.
const slowest = time.Second

// savedAt is when the change was made that raised the first event; behind a
// symlink, which may be what changed, it is when that was seen.
func (f *file) savedAt() time.Time {
	if s := f.seen.saved; len(f.points) == 1 && !s.IsZero() && s.Before(f.first) && f.first.Sub(s) < slowest {
		return s
	}
	return f.first
}

// stillHeld reports whether someone has the file open for writing, without
// reading it.
func stillHeld(path string) bool {
	f, err := openForLook(path)
	if err != nil {
		return false
	}
	defer f.Close()
	return writerOf(f) == foundHeld
}
