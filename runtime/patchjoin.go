package runtime

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/syntax"
)

// livingFunction is a function of a changed file that was found in the VM.
type livingFunction struct {
	fn       *lua.LFunction
	old, new int       // in the file's versions; new is -1 where it is gone
	reach    reachable // how it was found
}

// reachable says what may call a function.
type reachable uint8

const (
	byState reachable = iota // the service's state
	byStart                  // nothing but the start function, which has run
	byStack                  // nothing but tasks that run, or are about to
	byScope                  // a top-level local that nothing refers to
	byFrame                  // nobody any more: it is running
)

// cellsByFile remembers the cells of the main chunks' variables by the places
// of these, which a patch doesn't change: a variable that new code has done
// without can so be used again by still newer code.
type cellsByFile map[string]map[int]*lua.Upvalue

// joiner finds the variables that new code captures. A variable of the source
// has one cell (*lua.Upvalue) for each time that its block was entered: the
// right one is the cell that lives together with those the function has.
type joiner struct {
	file    *patchFile
	living  []*livingFunction
	cells   map[int]map[*lua.Upvalue]bool // of each variable
	holders map[*lua.Upvalue][]*livingFunction
	single  bool // the chunk was run once, as far as can be seen
}

// newJoiner takes account of what the living functions capture. remembered are
// cells of the main chunk's variables that functions captured before a patch.
func newJoiner(file *patchFile, living []*livingFunction, remembered map[int]*lua.Upvalue) *joiner {
	j := &joiner{file: file, living: living, single: true,
		cells: make(map[int]map[*lua.Upvalue]bool), holders: make(map[*lua.Upvalue][]*livingFunction)}
	for _, l := range living {
		for i, v := range j.captured(l) {
			if uv := l.fn.Upvalues[i]; uv != nil {
				j.add(v, uv)
				j.holders[uv] = append(j.holders[uv], l)
			}
		}
	}
	for v, variable := range file.change.Variables {
		if uv := remembered[variable.Main]; uv != nil && variable.Once {
			j.add(v, uv)
		}
		if variable.Once && len(j.cells[v]) > 1 {
			j.single = false
		}
	}
	return j
}

func (j *joiner) add(v int, uv *lua.Upvalue) {
	if j.cells[v] == nil {
		j.cells[v] = make(map[*lua.Upvalue]bool)
	}
	j.cells[v][uv] = true
}

// captured lists the variables that a living function has.
func (j *joiner) captured(l *livingFunction) []int {
	list := j.file.change.Old[l.old].Upvalues
	return list[:min(len(list), len(l.fn.Upvalues))]
}

// remember adds the cells of the main chunk's variables to known.
func (j *joiner) remember(known map[int]*lua.Upvalue) {
	for v, cells := range j.cells {
		if variable := j.file.change.Variables[v]; j.single && variable.Once && variable.Main >= 0 {
			for uv := range cells {
				known[variable.Main] = uv
			}
		}
	}
}

// join finds the upvalues with which a living function runs its new code.
func (j *joiner) join(l *livingFunction) ([]*lua.Upvalue, error) {
	to := &j.file.change.Functions[l.new]
	upvalues := make([]*lua.Upvalue, len(to.Upvalues))
	for i, v := range to.Upvalues {
		uv, problem := j.cell(l, v)
		if uv == nil {
			return nil, fmt.Errorf("new code of %s uses the local '%s', %s%s", to.Name, j.file.change.Variables[v].Name, problem, j.file.at(to.Line))
		}
		upvalues[i] = uv
	}
	return upvalues, nil
}

// cell finds the cell of v that belongs to l, or says why there is none.
func (j *joiner) cell(l *livingFunction, v int) (*lua.Upvalue, string) {
	mine := j.captured(l)
	for i, w := range mine {
		if w == v {
			return l.fn.Upvalues[i], ""
		}
	}
	cells := j.cells[v]
	if len(cells) == 0 {
		return nil, "which nothing has kept alive"
	}
	if j.single && j.file.change.Variables[v].Once {
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

// shared lists the cells of v that other functions have which share a variable
// with l that is in v's scope.
func (j *joiner) shared(l *livingFunction, mine []int, v int) map[*lua.Upvalue]bool {
	found := make(map[*lua.Upvalue]bool)
	for i, w := range mine {
		if !j.file.change.Within(w, v) {
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

// sameCode tells whether an activation of one function can go on in the other:
// the instructions and what they refer to are the same, and only lines and the
// code of functions inside may differ.
func sameCode(a, b *lua.FunctionProto) bool {
	if a.NumUpvalues != b.NumUpvalues || a.NumParameters != b.NumParameters || a.IsVarArg != b.IsVarArg ||
		a.NumUsedRegisters != b.NumUsedRegisters || len(a.Code) != len(b.Code) ||
		len(a.FunctionPrototypes) != len(b.FunctionPrototypes) {
		return false
	}
	for i := range a.Code {
		if a.Code[i] != b.Code[i] {
			return false
		}
	}
	return syntax.SameConstants(a, b)
}
