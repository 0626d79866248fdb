package socket

import "devnode/runtime/library"

// bufferFunctions are those of skynet.socketdriver for the buffers of a script that reads messages of type socket itself. The
// pool that they are given is C's: here the collector does its work.
func bufferFunctions() map[string]library.Function {
	return map[string]library.Function{
		"buffer": bufferNew, "push": bufferPush, "pop": bufferPop, "drop": func(library.Call) {},
		"readline": bufferReadLine, "readall": bufferReadAll, "clear": bufferClear,
	}
}

// buffers are the objects that hold one: plain userdata, as in skynet.
var buffers library.Class

func bufferNew(c library.Call) {
	c.Return(buffers.New(c, &inbox{}))
}

func bufferArgument(c library.Call) *inbox {
	in, ok := library.Held[*inbox](c.Arg(1))
	if !ok {
		raise(c, "Need buffer object at param 1")
	}
	return in
}

// bufferPush is driver.push(buffer, pool, msg, sz): the buffer's size with those bytes.
func bufferPush(c library.Call) {
	in := bufferArgument(c)
	if c.Arg(3).Type() != "userdata" {
		raise(c, "need message block at param 3")
	}
	c.Table(2)
	in.add([]byte(c.Bytes(3)))
	c.Return(number(in.size()))
}

// bufferPop is driver.pop(buffer, pool, n): n bytes, or nil where there are fewer, and how many are left.
func bufferPop(c library.Call) {
	in := bufferArgument(c)
	c.Table(2)
	n := int(integerArgument(c, 3, "pop"))
	if n <= 0 || in.size() < n {
		c.Return(library.Nil)
	} else {
		c.Return(library.String(in.take(n)))
	}
	c.Return(number(in.size()))
}

// bufferReadLine is driver.readline(buffer, pool, sep): the bytes before the next sep; with nil for the pool only whether
// there is one.
func bufferReadLine(c library.Call) {
	in, sep := bufferArgument(c), stringArgument(c, 3, "readline")
	n := in.line(sep)
	if n < 0 || in.size() == 0 {
		return
	}
	if _, taken := c.Arg(2).Table(); !taken {
		c.Return(library.Bool(true))
		return
	}
	c.Return(library.String(in.take(n)))
	if sep != "" {
		in.take(len(sep))
	}
}

func bufferReadAll(c library.Call) {
	in := bufferArgument(c)
	c.Table(2)
	c.Return(library.String(in.take(in.size())))
}

func bufferClear(c library.Call) {
	if c.Arg(1).IsNil() {
		return
	}
	in := bufferArgument(c)
	c.Table(2)
	in.take(in.size())
}
