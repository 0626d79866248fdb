package lpeg

import (
	"math"

	"devnode/runtime/library"
)

// The functions that make patterns with captures.

// capturing is a function whose capture has no value but the pattern.
func (m maker) capturing(k capture) library.Function {
	return func(c library.Call) { m.capture(c, node{kind: captured, capture: k}) }
}

// capture returns the first argument in a capture whose value, if it has one, the node has.
func (m maker) capture(c library.Call, n node) {
	a := m.operand(c, 1)
	m.give(c, branch(c, n, a.node, nil), a.holds, kept(n.key))
}

// emptyNode is a capture of nothing.
func emptyNode(k capture, n int, key library.Value) *node {
	return &node{kind: captured, capture: k, n: n, key: key, a: textNode(""), size: 2, depth: 1, sure: true}
}

// divide is p / value.
func (m maker) divide(c library.Call) {
	v := c.Arg(2)
	n := node{kind: captured, key: v}
	switch v.Type() {
	case "function":
		n.capture = functionCapture
	case "table":
		n.capture = queryCapture
	case "string":
		n.capture = stringCapture
	case "number":
		i, _ := v.Int()
		m.operand(c, 1)
		if i = int64(int32(i)); i < 0 || i > math.MaxInt16 {
			c.ArgError(1, "invalid number")
		}
		n.capture, n.n, n.key = selectCapture, int(i), library.Nil
	default:
		c.Raise("unexpected %s as 2nd operand to LPeg '/'", typeOf(c, 2))
	}
	m.capture(c, n)
}

// typeOf names the type of an argument.
func typeOf(c library.Call, n int) string {
	if n > c.Args() {
		return "no value"
	}
	return c.Arg(n).Type()
}

// accumulate is p % function.
func (m maker) accumulate(c library.Call) {
	m.capture(c, node{kind: captured, capture: accumulatorCapture, key: c.Arg(2)})
}

// group is lpeg.Cg(p, name).
func (m maker) group(c library.Call) {
	m.capture(c, node{kind: captured, capture: groupCapture, key: c.Arg(2)})
}

// fold is lpeg.Cf(p, function).
func (m maker) fold(c library.Call) {
	m.capture(c, node{kind: captured, capture: foldCapture, key: functionArg(c, 2)})
}

// matchTime is lpeg.Cmt(p, function).
func (m maker) matchTime(c library.Call) { m.capture(c, node{kind: runtime, key: functionArg(c, 2)}) }

func functionArg(c library.Call, n int) library.Value {
	v := c.Arg(n)
	if v.Type() != "function" {
		c.TypeError(n, "function")
	}
	return v
}

// position is lpeg.Cp().
func (m maker) position(c library.Call) { m.give(c, emptyNode(positionCapture, 0, library.Nil)) }

// argument is lpeg.Carg(n).
func (m maker) argument(c library.Call) {
	n := int(int32(c.Int(1)))
	if n <= 0 || n > math.MaxInt16 {
		c.ArgError(1, "invalid argument index")
	}
	m.give(c, emptyNode(argCapture, n, library.Nil))
}

// back is lpeg.Cb(name).
func (m maker) back(c library.Call) {
	if c.Args() == 0 {
		c.ArgError(1, "value expected")
	}
	m.give(c, emptyNode(backCapture, 0, c.Arg(1)), kept(c.Arg(1)))
}

// constant is lpeg.Cc(…).
func (m maker) constant(c library.Call) {
	switch c.Args() {
	case 0:
		m.give(c, textNode(""))
	case 1:
		m.give(c, emptyNode(constantCapture, 0, c.Arg(1)), kept(c.Arg(1)))
	default:
		tree := emptyNode(constantCapture, 0, c.Arg(c.Args()))
		holds := kept(c.Arg(c.Args()))
		for n := c.Args() - 1; n > 0; n-- {
			tree = branch(c, node{kind: sequence}, emptyNode(constantCapture, 0, c.Arg(n)), tree)
			holds = append(holds, kept(c.Arg(n))...)
		}
		m.give(c, branch(c, node{kind: captured, capture: groupCapture}, tree, nil), holds)
	}
}
