package runtime

import (
	"fmt"
	"strings"
)

// The model of activations that go on in new code: programs whose statements and
// variables have numbers that edits leave alone, and a machine that runs them. An
// activation goes on at the statement with the number that it waits at, with the
// variables by their numbers.

type modelVar struct {
	id   int
	name string
}

type modelKind int

const (
	modelLocal  modelKind = iota // local v = num
	modelCopy                    // local v = w + num
	modelAssign                  // v = w + num
	modelSay                     // say(num, v)
	modelGate                    // G.gID()
	modelGet                     // local v = G.gID(w)
	modelFor                     // for v = 1, num do body end
	modelWhile                   // while v < num do v = v + 1 body end
	modelRepeat                  // repeat v = v + 1 body until v >= num
	modelIf                      // if v % num == 0 then body else others end
	modelDo                      // do body end
	modelFunc                    // fns.fID = function() v = v + 1 return v end
	modelSub                     // local v = sub(w), by way of how
)

type modelStmt struct {
	id           int
	kind         modelKind
	v, w         *modelVar
	num, sub     int
	how          int
	body, others []*modelStmt
}

// modelFn is a function; its result is its parameter and num.
type modelFn struct {
	param *modelVar
	num   int
	body  []*modelStmt
}

type modelProgram []*modelFn // work is the last; each calls only those before it

func (s *modelStmt) text() string {
	v, w := "", ""
	if s.v != nil {
		v = s.v.name
	}
	if s.w != nil {
		w = s.w.name
	}
	switch s.kind {
	case modelLocal:
		return fmt.Sprintf("local %s = %d ", v, s.num)
	case modelCopy:
		return fmt.Sprintf("local %s = %s + %d ", v, w, s.num)
	case modelAssign:
		return fmt.Sprintf("%s = %s + %d ", v, w, s.num)
	case modelSay:
		return fmt.Sprintf("say(%d, %s) ", s.num, v)
	case modelGate:
		return fmt.Sprintf("G.g%d() ", s.id)
	case modelGet:
		return fmt.Sprintf("local %s = G.g%d(%s) ", v, s.id, w)
	case modelFor:
		return fmt.Sprintf("for %s = 1, %d do %send ", v, s.num, modelText(s.body))
	case modelWhile:
		return fmt.Sprintf("while %s < %d do %[1]s = %[1]s + 1 %[3]send ", v, s.num, modelText(s.body))
	case modelRepeat:
		return fmt.Sprintf("repeat %s = %[1]s + 1 %[3]suntil %[1]s >= %[2]d ", v, s.num, modelText(s.body))
	case modelIf:
		return fmt.Sprintf("if %s %% %d == 0 then %selse %send ", v, s.num, modelText(s.body), modelText(s.others))
	case modelDo:
		return fmt.Sprintf("do %send ", modelText(s.body))
	case modelFunc:
		return fmt.Sprintf("fns.f%d = function() %s = %[2]s + 1 return %[2]s end ", s.id, v)
	}
	call := fmt.Sprintf([]string{"sub%d(%s)", "select(2, pcall(sub%d, %s))", "coroutine.wrap(sub%d)(%s)"}[s.how], s.sub, w)
	return fmt.Sprintf("local %s = %s ", v, call)
}

func modelText(list []*modelStmt) string {
	var b strings.Builder
	for _, s := range list {
		b.WriteString(s.text())
	}
	return b.String()
}

func (fn *modelFn) text() string {
	return fmt.Sprintf("(%s) %sreturn %[1]s + %[3]d end", fn.param.name, modelText(fn.body), fn.num)
}

// declares is the variable that a statement declares for those after it.
func (s *modelStmt) declares() *modelVar {
	switch s.kind {
	case modelLocal, modelCopy, modelGet, modelSub:
		return s.v
	}
	return nil
}

