package vm

import (
	"fmt"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/layout"
	"devnode/runtime/lua/value"
)

// Error is what ended a protected call.
type Error struct {
	Value     lua.LValue // the error object
	Traceback string     // where it was raised; only for a fiber's own body
	Killed    bool       // the fiber was ended from outside
}

// Error is the error object as text, with the traceback behind it.
func (e *Error) Error() string {
	if e.Traceback == "" {
		return e.Text()
	}
	return e.Text() + "\n" + e.Traceback
}

// Text is the error object as text. One that is nil, as error() without a message
// raises it, is told as lua.c does.
func (e *Error) Text() string {
	if e.Value == lua.LNil {
		return "(error object is a nil value)"
	}
	return value.String(e.Value)
}

// catch is a protected call in progress.
type catch struct {
	up        *catch
	base      bool       // the fiber's own body: the traceback is wanted
	handler   lua.LValue // xpcall's message handler, or nil
	traceback string
}

// newCatch gives a catch, one that was used before if there is any.
func (f *Fiber) newCatch(handler lua.LValue) *catch {
	c := f.catches
	if c == nil {
		return &catch{handler: handler}
	}
	f.catches = c.up
	*c = catch{handler: handler}
	return c
}

// freeCatch puts aside a catch that nothing refers to any more.
func (f *Fiber) freeCatch(c *catch) {
	*c = catch{up: f.catches}
	f.catches = c
}

// unwinding is the panic that takes a dying fiber down through its frames.
var unwinding = &lua.ApiError{Type: lua.ApiErrorRun, Object: lua.LString("killed"), StackTrace: "-"}

// enter gives the fiber a thread for a protected call.
func (f *Fiber) enter() *lua.LState {
	if th := f.idle; th != nil {
		f.idle = nil
		return th
	}
	th := f.vm.pool.thread()
	th.G, th.Env = f.vm.main.G, f.vm.main.Env
	layout.Attach(th, f)
	useLoop(th)
	return th
}

// leave gives back a thread on which a call has returned.
func (f *Fiber) leave(th *lua.LState) {
	switch {
	case !isSmall(th):
		th.Close()
	case f.idle == nil:
		th.SetTop(0)
		f.idle = th
	default:
		forget(th)
		f.vm.pool.putThread(th)
	}
}

// call runs the function that was pushed on th with its arguments; the results
// are then on th. After an error th is used up.
func (f *Fiber) call(th *lua.LState, nargs int, c *catch) (err *Error) {
	c.up = f.catch
	f.catch = c
	nested := f.nested
	f.threads = append(f.threads, th)
	depth := len(f.threads)
	returned := false
	defer func() {
		f.threads[depth-1] = nil
		f.threads = f.threads[:depth-1]
		f.catch = c.up
		f.nested = nested
		if !returned {
			err = f.caught(recover(), th, c)
		}
	}()
	Call(th, nargs, lua.MultRet)
	returned = true
	return nil
}

// caught makes an error of a panic, or lets it go on if the fiber is dying.
func (f *Fiber) caught(r any, th *lua.LState, c *catch) *Error {
	defer f.discard(th, c)
	if f.dying != nil && (!f.closing || r == unwinding) {
		return f.died(th, c)
	}
	var v lua.LValue
	switch r := r.(type) {
	case *lua.ApiError:
		v = r.Object
	case *value.FrozenError:
		v = f.handled(c, lua.LString(r.Text))
	case string:
		if r == "lua callstack overflow" {
			r = errStackOverflow.Error()
		}
		v = f.handled(c, lua.LString(r))
	default:
		v = f.handled(c, lua.LString(fmt.Sprint(r)))
	}
	if f.vm.CloseFrames != nil {
		v, _ = f.vm.CloseFrames(th, true, v, f.callClose)
	}
	return &Error{Value: v, Traceback: c.traceback}
}

// died ends one protected call of a fiber that is being ended. Only
// coroutine.close runs the __close methods on the way out.
func (f *Fiber) died(th *lua.LState, c *catch) *Error {
	if f.closing && f.vm.CloseFrames != nil {
		if value, failed := f.vm.CloseFrames(th, f.closeErr != nil, f.closeErr, f.callClose); failed {
			f.closeErr = value
		}
	}
	if !c.base {
		panic(unwinding)
	}
	if f.closeErr != nil {
		return &Error{Value: f.closeErr}
	}
	return &Error{Value: lua.LString(f.dying.Error()), Traceback: c.traceback, Killed: true}
}

// discard puts aside a thread that an error has left. The one of a coroutine's
// own body stays as it is, so that its traceback can still be asked for.
func (f *Fiber) discard(th *lua.LState, c *catch) {
	if c.base && f.co && f.dying == nil {
		f.fallen = th
		return
	}
	if reset(th) {
		f.leave(th)
	} else {
		th.Close()
	}
}

// callClose calls a __close method; it is the pcall that CloseFrames wants.
func (f *Fiber) callClose(fn, value, err lua.LValue) (lua.LValue, bool) {
	if _, e := f.Protect(fn, value, err); e != nil {
		return e.Value, false
	}
	return lua.LNil, true
}

// handled is what a message handler makes of an error that didn't pass raise.
func (f *Fiber) handled(c *catch, value lua.LValue) lua.LValue {
	if c.handler == nil {
		return value
	}
	return f.handle(c, value)
}

