package actor

import "time"

// longMessage is a message that a worker has been in since before the balancer's
// last look.
type longMessage struct {
	actor   *Actor
	message uint64 // its count
	since   time.Duration
}

// Progress is how far an actor's worker has come.
type Progress struct {
	Running bool
	Message uint64        // the count of the one that it is handling
	Since   time.Duration // it is in that for so long
}

// Progress tells what an actor's worker is at. It may be called by any goroutine, and
// waits for nothing.
func (sc *Scheduler) Progress(a *Actor) Progress {
	p := Progress{Message: a.Mailbox.Look().Taken}
	for _, w := range sc.InUse() {
		if w.current.Load() != a {
			continue
		}
		p.Running = true
		if long := w.long.Load(); long != nil && long.actor == a && long.message == p.Message {
			p.Since = sc.Elapsed() - long.since
		}
	}
	return p
}

// Current is the actor whose turn the worker gives, nil while it sleeps.
func (w *Worker) Current() *Actor { return w.current.Load() }

// Since is when the worker last read the clock.
func (w *Worker) Since() time.Duration { return time.Duration(w.since.Load()) }

// CPU is the time spent in an actor's turns, with what the one that goes on has taken so
// far.
func (sc *Scheduler) CPU(a *Actor) time.Duration {
	a.Mailbox.mu.Lock()
	defer a.Mailbox.mu.Unlock()
	cpu := a.Mailbox.CPU
	for _, w := range sc.InUse() {
		if w.current.Load() == a && w.due.Load() { // what account will charge
			cpu += sc.Elapsed() - w.Since()
		}
	}
	return cpu
}
