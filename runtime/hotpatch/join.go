package hotpatch

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"
)

// run is an Instance of a changed file, and what the patch makes for it.
type run struct {
	in    *Instance
	c     *Change
	fresh map[int]*lua.Upvalue  // of locals that only the new text has
	bases map[int][]lua.LValue  // what statements of the old text give
	first map[string]lua.LValue // what the old text gave to places

	// newest, where it is set, finds the cells of what is a run of a newer text.
	newest func(at int) *lua.Upvalue
}

// begin forgets what was evaluated.
func (r *run) begin() {
	r.fresh, r.bases, r.first = make(map[int]*lua.Upvalue), make(map[int][]lua.LValue), make(map[string]lua.LValue)
}

// cell is the cell of a top-level local, nil where v is none.
func (r *run) cell(v int) *lua.Upvalue {
	variable := &r.c.Match.Variables[v]
	if r.newest != nil {
		if variable.New < 0 {
			return nil
		}
		return r.newest(variable.New)
	}
	switch {
	case variable.Old >= 0 && variable.Old < len(r.in.Cells):
		return r.in.Cells[variable.Old]
	case variable.New < 0:
		return nil
	}
	if r.fresh[v] == nil {
		uv := &lua.Upvalue{}
		uv.SetValue(lua.LNil)
		r.fresh[v] = uv
	}
	return r.fresh[v]
}

// adopt makes the instance one of the new text.
func (r *run) adopt(names int) {
	cells := make([]*lua.Upvalue, names)
	for v := range r.c.Match.Variables {
		if at := r.c.Match.Variables[v].New; at >= 0 && at < names {
			cells[at] = r.cell(v)
		}
	}
	for i := range cells {
		if cells[i] == nil {
			cells[i] = &lua.Upvalue{}
			cells[i].SetValue(lua.LNil)
		}
	}
	r.in.Main, r.in.Cells = r.c.Is[0], cells
}

// joiner finds the variables that new code captures. A variable of the source
// has one cell (*lua.Upvalue) for each time that its block was entered: the
// right one is the cell that lives together with those the function has.
type joiner struct {
	c       *Change
	runs    []*run
	cells   map[int]map[*lua.Upvalue]bool // of each variable
	holders map[*lua.Upvalue][]*living
	fresh   map[int]*lua.Upvalue // of variables that only the new text has, in what has run once
	single  bool                 // the chunk was run once, as far as can be seen
	start   int                  // the function of the old text that has started the program, which was called once; -1 for none
}

// newJoiner takes account of what the living functions capture.
func newJoiner(c *Change, list []*living, runs []*run, start int) *joiner {
	j := &joiner{c: c, runs: runs, single: len(runs) <= 1, start: start,
		cells: make(map[int]map[*lua.Upvalue]bool), holders: make(map[*lua.Upvalue][]*living), fresh: make(map[int]*lua.Upvalue)}
	for _, l := range list {
		for i, v := range j.captured(l) {
			if uv := l.fn.Upvalues[i]; uv != nil {
				if j.cells[v] == nil {
					j.cells[v] = make(map[*lua.Upvalue]bool)
				}
				j.cells[v][uv] = true
				j.holders[uv] = append(j.holders[uv], l)
			}
		}
	}
	for v, variable := range c.Match.Variables {
		if variable.Once && len(j.cells[v]) > 1 {
			j.single = false
		}
	}
	return j
}

// captured lists the variables that a living function has.
func (j *joiner) captured(l *living) []int {
	list := j.c.Match.Old[l.old].Upvalues
	return list[:min(len(list), len(l.fn.Upvalues))]
}

// join finds the upvalues with which a living function runs its new code.
func (j *joiner) join(l *living) ([]*lua.Upvalue, error) {
	to := &j.c.Match.Functions[l.new]
	upvalues := make([]*lua.Upvalue, len(to.Upvalues))
	for i, v := range to.Upvalues {
		uv, problem := j.cell(l, v)
		if uv == nil {
			return nil, fmt.Errorf("new code of %s uses the local '%s', %s%s", to.Name, j.c.Match.Variables[v].Name, problem, j.c.At(to.Line))
		}
		upvalues[i] = uv
	}
	return upvalues, nil
}

// cell finds the cell of v that belongs to l, or says why there is none.
func (j *joiner) cell(l *living, v int) (*lua.Upvalue, string) {
	mine := j.captured(l)
	for i, w := range mine {
		if w == v {
			return l.fn.Upvalues[i], ""
		}
	}
	if variable := j.c.Match.Variables[v]; len(j.runs) > 0 && (variable.Old >= 0 || variable.New >= 0) {
		r := j.runOf(l, mine)
		if r == nil {
			return nil, fmt.Sprintf("and its file was run %d times", len(j.runs))
		}
		if uv := r.cell(v); uv != nil {
			return uv, ""
		}
		return nil, "which is gone"
	}
	if uv := j.fresh[v]; uv != nil {
		return uv, ""
	}
	cells := j.cells[v]
	if variable := j.c.Match.Variables[v]; len(cells) == 0 && variable.First != nil && !variable.Assigned {
		uv := &lua.Upvalue{} // a constant that is new: whoever has one of its own has the same
		uv.SetValue(variable.First)
		return uv, ""
	}
	if len(cells) == 0 {
		return nil, "which nothing has kept alive"
	}
	if in := j.c.Match.Variables[v].OnceIn; j.single && j.c.Match.Variables[v].Once || in > 0 && in == j.start && len(cells) == 1 {
		for uv := range cells {
			return uv, ""
		}
	}
	found := j.shared(l, mine, v)
	switch len(found) {
	case 1:
		for uv := range found {
			return uv, ""
		}
	case 0:
		return nil, "and nothing tells which one"
	}
	return nil, "of which there are several"
}

// runOf is the run of the chunk that has made l, nil where that can't be told.
func (j *joiner) runOf(l *living, mine []int) *run {
	if len(j.runs) == 1 {
		return j.runs[0]
	}
	for i, w := range mine {
		for _, r := range j.runs {
			if uv := r.cell(w); uv != nil && uv == l.fn.Upvalues[i] {
				return r
			}
		}
	}
	return nil
}

// shared lists the cells of v that other functions have which share a variable
// with l that is in v's scope.
func (j *joiner) shared(l *living, mine []int, v int) map[*lua.Upvalue]bool {
	found := make(map[*lua.Upvalue]bool)
	for i, w := range mine {
		if !j.c.Match.Within(w, v) {
			continue
		}
		for _, other := range j.holders[l.fn.Upvalues[i]] {
			for k, u := range j.captured(other) {
				if u == v {
					found[other.fn.Upvalues[k]] = true
				}
			}
		}
	}
	return found
}