// ProtectedCall is Lua's pcall, with a message handler also xpcall: it calls
// the function at index from of L's stack with the arguments behind it, and
// pushes true and the results, or false and the error. It returns how many
// values it pushed. An error leaves the captured locals of L's frames alone,
// since the function runs on a thread of its own.
func (f *Fiber) ProtectedCall(L *lua.LState, from int, handler lua.LValue) int {
	top := L.GetTop()
	if f.Nesting() >= maxNesting {
		L.Push(lua.LFalse)
		L.Push(lua.LString(errGoOverflow))
		return 2
	}
	if fn := L.Get(from); handler == nil && !Callable(L, fn) {
		L.Push(lua.LFalse)
		L.Push(lua.LString("attempt to call a " + uncallable(L, fn).Type().String() + " value"))
		return 2
	}
	th := f.enter()
	copyValues(th, L, from, top)
	c := f.newCatch(handler)
	err := f.call(th, top-from, c)
	f.freeCatch(c)
	if err != nil {
		L.Push(lua.LFalse)
		L.Push(err.Value)
		return 2
	}
	n := th.GetTop()
	L.Push(lua.LTrue)
	copyValues(L, th, 1, n)
	f.leave(th)
	return n + 1
}

// copyValues pushes the values at the indexes first to last of from on to. Many
// are given room at once: pushed one by one, the registers would be moved for
// every thousand of them.
func copyValues(to, from *lua.LState, first, last int) {
	n := last - first + 1
	if n > registerStart {
		top := to.GetTop()
		to.SetTop(top + n)
		for i := range n {
			to.Replace(top+1+i, from.Get(first+i))
		}
		return
	}
	for i := first; i <= last; i++ {
		to.Push(from.Get(i))
	}
}

// pushValues pushes values, many of them as copyValues does.
func pushValues(to *lua.LState, values []lua.LValue) {
	if len(values) <= registerStart {
		for _, v := range values {
			to.Push(v)
		}
		return
	}
	top := to.GetTop()
	to.SetTop(top + len(values))
	for i, v := range values {
		to.Replace(top+1+i, v)
	}
}

// Protect is ProtectedCall for Go: it calls fn with args and gives the results.
func (f *Fiber) Protect(fn lua.LValue, args ...lua.LValue) ([]lua.LValue, *Error) {
	if f.Nesting() >= maxNesting {
		return nil, &Error{Value: lua.LString(errGoOverflow)}
	}
	th := f.enter()
	th.Push(fn)
	for _, v := range args {
		th.Push(v)
	}
	var c catch
	if err := f.call(th, len(args), &c); err != nil {
		return nil, err
	}
	out := make([]lua.LValue, th.GetTop())
	for i := range out {
		out[i] = th.Get(i + 1)
	}
	f.leave(th)
	return out, nil
}

// Nesting is how many protected calls and coroutines the running code is in.
func (f *Fiber) Nesting() int {
	n := len(f.threads)
	for g := f.parent; g != nil; g = g.parent {
		n += len(g.threads)
	}
	return n
}

// Throw raises value as it is: no position is added, no text rewritten. It
// doesn't return.
func Throw(L *lua.LState, value lua.LValue) {
	if f := Of(L); f != nil {
		f.thrown = true
	}
	L.Error(value, 0)
}

// raise is the Panic of every thread: it runs at the place of the error, with
// the frames still there.
func raise(L *lua.LState) {
	value := L.Get(-1)
	f := Of(L)
	if f == nil {
		panic(&lua.ApiError{Type: lua.ApiErrorRun, Object: value, StackTrace: "-"})
	}
	own := f.thrown
	f.thrown = false
	c := f.catch
	if f.dying != nil && !f.closing {
		f.traceDeath(L)
		panic(unwinding)
	}
	if text, ok := value.(lua.LString); ok && !own {
		// Where no Lua function runs, gopher-lua puts a blank for the position.
		text = lua.LString(position(L, string(text)))
		text = lua.LString(strings.TrimPrefix(string(text), " "))
		if rest, ok := strings.CutSuffix(string(text), "registry overflow"); ok {
			text = lua.LString(rest + errStackOverflow.Error())
		}
		if f.vm.Explain != nil {
			text = lua.LString(f.vm.Explain(L, string(text)))
		}
		value = text
	}
	switch {
	case c == nil:
	case c.handler != nil:
		value = f.handle(c, value)
	case c.base && !f.co:
		c.traceback = f.Traceback("", 0)
	}
	panic(&lua.ApiError{Type: lua.ApiErrorRun, Object: value, StackTrace: "-"})
}

// errInHandler is C Lua's text for a message handler that fails again and again.
const errInHandler = "error in error handling"

// handle runs a message handler on top of the frames that raised value.
func (f *Fiber) handle(c *catch, value lua.LValue) lua.LValue {
	if f.Nesting() >= maxNesting {
		return lua.LString(errInHandler)
	}
	f.spare += spareNested
	defer func() { f.spare -= spareNested }()
	th := f.enter()
	th.Push(c.handler)
	th.Push(value)
	inner := catch{handler: c.handler} // an error in it is handled by it again
	if err := f.call(th, 1, &inner); err != nil {
		return err.Value
	}
	result := lua.LValue(lua.LNil)
	if th.GetTop() > 0 {
		result = th.Get(1)
	}
	f.leave(th)
	return result
}

// traceDeath notes where a fiber that is being ended was running.
func (f *Fiber) traceDeath(L *lua.LState) {
	root := f.Root()
	base := root.catch
	for base != nil && !base.base {
		base = base.up
	}
	if base != nil && base.traceback == "" {
		base.traceback = f.Traceback("", 0)
	}
}
