package syntax

import "strings"

// A ParameterUse says what the own code of a function does with a table that it is
// given.
type ParameterUse struct {
	Through bool   // it goes through the table's entries, or counts them
	Given   []Read // the calls that it gives the table to
}

// parameter is the Variable of a Read of the parameter that is looked for.
const parameter = -3

// UseOfParameter is what function i of the old version does with what it is given for
// one of its parameters, which are counted from 0.
func (m *Matching) UseOfParameter(i, which int) (use ParameterUse) {
	if i >= len(m.old.order) {
		return use
	}
	fn := m.old.order[i].fn
	if which < 0 || which >= len(fn.params) {
		return use
	}
	r := &reader{number: func(v *local) int {
		if v == fn.params[which] {
			return parameter
		}
		if at, ok := m.numbers[0][v]; ok {
			return at
		}
		return Inner
	}}
	r.visitor().block(fn.body)
	for _, read := range r.list {
		switch {
		case read.Variable != parameter || len(read.Fields) > 0:
		case read.all || goesThrough(read.Callee):
			use.Through = true
		case read.Of != nil:
			use.Given = append(use.Given, read)
		}
	}
	return use
}

// goesThrough tells of functions of the standard library that look at all of a table.
func goesThrough(callee string) bool {
	switch callee {
	case "pairs", "ipairs", "next", "unpack":
		return true
	}
	return strings.HasPrefix(callee, "table.")
}
