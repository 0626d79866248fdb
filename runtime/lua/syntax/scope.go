package syntax

import (
	"fmt"

	"github.com/yuin/gopher-lua/ast"
)

// Limits of C Lua.
const (
	maxLocals   = 200
	maxUpvalues = 255
	maxDepth    = 200 // of nested blocks and expressions
)

// A scope is the state of one function while it is parsed: which locals are
// active, which labels are visible, which gotos still look for theirs.
type scope struct {
	fn      *function
	parent  *scope
	block   *block
	active  []*local
	labels  []*label
	pending []pendingGoto
}

// A block is one nesting level of a function.
type block struct {
	parent  *block
	level   int // locals active before it
	labels  int // labels visible before it
	pending int
	isLoop  bool
}

// A pendingGoto is a goto, or a break outside any loop, whose label hasn't
// been seen yet.
type pendingGoto struct {
	stmt  *gotoStmt
	name  string
	line  int
	level int // locals active at the goto, cut as blocks are left
}

func (p *parser) openScope(fn *function) {
	fn.parent = nil
	if p.fs != nil {
		fn.parent = p.fs.fn
	}
	p.fs = &scope{fn: fn, parent: p.fs}
	p.enterBlock(false)
}

func (p *parser) closeScope() {
	p.leaveBlock()
	p.fs = p.fs.parent
}

func (p *parser) enterBlock(isLoop bool) {
	fs := p.fs
	fs.block = &block{fs.block, len(fs.active), len(fs.labels), len(fs.pending), isLoop}
}

func (p *parser) leaveBlock() {
	fs := p.fs
	b := fs.block
	fs.active = fs.active[:b.level]
	fs.labels = fs.labels[:b.labels]
	fs.block = b.parent
	for i := b.pending; i < len(fs.pending); i++ {
		g := &fs.pending[i]
		if b.parent == nil {
			p.failUndefined(g)
		}
		g.level = min(g.level, b.level)
	}
}

func (p *parser) failUndefined(g *pendingGoto) {
	if g.stmt == nil {
		p.semanticError("break outside loop at line %d", g.line)
	}
	p.semanticError("no visible label '%s' for <goto> at line %d", g.name, g.line)
}

// where names the function for limit messages.
func (fn *function) where() string {
	if fn.parent == nil {
		return "main function"
	}
	return fmt.Sprintf("function at line %d", fn.Line())
}

func (p *parser) checkLimit(n, limit int, what string) {
	if n > limit {
		p.syntaxError(fmt.Sprintf("too many %s (limit is %d) in %s", what, limit, p.fs.fn.where()))
	}
}

func (p *parser) newLocal(name string) *local {
	return &local{name: name, fn: p.fs.fn, reg: -1}
}

// declare makes v visible. The limit is checked by the callers, at the place
// where C Lua does.
func (p *parser) declare(v *local) { p.fs.active = append(p.fs.active, v) }

func (p *parser) checkLocals(more int) {
	p.checkLimit(len(p.fs.active)+more, maxLocals, "local variables")
}

// findLocal returns the innermost active local of that name, or nil.
func (fs *scope) findLocal(name string) *local {
	for i := len(fs.active) - 1; i >= 0; i-- {
		if fs.active[i].name == name {
			return fs.active[i]
		}
	}
	return nil
}

// resolve finds the local variable that name stands for, in this function or,
// as an upvalue, in an enclosing one. It returns nil for a global.
func (p *parser) resolve(name string) (v *local, index int) {
	if v := p.fs.findLocal(name); v != nil {
		return v, -1
	}
	for fs := p.fs.parent; fs != nil; fs = fs.parent {
		if v := fs.findLocal(name); v != nil {
			if v.value != nil {
				return v, -1
			}
			v.captured = true
			return v, p.upvalue(p.fs, v)
		}
	}
	return nil, -1
}

// upvalue returns v's index among the upvalues of fs, adding it there and in
// the functions between.
func (p *parser) upvalue(fs *scope, v *local) int {
	for i, u := range fs.fn.upvalues {
		if u == v {
			return i
		}
	}
	if fs.parent.fn != v.fn {
		p.upvalue(fs.parent, v)
	}
	if len(fs.fn.upvalues)+min(fs.fn.env, 1) >= maxUpvalues {
		p.syntaxError(fmt.Sprintf("too many upvalues (limit is %d) in %s", maxUpvalues, fs.fn.where()))
	}
	fs.fn.upvalues = append(fs.fn.upvalues, v)
	return len(fs.fn.upvalues) - 1
}

// variable makes the expression that a name stands for.
func (p *parser) variable(name string) ast.Expr {
	line := p.lastLine
	v, index := p.resolve(name)
	switch {
	case v == nil && name == envName:
		p.usesEnv()
		e := &envExpr{}
		e.SetLine(line)
		return e
	case v == nil:
		return p.global(name, line)
	case v.value != nil:
		e := *v.value
		e.SetLine(line)
		return &e
	case index < 0:
		e := &localExpr{v: v}
		e.SetLine(line)
		return e
	}
	e := &upvalueExpr{v: v, index: index}
	e.SetLine(line)
	return e
}

// envName is the variable that, when it is a local one, holds the globals.
const envName = "_ENV"

func (p *parser) global(name string, line int) ast.Expr {
	if v, _ := p.resolve(envName); v != nil {
		e := &indexExpr{obj: p.variable(envName), key: stringLiteral(name, line)}
		e.SetLine(line)
		return e
	}
	p.usesEnv()
	e := &globalExpr{name: name}
	e.SetLine(line)
	return e
}

// usesEnv notes that the function refers to _ENV, and so do those around it. Its
// number among their upvalues is that of the first use, as in C Lua; it has no
// place among those of gopher-lua.
func (p *parser) usesEnv() {
	for fs := p.fs; fs != nil && fs.fn.env == 0; fs = fs.parent {
		fs.fn.env = len(fs.fn.upvalues) + 1
	}
}

func stringLiteral(s string, line int) *literal {
	e := &literal{kind: litString, str: s}
	e.SetLine(line)
	return e
}
