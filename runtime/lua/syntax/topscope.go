package syntax

import (
	"strings"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/layout"
	"github.com/yuin/gopher-lua/ast"
)

// A ScopeKeeper is told of the scope at the end of each run of a file's chunk.
// The context of the Lua thread that runs the chunk may be one.
type ScopeKeeper interface {
	// KeepScope gets the main function that was run, and the cells of its
	// top-level locals, which otherwise only the functions that use them refer to:
	// in the order of their declarations, without compile-time constants, which
	// have none. value is what the chunk returns, nil where it doesn't end in a
	// return of one value that is no call.
	KeepScope(main *lua.FunctionProto, cells []*lua.Upvalue, value lua.LValue)
}

// keepScope is called by the code of a chunk's main function before it returns,
// with a closure that has its locals as upvalues, and what it returns.
var keepScope = helper(func(L *lua.LState) int {
	if keeper, ok := layout.ContextOf(L).(ScopeKeeper); ok {
		fn := L.Get(1).(*lua.LFunction)
		var value lua.LValue
		if L.GetTop() > 1 {
			value = L.Get(2)
		}
		keeper.KeepScope(Main(fn.Proto), fn.Upvalues, value)
	}
	return 0
})

// keepsScope tells whether f is the main function of a chunk whose scope is
// kept: one of a file.
func (f *funcGen) keepsScope() bool {
	return f.fn.parent == nil && strings.HasPrefix(f.g.root.source, "@")
}

// captureScope generates the call of keepScope, at the end of the chunk. value
// is the register of what it is going to return, -1 for none that is known.
func (f *funcGen) captureScope(value, line int) {
	mark := f.free
	base := f.alloc(3)
	f.loadConstant(base, f.consts.other(keepScope), line)
	f.scopeClosure(base+1, line)
	given := 2
	if value >= 0 {
		f.emitABC(lua.OP_MOVE, base+2, value, 0, line)
		given++
	}
	f.emitABC(lua.OP_CALL, base, given, 1, line)
	f.free = mark
}

// kept evaluates what the chunk returns, and returns the register with it as an
// expression.
func (f *funcGen) kept(e ast.Expr, line int) ast.Expr {
	r := f.anyReg(e, -1)
	f.captureScope(r, line)
	v := &localExpr{v: &local{fn: f.fn, reg: r}}
	v.SetLine(line)
	return v
}

// scopeClosure makes a closure in r that has the active locals as upvalues.
func (f *funcGen) scopeClosure(r, line int) {
	inner := &function{parent: f.fn}
	inner.SetLine(line)
	inner.SetLastLine(line)
	for _, v := range f.active {
		if v.reg >= 0 {
			inner.upvalues = append(inner.upvalues, v)
		}
	}
	g := &funcGen{g: f.g, parent: f, fn: inner}
	g.body()
	index := len(f.protos)
	proto := g.finish()
	proto.SourceName = scopeName
	f.protos = append(f.protos, proto)
	f.emitABx(lua.OP_CLOSURE, r, index, line)
	for _, v := range inner.upvalues {
		f.emitABC(lua.OP_MOVE, 0, v.reg, 0, line)
	}
}

// scopeName is the source's name of the functions that scopeClosure makes, which
// are no functions of the source.
const scopeName = "=(scope)"

func isScope(p *lua.FunctionProto) bool { return p.SourceName == scopeName }

// ScopeNames are the names of the locals that a ScopeKeeper is told the cells of,
// in the same order; nil for a chunk whose scope isn't kept. A name that was
// declared twice is there twice.
func ScopeNames(main *lua.FunctionProto) []string {
	if n := len(main.FunctionPrototypes); n > 0 && isScope(main.FunctionPrototypes[n-1]) {
		return main.FunctionPrototypes[n-1].DbgUpvalues
	}
	return nil
}
