package syntax

import (
	"fmt"
	"strings"

	"github.com/yuin/gopher-lua/ast"
)

// words are a piece of code as a list of words, by which two versions of it are
// compared: the same words are the same code, but for lines.
type words []string

func wordsOf(list ...ast.Stmt) words { return wordsExcept(nil, list...) }

// wordsExcept is wordsOf but for the arguments of a call.
func wordsExcept(call *callExpr, list ...ast.Stmt) words {
	w := wording{except: call}
	for _, st := range list {
		w.statement(st)
	}
	return w.words
}

// wording is the work of wordsOf.
type wording struct {
	words
	except *callExpr
}

func (w *wording) add(list ...string) { w.words = append(w.words, list...) }

func (w *wording) statement(st ast.Stmt) {
	w.add(kindOf(st))
	switch st := st.(type) {
	case *localStmt:
		for _, v := range st.vars {
			w.add("+"+v.name, fmt.Sprint(v.attrib))
		}
	case *localFunctionStmt:
		w.add("+" + st.v.name)
	case *numericForStmt:
		w.add("+" + st.v.name)
	case *genericForStmt:
		for _, v := range st.vars {
			w.add("+" + v.name)
		}
	case *assignStmt:
		w.add(fmt.Sprint(len(st.lhs)))
	case *gotoStmt:
		w.add(st.name)
	case *labelStmt:
		w.add(st.label.name)
	case *ifStmt:
		for _, c := range st.clauses {
			if c.cond == nil {
				w.add("else")
			}
		}
	}
	for _, e := range exprsOf(st) {
		w.expr(e)
	}
	for _, body := range bodiesOf(st) {
		for _, inner := range body {
			w.statement(inner)
		}
		w.add("end")
	}
}

func (w *wording) expr(e ast.Expr) {
	if c, ok := e.(*callExpr); ok && c == w.except {
		w.add("call")
		return
	}
	switch e := e.(type) {
	case *literal:
		w.add(literalWord(e))
	case *localExpr, *upvalueExpr, *globalExpr:
		w.add(exprText(e))
	case *function:
		w.add("function")
		for _, v := range e.params {
			w.add("+" + v.name)
		}
		if e.vararg {
			w.add("...")
		}
		for _, st := range e.body {
			w.statement(st)
		}
	default:
		w.add(shapeOf(e))
		for _, inner := range operandsOf(e) {
			w.expr(inner)
		}
	}
	w.add(")")
}

func literalWord(e *literal) string {
	return fmt.Sprint("=", e.kind, literalText(e))
}

// shapeOf is what kind of expression it is, with its operator and the number of
// its operands, but without these.
func shapeOf(e ast.Expr) string {
	switch e := e.(type) {
	case *callExpr:
		return fmt.Sprint("call:", e.method, len(e.args))
	case *binaryExpr:
		return fmt.Sprint("binary", e.op)
	case *unaryExpr:
		return fmt.Sprint("unary", e.op)
	case *logicExpr:
		return fmt.Sprint("logic", e.or)
	case *concatExpr:
		return fmt.Sprint("concat", len(e.parts))
	case *tableExpr:
		var b strings.Builder
		b.WriteString("table")
		for _, fd := range e.fields {
			if fd.key == nil {
				b.WriteByte('i')
			} else {
				b.WriteByte('k')
			}
		}
		return b.String()
	}
	return fmt.Sprintf("%T", e)
}

func kindOf(st ast.Stmt) string { return fmt.Sprintf("%T", st) }

// headOf is what a statement is known by, next to its kind: what it calls,
// assigns to or declares. Loops and other blocks have none.
func headOf(st ast.Stmt) string {
	switch st := st.(type) {
	case *callStmt:
		return exprText(st.call.fn) + ":" + st.call.method
	case *assignStmt:
		return exprText(st.lhs[0])
	case *localStmt:
		return st.vars[0].name
	case *localFunctionStmt:
		return st.v.name
	case *functionStmt:
		return exprText(st.target)
	case *labelStmt:
		return st.label.name
	}
	return ""
}

// Scores of two statements that stand for each other: the same words, then the
// same head, then words in common.
const (
	sameWords   = 1000
	sameHead    = 100
	commonWords = 600 // when all are
	leastCommon = 0.5 // of the words, where the heads differ
	mostPairs   = 1 << 18
)

// align pairs the statements of two versions of a list, in order: it gives the
// index in new for each of old, or -1.
func align(old, new []ast.Stmt) []int {
	to := make([]int, len(old))
	for i := range to {
		to[i] = -1
	}
	if len(old)*len(new) > mostPairs {
		return to
	}
	score := scores(old, new)
	best := make([][]int, len(old)+1) // of what is behind i and j
	for i := range best {
		best[i] = make([]int, len(new)+1)
	}
	for i := len(old) - 1; i >= 0; i-- {
		for j := len(new) - 1; j >= 0; j-- {
			best[i][j] = max(best[i+1][j], best[i][j+1])
			if s := score[i][j]; s > 0 {
				best[i][j] = max(best[i][j], s+best[i+1][j+1])
			}
		}
	}
	for i, j := 0, 0; i < len(old) && j < len(new); {
		switch s := score[i][j]; {
		case s > 0 && best[i][j] == s+best[i+1][j+1]:
			to[i] = j
			i, j = i+1, j+1
		case best[i][j] == best[i+1][j]:
			i++
		default:
			j++
		}
	}
	return to
}

func scores(old, new []ast.Stmt) [][]int {
	news := make([]words, len(new))
	for j, st := range new {
		news[j] = wordsOf(st)
	}
	score := make([][]int, len(old))
	for i, o := range old {
		score[i] = make([]int, len(new))
		was := wordsOf(o)
		for j, n := range new {
			if kindOf(o) == kindOf(n) {
				score[i][j] = likeness(o, n, was, news[j])
			}
		}
	}
	return score
}

func likeness(o, n ast.Stmt, was, is words) int {
	common := was.common(is)
	switch {
	case common == 1 && was.equal(is):
		return sameWords + len(is)
	case headOf(o) == headOf(n):
		return sameHead + int(commonWords*common)
	case common >= leastCommon:
		return int(commonWords * common)
	}
	return 0
}

func (w words) equal(other words) bool {
	if len(w) != len(other) {
		return false
	}
	for i := range w {
		if w[i] != other[i] {
			return false
		}
	}
	return true
}

// common is the part of the words that both have, between 0 and 1.
func (w words) common(other words) float64 {
	count := make(map[string]int, len(w))
	for _, s := range w {
		count[s]++
	}
	n := 0
	for _, s := range other {
		if count[s] > 0 {
			count[s]--
			n++
		}
	}
	return 2 * float64(n) / float64(len(w)+len(other))
}
