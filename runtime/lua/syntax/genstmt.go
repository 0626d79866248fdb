package syntax

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"
)

func (f *funcGen) statement(st ast.Stmt) {
	switch st := st.(type) {
	case *localStmt:
		f.localStatement(st)
	case *assignStmt:
		f.assignment(st)
	case *callStmt:
		f.call(st.call, 0)
	case *ifStmt:
		f.ifStatement(st)
	case *returnStmt:
		f.returnStatement(st)
	case *functionStmt:
		f.store(st.target, st.fn, st.Line())
	case *localFunctionStmt:
		st.v.reg = f.alloc(1)
		f.activate(st.v)
		f.closure(st.fn, st.v.reg)
	case *numericForStmt:
		f.numericFor(st)
	case *genericForStmt:
		f.genericFor(st)
	case *whileStmt:
		f.whileStatement(st)
	case *repeatStmt:
		f.repeatStatement(st)
	case *doStmt:
		f.blockOf(st.body)
	case *breakStmt:
		f.breakStatement(st)
	case *gotoStmt:
		f.gotoStatement(st)
	case *labelStmt:
		f.labelStatement(st)
	default:
		panic(fmt.Sprintf("syntax: no code for %T", st))
	}
	f.free = f.top
}

func (f *funcGen) localStatement(st *localStmt) {
	if st.vars[0].value != nil { // a compile-time constant
		f.activate(st.vars[0])
		return
	}
	base := f.free
	f.stmtEnd = st.LastLine()
	f.list(st.rhs, len(st.vars))
	for i, v := range st.vars {
		v.reg = base + i
		f.activate(v)
	}
	for i, v := range st.vars {
		if v.attrib == attribClose {
			f.open(len(f.active)-len(st.vars)+i, v.name, st.LastLine())
		}
	}
}

// place is the left side of an assignment with its table and key evaluated.
type place struct {
	e   ast.Expr
	op  int // for an index
	obj int
	key int
}

func (f *funcGen) place(e ast.Expr) place {
	if x, ok := e.(*indexExpr); ok {
		obj := f.anyReg(x.obj, -1)
		op, key := f.key(x.key)
		return place{e: e, op: setOp(op), obj: obj, key: key}
	}
	return place{e: e}
}

// store generates `target = e`.
func (f *funcGen) store(target, e ast.Expr, line int) {
	switch t := target.(type) {
	case *localExpr:
		f.toReg(e, t.v.reg)
	case *indexExpr:
		p := f.place(t)
		f.emitABC(p.op, p.obj, p.key, f.operand(e, -1), line)
	default:
		f.set(place{e: target}, f.anyReg(e, -1), line)
	}
}

// set generates the writing of register r to the place.
func (f *funcGen) set(p place, r, line int) {
	switch t := p.e.(type) {
	case *localExpr:
		f.move(t.v.reg, r, line)
	case *upvalueExpr:
		f.emitABC(lua.OP_SETUPVAL, r, t.index, 0, line)
	case *globalExpr:
		f.globalOp(lua.OP_SETGLOBAL, r, t, line)
	case *envExpr:
		mark := f.free
		base := f.alloc(2)
		f.loadConstant(base, f.consts.other(setEnv), line)
		f.move(base+1, r, line)
		f.emitABC(lua.OP_CALL, base, 2, 1, line)
		f.free = mark
	case *indexExpr:
		f.emitABC(p.op, p.obj, p.key, r, line)
	}
}

func (f *funcGen) assignment(st *assignStmt) {
	line := st.LastLine()
	f.stmtEnd = line
	if len(st.lhs) == 1 && len(st.rhs) == 1 {
		f.store(st.lhs[0], st.rhs[0], line)
		return
	}
	places := make([]place, len(st.lhs))
	for i, e := range st.lhs {
		places[i] = f.place(e)
		if l, ok := e.(*localExpr); ok {
			f.saveOperands(places[:i], l.v.reg, line)
		}
	}
	base := f.free
	n := len(st.lhs)
	if last := len(st.rhs) - 1; last == n-1 && !isMulti(st.rhs[last]) {
		// The last value goes to its place directly, as in C Lua.
		f.list(st.rhs[:last], last)
		f.storeAt(places[last], st.rhs[last], line)
		n--
	} else {
		f.list(st.rhs, n)
	}
	for i := n - 1; i >= 0; i-- {
		f.set(places[i], base+i, line)
	}
}

func (f *funcGen) storeAt(p place, e ast.Expr, line int) {
	if l, ok := p.e.(*localExpr); ok {
		f.toReg(e, l.v.reg)
		return
	}
	f.set(p, f.anyReg(e, -1), line)
}

// saveOperands copies a local that an earlier place uses as its table or key,
// before the same assignment changes it.
func (f *funcGen) saveOperands(places []place, reg, line int) {
	saved := -1
	for i := range places {
		p := &places[i]
		if _, ok := p.e.(*indexExpr); !ok || p.obj != reg && p.key != reg {
			continue
		}
		if saved < 0 {
			saved = f.alloc(1)
			f.move(saved, reg, line)
		}
		if p.obj == reg {
			p.obj = saved
		}
		if p.key == reg {
			p.key = saved
		}
	}
}

func (f *funcGen) ifStatement(st *ifStmt) {
	done := noJump
	for i, c := range st.clauses {
		next := noJump
		if c.cond != nil {
			next = f.jumpIf(c.cond, false)
		}
		f.blockOf(c.body)
		if i < len(st.clauses)-1 && !endsInJump(c.body) {
			done = f.join(done, f.jump(f.lastLine()))
		}
		f.patchHere(next)
	}
	f.patchHere(done)
}
