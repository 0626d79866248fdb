package vm

// Host runs an owner's loop on a goroutine of the pool's, so that the bodies of
// fibers can run right there: one that doesn't park needs no change of
// goroutine, and one that does needs two fewer than a Resume of its own. Where a
// body parks, the goroutine stays with it, and the loop goes on on another.
//
// A Host belongs to the goroutine that calls Serve. Its other methods are called
// by the loop.
type Host struct {
	pool    *Pool
	on      *runner   // on which the loop runs
	running *Fiber    // whose body the loop runs
	spare   []*runner // idle ones, so that the pool's lock is seldom taken
}

// maxSpareRunners bounds the idle goroutines that a Host keeps for itself.
const maxSpareRunners = 64

// NewHost makes a host that has its goroutines from the pool.
func (p *Pool) NewHost() *Host { return &Host{pool: p} }

// Serve calls loop until it returns by itself. When a fiber that loop has started
// by Run parks, loop is called again, on another goroutine: it goes on with
// whatever is to be done after a Resume that has returned Parked.
func (h *Host) Serve(loop func()) {
	for {
		r := h.take()
		r.host, r.serve, h.on = h, loop, r
		sig, _ := r.next()
		r.host, r.serve, h.on = nil, nil, nil
		if sig == sigDone {
			h.keep(r)
			return
		}
		r.fiber, h.running = h.running, nil
	}
}

// Run runs the body of a fiber that is Ready, on the loop's goroutine, until it
// ends. It is false where the body has parked on its way: the loop goes on
// elsewhere since then, and the caller has to return from it without touching
// anything.
func (h *Host) Run(f *Fiber) bool {
	r := h.on
	h.Reclaim(f)
	f.runner, h.running = r, f
	f.state = Running
	f.run()
	if r.host != h {
		return false
	}
	h.running, f.runner = nil, nil
	f.ended()
	return true
}

// Reclaim takes the goroutine that a fiber which is Ready or Dead keeps for its
// next body.
func (h *Host) Reclaim(f *Fiber) {
	if f.runner != nil {
		h.keep(f.runner)
		f.runner = nil
	}
}

func (h *Host) keep(r *runner) {
	if len(h.spare) >= maxSpareRunners {
		h.pool.putRunner(r)
		return
	}
	r.fiber = nil
	h.spare = append(h.spare, r)
}

func (h *Host) take() *runner {
	n := len(h.spare)
	if n == 0 {
		return h.pool.runner()
	}
	r := h.spare[n-1]
	h.spare[n-1] = nil
	h.spare = h.spare[:n-1]
	return r
}

// Release gives the idle goroutines back to the pool.
func (h *Host) Release() {
	for _, r := range h.spare {
		h.pool.putRunner(r)
	}
	h.spare = nil
}
