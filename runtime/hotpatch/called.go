package hotpatch

import (
	"fmt"

	"devnode/runtime/lua/syntax"
)

// calledFunction is a function of a text that code has called which has run.
type calledFunction struct {
	in *reader
	c  *Change
	fn int // in the old text
}

// calls lists the functions that code calls, and that these call, whoever else does:
// those of its own text by their names there, those of other files by what lives.
func (rd *reader) calls(h *hasRun, reads []syntax.Read) []calledFunction {
	var list []calledFunction
	seen := make(map[calledFunction]bool)
	var add func(in *reader, reads []syntax.Read)
	add = func(in *reader, reads []syntax.Read) {
		for _, read := range reads {
			if !read.Called {
				continue
			}
			found, ok := in.called(h, rd, read)
			if at := (calledFunction{c: found.c, fn: found.fn}); ok && !seen[at] {
				seen[at] = true
				list = append(list, found)
				add(found.in, found.reads())
			}
		}
	}
	add(rd, reads)
	return list
}

// called is the function that is read. h knows the names of the text of own.
func (rd *reader) called(h *hasRun, own *reader, read syntax.Read) (calledFunction, bool) {
	if rd.m == own.m {
		if fn := h.named(read); fn >= 0 {
			return calledFunction{own, own.c, fn}, true
		}
	}
	r, fn := rd.functionRead(read)
	if r == nil || fn <= 0 {
		return calledFunction{}, false
	}
	return calledFunction{rd.p.readerOf(r), r.c, fn}, true
}

// functionRead finds the function that is read now: the run of its file, nil where
// there is none, and its number in the file's old text.
func (rd *reader) functionRead(read syntax.Read) (*run, int) {
	fn, ok := functionOf(rd.value(read))
	if !ok {
		return nil, -1
	}
	for _, r := range rd.p.all {
		if i := r.c.IndexOf(fn.Proto); i >= 0 {
			return r, i
		}
	}
	return nil, -1
}

func (f calledFunction) reads() []syntax.Read { return f.c.Match.Reads(f.fn, true) }

// differs finds what it reads otherwise now.
func (f calledFunction) differs(reads []syntax.Read) (syntax.Read, bool) {
	for _, read := range reads {
		if f.in.differs(read) {
			return read, true
		}
	}
	return syntax.Read{}, false
}

func (f calledFunction) hasUsed(read syntax.Read) error {
	m := f.c.Match
	return fmt.Errorf("%s has used %s as it was%s", m.Old[f.fn].Name, readName(m, read), f.c.At(read.Line))
}

// noteBefore notes what it has read that is another now, for it counts from its next
// call on. A value that is passing counts then, too, and needs no word.
func (f calledFunction) noteBefore(h *hasRun, reads []syntax.Read) {
	if f.c.Match == h.m && h.functions[f.fn] {
		return
	}
	p := f.in.p
	for _, read := range reads {
		if read.Callee != "" && p.program.Passing != nil && p.program.Passing(read.Callee) || !f.in.differs(read) {
			continue
		}
		p.note(f.hasUsed(read).Error())
	}
}
