package pb

import (
	"maps"

	"devnode/runtime/internal/protobuf"
	"devnode/runtime/library"
)

// view is a part of a text: where it begins, where reading is, and where it ends.
type view struct {
	text           string
	start, at, end int
}

func viewOf(text string) view { return view{text, 0, 0, len(text)} }

func (v view) len() int { return v.end - v.at }

// offset is where reading is, from 1.
func (v view) offset() int { return v.at - v.start + 1 }

func (v view) rest() string {
	if v.at >= v.end {
		return ""
	}
	return v.text[v.at:v.end]
}

func (v view) reader() protobuf.Reader { return protobuf.Reader{Data: v.text, At: v.at, End: v.end} }

// slice is a pb.slice: views in each other, of which one is read.
type slice struct {
	current view
	outer   []view
	raw     bool // of memory that isn't Lua's: views aren't entered
}

// buffer is a pb.buffer.
type buffer struct{ bytes []byte }

// input is a text, a buffer or a slice.
func input(v library.Value) (view, bool) {
	if text, ok := v.Str(); ok {
		return viewOf(text), true
	}
	if b, ok := library.Held[*buffer](v); ok {
		return viewOf(string(b.bytes)), true
	}
	if s, ok := library.Held[*slice](v); ok {
		return s.current, true
	}
	return view{}, false
}

// inputArg is argument n, a text, a buffer or a slice.
func inputArg(c library.Call, n int) view {
	v, ok := input(c.Arg(n))
	if !ok {
		typeError(c, n, "string/buffer/slice")
	}
	return v
}

// relative is a position, from 1, of which a negative one counts from the end.
func relative(pos int64, size int) int64 {
	switch {
	case pos >= 0:
		return pos
	case uint64(-pos) > uint64(size):
		return 0
	}
	return int64(size) + pos + 1
}

// span is the part of so many bytes that arguments n and n+1 say, by default all: from is the first, counted from 0.
func span(c library.Call, n, size int) (from, to int) {
	first := max(relative(c.OptInt(n, 1), size), 1)
	last := min(relative(c.OptInt(n+1, int64(size)), size), int64(size))
	if first > last {
		at := min(int(min(first, int64(size)+1))-1, size)
		return at, at
	}
	return int(first - 1), int(last)
}

// reset begins with argument n, and the part of it that arguments n+1 and n+2 say.
func (s *slice) reset(c library.Call, n int) {
	*s = slice{raw: s.raw}
	if c.Arg(n).IsNil() {
		return
	}
	of := inputArg(c, n)
	from, to := span(c, n+1, of.len())
	base := of
	base.start = of.at
	s.current = base
	if !s.raw {
		s.enter(view{of.text, of.at, of.at + from, of.at + to})
	}
}

func (s *slice) enter(v view) {
	s.outer = append(s.outer, s.current)
	s.current = v
}

const sliceName = "pb.Slice"

var sliceClass = &library.Class{
	Name: sliceName,
	Methods: map[string]library.Function{
		"delete": sliceReset, "tohex": toHex, "fromhex": fromHex, "result": result, "reset": sliceReset,
		"level": sliceLevel, "enter": sliceEnter, "leave": sliceLeave, "unpack": sliceUnpack,
	},
	Events: map[string]library.Function{
		"__len": func(c library.Call) {
			s := sliceArg(c)
			c.Return(library.Int(int64(s.current.len())), library.Int(int64(s.current.offset())))
		},
		"__tostring": func(c library.Call) {
			text := sliceName + c.Arg(1).Text()[len("userdata"):]
			if sliceArg(c).raw {
				text += " (raw)"
			}
			c.Return(library.String(text))
		},
	},
}

// Slice is what require "pb.slice" returns.
func Slice() library.Module {
	return library.Module{Name: "pb.slice", Functions: withNew(sliceClass, newSlice), Open: func(c library.Call, module library.Table) {
		callable(c, module, func(c library.Call) { makeSlice(c, 2) })
	}}
}

// withNew is a module of the methods of a class, and a function that makes its objects.
func withNew(class *library.Class, make library.Function) map[string]library.Function {
	functions := maps.Clone(class.Methods)
	functions["new"] = make
	return functions
}

