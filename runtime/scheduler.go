package runtime

import (
	"sync"
	"sync/atomic"
	"time"

	"devnode/runtime/lua/vm"
)

// batch is how many messages of one service a worker handles before it looks
// after the others.
const batch = 64

// worker is one of the node's threads: it takes ready services, one at a time,
// and handles their messages. Each has a ready queue of its own, so that two
// services that talk to each other stay on one processor; a worker with
// nothing to do takes from the others, and so does one that has much less to do
// than another.
type worker struct {
	node     *Node
	mu       sync.Mutex
	ready    serviceQueue
	length   atomic.Int32
	wake     chan struct{} // a token when there may be work
	idle     atomic.Bool
	current  atomic.Pointer[Service]
	next     atomic.Pointer[Service] // ready, and first in turn: a place that needs no lock
	spare    []*Task                 // ended ones, for reuse
	freeData []*Data                 // messages, for reuse
	stale    atomic.Bool             // spare may hold on to the VM of a retired generation
	since    atomic.Int64            // when it last read the clock, nanoseconds since the node's start
	due      atomic.Bool             // it is to read the clock at the end of its turn
	long     atomic.Pointer[longMessage]
	box      boxer
	host     *vm.Host // of its loop
	turn     turn
	turns    uint32 // that it has given
	chain    int    // how many of the last ones were by next
}

// longMessage is a message that a worker has been in since before the balancer's
// last look.
type longMessage struct {
	service *Service
	message uint64 // its count
	since   time.Duration
}

// maxChain bounds how many services, each made ready by the one before, go ahead
// of those in the ready queue. Two that talk to each other are several times as
// fast while the processor's caches have them at hand.
const maxChain = 8

type serviceQueue struct {
	ring []*Service
	head int
	n    int
}

func (q *serviceQueue) push(s *Service) {
	if q.n == len(q.ring) {
		ring := make([]*Service, max(16, 2*len(q.ring)))
		k := copy(ring, q.ring[q.head:])
		copy(ring[k:], q.ring[:q.head])
		q.ring, q.head = ring, 0
	}
	q.ring[(q.head+q.n)%len(q.ring)] = s
	q.n++
}

func (q *serviceQueue) pop() *Service {
	if q.n == 0 {
		return nil
	}
	s := q.ring[q.head]
	q.ring[q.head] = nil
	q.head = (q.head + 1) % len(q.ring)
	q.n--
	return s
}

// scheduler drives the ready services with a fixed set of workers, and with one
// more for each that doesn't come out of a message.
type scheduler struct {
	workers []*worker     // those in use, and then those that may stand in for them
	regular int           // how many are to be free to take services
	used    atomic.Int32  // how many are in use; they stay
	next    atomic.Uint32 // spreads what comes from outside over the workers
	idle    atomic.Int32
	stopped atomic.Bool
	done    sync.WaitGroup
	tick    chan struct{} // wakes the balancer
	stop    chan struct{}
}

func newScheduler(n *Node, workers int) *scheduler {
	sc := &scheduler{regular: workers, tick: make(chan struct{}, 1), stop: make(chan struct{})}
	for range workers + maxStandIns {
		sc.workers = append(sc.workers, &worker{node: n, wake: make(chan struct{}, 1), host: n.pool.NewHost()})
	}
	sc.used.Store(int32(workers))
	return sc
}

func (sc *scheduler) start() {
	for _, w := range sc.inUse() {
		sc.done.Go(w.serve)
	}
	sc.done.Go(sc.balance)
}

// halt ends the workers after the messages they are handling, and waits.
func (sc *scheduler) halt() {
	if sc.stopped.Swap(true) {
		return
	}
	close(sc.stop)
	for _, w := range sc.inUse() { // one that comes after this sees that it has stopped
		w.nudge()
	}
	sc.done.Wait()
}

