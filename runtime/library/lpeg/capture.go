package lpeg

import "devnode/runtime/library"

// capture is how values are made of what a pattern matched.
type capture uint8

const (
	simpleCapture      capture = iota // the text, and the values inside
	positionCapture                   // where it is
	constantCapture                   // a value
	argCapture                        // an extra argument of the match
	stringCapture                     // a text with %1 in it
	substitutedCapture                // the text, with what is inside replaced
	tableCapture                      // a table of the values
	functionCapture                   // what a function makes of the values
	accumulatorCapture                // the value before it, changed by a function
	queryCapture                      // what a table has for the first value
	groupCapture                      // the values together, with a name perhaps
	backCapture                       // the values of a group
	foldCapture                       // the values, one after the other, through a function
	selectCapture                     // one of the values
	madeCapture                       // what the function of a match-time capture has returned
)

// evaluator makes the values of a list of captures. Its stack is as C's is, so that a function that changes the value before
// it changes the same one.
type evaluator struct {
	m     *machine
	c     library.Call
	s     string
	at    int // the mark that is next
	stack []library.Value
	floor int // of the stack, below which no value was made: only of the captures of the whole match
	depth int
	texts int // how deep texts that are put together lie in each other
}

// nestingLimit is how deep captures may lie in each other.
const (
	nestingLimit     = 200
	textNestingLimit = 100_000
)

// all are the values of a whole match, which ended at a place.
func (m *machine) all() []library.Value {
	e := &evaluator{m: m, c: m.c, s: m.subject}
	for e.at < len(m.marks) {
		e.push()
	}
	if len(e.stack) == 0 {
		return []library.Value{library.Int(int64(m.at) + 1)}
	}
	return e.stack
}

// evaluate calls the function of the match-time capture that open begins, with what is inside of it.
func evaluate(m *machine, open int32, at int) []library.Value {
	e := &evaluator{m: m, c: m.c, s: m.subject, at: int(open), floor: 2}
	fn := m.program.values[m.marks[open].value]
	e.stack = append(e.stack, library.String(m.subject), library.Int(int64(at)+1))
	e.nested(false)
	return m.c.Apply(fn, e.stack...)
}

// inside tells whether the next mark is inside of an open or full one.
func (e *evaluator) inside(head int) bool {
	h := &e.m.marks[head]
	return h.form == openMark && e.at < int(h.other)
}

// text is what a capture has matched.
func (e *evaluator) text(head int) string {
	h := &e.m.marks[head]
	return e.s[h.begin:e.end(head)]
}

func (e *evaluator) end(head int) int {
	h := &e.m.marks[head]
	if h.form == openMark {
		return int(e.m.marks[h.other].begin)
	}
	return int(h.other)
}

// leave goes behind a capture.
func (e *evaluator) leave(head int) {
	if h := &e.m.marks[head]; h.form == openMark {
		e.at = int(h.other) + 1
	} else {
		e.at = head + 1
	}
}

func (e *evaluator) value(head int) library.Value { return e.m.program.values[e.m.marks[head].value] }

// nested pushes the values inside of the next capture, and its text where there are none, or where that is wanted too.
func (e *evaluator) nested(whole bool) int {
	head, n := e.at, 0
	for e.at++; e.inside(head); {
		n += e.push()
	}
	if whole || n == 0 {
		e.stack = append(e.stack, library.String(e.text(head)))
		n++
	}
	e.leave(head)
	return n
}

// one is the first of the values inside of the next capture.
func (e *evaluator) one() library.Value { return e.first(e.nested(false)) }

// first takes n values from the stack and returns the first of them.
func (e *evaluator) first(n int) library.Value {
	base := len(e.stack) - n
	v := e.stack[base]
	e.stack = e.stack[:base]
	return v
}

// push pushes the values of the next capture and returns how many they are.
func (e *evaluator) push() (n int) {
	if e.depth++; e.depth > nestingLimit+1 {
		e.c.Raise("subcapture nesting too deep")
	}
	head := e.at
	mark := &e.m.marks[head]
	switch mark.kind {
	case positionCapture:
		n = e.add(library.Int(int64(mark.begin) + 1))
	case constantCapture:
		n = e.add(e.value(head))
	case madeCapture:
		n = e.add(e.m.made[mark.value])
	case argCapture:
		n = e.add(e.argument(int(mark.value)))
	case simpleCapture:
		n = e.nested(true)
		whole := e.stack[len(e.stack)-1]
		values := e.stack[len(e.stack)-n:]
		copy(values[1:], values)
		values[0] = whole
	case stringCapture:
		n = e.put(library.String(string(e.format(nil))))
	case substitutedCapture:
		n = e.put(library.String(string(e.substitute(nil))))
	case groupCapture:
		if mark.value == 0 {
			n = e.nested(false)
		} else {
			e.leave(head)
		}
	case backCapture:
		e.at = e.findGroup(head)
		n = e.nested(false)
		e.at = head + 1
	case tableCapture:
		n = e.table()
	case functionCapture:
		n = e.call()
	case accumulatorCapture:
		e.accumulate()
	case selectCapture:
		n = e.selected(int(mark.value))
	case queryCapture:
		table := e.value(head)
		if v := e.c.Index(table, e.one()); !v.IsNil() {
			n = e.put(v)
		}
	case foldCapture:
		n = e.fold()
	}
	e.depth--
	return n
}

// add pushes a value of a capture that has nothing inside.
func (e *evaluator) add(v library.Value) int {
	e.at++
	return e.put(v)
}

func (e *evaluator) put(v library.Value) int {
	e.stack = append(e.stack, v)
	return 1
}

// argument is an extra argument of the match.
func (e *evaluator) argument(n int) library.Value {
	if n > e.m.extra {
		e.c.Raise("reference to absent extra argument #%d", n)
	}
	return e.c.Arg(n + fixedArguments)
}

func (e *evaluator) selected(index int) int {
	if index == 0 {
		e.leave(e.at)
		return 0
	}
	n := e.nested(false)
	if n < index {
		e.c.Raise("no capture '%d'", index)
	}
	base := len(e.stack) - n
	e.stack[base] = e.stack[base+index-1]
	e.stack = e.stack[:base+1]
	return 1
}

// findGroup goes back from a reference to the last group of its name that isn't inside of another capture.
func (e *evaluator) findGroup(ref int) int {
	name, marks := e.value(ref), e.m.marks
	for i := ref - 1; i >= 0; i-- {
		switch marks[i].form {
		case closeMark:
			i = int(marks[i].other)
		case openMark:
			continue // it is around the reference
		}
		if marks[i].kind == groupCapture && marks[i].form != closeMark && equal(e.value(i), name) {
			return i
		}
	}
	text, ok := name.Str()
	if !ok {
		if text = "(null)"; name.Type() == "number" {
			text = name.Text()
		}
	}
	e.c.Raise("back reference '%s' not found", text)
	return 0
}

// equal is equality of Lua's values but for metamethods.
func equal(a, b library.Value) bool {
	if a == b {
		return true
	}
	if a.Type() != "number" || b.Type() != "number" {
		return false
	}
	x, _ := a.Float()
	y, _ := b.Float()
	return x == y && a.IsInteger() != b.IsInteger()
}
