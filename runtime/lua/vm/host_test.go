package vm

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"
)

// hostLoop is a loop as a worker has it: it starts fibers, and then resumes those
// that have parked, until all have ended. What it knows isn't on its stack.
type hostLoop struct {
	*Host
	fresh, parked []*Fiber
	at            *Fiber // that runs, or has just parked
	calls         int    // of loop
	left          int    // loops that a fiber has taken with it, and that returned
}

func (l *hostLoop) loop() {
	l.calls++
	if l.at != nil {
		l.parked = append(l.parked, l.at)
	}
	for len(l.fresh) > 0 {
		l.at = l.fresh[0]
		l.fresh = l.fresh[1:]
		if !l.Run(l.at) {
			l.left++
			return
		}
		l.at = nil
	}
	l.at = nil
	for len(l.parked) > 0 {
		f := l.parked[0]
		l.parked = l.parked[1:]
		if f.Resume() == Parked {
			l.parked = append(l.parked, f)
			continue
		}
		l.Reclaim(f)
	}
}

func serve(pool *Pool, fibers ...*Fiber) *hostLoop {
	l := &hostLoop{Host: pool.NewHost(), fresh: fibers}
	l.Serve(l.loop)
	l.Release()
	return l
}

func TestHostRunsBodies(t *testing.T) {
	v := newTestVM(t)
	var order []string
	v.Globals().RawSetString("note", v.NewFunction(func(L *lua.LState) int {
		order = append(order, L.Get(1).String())
		return 0
	}))
	fn := compile(t, v, `
		local name, parks = ...
		for i = 1, parks do note(name .. i) park() end
		note(name .. ".")
		if name == "bad" then error("oops") end
		return name, parks`)
	var fibers []*Fiber
	for i, name := range []string{"a", "b", "bad", "c"} {
		f := v.NewFiber(nil)
		f.Start(fn, lua.LString(name), lua.LNumber([]int{0, 2, 1, 0}[i]))
		fibers = append(fibers, f)
	}
	l := serve(v.pool, fibers...)
	if want := []string{"a.", "b1", "bad1", "c.", "b2", "bad.", "b."}; !slices.Equal(order, want) {
		t.Errorf("ran %v, want %v", order, want)
	}
	if l.calls != 3 || l.left != 2 {
		t.Errorf("the loop was called %d times, and left to a fiber %d times, want 3 and 2", l.calls, l.left)
	}
	var ends []string
	for _, f := range fibers {
		end := join(f.Results())
		if err := f.Failure(); err != nil {
			end = err.Value.String()
		}
		ends = append(ends, end)
		f.Release()
	}
	if got, want := fmt.Sprintf("%q", ends), fmt.Sprintf("%q", []string{"a 0", "b 2", "oops", "c 0"}); got != want {
		t.Errorf("ended with %s, want %s", got, want)
	}
}

// TestHostGoroutineIsUsedAgain has fibers that took the loop's goroutine with
// them give it back, killed or ended: newTestVM checks that none is left.
func TestHostGoroutineIsUsedAgain(t *testing.T) {
	v := newTestVM(t)
	fn := compile(t, v, `park() return 1`)
	killed, ended, coro := v.NewFiber(nil), v.NewFiber(nil), v.NewFiber(nil)
	killed.Start(fn)
	ended.Start(fn)
	coro.Start(compile(t, v, `
		local co = create(function() park() yield(1) park() return 2 end)
		local _, one = resume(co)
		local _, two = resume(co)
		return one + two`))
	l := &hostLoop{Host: v.pool.NewHost(), fresh: []*Fiber{killed, ended, coro}}
	l.Serve(func() {
		if len(l.fresh) == 0 && killed.State() == Parked {
			l.parked = slices.DeleteFunc(l.parked, func(f *Fiber) bool { return f == killed })
			killed.Kill()
			l.Reclaim(killed)
		}
		l.loop()
	})
	if err := killed.Failure(); err == nil || !err.Killed {
		t.Errorf("a killed fiber ended with %v", err)
	}
	if got := join(ended.Results()) + " " + join(coro.Results()); got != "1 3" {
		t.Errorf("the others ended with %s, want 1 3", got)
	}
	if len(l.spare) == 0 {
		t.Error("the host has kept no goroutine")
	}
	// A fiber that has one of its own runs on the loop's all the same.
	ended.Start(compile(t, v, `return 7`))
	if ended.Resume() != Dead {
		t.Error("a body that doesn't park has parked")
	}
	ended.Start(compile(t, v, `return 8`))
	l.fresh, l.at = []*Fiber{ended}, nil
	l.Serve(l.loop)
	if got := join(ended.Results()); got != "8" {
		t.Errorf("the last body returned %s, want 8", got)
	}
	l.Release()
	for _, f := range []*Fiber{killed, ended, coro} {
		f.Release()
	}
}

// TestPanicOfALoop has a panic in the loop, which isn't a script's, tell where it
// was raised.
func TestPanicOfALoop(t *testing.T) {
	pool := NewPool()
	defer pool.Close()
	defer func() {
		if got := fmt.Sprint(recover()); !strings.Contains(got, "oops") || !strings.Contains(got, "badLoop") {
			t.Errorf("the panic doesn't name its place: %s", got)
		}
	}()
	pool.NewHost().Serve(badLoop)
}

func badLoop() { panic("oops") }
