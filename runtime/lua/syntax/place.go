package syntax

import (
	"errors"
	"fmt"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"

	"devnode/runtime/lua/bytecode"
)

// Place finds where an activation of a function of the old source goes on in the
// new: one that waits in the call whose instruction is at pc, or for the iterator
// that the instruction of a loop calls. The call has to
// stand in the new text in the same place: in the same loops and blocks, in a
// statement that has done the same before it. What comes after it may be any
// other. The variables are carried over by their declarations; new ones get
// their first values, where these are constants. The error says why there is no
// such place.
func (m *Matching) Place(old, pc int) (*bytecode.Place, error) {
	next := m.Old[old].Counterpart
	if next < 0 {
		return nil, errors.New("the function is gone")
	}
	p := &placer{m: m, old: m.old.order[old].fn, new: m.new.order[next].fn,
		pair: make(map[*local]*local), changed: make(map[*local]lua.LValue)}
	way, call := wayTo(p.old.body, pc)
	if way == nil {
		return nil, errors.New("it waits in no call of its own text")
	}
	if err := p.begin(); err != nil {
		return nil, err
	}
	list := p.new.body
	for _, st := range way {
		j, err := p.enter(st, list)
		if err != nil {
			return nil, err
		}
		switch st.body {
		case inExprs:
			return p.arrive(st, list[j], call)
		case inIterator:
			return p.iterate(st.statement().(*genericForStmt), list[j].(*genericForStmt))
		}
		bodies := bodiesOf(list[j])
		list = bodies[p.body]
	}
	return nil, errors.New("it waits in no call of its own text")
}

// placer is the work of Place.
type placer struct {
	m        *Matching
	old, new *function
	pair     map[*local]*local // active variables, from new to old
	active   []*carried        // of the new function at the place so far
	live     []*local          // of the old one
	loops    int               // around the place so far
	around   [][2]ast.Stmt     // these loops, old and new
	body     int               // of the new statement that was entered last
	differs  bool              // what comes after the statements so far isn't the same
	kept     []string
	changed  map[*local]lua.LValue // constants with other values in the new text
}

// carried is a register of the new function at the place.
type carried struct {
	reg    int
	v      *local // nil for a loop's own
	origin bytecode.Origin
}

const manyConstants = 240 // from there on, an instruction may not reach them all

// begin pairs the parameters.
func (p *placer) begin() error {
	old, new := p.old, p.new
	if len(old.proto.Constants) > manyConstants || len(new.proto.Constants) > manyConstants {
		return errors.New("the function has too many constants")
	}
	if old.vararg != new.vararg || new.vararg && len(old.params) != len(new.params) {
		return errors.New("its parameters are others")
	}
	p.live = append(p.live, old.params...)
	var was, is []declared
	for _, v := range old.params {
		was = append(was, declared{v: v})
	}
	for _, v := range new.params {
		is = append(is, declared{v: v})
	}
	if err := p.pairByName(was, is); err != nil {
		return err
	}
	for i, v := range new.params {
		if p.pair[v] == nil && i < len(old.params) && !p.taken(old.params[i]) {
			p.pair[v] = old.params[i]
		}
		if p.pair[v] == nil {
			return fmt.Errorf("the parameter '%s' is new", v.name)
		}
	}
	return p.carryAll(is)
}

// enter goes one step further: it finds the statement's counterpart in the new
// list, pairs what was declared before it, and, where the way leads on, what the
// statement itself declares for its body.
func (p *placer) enter(st step, list []ast.Stmt) (int, error) {
	to := align(st.list, list)
	j := to[st.at]
	if j < 0 {
		if st.body == inExprs {
			return 0, errors.New("the call it waits in is gone")
		}
		return 0, fmt.Errorf("%s around it is gone", blockName(st.statement()))
	}
	if err := p.declarations(st.list[:st.at], list[:j], to); err != nil {
		return 0, err
	}
	if err := p.notRun(st, list, j, to); err != nil {
		return 0, err
	}
	p.differs = p.differs || !wordsOf(st.list[st.at+1:]...).equal(wordsOf(list[j+1:]...))
	if st.body == inExprs || st.body == inIterator {
		return j, nil
	}
	return j, p.block(st, list[j])
}

