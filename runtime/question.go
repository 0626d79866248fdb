package runtime

import (
	"sync/atomic"
	"time"

	"devnode/runtime/lua/vm"
)

// question is put to the code that a service runs, and answered by its worker
// between two instructions: who asks reads a living VM without a race, and code
// that nobody asks pays nothing. It concerns one message: where the service has
// gone on to another, nobody answers.
type question struct {
	message uint64                           // the count of the message that it is about
	answer  func(g *Generation, f *vm.Fiber) // on the worker; it may look, not change
	fail    error                            // ends what runs, if it isn't nil
	state   atomic.Int32
	done    chan struct{} // closed once it was answered, or came too late
	next    *question
}

// The states of a question. Whoever brings it out of the first one decides.
const (
	questionOpen int32 = iota
	questionAnswered
	questionWithdrawn
	questionLate
)

// end brings an open question into another state. It is false when somebody has
// done so before.
func (q *question) end(state int32) bool { return q.state.CompareAndSwap(questionOpen, state) }

// pose has the service's code answer q before its next instruction.
func (s *Service) pose(q *question) {
	q.done = make(chan struct{})
	for {
		head := s.questions.Load()
		q.next = head
		for q.next != nil && q.next.state.Load() == questionWithdrawn {
			q.next = q.next.next
		}
		if s.questions.CompareAndSwap(head, q) {
			break
		}
	}
	s.interrupt()
}

// answerQuestions is called on the service's own worker, between two instructions
// of g. The error ends what runs.
func (s *Service) answerQuestions(g *Generation, f *vm.Fiber) (fail error) {
	message := uint64(0)
	for q := s.questions.Swap(nil); q != nil; q = q.next {
		if message == 0 {
			message = s.actor.Mailbox.Look().Taken
		}
		switch {
		case q.message != message:
			q.end(questionLate)
		case q.end(questionAnswered):
			if q.answer != nil {
				q.answer(g, f)
			}
			if q.fail != nil {
				fail = q.fail
			}
		}
		close(q.done)
	}
	return fail
}

// answerPatience is how long Lua code has to answer who looks: it is in a function in
// Go otherwise, or the machine has no time for it.
const answerPatience = 300 * time.Millisecond

// lookEvery is how often it is looked whether the code to be asked runs still.
const lookEvery = 2 * time.Millisecond

// askRunning puts a question to what the service runs at this moment, and waits
// for the answer. It is false when there was none: the service runs nothing, or has
// run no Lua meanwhile.
func (s *Service) askRunning(q *question, patience time.Duration) bool {
	p := s.progress()
	if !p.Running {
		return false
	}
	q.message = p.Message
	s.pose(q)
	limit := time.NewTimer(patience)
	defer limit.Stop()
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	for waiting := true; waiting; {
		select {
		case <-q.done:
			return q.state.Load() == questionAnswered
		case <-look.C:
			now := s.progress()
			waiting = now.Running && now.Message == p.Message
		case <-limit.C:
			waiting = false
		}
	}
	if q.end(questionWithdrawn) {
		return false
	}
	<-q.done // it is being answered
	return q.state.Load() == questionAnswered
}
