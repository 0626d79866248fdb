package hotpatch

import (
	"fmt"
	"strings"

	"devnode/runtime/lua/syntax"
)

// What has run won't run again: the statements of a chunk that do something, the
// start function, and the functions that only these have called. New code of them
// would have no effect, and what they have read they have read for good.

// hasRun knows the functions of one text that have run for the last time, by
// their places in it.
type hasRun struct {
	p         *Patch
	m         *syntax.Matching
	functions map[int]bool
	direct    map[int]bool // they were called by what has run, and may be again
	byName    map[string]int
	protos    func(i int) reachable
}

// hasRunOf finds what has run of the old text. reach tells how a function of it is
// reached now, and start which one the start function is, -1 if it is none.
func (p *Patch) hasRunOf(m *syntax.Matching, reach func(int) reachable, start int) *hasRun {
	h := &hasRun{p: p, m: m, functions: make(map[int]bool), direct: make(map[int]bool), byName: make(map[string]int), protos: reach}
	for i := range m.OldStatements {
		s := &m.OldStatements[i]
		for k, t := range s.Targets {
			if fn := valueOf(s, k); fn >= 0 {
				h.byName[nameOf(t)] = fn
			}
		}
	}
	for i := range m.OldStatements {
		s := &m.OldStatements[i]
		if s.Kind == syntax.Definition && s.Why == "" {
			continue
		}
		for _, fn := range s.Functions {
			h.add(fn)
		}
		h.called(s.Reads)
	}
	if start >= 0 {
		h.add(start)
	}
	return h
}

// nameOf is a target as calledName has it.
func nameOf(t syntax.Target) string {
	if t.Variable >= 0 {
		return fmt.Sprintf("local %d", t.Variable)
	}
	return t.Name
}

// add takes a function for one that has run, and those that it has called, unless
// it may be called again.
func (h *hasRun) add(fn int) {
	if h.functions[fn] || h.protos(fn) <= byStack {
		return
	}
	h.functions[fn] = true
	h.called(h.m.Reads(fn, true))
	for i := range h.m.Old {
		if h.m.Old[i].Parent == fn && h.protos(i) >= byScope {
			h.add(i)
		}
	}
}

// called adds the functions that code calls, or hands to what may.
func (h *hasRun) called(reads []syntax.Read) {
	for _, read := range reads {
		if fn := h.named(read); fn >= 0 && (read.Called || read.Callee != "") {
			h.direct[fn] = h.direct[fn] || read.Called
			h.add(fn)
		}
	}
}

// named is the function of the text that is read, -1 for something else.
func (h *hasRun) named(read syntax.Read) int {
	name := read.Global
	if read.Variable >= 0 {
		name = fmt.Sprintf("local %d", read.Variable)
		if len(read.Fields) > 0 {
			name = h.m.Variables[read.Variable].Name
		}
	}
	if len(read.Fields) > 0 {
		name += "." + strings.Join(read.Fields, ".")
	}
	if fn, ok := h.byName[name]; ok {
		return fn
	}
	return -1
}

// onlyRan tells whether a function was called by what has run, and nothing else in
// its text mentions it.
func (h *hasRun) onlyRan(fn, start int) bool {
	if !h.direct[fn] || h.functions[fn] {
		return false
	}
	for i := 1; i < len(h.m.Old); i++ {
		if h.functions[i] || i == start {
			continue
		}
		for _, read := range h.m.Reads(i, true) {
			if h.named(read) == fn {
				return false
			}
		}
	}
	return true
}

// checkRun refuses the patch where code that has run would now do something else.
func (p *Patch) checkRun() error {
	for _, c := range p.changes {
		if p.older[c] {
			continue
		}
		h := p.hasRunOf(c.Match, func(i int) reachable { return p.reachOf(c.Was[i]) }, p.startOf(c))
		if err := p.effective(c, h); err != nil {
			return err
		}
		if err := p.calledInOrder(c); err != nil {
			return err
		}
	}
	p.noteMakers()
	if !p.made.any() {
		return nil
	}
	for _, r := range p.all {
		h := p.hasRunOf(r.c.Match, func(i int) reachable { return p.reachOf(r.c.Was[i]) }, p.startOf(r.c))
		if err := p.readBefore(p.readerOf(r), h, r.c); err != nil {
			return err
		}
	}
	return nil
}

// startOf is the place of the start function in a change's old text, -1 if it is
// another file's.
func (p *Patch) startOf(c *Change) int {
	if p.program.Start == nil {
		return -1
	}
	if fn, ok := functionOf(p.program.Start); ok {
		return c.IndexOf(fn.Proto)
	}
	return -1
}

// readBefore refuses the patch where what has run has read what is changed now.
func (p *Patch) readBefore(rd *reader, h *hasRun, c *Change) error {
	look := func(what string, reads []syntax.Read) error {
		for _, read := range reads {
			if !rd.differs(read) {
				continue
			}
			name := readName(h.m, read)
			if read.Callee != "" && p.program.Passing != nil && p.program.Passing(read.Callee) {
				p.note(fmt.Sprintf("%s has used %s as it was%s", what, name, c.At(read.Line)))
				continue
			}
			return fmt.Errorf("%s has used %s as it was%s", what, name, c.At(read.Line))
		}
		return nil
	}
	for i := range h.m.OldStatements {
		s := &h.m.OldStatements[i]
		if s.Kind == syntax.Definition && s.Why == "" && !s.Volatile || s.Kind == syntax.Result {
			continue
		}
		if s.Counterpart < 0 {
			continue
		}
		if err := look(s.Text, s.Reads); err != nil {
			return err
		}
		for _, called := range rd.calls(h, s.Reads) {
			reads := called.reads()
			if s.Kind != syntax.Definition { // what these do they may do again
				called.noteBefore(h, reads)
			} else if read, differs := called.differs(reads); differs && s.Why != "" { // the value comes from what these have read
				return called.hasUsed(read)
			}
		}
	}
	start := p.startOf(c)
	for fn := range h.functions {
		what := h.m.Old[fn].Name
		if fn == start {
			what = "the start function"
		}
		reads := h.m.Reads(fn, true)
		if err := look(what, reads); err != nil {
			return err
		}
		for _, called := range rd.calls(h, reads) {
			called.noteBefore(h, called.reads())
		}
	}
	return nil
}

func (p *Patch) note(text string) {
	for _, n := range p.report.Notes {
		if n == text {
			return
		}
	}
	p.report.Notes = append(p.report.Notes, text)
}

// readName is what is read, as the source has it.
func readName(m *syntax.Matching, read syntax.Read) string {
	name := read.Global
	switch {
	case read.Variable >= 0:
		name = m.Variables[read.Variable].Name
	case read.Module != "":
		name = fmt.Sprintf("require %q", read.Module)
	}
	for _, f := range read.Fields {
		name += "." + f
	}
	return name
}