// assigned are the variables that a function assigns to after their declarations.
func (fn *modelFn) assigned() map[int]bool {
	found := make(map[int]bool)
	var visit func(list []*modelStmt)
	visit = func(list []*modelStmt) {
		for _, s := range list {
			switch s.kind {
			case modelAssign, modelWhile, modelRepeat, modelFunc:
				found[s.v.id] = true
			}
			visit(s.body)
			visit(s.others)
		}
	}
	visit(fn.body)
	return found
}

type modelCell struct{ n int }

// modelLevel is a list of statements that an activation is in.
type modelLevel struct {
	list  []*modelStmt
	next  int
	owner *modelStmt
	other bool // the second list of an if
	i     int  // of a for
}

type modelFrame struct {
	fn     *modelFn
	index  int
	cells  map[int]*modelCell
	levels []*modelLevel
}

// modelMachine runs one task.
type modelMachine struct {
	program modelProgram
	frames  []*modelFrame
	said    []string
	fns     map[int]*modelCell
	waits   bool
	passed  int // to what it waits in
	steps   int
}

const modelSteps = 3000 // from one wait to the next

func (m *modelMachine) call(index, arg int) {
	fn := m.program[index]
	fr := &modelFrame{fn: fn, index: index, cells: map[int]*modelCell{fn.param.id: {arg}}}
	fr.levels = []*modelLevel{{list: fn.body}}
	m.frames = append(m.frames, fr)
}

// run goes on to the next wait, or the end. It is false where that is too far.
func (m *modelMachine) run() bool {
	m.steps = 0
	if m.waits {
		m.waits = false
		fr := m.frames[len(m.frames)-1]
		if s := fr.at(); s.kind == modelGet {
			fr.cells[s.v.id] = &modelCell{m.passed}
		}
	}
	for len(m.frames) > 0 && !m.waits {
		if m.steps++; m.steps > modelSteps {
			return false
		}
		m.step(m.frames[len(m.frames)-1])
	}
	return true
}

// at is the statement that the frame is at.
func (fr *modelFrame) at() *modelStmt {
	lv := fr.levels[len(fr.levels)-1]
	return lv.list[lv.next-1]
}

func (m *modelMachine) step(fr *modelFrame) {
	lv := fr.levels[len(fr.levels)-1]
	if lv.next >= len(lv.list) {
		m.ends(fr, lv)
		return
	}
	s := lv.list[lv.next]
	lv.next++
	switch s.kind {
	case modelLocal:
		fr.cells[s.v.id] = &modelCell{s.num}
	case modelCopy:
		fr.cells[s.v.id] = &modelCell{fr.cells[s.w.id].n + s.num}
	case modelAssign:
		fr.cells[s.v.id].n = fr.cells[s.w.id].n + s.num
	case modelSay:
		m.said = append(m.said, fmt.Sprintf("%d,%d", s.num, fr.cells[s.v.id].n))
	case modelGet:
		m.waits, m.passed = true, fr.cells[s.w.id].n
	case modelGate:
		m.waits = true
	case modelFunc:
		m.fns[s.id] = fr.cells[s.v.id]
	case modelSub:
		m.call(s.sub, fr.cells[s.w.id].n)
	case modelIf:
		if fr.cells[s.v.id].n%s.num == 0 {
			fr.enter(&modelLevel{list: s.body, owner: s})
		} else {
			fr.enter(&modelLevel{list: s.others, owner: s, other: true})
		}
	case modelDo:
		fr.enter(&modelLevel{list: s.body, owner: s})
	default: // the level's end decides on the first turn
		fr.enter(&modelLevel{owner: s})
		if s.kind == modelRepeat {
			fr.turn(fr.levels[len(fr.levels)-1])
		}
	}
}

func (fr *modelFrame) enter(lv *modelLevel) { fr.levels = append(fr.levels, lv) }

// turn begins a turn of a loop.
func (fr *modelFrame) turn(lv *modelLevel) {
	lv.list, lv.next = lv.owner.body, 0
	if lv.owner.kind != modelFor {
		fr.cells[lv.owner.v.id].n++
	}
}