// put makes a service ready. from is the worker that the caller runs on, nil
// for any other goroutine.
func (sc *scheduler) put(s *Service, from *worker) {
	w := from
	if w == nil {
		w = sc.pick()
	} else if (w.chain < maxChain || w.length.Load() == 0) && w.next.CompareAndSwap(nil, s) {
		return
	}
	n := w.enqueue(s)
	if from == nil {
		w.nudge()
		return
	}
	// The worker itself takes the one service that is ready next: waking
	// another for it would cost more than it brings. The balancer looks after
	// the case that the worker stays busy for long.
	if n > 0 && sc.idle.Load() > 0 {
		sc.wakeOne()
	}
}

// putLast makes a service ready whose turn on w is over: it goes behind all that
// wait there.
func (sc *scheduler) putLast(s *Service, w *worker) {
	if n := w.enqueue(s); (n > 1 || w.next.Load() != nil) && sc.idle.Load() > 0 {
		sc.wakeOne()
	}
}

// forget has all workers let go of what they keep for reuse, before they next
// look for work.
func (sc *scheduler) forget() {
	for _, w := range sc.inUse() {
		w.stale.Store(true)
		w.nudge()
	}
}

// pick chooses the worker for work from outside: an idle one if there is one, else
// one that isn't in a long turn.
func (sc *scheduler) pick() *worker {
	workers := sc.inUse()
	for _, w := range workers {
		if w.idle.Load() {
			return w
		}
	}
	next := int(sc.next.Add(1))
	for i := range workers {
		if w := workers[(next+i)%len(workers)]; w.long.Load() == nil {
			return w
		}
	}
	return workers[next%len(workers)]
}

func (sc *scheduler) wakeOne() {
	for _, w := range sc.inUse() {
		if w.idle.Load() {
			w.nudge()
			return
		}
	}
}

func (w *worker) nudge() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// serve is the worker's goroutine.
func (w *worker) serve() {
	w.host.Serve(w.loop)
	w.releaseSpare()
}

// loop gives one service after another its turn, until the node halts or a task
// that it has started parks: then it is called again, on another goroutine.
func (w *worker) loop() {
	sc := w.node.sched
	for w.turn.service != nil || !sc.stopped.Load() {
		s := w.turn.service
		if s == nil {
			if s = w.find(); s == nil {
				w.sleep()
				continue
			}
			w.current.Store(s)
			w.turn = turn{service: s, left: batch}
			s.worker = w
		}
		if !s.run(w) {
			return
		}
		w.turn.service = nil
		if w.due.Load() {
			w.account(s)
		}
	}
}

// find is the next service in turn, nil if none is ready.
func (w *worker) find() *Service {
	if w.stale.Load() {
		w.stale.Store(false)
		w.releaseSpare()
	}
	w.turns++
	if w.turns%lookAround == 0 {
		if s := w.relieve(); s != nil {
			return s
		}
	}
	if s := w.takeNext(); s != nil {
		w.chain++
		return s
	}
	w.chain = 0
	if s := w.takeReady(); s != nil {
		return s
	}
	return w.steal()
}

// lookAround is after how many turns a worker looks whether another has more to
// do. Services that keep each other busy stay on the worker that took them: two
// could have a processor for themselves while dozens share the other.
const lookAround = 64

// relieve takes a service from a worker that has at least two more of them ready,
// or that is in a long turn: it hasn't read the clock since it was asked to. It is
// nil if there is none.
func (w *worker) relieve() *Service {
	for _, other := range w.node.sched.inUse() {
		stuck := other.due.Load()
		if other == w || !stuck && other.length.Load() <= w.length.Load()+1 {
			continue
		}
		if s := other.takeReady(); s != nil {
			return s
		}
		if stuck {
			if s := other.takeNext(); s != nil {
				return s
			}
		}
	}
	return nil
}

// account puts the time since the last reading of the clock down to the service
// that had the turn just now. Reading it costs as much as pushing a message, so
// that is done when the balancer asks, and before the worker sleeps: turns much
// shorter than its period are charged by chance, long ones in full.
func (w *worker) account(s *Service) {
	w.due.Store(false)
	s.box.mu.Lock()
	now := int64(w.node.elapsed())
	s.box.cpu += time.Duration(now - w.since.Swap(now))
	s.box.mu.Unlock()
}

