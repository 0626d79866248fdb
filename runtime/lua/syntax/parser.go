package syntax

import (
	"fmt"

	"github.com/yuin/gopher-lua/ast"
)

// MaxSource is the size in bytes above which a source is refused.
const MaxSource = 16 << 20

// maxChain bounds the operators, calls or indexes in a row, which nest to the
// left in the tree without nesting in the source.
const maxChain = 50_000

// A parser reads one chunk by recursive descent. Names are resolved on the way,
// so the tree says which variable each one is.
type parser struct {
	*lexer
	fs    *scope
	depth int
}

// parse reads src as Lua 5.4; its error is an *Error. chunk is the chunk's name
// in C Lua's form: "@dir/file.lua", "=stdin", or the source itself.
func parse(src []byte, chunk string, o Options) (fn *function, err error) {
	if len(src) > MaxSource {
		return nil, &Error{Chunk: ChunkID(chunk), Line: 1, Msg: fmt.Sprintf("chunk is too large: %d bytes, the limit is %d", len(src), MaxSource)}
	}
	defer func() {
		switch e := recover().(type) {
		case nil:
		case *Error:
			fn, err = nil, e
		default:
			panic(e)
		}
	}()
	p := &parser{lexer: newLexer(src, chunk)}
	p.poll = o.Poll
	return p.mainFunction(), nil
}

func (p *parser) mainFunction() *function {
	fn := &function{vararg: true, env: 1}
	p.openScope(fn)
	p.next()
	fn.body = p.statements(fn.body)
	if p.tok.kind != tkEOF {
		p.expected(tkEOF)
	}
	p.closeScope()
	fn.SetLastLine(p.line)
	fn.lastToken = p.lastLine
	return fn
}

// enter guards against deep nesting; the caller calls leave when done.
func (p *parser) enter() {
	p.depth++
	if p.depth > maxDepth {
		p.fail("chunk has too many syntax levels", "")
	}
}

func (p *parser) leave() { p.depth-- }

func (p *parser) checkChain(n int) {
	if n > maxChain {
		p.syntaxError(fmt.Sprintf("expression is too long (limit is %d operations)", maxChain))
	}
}

func (p *parser) expected(kind tokenKind) { p.syntaxError(kind.String() + " expected") }

// accept consumes the current token if it is of that kind.
func (p *parser) accept(kind tokenKind) bool {
	if p.tok.kind != kind {
		return false
	}
	p.next()
	return true
}

func (p *parser) expect(kind tokenKind) {
	if p.tok.kind != kind {
		p.expected(kind)
	}
	p.next()
}

// expectMatch consumes the token that closes what open began at line.
func (p *parser) expectMatch(kind, open tokenKind, line int) {
	if p.tok.kind == kind {
		p.next()
		return
	}
	if line == p.line {
		p.expected(kind)
	}
	p.syntaxError(fmt.Sprintf("%v expected (to close %v at line %d)", kind, open, line))
}

func (p *parser) expectName() string {
	if p.tok.kind != tkName {
		p.expected(tkName)
	}
	name := p.tok.str
	p.next()
	return name
}

// blockEnds reports whether the current token ends a block.
func (p *parser) blockEnds(untilToo bool) bool {
	switch p.tok.kind {
	case tkElse, tkElseif, tkEnd, tkEOF:
		return true
	case tkUntil:
		return untilToo
	}
	return false
}

// statements reads statements up to the end of the block and appends them.
func (p *parser) statements(list []ast.Stmt) []ast.Stmt {
	for !p.blockEnds(true) {
		if p.tok.kind == tkReturn {
			return p.statement(list)
		}
		list = p.statement(list)
	}
	return list
}

// blockOf reads a block in a scope of its own.
func (p *parser) blockOf() []ast.Stmt {
	p.enterBlock(false)
	list := p.statements(nil)
	p.leaveBlock()
	return list
}