func (m *modelMachine) ends(fr *modelFrame, lv *modelLevel) {
	s := lv.owner
	again := false
	switch {
	case s == nil:
		m.returns(fr)
		return
	case s.kind == modelFor:
		lv.i++
		if again = lv.i <= s.num; again {
			fr.cells[s.v.id] = &modelCell{lv.i}
		}
	case s.kind == modelWhile:
		again = fr.cells[s.v.id].n < s.num
	case s.kind == modelRepeat:
		again = fr.cells[s.v.id].n < s.num
	}
	if again {
		fr.turn(lv)
		return
	}
	fr.levels = fr.levels[:len(fr.levels)-1]
}

func (m *modelMachine) returns(fr *modelFrame) {
	result := fr.cells[fr.fn.param.id].n + fr.fn.num
	m.frames = m.frames[:len(m.frames)-1]
	if len(m.frames) > 0 {
		caller := m.frames[len(m.frames)-1]
		caller.cells[caller.at().v.id] = &modelCell{result}
	}
}

// move has the frame go on in another version of its function, or says why that
// can't be.
func (fr *modelFrame) move(fn *modelFn) error {
	levels := make([]*modelLevel, len(fr.levels))
	list := fn.body
	cells := map[int]*modelCell{}
	cells[fn.param.id] = fr.cells[fr.fn.param.id]
	first := fr.fn.firsts()
	assigned, was := fn.assigned(), fr.fn.assigned()
	for k, lv := range fr.levels {
		at := lv.list[lv.next-1]
		j := -1
		for i, s := range list {
			if s.id == at.id {
				j = i
			}
		}
		if j < 0 {
			return fmt.Errorf("statement %d is gone", at.id)
		}
		for _, s := range list[:j] {
			v := s.declares()
			if v == nil {
				continue
			}
			old, lived := fr.active()[v.id]
			n, plain := first[v.id]
			switch {
			case lived:
				cells[v.id] = old
				if plain && s.kind == modelLocal && n != s.num && !assigned[v.id] && !was[v.id] {
					old.n = s.num
				}
			case s.kind != modelLocal:
				return fmt.Errorf("%s is new", v.name)
			default:
				cells[v.id] = &modelCell{s.num}
			}
		}
		levels[k] = &modelLevel{list: list, next: j + 1, i: lv.i, other: lv.other}
		if k > 0 {
			levels[k].owner = levels[k-1].list[levels[k-1].next-1]
		}
		if k == len(fr.levels)-1 {
			break
		}
		s := list[j]
		if s.kind == modelFor {
			if s.num != at.num {
				return fmt.Errorf("the loop counts to %d", s.num)
			}
			cells[s.v.id] = fr.cells[s.v.id]
		}
		if list = s.body; fr.levels[k+1].other {
			list = s.others
		}
	}
	fr.fn, fr.cells, fr.levels = fn, cells, levels
	return nil
}

// active are the variables that are in scope where the frame is.
func (fr *modelFrame) active() map[int]*modelCell {
	found := map[int]*modelCell{fr.fn.param.id: fr.cells[fr.fn.param.id]}
	for _, lv := range fr.levels {
		for _, s := range lv.list[:lv.next-1] {
			if v := s.declares(); v != nil {
				found[v.id] = fr.cells[v.id]
			}
		}
		if s := lv.list[lv.next-1]; s.kind == modelFor {
			found[s.v.id] = fr.cells[s.v.id]
		}
	}
	return found
}

// firsts are the first values of the variables that have constants.
func (fn *modelFn) firsts() map[int]int {
	found := make(map[int]int)
	var visit func(list []*modelStmt)
	visit = func(list []*modelStmt) {
		for _, s := range list {
			if s.kind == modelLocal {
				found[s.v.id] = s.num
			}
			visit(s.body)
			visit(s.others)
		}
	}
	visit(fn.body)
	return found
}
