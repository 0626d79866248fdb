package syntax

import "github.com/yuin/gopher-lua/ast"

func (p *parser) breakStatement(line int) ast.Stmt {
	fs := p.fs
	for b := fs.block; ; b = b.parent {
		if b == nil {
			fs.pending = append(fs.pending, pendingGoto{line: line, level: len(fs.active)})
			break
		}
		if b.isLoop {
			break
		}
	}
	return p.at(&breakStmt{}, line)
}

func (p *parser) gotoStatement(line int) ast.Stmt {
	fs := p.fs
	st := &gotoStmt{name: p.expectName()}
	if st.target = fs.findLabel(st.name); st.target == nil {
		fs.pending = append(fs.pending, pendingGoto{st, st.name, line, len(fs.active)})
	}
	return p.at(st, line)
}

func (fs *scope) findLabel(name string) *label {
	for _, l := range fs.labels {
		if l.name == name {
			return l
		}
	}
	return nil
}

func (p *parser) labelStatement(list []ast.Stmt, name string, line int) []ast.Stmt {
	p.expect(tkDbColon)
	for p.tok.kind == ';' || p.tok.kind == tkDbColon {
		list = p.statement(list)
	}
	fs := p.fs
	if old := fs.findLabel(name); old != nil {
		p.semanticError("label '%s' already defined on line %d", name, old.line)
	}
	l := &label{name: name, line: line, level: len(fs.active)}
	if p.blockEnds(false) {
		l.last = true
		l.level = fs.block.level
	}
	fs.labels = append(fs.labels, l)
	p.settleGotos(l)
	return append(list, p.at(&labelStmt{label: l}, line))
}

// settleGotos gives l to the gotos of this block, and of those inside it, that
// were waiting for a label of its name.
func (p *parser) settleGotos(l *label) {
	fs := p.fs
	kept := fs.pending[:fs.block.pending]
	for _, g := range fs.pending[fs.block.pending:] {
		if g.stmt == nil || g.name != l.name {
			kept = append(kept, g)
			continue
		}
		if g.level < l.level {
			p.semanticError("<goto %s> at line %d jumps into the scope of local '%s'", g.name, g.line, fs.active[g.level].name)
		}
		g.stmt.target = l
	}
	fs.pending = kept
}
