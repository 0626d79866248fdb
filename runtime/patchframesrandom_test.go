package runtime

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
)

// modelEditor makes programs, and edits them.
type modelEditor struct {
	r    *rand.Rand
	last int // number given to a statement or a variable
}

func (e *modelEditor) id() int { e.last++; return e.last }

func (e *modelEditor) variable() *modelVar {
	id := e.id()
	return &modelVar{id, fmt.Sprintf("v%d", id)}
}

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

// program makes functions that call one another.
func (e *modelEditor) program() modelProgram {
	var p modelProgram
	for i := range 3 {
		fn := &modelFn{param: e.variable(), num: e.r.IntN(9)}
		fn.body = e.list([]*modelVar{fn.param}, i, 0, 3+e.r.IntN(5))
		p = append(p, fn)
	}
	return p
}

// list makes statements that may call the functions before the sub-th.
func (e *modelEditor) list(scope []*modelVar, sub, depth, n int) (list []*modelStmt) {
	for range n {
		for _, s := range e.statement(scope, sub, depth) {
			list = append(list, s)
			if v := s.declares(); v != nil {
				scope = append(scope[:len(scope):len(scope)], v)
			}
		}
	}
	return list
}

func (e *modelEditor) statement(scope []*modelVar, sub, depth int) []*modelStmt {
	s := &modelStmt{id: e.id(), kind: modelKind(e.r.IntN(int(modelSub) + 1)), v: pick(e.r, scope), w: pick(e.r, scope), num: e.r.IntN(20)}
	switch e.r.IntN(6) {
	case 0:
		s.kind = modelFunc
	case 1:
		s.kind = modelSub
	}
	if s.kind >= modelFor && s.kind <= modelDo && depth > 2 || s.kind == modelSub && sub == 0 {
		s.kind = modelGate
	}
	inner := func(scope []*modelVar) []*modelStmt { return e.list(scope, sub, depth+1, 1+e.r.IntN(3)) }
	switch s.kind {
	case modelLocal, modelCopy, modelGet:
		s.v = e.variable()
	case modelFor:
		s.v, s.num = e.variable(), 1+e.r.IntN(3)
		s.body = inner(append(scope[:len(scope):len(scope)], s.v))
	case modelWhile, modelRepeat:
		count := &modelStmt{id: e.id(), kind: modelLocal, v: e.variable()}
		s.v, s.num = count.v, 1+e.r.IntN(4)
		s.body = inner(scope)
		return []*modelStmt{count, s}
	case modelIf:
		s.num = 2 + e.r.IntN(2)
		s.body, s.others = inner(scope), inner(scope)
	case modelDo:
		s.body = inner(scope)
	case modelSub:
		s.v, s.sub, s.how = e.variable(), e.r.IntN(sub), e.r.IntN(3)
	}
	return []*modelStmt{s}
}

// modelPoint is a place among statements.
type modelPoint struct {
	list  *[]*modelStmt
	at    int
	scope []*modelVar
	depth int
}

func (fn *modelFn) points() (all []modelPoint) {
	var visit func(list *[]*modelStmt, scope []*modelVar, depth int)
	visit = func(list *[]*modelStmt, scope []*modelVar, depth int) {
		for i, s := range *list {
			all = append(all, modelPoint{list, i, scope, depth})
			inner := scope
			if s.kind == modelFor {
				inner = append(scope[:len(scope):len(scope)], s.v)
			}
			visit(&s.body, inner, depth+1)
			visit(&s.others, inner, depth+1)
			if v := s.declares(); v != nil {
				scope = append(scope[:len(scope):len(scope)], v)
			}
		}
		all = append(all, modelPoint{list, len(*list), scope, depth})
	}
	visit(&fn.body, []*modelVar{fn.param}, 0)
	return all
}

func (fn *modelFn) uses(v *modelVar) int {
	n := 0
	for _, p := range fn.points() {
		if p.at < len(*p.list) {
			if s := (*p.list)[p.at]; s.v == v || s.w == v && s.readsOther() {
				n++
			}
		}
	}
	return n
}

func (s *modelStmt) readsOther() bool {
	switch s.kind {
	case modelCopy, modelAssign, modelGet, modelSub:
		return true
	}
	return false
}