// callable has a module be called like a function.
func callable(c library.Call, module library.Table, fn library.Function) {
	mt := c.NewTable(0, 1)
	mt.SetField("__call", c.NewFunction(fn))
	module.SetMetatable(mt.Value())
}

func sliceArg(c library.Call) *slice { return library.Object[*slice](c, 1, sliceName) }

// levelsArg is argument 1, a slice that has levels.
func levelsArg(c library.Call) *slice {
	s := sliceArg(c)
	if s.raw {
		c.ArgError(1, "unsupport operation for raw mode slice")
	}
	return s
}

func newSlice(c library.Call) { makeSlice(c, 1) }

func makeSlice(c library.Call, n int) {
	s := &slice{}
	s.reset(c, n)
	c.Return(sliceClass.New(c, s))
}

func sliceReset(c library.Call) {
	sliceArg(c).reset(c, 2)
	c.Return(c.Arg(1))
}

func sliceLevel(c library.Call) {
	s := levelsArg(c)
	if c.Arg(2).IsNil() {
		c.Return(library.Int(int64(len(s.outer))))
		return
	}
	level := relative(c.Int(2), len(s.outer))
	if level > int64(len(s.outer)) {
		return
	}
	of, base := s.current, s.current.start
	if level < int64(len(s.outer)) {
		of = s.outer[level]
	}
	if len(s.outer) > 0 {
		base = s.outer[0].start
	}
	c.Return(library.Int(int64(of.at-base+1)), library.Int(int64(of.start-base+1)), library.Int(int64(of.end-base)))
}

func sliceEnter(c library.Call) {
	s := levelsArg(c)
	if c.Arg(2).IsNil() {
		r := s.current.reader()
		part, ok := r.Bytes()
		if !ok {
			c.ArgError(1, "bytes wireformat expected at offset %d", s.current.offset())
		}
		s.current.at = r.At
		s.enter(view{part.Data, part.At, part.At, part.End})
	} else {
		from, to := span(c, 2, s.current.len())
		v := s.current
		v.start, v.at, v.end = s.current.at, s.current.start+from, s.current.start+to
		s.enter(v)
	}
	c.Return(c.Arg(1))
}

func sliceLeave(c library.Call) {
	s := levelsArg(c)
	used := len(s.outer)
	count := relative(c.OptInt(2, 1), used)
	switch {
	case count > int64(used):
		c.ArgError(2, "level (%d) exceed max level %d", int32(count), used)
	case count == int64(used) && used > 0:
		s.current = s.outer[0]
		s.outer = s.outer[:1]
	case count > 0:
		s.current = s.outer[used-int(count)]
		s.outer = s.outer[:used-int(count)]
	}
	c.Return(c.Arg(1), library.Int(int64(len(s.outer))))
}

func sliceUnpack(c library.Call) {
	format := c.String(2)
	if s, ok := library.Held[*slice](c.Arg(1)); ok {
		unpackFormat(c, format, &s.current)
		return
	}
	v := inputArg(c, 1)
	unpackFormat(c, format, &v)
}

const hexDigits = "0123456789ABCDEF"

// toHex is the bytes as "01 FF".
func toHex(c library.Call) {
	text := inputArg(c, 1).rest()
	from, to := span(c, 2, len(text))
	out := make([]byte, 0, 3*(to-from))
	for i := from; i < to; i++ {
		out = append(out, hexDigits[text[i]>>4], hexDigits[text[i]&15], ' ')
	}
	c.Return(library.Bytes(out[:max(len(out)-1, 0)]))
}

// fromHex is the bytes that hex digits stand for. What else there is counts for nothing.
func fromHex(c library.Call) {
	text := inputArg(c, 1).rest()
	from, to := span(c, 2, len(text))
	out, count, current := make([]byte, 0, (to-from)/2), 0, 0
	for i := from; i < to; i++ {
		d := hexDigit(text[i])
		if d < 0 {
			continue
		}
		current = current<<4 | d
		if count++; count%2 == 0 {
			out, current = append(out, byte(current)), 0
		}
	}
	c.Return(library.Bytes(out))
}

// result is a part of the bytes.
func result(c library.Call) {
	text := inputArg(c, 1).rest()
	from, to := span(c, 2, len(text))
	c.Return(library.String(text[from:to]))
}
