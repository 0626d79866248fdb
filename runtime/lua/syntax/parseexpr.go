package syntax

import "github.com/yuin/gopher-lua/ast"

// A suffixed is what may stand left of an assignment or be a statement. v is
// set when it is the bare name of a local variable or upvalue.
type suffixed struct {
	e ast.Expr
	v *local
}

func (p *parser) expression() ast.Expr { return p.subexpression(0) }

func (p *parser) expressionList() []ast.Expr {
	list := []ast.Expr{p.expression()}
	for p.accept(',') {
		list = append(list, p.expression())
	}
	return list
}

// subexpression reads an expression whose binary operators all bind tighter
// than limit.
func (p *parser) subexpression(limit uint8) ast.Expr {
	p.enter()
	var e ast.Expr
	if op := unaryOperator(p.tok.kind); op != opNone {
		line := p.line
		p.next()
		e = p.unary(op, p.subexpression(unaryPriority), line)
	} else {
		e = p.simple()
	}
	for n := 0; ; n++ {
		op := binaryOperator(p.tok.kind)
		if op == opNone || priority[op].left <= limit {
			break
		}
		p.checkChain(n)
		line := p.line
		p.next()
		e = p.binary(op, e, p.subexpression(priority[op].right), line)
	}
	p.leave()
	return e
}

func (p *parser) simple() ast.Expr {
	e := &literal{}
	switch p.tok.kind {
	case tkNumber:
		e.kind, e.num = litNumber, p.tok.num
	case tkString:
		e.kind, e.str = litString, p.tok.str
	case tkNil:
	case tkTrue:
		e.kind = litTrue
	case tkFalse:
		e.kind = litFalse
	case tkDots:
		if !p.fs.fn.vararg {
			p.syntaxError("cannot use '...' outside a vararg function")
		}
		p.next()
		v := &varargExpr{}
		v.SetLine(p.lastLine)
		return v
	case '{':
		return p.table()
	case tkFunction:
		line := p.line
		p.next()
		return p.functionBody(line, false)
	default:
		return unparen(p.suffixed().e)
	}
	p.next()
	e.SetLine(p.lastLine)
	return e
}

// named reads what a name at the start of an expression stands for.
func (p *parser) named(name string) suffixed {
	e := p.variable(name)
	switch e := e.(type) {
	case *localExpr:
		return suffixed{e, e.v}
	case *upvalueExpr:
		return suffixed{e, e.v}
	case *literal:
		v, _ := p.resolve(name)
		return suffixed{e, v}
	}
	return suffixed{e: e}
}

func (p *parser) primary() suffixed {
	switch p.tok.kind {
	case tkName:
		return p.named(p.expectName())
	case '(':
		line := p.line
		p.next()
		e := p.expression()
		p.expectMatch(')', '(', line)
		paren := &parenExpr{e: e}
		paren.SetLine(line)
		return suffixed{e: paren}
	}
	p.syntaxError("unexpected symbol")
	return suffixed{}
}

// unparen drops parentheses that change nothing.
func unparen(e ast.Expr) ast.Expr {
	if paren, ok := e.(*parenExpr); ok && !isMulti(paren.e) {
		return paren.e
	}
	return e
}

func (p *parser) suffixed() suffixed {
	line := p.line
	s := p.primary()
	for n := 0; ; n++ {
		p.checkChain(n)
		switch p.tok.kind {
		case '.':
			p.next()
			s = suffixed{e: p.index(unparen(s.e), p.fieldName())}
		case '[':
			p.next()
			key := p.expression()
			p.expect(']')
			s = suffixed{e: p.index(unparen(s.e), key)}
		case ':':
			p.next()
			call := &callExpr{fn: unparen(s.e), method: p.expectName()}
			s = suffixed{e: p.arguments(call, line)}
		case '(', tkString, '{':
			s = suffixed{e: p.arguments(&callExpr{fn: unparen(s.e)}, line)}
		default:
			return s
		}
	}
}

func (p *parser) index(obj, key ast.Expr) ast.Expr {
	if _, ok := obj.(*envExpr); ok {
		if k, ok := key.(*literal); ok && k.kind == litString {
			e := &globalExpr{name: k.str}
			e.SetLine(p.lastLine)
			return e
		}
	}
	e := &indexExpr{obj: obj, key: key}
	e.SetLine(p.lastLine)
	return e
}

func (p *parser) arguments(call *callExpr, line int) ast.Expr {
	switch p.tok.kind {
	case '(':
		open := p.line
		p.next()
		if p.tok.kind != ')' {
			call.args = p.expressionList()
		}
		p.expectMatch(')', '(', open)
	case '{':
		call.args = []ast.Expr{p.table()}
	case tkString:
		str := p.tok.str
		p.next()
		call.args = []ast.Expr{stringLiteral(str, p.lastLine)}
	default:
		p.syntaxError("function arguments expected")
	}
	call.SetLine(line)
	call.SetLastLine(p.lastLine)
	return call
}

func (p *parser) table() ast.Expr {
	line := p.line
	t := &tableExpr{}
	t.SetLine(line)
	p.expect('{')
	for p.tok.kind != '}' {
		p.field(t)
		if !p.accept(',') && !p.accept(';') {
			break
		}
	}
	p.expectMatch('}', '{', line)
	t.SetLastLine(p.lastLine)
	return t
}

func (p *parser) field(t *tableExpr) {
	f := field{}
	switch {
	case p.tok.kind == '[':
		p.next()
		f.key = p.expression()
		p.expect(']')
		p.expect('=')
	case p.tok.kind == tkName && p.lookahead() == '=':
		f.key = p.fieldName()
		p.next()
	default:
		t.array++
	}
	f.value = p.expression()
	f.line = p.lastLine
	t.fields = append(t.fields, f)
}