// copy is a version of its own.
func (p modelProgram) copy() (c modelProgram) {
	vars := make(map[*modelVar]*modelVar)
	variable := func(v *modelVar) *modelVar {
		if v != nil && vars[v] == nil {
			vars[v] = &modelVar{v.id, v.name}
		}
		return vars[v]
	}
	var list func(from []*modelStmt) []*modelStmt
	list = func(from []*modelStmt) (to []*modelStmt) {
		for _, s := range from {
			n := *s
			n.v, n.w, n.body, n.others = variable(s.v), variable(s.w), list(s.body), list(s.others)
			to = append(to, &n)
		}
		return to
	}
	for _, fn := range p {
		c = append(c, &modelFn{variable(fn.param), fn.num, list(fn.body)})
	}
	return c
}

// edit changes one of the functions, most often one that is running.
func (e *modelEditor) edit(p modelProgram, running []*modelFrame) {
	index := e.r.IntN(len(p))
	if len(running) > 0 && e.r.IntN(4) > 0 {
		index = pick(e.r, running).index
	}
	fn := p[index]
	point := pick(e.r, fn.points())
	var s *modelStmt
	if point.at < len(*point.list) {
		s = (*point.list)[point.at]
	}
	insert := func(list ...*modelStmt) {
		*point.list = append((*point.list)[:point.at:point.at], append(list, (*point.list)[point.at:]...)...)
	}
	switch n := e.r.IntN(14); {
	case n < 4:
		for range 1 + e.r.IntN(3) {
			insert(&modelStmt{id: e.id(), kind: modelLocal, v: e.variable(), num: e.r.IntN(20)})
		}
	case n < 6:
		insert(&modelStmt{id: e.id(), kind: modelSay, v: pick(e.r, point.scope), num: e.r.IntN(99)})
	case n == 6:
		insert(e.statement(point.scope, index, point.depth)...)
	case s == nil:
	case n < 9:
		switch s.kind {
		case modelLocal, modelSay, modelCopy, modelAssign, modelWhile, modelIf:
			s.num += 1 + e.r.IntN(2)
		case modelFor, modelRepeat:
			if e.r.IntN(4) == 0 {
				s.num++
			}
		}
	case n < 12:
		if v := s.declares(); s.kind >= modelFor && v == nil || v != nil && fn.uses(v) > 1 || s.kind >= modelGate && e.r.IntN(4) > 0 {
			return
		}
		*point.list = append((*point.list)[:point.at:point.at], (*point.list)[point.at+1:]...)
	case n == 12:
		if v := s.declares(); v != nil {
			v.name = fmt.Sprintf("v%d", e.id())
		}
	case point.at > 0 && s.kind == modelLocal && (*point.list)[point.at-1].kind == modelLocal:
		(*point.list)[point.at], (*point.list)[point.at-1] = (*point.list)[point.at-1], s
	}
}

// modelFirstLine is the line of the first function in modelService.
const modelFirstLine = 4

func (p modelProgram) service() string {
	b := "local said, fns = {}, {}\n" +
		`local function say(n, v) said[#said + 1] = n .. "," .. v end` + "\n" +
		`local G = setmetatable({}, {__index = function(t, k) local function f(...) skynet.wait("gate") return ... end t[k] = f return f end})` + "\n"
	for i, fn := range p[:len(p)-1] {
		b += fmt.Sprintf("local function sub%d%s\n", i, fn.text())
	}
	return patchService(b + "local function work" + p[len(p)-1].text() + `
function CMD.keep() return sub0, sub1, work, G, fns, say end
function CMD.go() skynet.fork(work, 1) end
function CMD.turn() skynet.wakeup("gate") end
function CMD.call(f) return fns[f] and fns[f]() or "none" end
function CMD.said() local s = table.concat(said, " ") said = {} return s end`)
}

// Random functions that wait in one another are edited at random. What they say
// must be what the model says, whose activations go on at the same statements.
func TestPatchFramesRandomly(t *testing.T) {
	edits, seed := 300, uint64(1)
	if n, err := strconv.Atoi(os.Getenv("FRAME_EDITS")); err == nil {
		edits = n
	}
	if n, err := strconv.ParseUint(os.Getenv("FRAME_SEED"), 10, 64); err == nil {
		seed = n
	}
	t.Logf("seed %d", seed)
	e := &modelEditor{r: rand.New(rand.NewPCG(seed, 2))}
	run := &framesRun{t: t, e: e, refused: map[string]int{}, stale: map[string]int{}}
	for run.edits < edits && !t.Failed() {
		run.session()
	}
	t.Logf("%d edits; activations of changed functions: %d went on in the new code, %d in the old %v; refused %v", run.edits, run.moved, run.kept, run.stale, run.refused)
	if run.moved < run.kept {
		t.Error("most activations went on in old code")
	}
}