// cpuNow is the time spent in the service's turns, with what the one that goes on
// has taken so far.
func (s *Service) cpuNow() time.Duration {
	s.box.mu.Lock()
	defer s.box.mu.Unlock()
	cpu := s.box.cpu
	for _, w := range s.node.sched.inUse() {
		if w.current.Load() == s && w.due.Load() { // what account will charge
			cpu += s.node.elapsed() - time.Duration(w.since.Load())
		}
	}
	return cpu
}

func (w *worker) takeNext() *Service {
	if w.next.Load() == nil {
		return nil
	}
	return w.next.Swap(nil)
}

// takeReady takes the first service of the ready queue.
func (w *worker) takeReady() *Service {
	if w.length.Load() == 0 {
		return nil
	}
	w.mu.Lock()
	s := w.ready.pop()
	w.length.Store(int32(w.ready.n))
	w.mu.Unlock()
	return s
}

func (w *worker) steal() *Service {
	for _, other := range w.node.sched.inUse() {
		if other == w {
			continue
		}
		if s := other.takeReady(); s != nil {
			return s
		}
		if s := other.takeNext(); s != nil {
			return s
		}
	}
	return nil
}

// sleep waits for work. It announces itself before it looks a last time, so
// that whoever makes a service ready either sees it idle or is seen.
func (w *worker) sleep() {
	sc := w.node.sched
	if s := w.current.Swap(nil); s != nil {
		w.account(s)
	}
	w.idle.Store(true)
	sc.idle.Add(1)
	if !sc.anyReady() && !sc.stopped.Load() {
		<-w.wake
	}
	w.idle.Store(false)
	sc.idle.Add(-1)
	w.since.Store(int64(w.node.elapsed()))
	select {
	case sc.tick <- struct{}{}:
	default:
	}
}

func (sc *scheduler) anyReady() bool {
	for _, w := range sc.inUse() {
		if w.hasReady() {
			return true
		}
	}
	return false
}

// balancePeriod is how long a service may wait behind a busy worker while
// another worker is idle.
const balancePeriod = 200 * time.Microsecond

// balance has the busy workers read the clock once in a period. One that hasn't
// done it by the next is in a long turn: an idle worker is woken for the
// services that wait behind it. It sleeps while all workers do.
func (sc *scheduler) balance() {
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
		for _, w := range sc.inUse() {
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
func (sc *scheduler) relocate(w *worker) {
	if sc.idle.Load() > 0 {
		sc.wakeOne()
		return
	}
	stuck := 0
	var free []*worker
	for _, other := range sc.inUse() {
		switch long := other.long.Load(); {
		case long == nil:
			free = append(free, other)
		case other.node.elapsed()-long.since > standInAfter:
			stuck++
		}
	}
	if used := int(sc.used.Load()); used-stuck < sc.regular && used < len(sc.workers) {
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
func (sc *scheduler) standIn() {
	w := sc.workers[sc.used.Load()]
	w.since.Store(int64(w.node.elapsed()))
	sc.used.Add(1)
	sc.done.Go(w.serve)
}

func (w *worker) hasReady() bool { return w.next.Load() != nil || w.length.Load() > 0 }

// enqueue puts a service into the ready queue, and returns its length.
func (w *worker) enqueue(s *Service) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ready.push(s)
	w.length.Store(int32(w.ready.n))
	return w.ready.n
}

// noteLong notes since when a worker in a long turn is in the message that it is
// in. Only the balancer calls it.
func (w *worker) noteLong(long bool) {
	s := w.current.Load()
	if !long || s == nil {
		if w.long.Load() != nil {
			w.long.Store(nil)
		}
		return
	}
	message := s.box.look().taken
	if l := w.long.Load(); l == nil || l.service != s || l.message != message {
		w.long.Store(&longMessage{service: s, message: message, since: w.node.elapsed() - balancePeriod})
	}
}

// inUse are the workers that have been started.
func (sc *scheduler) inUse() []*worker { return sc.workers[:sc.used.Load()] }
