package syntax

import (
	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"
)

// The nodes of the syntax tree. They satisfy gopher-lua's ast.Stmt and ast.Expr,
// but are types of this package, since those of gopher-lua know neither the
// operators nor the attribs of 5.4, nor which variable a name stands for. Line
// is the line that a run-time error of the node is reported at.

type (
	// A local is one declaration of a local variable, parameter or hidden
	// variable of a loop.
	local struct {
		name     string
		fn       *function
		value    *literal // of a compile-time constant, which has no register
		reg      int
		attrib   attrib
		block    int  // of outline.blocks, once there is an outline
		captured bool // some inner function refers to it
		assigned bool // after its declaration
	}

	attrib uint8

	// A function is a function expression or the main chunk.
	function struct {
		ast.ExprBase
		parent   *function
		proto    *lua.FunctionProto // once it is compiled
		params   []*local
		upvalues []*local
		env      int // which of the upvalues _ENV is, counted from 1; 0 if it isn't used
		body     []ast.Stmt
		vararg   bool
		method   bool // declared with a colon: the first parameter is self
		closes   bool // has variables to be closed

		lastToken int // the line of a main chunk's last token, 0 for another function
	}
)

const (
	attribNone attrib = iota
	attribConst
	attribClose
)

type literalKind uint8

const (
	litNil literalKind = iota
	litFalse
	litTrue
	litNumber
	litString
)

type (
	literal struct {
		ast.ExprBase
		kind literalKind
		num  lua.LValue
		str  string
	}

	localExpr struct {
		ast.ExprBase
		v *local
	}

	upvalueExpr struct {
		ast.ExprBase
		v     *local
		index int
	}

	globalExpr struct {
		ast.ExprBase
		name string
	}

	// An envExpr is _ENV where no local variable of that name is in scope: an
	// upvalue of the chunk, which value.EnvValue reads.
	envExpr struct{ ast.ExprBase }

	varargExpr struct{ ast.ExprBase }

	// A parenExpr cuts its call or `...` to one value. Other expressions lose
	// their parentheses in the parser.
	parenExpr struct {
		ast.ExprBase
		e ast.Expr
	}

	indexExpr struct {
		ast.ExprBase
		obj, key ast.Expr
	}

	callExpr struct {
		ast.ExprBase
		fn     ast.Expr // the receiver, where method is set
		method string
		args   []ast.Expr

		// Where the generator has put it: its instruction, the register of the
		// function, the first register that no local had then, and how many
		// results are wanted.
		pc, base, top, want int
		tail                bool
	}

	binaryExpr struct {
		ast.ExprBase
		op       operator
		lhs, rhs ast.Expr
	}

	unaryExpr struct {
		ast.ExprBase
		op operator
		e  ast.Expr
	}

	logicExpr struct {
		ast.ExprBase
		or       bool
		lhs, rhs ast.Expr
	}

	concatExpr struct {
		ast.ExprBase
		parts []ast.Expr
	}

	tableExpr struct {
		ast.ExprBase
		fields []field
		array  int // fields without a key
	}

	field struct {
		key, value ast.Expr // key is nil for an array item
		line       int
	}
)

type (
	assignStmt struct {
		ast.StmtBase
		lhs, rhs []ast.Expr
	}

	localStmt struct {
		ast.StmtBase
		vars []*local
		rhs  []ast.Expr
	}

	localFunctionStmt struct {
		ast.StmtBase
		v  *local
		fn *function
	}

	// A functionStmt is `function a.b:c() end`.
	functionStmt struct {
		ast.StmtBase
		target ast.Expr
		fn     *function
	}

	callStmt struct {
		ast.StmtBase
		call *callExpr
	}

	doStmt struct {
		ast.StmtBase
		body []ast.Stmt
	}

	whileStmt struct {
		ast.StmtBase
		cond ast.Expr
		body []ast.Stmt
	}

	repeatStmt struct {
		ast.StmtBase
		body []ast.Stmt
		cond ast.Expr
	}

	ifStmt struct {
		ast.StmtBase
		clauses []ifClause
	}

	ifClause struct {
		cond ast.Expr // nil for else
		body []ast.Stmt
	}

	numericForStmt struct {
		ast.StmtBase
		v                 *local
		init, limit, step ast.Expr // step may be nil
		body              []ast.Stmt
		base              int // the first of its hidden registers
	}

	genericForStmt struct {
		ast.StmtBase
		vars    []*local
		rhs     []ast.Expr
		body    []ast.Stmt
		base    int // the first of its hidden registers
		closing int // the register of the value that it closes, -1 for none
		inLine  int // of what follows `in`, to which the calls of the iterator belong
		next    int // the instruction that calls the iterator
	}

	returnStmt struct {
		ast.StmtBase
		values []ast.Expr
	}

	breakStmt struct{ ast.StmtBase }

	gotoStmt struct {
		ast.StmtBase
		target *label
		name   string
	}

	labelStmt struct {
		ast.StmtBase
		label *label
	}

	// A label is where gotos lead. last tells that only labels and empty
	// statements follow it in its block, whose locals are then out of scope.
	label struct {
		name  string
		line  int
		level int // locals active at the label, as gotos see it
		last  bool
		gen   labelCode
	}
)
