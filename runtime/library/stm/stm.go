package stm

import (
	"sync/atomic"

	"devnode/runtime/library"
)

// Names are those by which scripts know the module.
var Names = []string{"skynet.stm", "stm"}

// Module is skynet.stm.
func Module(name string) library.Module {
	return library.Module{
		Name:      name,
		Functions: map[string]library.Function{"new": newWriter, "copy": copyOf, "newcopy": newReader},
	}
}

// object is what a writer and its readers share: the newest message, nil once the writer
// is gone.
type object struct{ newest atomic.Pointer[string] }

// reader is an object, and the message that was read from it last.
type reader struct {
	of   *object
	last *string
}

var writers = &library.Class{Events: map[string]library.Function{
	"__call": func(c library.Call) { library.Object[*object](c, 1, "writer").newest.Store(message(c, 2)) },
	"__gc":   func(c library.Call) { library.Object[*object](c, 1, "writer").newest.Store(nil) },
}}

var readers = &library.Class{Events: map[string]library.Function{"__call": read, "__gc": func(library.Call) {}}}

// message is argument n, a string, or a message and its size.
func message(c library.Call, n int) *string {
	if c.Arg(n).Type() == "userdata" {
		c.Int(n + 1)
	}
	text := c.Bytes(n)
	return &text
}

// newWriter is new(message).
func newWriter(c library.Call) {
	o := &object{}
	o.newest.Store(message(c, 1))
	c.Return(writers.New(c, o))
}

// copyOf is copy(writer): what readers are made of, in any service.
func copyOf(c library.Call) {
	c.Return(library.LightOf(library.Object[*object](c, 1, "writer")))
}

// newReader is newcopy(copy).
func newReader(c library.Call) {
	o, ok := library.Pointed[*object](c.Arg(1))
	if !ok {
		c.TypeError(1, "copy of a writer")
	}
	c.Return(readers.New(c, &reader{of: o}))
}

// read is reader(f, ud): f(msg, size, ud) is called where there is a message that wasn't
// read yet.
func read(c library.Call) {
	r := library.Object[*reader](c, 1, "reader")
	if c.Arg(2).Type() != "function" {
		c.TypeError(2, "function")
	}
	newest := r.of.newest.Load()
	if newest == r.last || newest == nil {
		r.last = newest
		c.Return(library.Bool(false))
		return
	}
	r.last = newest
	results := c.Apply(c.Arg(2), c.Message(*newest), library.Int(int64(len(*newest))), c.Arg(3))
	c.Return(append([]library.Value{library.Bool(true)}, results...)...)
}
