package syntax

import (
	"github.com/yuin/gopher-lua/ast"
)

// statement reads one statement and appends what it amounts to.
func (p *parser) statement(list []ast.Stmt) []ast.Stmt {
	line := p.line
	p.enter()
	defer p.leave()
	switch p.tok.kind {
	case ';':
		p.next()
		return list
	case tkIf:
		return append(list, p.ifStatement(line))
	case tkWhile:
		return append(list, p.whileStatement(line))
	case tkDo:
		p.next()
		st := &doStmt{body: p.blockOf()}
		p.expectMatch(tkEnd, tkDo, line)
		return append(list, p.at(st, line))
	case tkFor:
		return append(list, p.forStatement(line))
	case tkRepeat:
		return append(list, p.repeatStatement(line))
	case tkFunction:
		return append(list, p.functionStatement(line))
	case tkLocal:
		p.next()
		if p.accept(tkFunction) {
			return append(list, p.localFunction(line))
		}
		return append(list, p.localStatement(line))
	case tkDbColon:
		p.next()
		return p.labelStatement(list, p.expectName(), line)
	case tkReturn:
		p.next()
		return append(list, p.returnStatement(line))
	case tkBreak:
		p.next()
		return append(list, p.breakStatement(line))
	case tkGoto:
		p.next()
		return append(list, p.gotoStatement(line))
	}
	return append(list, p.expressionStatement(line))
}

// at sets the lines of a statement that has just been read.
func (p *parser) at(st ast.Stmt, line int) ast.Stmt {
	st.SetLine(line)
	st.SetLastLine(p.lastLine)
	return st
}

func (p *parser) ifStatement(line int) ast.Stmt {
	st := &ifStmt{}
	for {
		p.next()
		cond := p.expression()
		p.expect(tkThen)
		st.clauses = append(st.clauses, ifClause{cond, p.blockOf()})
		if p.tok.kind != tkElseif {
			break
		}
	}
	if p.accept(tkElse) {
		st.clauses = append(st.clauses, ifClause{nil, p.blockOf()})
	}
	p.expectMatch(tkEnd, tkIf, line)
	return p.at(st, line)
}

func (p *parser) whileStatement(line int) ast.Stmt {
	p.next()
	st := &whileStmt{cond: p.expression()}
	p.enterBlock(true)
	p.expect(tkDo)
	st.body = p.blockOf()
	p.expectMatch(tkEnd, tkWhile, line)
	p.leaveBlock()
	return p.at(st, line)
}

func (p *parser) repeatStatement(line int) ast.Stmt {
	p.enterBlock(true)
	p.enterBlock(false)
	p.next()
	st := &repeatStmt{body: p.statements(nil)}
	p.expectMatch(tkUntil, tkRepeat, line)
	st.cond = p.expression()
	p.leaveBlock()
	p.leaveBlock()
	return p.at(st, line)
}

func (p *parser) forStatement(line int) ast.Stmt {
	p.enterBlock(true)
	p.next()
	name := p.expectName()
	var st ast.Stmt
	switch p.tok.kind {
	case '=':
		st = p.numericFor(name, line)
	case ',', tkIn:
		st = p.genericFor(name, line)
	default:
		p.syntaxError("'=' or 'in' expected")
	}
	p.expectMatch(tkEnd, tkFor, line)
	p.leaveBlock()
	return p.at(st, line)
}

// hidden declares the variables by which a loop keeps its state.
func (p *parser) hidden(n int) {
	for range n {
		p.declare(p.newLocal("(for state)"))
	}
}

func (p *parser) numericFor(name string, line int) ast.Stmt {
	p.checkLocals(4)
	p.next()
	st := &numericForStmt{v: p.newLocal(name)}
	st.init = p.expression()
	p.expect(',')
	st.limit = p.expression()
	if p.accept(',') {
		st.step = p.expression()
	}
	p.hidden(numericHidden)
	st.body = p.loopBody([]*local{st.v})
	return st
}

func (p *parser) genericFor(name string, line int) ast.Stmt {
	st := &genericForStmt{vars: []*local{p.newLocal(name)}}
	for p.accept(',') {
		st.vars = append(st.vars, p.newLocal(p.expectName()))
		p.checkLocals(genericHidden + len(st.vars))
	}
	p.expect(tkIn)
	st.inLine = p.line
	st.rhs = p.expressionList()
	p.hidden(genericHidden)
	st.body = p.loopBody(st.vars)
	return st
}

func (p *parser) loopBody(vars []*local) []ast.Stmt {
	p.expect(tkDo)
	p.enterBlock(false)
	for _, v := range vars {
		p.declare(v)
	}
	body := p.statements(nil)
	p.leaveBlock()
	return body
}

func (p *parser) fieldName() ast.Expr {
	name := p.expectName()
	return stringLiteral(name, p.lastLine)
}

func (p *parser) localStatement(line int) ast.Stmt {
	st := &localStmt{}
	closing := false
	for {
		v := p.newLocal(p.expectName())
		p.checkLocals(len(st.vars) + 1)
		v.attrib = p.attrib()
		st.vars = append(st.vars, v)
		if v.attrib == attribClose {
			if closing {
				p.semanticError("multiple to-be-closed variables in local list")
			}
			closing = true
			p.fs.fn.closes = true
		}
		if !p.accept(',') {
			break
		}
	}
	if p.accept('=') {
		st.rhs = p.expressionList()
	}
	p.foldConstant(st)
	for _, v := range st.vars {
		p.declare(v)
	}
	return p.at(st, line)
}

// foldConstant makes `local x <const> = literal` a compile-time constant.
func (p *parser) foldConstant(st *localStmt) {
	if len(st.vars) == 1 && len(st.rhs) == 1 && st.vars[0].attrib == attribConst && st.vars[0].name != envName {
		if lit, ok := st.rhs[0].(*literal); ok {
			st.vars[0].value = lit
		}
	}
}

func (p *parser) attrib() attrib {
	if !p.accept('<') {
		return attribNone
	}
	name := p.expectName()
	p.expect('>')
	switch name {
	case "const":
		return attribConst
	case "close":
		return attribClose
	}
	p.semanticError("unknown attribute '%s'", name)
	return attribNone
}

func (p *parser) returnStatement(line int) ast.Stmt {
	st := &returnStmt{}
	if !p.blockEnds(true) && p.tok.kind != ';' {
		st.values = p.expressionList()
	}
	p.at(st, line)
	p.accept(';')
	return st
}