func blockName(st ast.Stmt) string {
	switch {
	case isLoop(st):
		return "the loop"
	case bodiesOf(st) != nil:
		if _, ok := st.(*ifStmt); ok {
			return "the if statement"
		}
	}
	return "the block"
}

// block enters the body of a statement.
func (p *placer) block(st step, n ast.Stmt) error {
	p.body = st.body
	if isLoop(st.statement()) {
		p.around = append(p.around, [2]ast.Stmt{st.statement(), n})
	}
	switch o := st.statement().(type) {
	case *ifStmt:
		clause := p.clause(o, n.(*ifStmt), st.body)
		if clause < 0 {
			return errors.New("the if statement around it is another")
		}
		p.body = clause
	case *numericForStmt:
		n := n.(*numericForStmt)
		if !p.sameAll(exprsOf(o), exprsOf(n)) {
			return errors.New("the loop around it counts otherwise")
		}
		for i := range numericHidden {
			p.hidden(n.base+i, o.base+i)
		}
		p.loops++
		return p.loopVariables([]*local{o.v}, []*local{n.v})
	case *genericForStmt:
		n := n.(*genericForStmt)
		if err := p.iterator(o, n); err != nil {
			return err
		}
		return p.loopVariables(o.vars, n.vars)
	case *whileStmt, *repeatStmt:
		p.loops++
	}
	return nil
}

// iterator enters a loop over an iterator, but not yet its body.
func (p *placer) iterator(o, n *genericForStmt) error {
	if !p.sameAll(exprsOf(o), exprsOf(n)) || o.closing < 0 != (n.closing < 0) {
		return errors.New("the loop around it goes over something else")
	}
	if n.closing >= 0 {
		p.hidden(n.closing, o.closing)
	}
	for i := range iteratorHidden {
		p.hidden(n.base+i, o.base+i)
	}
	p.loops++
	return nil
}

// hidden carries a register of a loop over that no variable of the script has.
func (p *placer) hidden(reg, from int) {
	p.active = append(p.active, &carried{reg: reg, origin: bytecode.Origin{Register: from}})
}

// loopVariables pairs the variables of a for loop by their positions.
func (p *placer) loopVariables(old, new []*local) error {
	p.live = append(p.live, old...)
	if len(new) > len(old) {
		return fmt.Errorf("the loop around it has a new variable, '%s'", new[len(old)].name)
	}
	var is []declared
	for i, v := range new {
		p.pair[v] = old[i]
		is = append(is, declared{v: v})
	}
	return p.carryAll(is)
}

// clause finds the counterpart of a clause: the one with the same condition, or
// else the one in the same position, if no clause is new or gone.
func (p *placer) clause(old, new *ifStmt, i int) int {
	cond := old.clauses[i].cond
	found, n := -1, 0
	for j, c := range new.clauses {
		if (cond == nil) == (c.cond == nil) && (cond == nil || p.same(cond, c.cond)) {
			found = j
			n++
		}
	}
	if n == 1 {
		return found
	}
	if len(old.clauses) == len(new.clauses) && (cond == nil) == (new.clauses[i].cond == nil) {
		return i
	}
	return -1
}

// arrive is the end of the way: a statement whose expressions have the call.
func (p *placer) arrive(st step, n ast.Stmt, call *callExpr) (*bytecode.Place, error) {
	o := st.statement()
	if err := p.arriving(o, n); err != nil {
		return nil, err
	}
	to := p.callOf(o, n, call)
	if to == nil || to.tail || to.base-to.top != call.base-call.top {
		return nil, errors.New("the call it waits in is gone")
	}
	if call.want != 0 && !p.sameRequest(call, to) && !p.goesOnAlike(o, n, call, to) {
		return nil, errors.New("the call it waits in asks for something else")
	}
	if to.pc >= len(p.new.proto.Code) || bytecode.Opcode(p.new.proto.Code[to.pc]) != lua.OP_CALL {
		return nil, errors.New("the call it waits in is gone")
	}
	place := &bytecode.Place{Pc: to.pc, OldBase: call.base, Base: to.base, Results: to.want}
	return p.fill(place, call.top, to.top)
}

