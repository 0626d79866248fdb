package lpeg

import "devnode/runtime/library"

// maxTexts is how many captures a text with %1 in it can name, and the whole.
const maxTexts = 10

// piece is a capture that a text names: a string of the subject, or one that is evaluated when it is named.
type piece struct {
	text  string
	plain bool
	at    int
}

// format appends the text of a string capture.
func (e *evaluator) format(out []byte) []byte {
	format, _ := e.value(e.at).Str()
	pieces := e.pieces(nil)
	for i := 0; i < len(format); i++ {
		if format[i] != '%' {
			out = append(out, format[i])
			continue
		}
		if i++; i == len(format) {
			return append(out, 0) // C's end of a string
		}
		n := int(format[i]) - '0'
		if n < 0 || n > 9 {
			out = append(out, format[i])
			continue
		}
		out = e.named(out, pieces, n)
	}
	return out
}

func (e *evaluator) named(out []byte, pieces []piece, n int) []byte {
	if n >= len(pieces) {
		e.c.Raise("invalid capture index (%d)", n)
	}
	p := pieces[n]
	if p.plain {
		return append(out, p.text...)
	}
	behind := e.at
	e.at = p.at
	out, ok := e.appendOne(out, "capture")
	if !ok {
		e.c.Raise("no values in capture index %d", n)
	}
	e.at = behind
	return out
}

// pieces adds the text of the next capture, and those inside of it.
func (e *evaluator) pieces(list []piece) []piece {
	head := e.at
	list = append(list, piece{text: e.text(head), plain: true})
	for e.at++; e.inside(head); {
		switch {
		case len(list) >= maxTexts:
			e.leave(e.at)
		case e.m.marks[e.at].kind == simpleCapture:
			list = e.pieces(list)
		default:
			list = append(list, piece{at: e.at})
			e.leave(e.at)
		}
	}
	e.leave(head)
	return list
}

// substitute appends the text of the next capture, with those inside replaced by their values.
func (e *evaluator) substitute(out []byte) []byte {
	head := e.at
	from := int(e.m.marks[head].begin)
	for e.at++; e.inside(head); {
		in := e.at
		begin := int(e.m.marks[in].begin)
		out = append(out, e.s[from:max(from, begin)]...)
		var ok bool
		if out, ok = e.appendOne(out, "replacement"); ok {
			from = e.end(in)
		} else {
			from = begin
		}
	}
	out = append(out, e.s[from:e.end(head)]...)
	e.leave(head)
	return out
}

// appendOne appends the first value of the next capture; it is false where there is none.
func (e *evaluator) appendOne(out []byte, what string) ([]byte, bool) {
	switch e.m.marks[e.at].kind {
	case stringCapture, substitutedCapture:
		// C's library goes as deep here as its stack is.
		if e.texts++; e.texts > textNestingLimit {
			e.c.Raise("subcapture nesting too deep")
		}
		defer func() { e.texts-- }()
		if e.m.marks[e.at].kind == stringCapture {
			return e.format(out), true
		}
		return e.substitute(out), true
	case accumulatorCapture:
		e.c.Raise("invalid context for an accumulator capture")
	}
	n := e.push()
	if n == 0 {
		return out, false
	}
	v := e.first(n)
	s, ok := textOf(v)
	if !ok {
		e.c.Raise("invalid %s value (a %s)", what, v.Type())
	}
	return append(out, s...), true
}

// textOf is a string, or a number as text.
func textOf(v library.Value) (string, bool) {
	if s, ok := v.Str(); ok {
		return s, true
	}
	return v.Text(), v.Type() == "number"
}
