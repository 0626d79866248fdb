package runtime

import "iter"

// sessions holds, by session, what a service waits for: a small hash table with
// linear probing. Sessions are numbered one after another, so they spread over
// the slots by themselves, and a call costs no more than two slots looked at.
// The zero value is empty and ready.
type sessions struct {
	slots []waitSlot // a power of two of them, none more than half in use
	used  int
}

// waitSlot is in use when it has a task.
type waitSlot struct {
	session int32
	wait
}

// minSlots is the room of a table with its first entry.
const minSlots = 4

func (ss *sessions) slot(session int32) int { return int(session) & (len(ss.slots) - 1) }

// find is the index of a session's slot, or of the free one where it would go.
func (ss *sessions) find(session int32) int {
	i := ss.slot(session)
	for ss.slots[i].task != nil && ss.slots[i].session != session {
		i = (i + 1) & (len(ss.slots) - 1)
	}
	return i
}

// get tells what a session is for, with no task if it is for nothing.
func (ss *sessions) get(session int32) wait {
	if ss.used == 0 {
		return wait{}
	}
	return ss.slots[ss.find(session)].wait
}

// put notes what a session is for.
func (ss *sessions) put(session int32, w wait) {
	if 2*ss.used >= len(ss.slots) {
		ss.resize(max(minSlots, 2*len(ss.slots)))
	}
	i := ss.find(session)
	if ss.slots[i].task == nil {
		ss.used++
	}
	ss.slots[i] = waitSlot{session, w}
}

// take removes a session, and tells what it was for.
func (ss *sessions) take(session int32) wait {
	if ss.used == 0 {
		return wait{}
	}
	i := ss.find(session)
	w := ss.slots[i].wait
	if w.task == nil {
		return w
	}
	ss.used--
	if ss.used == 0 && len(ss.slots) > 1024 {
		ss.slots = nil // the room of a storm that is over
		return w
	}
	// Those behind it move up, so that no search ends at the gap.
	mask := len(ss.slots) - 1
	for next := (i + 1) & mask; ss.slots[next].task != nil; next = (next + 1) & mask {
		home := ss.slot(ss.slots[next].session)
		if (next-home)&mask >= (next-i)&mask {
			ss.slots[i] = ss.slots[next]
			i = next
		}
	}
	ss.slots[i].task = nil
	return w
}

func (ss *sessions) resize(n int) {
	old := ss.slots
	ss.slots = make([]waitSlot, n)
	for _, s := range old {
		if s.task != nil {
			ss.slots[ss.find(s.session)] = s
		}
	}
}

// all goes through the sessions in no order. Meanwhile none may be taken or
// put, but for one that is there already.
func (ss *sessions) all() iter.Seq2[int32, wait] {
	return func(yield func(int32, wait) bool) {
		for _, s := range ss.slots {
			if s.task != nil && !yield(s.session, s.wait) {
				return
			}
		}
	}
}

// len is how many sessions are waited for.
func (ss *sessions) len() int { return ss.used }