// iterate is the end of the way: a loop that calls its iterator.
func (p *placer) iterate(o, n *genericForStmt) (*bytecode.Place, error) {
	if err := p.iterator(o, n); err != nil {
		return nil, err
	}
	place := &bytecode.Place{Pc: n.next, OldBase: o.base + iteratorHidden, Base: n.base + iteratorHidden, Results: lua.MultRet}
	return p.fill(place, place.OldBase, place.Base)
}

// fill says where the registers of a place come from. From top on they are
// temporary values, as from oldTop on in the old code.
func (p *placer) fill(place *bytecode.Place, oldTop, top int) (*bytecode.Place, error) {
	for _, v := range p.live {
		if v.attrib == attribClose && !p.taken(v) {
			return nil, fmt.Errorf("the local '%s', which is to be closed, is gone", v.name)
		}
	}
	place.Kept = p.kept
	place.Registers = make([]bytecode.Origin, place.Base)
	for r := range place.Registers {
		place.Registers[r] = bytecode.Origin{Register: -1, Value: lua.LNil}
		if r >= top {
			place.Registers[r] = bytecode.Origin{Register: oldTop + r - top}
		}
	}
	for _, c := range p.active {
		place.Registers[c.reg] = c.origin
	}
	return place, nil
}

// goesOnAlike tells whether all that comes after the call is the same, up to the
// function's end, but for what the call asks for in the next turn of a loop.
func (p *placer) goesOnAlike(o, n ast.Stmt, call, to *callExpr) bool {
	for _, loop := range p.around {
		if !wordsExcept(call, loop[0]).equal(wordsExcept(to, loop[1])) {
			return false
		}
	}
	return !isLoop(o) && !p.differs && wordsExcept(call, o).equal(wordsExcept(to, n))
}

// arriving checks what a statement needs beside its expressions.
func (p *placer) arriving(o, n ast.Stmt) error {
	switch o := o.(type) {
	case *numericForStmt, *genericForStmt:
		if !p.sameAll(exprsOf(o), exprsOf(n)) {
			return errors.New("the loop that it begins is another")
		}
	case *assignStmt:
		n := n.(*assignStmt)
		if len(o.lhs) != len(n.lhs) || len(o.rhs) != len(n.rhs) {
			return errors.New("the call it waits in is gone")
		}
	case *returnStmt:
		if p.old.closes || p.new.closes {
			return errors.New("it returns from variables to be closed")
		}
	case *repeatStmt:
		n := n.(*repeatStmt)
		p.loops++
		return p.declarations(o.body, n.body, align(o.body, n.body))
	}
	return nil
}

// callOf finds the call in the new statement.
func (p *placer) callOf(o, n ast.Stmt, call *callExpr) *callExpr {
	if o, ok := o.(*ifStmt); ok {
		n := n.(*ifStmt)
		for i, c := range o.clauses {
			if c.cond == nil || callAt(c.cond, call.pc) == nil {
				continue
			}
			if j := p.clauseOf(o, n, i); j >= 0 {
				return p.callIn(c.cond, n.clauses[j].cond, call)
			}
		}
		return nil
	}
	return p.counterpart(exprsOf(o), exprsOf(n), call)
}

// clauseOf is clause for one whose condition has the call.
func (p *placer) clauseOf(old, new *ifStmt, i int) int {
	if j := p.clause(old, new, i); j >= 0 && new.clauses[j].cond != nil {
		return j
	}
	return -1
}