type framesRun struct {
	t                  *testing.T
	e                  *modelEditor
	edits, moved, kept int
	refused, stale     map[string]int
}

// session runs one program through some edits.
func (run *framesRun) session() {
	t, e := run.t, run.e
	m := &modelMachine{program: e.program(), fns: map[int]*modelCell{}}
	tn := newTestNode(t, map[string]string{"main.lua": m.program.service()}, nil)
	h := tn.launch("main")
	texts := []string{m.program.service()}
	defer func() {
		if t.Failed() {
			t.Logf("versions:\n%s", strings.Join(texts, "\n----\n"))
		}
		tn.Kill(h)
	}()
	for range 12 {
		if t.Failed() {
			return
		}
		if len(m.frames) == 0 {
			m.call(len(m.program)-1, 1)
			tn.expect(h, "go = ")
		} else {
			tn.expect(h, "turn = ")
		}
		if !m.run() {
			return
		}
		want := strings.Join(m.said, " ")
		m.said = nil
		texts = append(texts, "said "+want+"; at "+m.where())
		if got := tn.command(h, "said"); got != want {
			t.Errorf("after %d edits it said %q, the model %q", run.edits, got, want)
			return
		}
		if e.r.IntN(3) == 0 {
			run.callFunctions(tn, h, m)
			texts = append(texts, "called functions")
		}
		next := m.program.copy()
		for range 1 + e.r.IntN(4) {
			e.edit(next, m.frames)
		}
		run.edits++
		texts = append(texts, next.service())
		if !run.save(tn, h, m, next) {
			texts = append(texts, m.program.service())
		}
	}
}

// where says where the model waits.
func (m *modelMachine) where() string {
	text := ""
	for _, fr := range m.frames {
		text += fmt.Sprintf("%d:%d ", fr.index, fr.at().id)
	}
	return text
}

func (run *framesRun) callFunctions(tn *testNode, h Handle, m *modelMachine) {
	for id, cell := range m.fns {
		cell.n++
		if got := tn.command(h, fmt.Sprintf("call f%d", id)); got != fmt.Sprint(cell.n) {
			run.t.Errorf("function %d gives %s, the model %d", id, got, cell.n)
		}
	}
}

// save patches the service and moves the model's activations.
func (run *framesRun) save(tn *testNode, h Handle, m *modelMachine, next modelProgram) bool {
	tn.write("main.lua", next.service())
	record := tn.patchOne(h)
	if record.Err != nil {
		_, reason, _ := strings.Cut(record.Err.Error(), "can't be patched: ")
		run.refused[firstWords(reason)]++
		tn.write("main.lua", m.program.service())
		return false
	}
	list, err := tn.Stale(testContext(run.t), h)
	if err != nil {
		run.t.Error(err)
	}
	stale := make(map[int]string)
	for _, c := range list {
		if c.Why == "old code made it" {
			continue // a closure that an activation in old code has made: it is named, and isn't one itself
		}
		_, line, _ := strings.Cut(c.Function, ".lua:")
		n, _ := strconv.Atoi(line)
		stale[n-modelFirstLine] = c.Why
	}
	m.program = next
	for _, fr := range m.frames {
		fn := next[fr.index]
		if fr.fn.text() == fn.text() {
			if why, old := stale[fr.index]; old {
				run.t.Errorf("function %d is the same, but stale: %s", fr.index, why)
			}
		} else if why, old := stale[fr.index]; old {
			run.kept++
			run.stale[firstWords(why)]++
			delete(stale, fr.index)
			continue
		} else {
			run.moved++
		}
		if err := fr.move(fn); err != nil {
			run.t.Errorf("function %d went on in the new code, although %v", fr.index, err)
		}
		delete(stale, fr.index)
	}
	if len(stale) > 0 {
		run.t.Errorf("stale, but not on the stack: %v", stale)
	}
	return true
}

func firstWords(s string) string {
	words := strings.Fields(s)
	for i, w := range words {
		if strings.ContainsAny(w, "'0123456789") {
			words[i] = "X"
		}
	}
	return strings.Join(words[:min(len(words), 9)], " ")
}
