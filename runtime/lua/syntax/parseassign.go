package syntax

import "github.com/yuin/gopher-lua/ast"

func (p *parser) expressionStatement(line int) ast.Stmt {
	first := p.suffixed()
	if p.tok.kind == '=' || p.tok.kind == ',' {
		return p.assignment(first, line)
	}
	call, ok := first.e.(*callExpr)
	if !ok {
		p.syntaxError("syntax error")
	}
	return p.at(&callStmt{call: call}, line)
}

func (p *parser) assignment(target suffixed, line int) ast.Stmt {
	st := &assignStmt{}
	for {
		p.checkAssignable(target)
		st.lhs = append(st.lhs, target.e)
		if !p.accept(',') {
			break
		}
		target = p.suffixed()
	}
	p.expect('=')
	st.rhs = p.expressionList()
	return p.at(st, line)
}

func (p *parser) checkAssignable(target suffixed) {
	if v := target.v; v != nil {
		if v.attrib != attribNone {
			p.semanticError("attempt to assign to const variable '%s'", v.name)
		}
		v.assigned = true
		return
	}
	switch target.e.(type) {
	case *globalExpr, *indexExpr, *envExpr:
	default:
		p.syntaxError("syntax error")
	}
}
