package runtime

import (
	"sync/atomic"

	"devnode/runtime/internal/logshare"
	"devnode/runtime/lua/vm"
)

// publicState is what other goroutines read of a service, or want of it, without a message
// to it.
type publicState struct {
	machines  atomic.Pointer[[]*vm.VM]
	endless   atomic.Bool
	changes   atomic.Int32  // of its code, that wait for it
	spinning  atomic.Uint64 // the count of the message that is an endless loop
	logged    logshare.Share
	questions atomic.Pointer[question] // that what it runs is to answer
	mail      atomic.Pointer[mailLog]  // where its messages are logged, nil mostly
	weight    atomic.Int64             // in bytes, as last weighed; 0 is never
	overdue   atomic.Bool              // what runs while it is patched takes too long
	standing  atomic.Pointer[Standing]
}

// publish tells other goroutines how the service stands, and which VMs it has.
func (s *Service) publish() {
	var machines []*vm.VM
	st := &Standing{args: append([]string(nil), s.args...)}
	for _, g := range append(s.generations(), s.ending...) {
		if g.vm != nil {
			machines = append(machines, g.vm)
		}
	}
	if s.code != nil {
		st.Generation = s.code.number
		st.State = s.stateName()
		st.files, st.tried = s.code.files, s.tried
		st.Stale = s.code.staleCode
	}
	if s.upgrade != nil && s.upgrade.next != nil {
		st.Preparing = s.upgrade.next.number
		st.pending = s.upgrade.next.files
	}
	for _, g := range s.draining {
		st.Drains = append(st.Drains, g.number)
	}
	st.Draining = len(st.Drains)
	st.LastReload, st.Failure = s.lastReload()
	st.FailedAt = s.failedSince()
	s.machines.Store(&machines)
	s.standing.Store(st)
}

// interrupt has the service's VMs look up from what they are doing. It may be
// called from any goroutine.
func (s *Service) interrupt() {
	if list := s.machines.Load(); list != nil {
		for _, v := range *list {
			v.Interrupt()
		}
	}
}
