package syntax

import "github.com/yuin/gopher-lua/ast"

func (p *parser) functionStatement(line int) ast.Stmt {
	p.next()
	st := &functionStmt{}
	target := p.named(p.expectName())
	for p.accept('.') {
		target = suffixed{e: p.index(target.e, p.fieldName())}
	}
	method := p.accept(':')
	if method {
		target = suffixed{e: p.index(target.e, p.fieldName())}
	}
	st.fn = p.functionBody(line, method)
	p.checkAssignable(target)
	st.target = target.e
	return p.at(st, line)
}

func (p *parser) localFunction(line int) ast.Stmt {
	st := &localFunctionStmt{v: p.newLocal(p.expectName())}
	p.checkLocals(1)
	p.declare(st.v)
	st.fn = p.functionBody(p.line, false)
	return p.at(st, line)
}

func (p *parser) functionBody(line int, method bool) *function {
	fn := &function{method: method}
	fn.SetLine(line)
	p.openScope(fn)
	p.expect('(')
	if method {
		fn.params = append(fn.params, p.newLocal("self"))
	}
	p.parameters(fn)
	p.expect(')')
	fn.body = p.statements(nil)
	fn.SetLastLine(p.line)
	p.expectMatch(tkEnd, tkFunction, line)
	p.closeScope()
	return fn
}

func (p *parser) parameters(fn *function) {
	for p.tok.kind != ')' && !fn.vararg {
		switch p.tok.kind {
		case tkName:
			fn.params = append(fn.params, p.newLocal(p.expectName()))
			p.checkLimit(len(fn.params), maxLocals, "local variables")
		case tkDots:
			p.next()
			fn.vararg = true
		default:
			p.syntaxError("<name> or '...' expected")
		}
		if fn.vararg || !p.accept(',') {
			break
		}
		if p.tok.kind == ')' {
			p.syntaxError("<name> or '...' expected")
		}
	}
	for _, v := range fn.params {
		p.declare(v)
	}
}
