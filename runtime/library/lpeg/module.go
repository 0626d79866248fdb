package lpeg

import (
	"math"

	"devnode/runtime/library"
)

// Module is what require "lpeg" returns.
func Module() library.Module {
	functions := make(map[string]library.Function)
	m := maker{class(functions)}
	for name, fn := range map[string]library.Function{
		"P": m.pattern, "S": m.set, "R": m.ranges, "utfR": m.utfRange, "B": m.behind, "V": m.reference,
		"C": m.capturing(simpleCapture), "Cs": m.capturing(substitutedCapture), "Ct": m.capturing(tableCapture),
		"Cc": m.constant, "Cg": m.group, "Cf": m.fold, "Cmt": m.matchTime, "Cb": m.back, "Cp": m.position, "Carg": m.argument,
		"match": m.match, "type": typeName, "locale": m.locale, "setmaxstack": setMaxStack,
		"ptree": debugOnly, "pcode": debugOnly,
	} {
		functions[name] = fn
	}
	return library.Module{
		Name:      "lpeg",
		Functions: functions,
		Constants: map[string]library.Value{"version": library.String("LPeg 1.1.0")},
	}
}

// fixedArguments are those of match before the extra ones.
const fixedArguments = 3

// match is lpeg.match(pattern, subject, init, …).
func (m maker) match(c library.Call) {
	p, ok := library.Held[*pattern](c.Arg(1))
	if !ok {
		p = &pattern{tree: m.operand(c, 1).node}
	}
	if p.program == nil {
		if open := findOpen(p.tree); open != nil {
			c.Raise("rule '%s' used outside a grammar", nameText(open.key))
		}
		p.program = compile(p.tree)
	}
	subject := c.String(2)
	at := position(c.OptInt(3, 1), int64(len(subject)))
	if len(subject) >= math.MaxInt32 {
		c.ArgError(2, "subject too long")
	}
	run := machine{c: c, program: p.program, subject: subject, extra: c.Args() - fixedArguments,
		limit: max(defaultStack, maxStack.Of(c.Generation()).limit), open: -1, at: int(at)}
	if !run.run() {
		c.Return(library.Nil)
		return
	}
	c.Return(run.all()...)
}

// position is where a match begins, of a position as Lua has them.
func position(init, length int64) int64 {
	switch {
	case init > length:
		return length
	case init > 0:
		return init - 1
	case -init <= length && init > math.MinInt64:
		return length + init
	}
	return 0
}

// findOpen finds a call of a rule outside of a grammar.
func findOpen(n *node) *node {
	for n != nil && n.open {
		if n.kind == openCall {
			return n
		}
		if n.a != nil && n.a.open {
			n = n.a
		} else {
			n = n.b
		}
	}
	return nil
}

// typeName is lpeg.type(value).
func typeName(c library.Call) {
	if _, ok := library.Held[*pattern](c.Arg(1)); ok {
		c.Return(library.String("pattern"))
		return
	}
	c.Return(library.Nil)
}

func debugOnly(c library.Call) { c.Raise("function only implemented in debug mode") }

// defaultStack is how deep calls and choices may be nested, unless setmaxstack says more.
const defaultStack = 400

type stackLimit struct{ limit int }

// maxStack is what setmaxstack has set, in a version of a service's code.
var maxStack = &library.GenerationState[*stackLimit]{
	New: func(library.Generation) *stackLimit { return &stackLimit{defaultStack} },
}

// setMaxStack is lpeg.setmaxstack(n).
func setMaxStack(c library.Call) {
	n := c.Int(1)
	if n <= 0 || n > math.MaxInt32/100 {
		c.ArgError(1, "out of range")
	}
	maxStack.Of(c.Generation()).limit = int(n)
}

// categories are the classes of characters of C's locale.
var categories = map[string]func(c byte) bool{
	"alnum":  func(c byte) bool { return isAlpha(c) || isDigit(c) },
	"alpha":  isAlpha,
	"cntrl":  func(c byte) bool { return c < ' ' || c == 0x7f },
	"digit":  isDigit,
	"graph":  isGraph,
	"lower":  func(c byte) bool { return 'a' <= c && c <= 'z' },
	"print":  func(c byte) bool { return isGraph(c) || c == ' ' },
	"punct":  func(c byte) bool { return isGraph(c) && !isAlpha(c) && !isDigit(c) },
	"space":  func(c byte) bool { return c == ' ' || '\t' <= c && c <= '\r' },
	"upper":  func(c byte) bool { return 'A' <= c && c <= 'Z' },
	"xdigit": func(c byte) bool { return isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'f' },
}

func isAlpha(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
func isDigit(c byte) bool { return '0' <= c && c <= '9' }
func isGraph(c byte) bool { return ' ' < c && c < 0x7f }

// locale is lpeg.locale(table): patterns of the classes of characters.
func (m maker) locale(c library.Call) {
	t := c.NewTable(0, len(categories))
	if !c.Arg(1).IsNil() {
		t = c.Table(1)
	}
	for name, is := range categories {
		var s charset
		for b := range 256 {
			if is(byte(b)) {
				s.add(byte(b))
			}
		}
		t.SetField(name, m.class.New(c, &pattern{tree: setNode(s)}))
	}
	c.Return(t.Value())
}
