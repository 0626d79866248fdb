package actor

import "time"

// balancePeriod is how long a service may wait behind a busy worker while
// another worker is idle.
const balancePeriod = 200 * time.Microsecond

// balance has the busy workers read the clock once in a period. One that hasn't
// done it by the next is in a long turn: an idle worker is woken for the
// services that wait behind it. It sleeps while all workers do.
func (sc *Scheduler) balance() {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		timer.Reset(balancePeriod)
		select {
		case <-sc.stop:
			return
		case <-timer.C:
		}
		if int(sc.idle.Load()) == len(sc.workers) {
			select {
			case <-sc.stop:
				return
			case <-sc.tick:
			}
		}
		for _, w := range sc.InUse() {
			if w.idle.Load() {
				continue
			}
			long := w.due.Swap(true)
			w.noteLong(long)
			if long && w.hasReady() {
				sc.relocate(w)
			}
		}
	}
}

// relocate finds another worker for the services that wait behind a long turn: an
// idle one, or those that aren't in one, or one more.
func (sc *Scheduler) relocate(w *Worker) {
	if sc.idle.Load() > 0 {
		sc.wakeOne()
		return
	}
	stuck := 0
	var free []*Worker
	for _, other := range sc.InUse() {
		switch long := other.long.Load(); {
		case long == nil:
			free = append(free, other)
		case sc.Elapsed()-long.since > standInAfter:
			stuck++
		}
	}
	if used := int(sc.used.Load()); used-stuck < sc.options.Workers && used < len(sc.workers) {
		sc.standIn()
		return
	}
	for i := 0; len(free) > 0 && i < balanceMost; i++ {
		s := w.takeReady()
		if s == nil {
			s = w.takeNext()
		}
		if s == nil {
			return
		}
		free[i%len(free)].enqueue(s)
	}
}

// balanceMost is how many services are given to other workers at a time.
const balanceMost = 64

// maxStandIns bounds the workers that stand in for those that are stuck.
const maxStandIns = 32

// standInAfter is how long a worker is in one message before another one stands in
// for it.
const standInAfter = 10 * time.Millisecond

// standIn starts one more worker. Only the balancer calls it.
func (sc *Scheduler) standIn() {
	w := sc.workers[sc.used.Load()]
	w.since.Store(int64(w.scheduler.Elapsed()))
	sc.used.Add(1)
	sc.done.Go(w.serve)
}

// noteLong notes since when a worker in a long turn is in the message that it is
// in. Only the balancer calls it.
func (w *Worker) noteLong(long bool) {
	s := w.current.Load()
	if !long || s == nil {
		if w.long.Load() != nil {
			w.long.Store(nil)
		}
		return
	}
	message := s.Mailbox.Look().Taken
	if l := w.long.Load(); l == nil || l.actor != s || l.message != message {
		w.long.Store(&longMessage{actor: s, message: message, since: w.scheduler.Elapsed() - balancePeriod})
	}
}
