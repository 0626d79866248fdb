package actor

import lua "github.com/yuin/gopher-lua"

// maxFreeData bounds the messages that a worker keeps for reuse.
const maxFreeData = 1024

// FreeList keeps the contents of messages for reuse, on one worker.
type FreeList struct{ free []*Data }

// New is an empty content, for values to be appended.
func (l *FreeList) New() *Data {
	n := len(l.free)
	var d *Data
	if n == 0 {
		d = new(Data)
	} else {
		d = l.free[n-1]
		l.free = l.free[:n-1]
	}
	d.values = d.inline[:0]
	return d
}

// Recycle takes a content back once its values have been handed over, unless Lua code
// has seen it.
func (l *FreeList) Recycle(d *Data) {
	if d == nil || d.ud != nil || d.control != nil || len(l.free) == maxFreeData {
		return
	}
	d.inline = [len(d.inline)]lua.LValue{}
	d.values, d.raw, d.isRaw = nil, "", false
	l.free = append(l.free, d)
}

// Append adds a value to a content that is being made.
func (d *Data) Append(v lua.LValue) { d.values = append(d.values, v) }
