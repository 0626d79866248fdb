package runtime

import (
	"sync/atomic"
	"time"

	"devnode/runtime/lua/vm"
)

// A service may launch as many others as it likes. But those that have not run yet
// are few at a time, so that one that launches without end takes no more of the
// workers' turns than its share: it waits for its own launches.

// launchState is who waits for the launch of a service, and for those that it makes.
type launchState struct {
	launched      func(error)  // told once of the end of the launch
	launcher      *Service     // who launched it, until it has had a turn
	unready       []func()     // those who wait until it can take requests
	launching     atomic.Int32 // its launches that have had no turn yet
	launchWaiting atomic.Int32 // how many launchWaits there are
	starting      atomic.Bool  // a main chunk or a start function of it may be running
}

// placesPerWorker is how many launches of one service wait for a turn at a time,
// for each worker of the node: enough to keep all of them busy.
const placesPerWorker = 2

func (s *Service) launchPlaces() int32 {
	return int32(placesPerWorker * s.node.sched.Workers())
}

// awaitLaunchPlace parks a task that is going to launch a service until less of its
// service's launches wait for a turn.
func (t *Task) awaitLaunchPlace(f *vm.Fiber) {
	s := t.service
	for s.launching.Load() >= s.launchPlaces() && !f.Closing() {
		session := s.newSession()
		s.launchWaits = append(s.launchWaits, session)
		s.launchWaiting.Add(1)
		if s.launching.Load() < s.launchPlaces() { // the last one has not seen that somebody waits
			s.node.do(s, (*Service).launchNext)
		}
		t.await(f, session, 0)
	}
}

// launchPatience bounds how long a launch that doesn't park waits.
const launchPatience = time.Second

// holdLaunch is awaitLaunchPlace for code that can't park: it takes the worker
// along, for which another one stands in.
func (t *Task) holdLaunch(f *vm.Fiber) {
	s := t.service
	for until := s.node.elapsed() + launchPatience; s.launching.Load() >= s.launchPlaces() && s.node.elapsed() < until; {
		time.Sleep(time.Millisecond / 4)
		f.Poll()
	}
}

// launchNext has the first task go on that waits to launch a service.
func (s *Service) launchNext() {
	for len(s.launchWaits) > 0 {
		session := s.launchWaits[0]
		s.launchWaits = s.launchWaits[1:]
		s.launchWaiting.Add(-1)
		if t := s.waits.take(session).task; t != nil && t.state != taskOver {
			s.step(t)
			return
		}
	}
}

// launchedBy notes who launched the service, before it begins.
func (s *Service) launchedBy(launcher *Service) {
	s.launcher = launcher
	launcher.launching.Add(1)
}

// hasRun tells who launched the service that it has had its turn: its start
// function has ended, or waits for something.
func (s *Service) hasRun() {
	l := s.launcher
	if l == nil {
		return
	}
	s.launcher = nil
	l.launching.Add(-1)
	if l.launchWaiting.Load() > 0 {
		l.node.do(l, (*Service).launchNext)
	}
}
