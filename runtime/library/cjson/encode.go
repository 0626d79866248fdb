package cjson

import (
	"math"
	"strconv"

	"devnode/runtime/library"
)

// pollEvery is after how many values encode and decode let the service be ended or interrupted.
const pollEvery = 4096

// encoder writes one value as JSON.
type encoder struct {
	c     library.Call
	cfg   *config
	out   []byte
	count int
}

// value writes a value. It is false where that was left out, since no JSON stands for it.
func (e *encoder) value(v library.Value, depth int) bool {
	if e.count++; e.count%pollEvery == 0 {
		e.c.Poll()
	}
	if s, ok := v.Str(); ok {
		e.text(s)
	} else if t, ok := v.Table(); ok {
		e.table(t, depth+1)
	} else if f, ok := v.Float(); ok && v.Type() == "number" {
		e.number(v, f)
	} else if b, ok := v.Bool(); ok {
		e.out = strconv.AppendBool(e.out, b)
	} else if v.IsNil() || v == null {
		e.out = append(e.out, "null"...)
	} else if v == emptyArray {
		e.out = append(e.out, "[]"...)
	} else if e.cfg.skipUnsupported {
		return false
	} else {
		e.fail(v, "type not supported")
	}
	return true
}

func (e *encoder) fail(v library.Value, reason string) {
	e.c.Raise("Cannot serialise %s: %s", v.Type(), reason)
}

func (e *encoder) number(v library.Value, f float64) {
	if v.IsInteger() {
		i, _ := v.Int()
		e.out = strconv.AppendInt(e.out, i, 10)
		return
	}
	if !math.IsNaN(f) && !math.IsInf(f, 0) {
		e.out = strconv.AppendFloat(e.out, f, 'g', e.cfg.precision, 64)
		return
	}
	switch {
	case e.cfg.encodeInvalid == invalidRefused:
		e.fail(v, "must not be NaN or Infinity")
	case e.cfg.encodeInvalid == invalidNull:
		e.out = append(e.out, "null"...)
	case math.IsNaN(f):
		e.out = append(e.out, "NaN"...)
	case f < 0:
		e.out = append(e.out, "-Infinity"...)
	default:
		e.out = append(e.out, "Infinity"...)
	}
}

// escapes is what stands for a byte in a JSON string, where that isn't the byte.
var escapes = func() (table [256]string) {
	for c := range 0x20 {
		table[c] = `\u00` + string("0123456789abcdef"[c>>4]) + string("0123456789abcdef"[c&15])
	}
	table[0x7f] = `\u007f`
	table['"'], table['\\'], table['/'] = `\"`, `\\`, `\/`
	table['\b'], table['\t'], table['\n'], table['\f'], table['\r'] = `\b`, `\t`, `\n`, `\f`, `\r`
	return table
}()

func (e *encoder) text(s string) {
	if len(s) > longText {
		e.out = append(make([]byte, 0, len(e.out)+len(s)+len(s)/8), e.out...)
	}
	e.out = append(e.out, '"')
	for piece := range e.c.Pieces(s) {
		e.escaped(piece)
	}
	e.out = append(e.out, '"')
}

// longText is from which length on room is made for a text before it is escaped.
const longText = 64 << 10

func (e *encoder) escaped(s string) {
	plain := 0
	for i := range len(s) {
		escape := escapes[s[i]]
		if escape == "" || s[i] == '/' && !e.cfg.escapeSlash {
			continue
		}
		e.out = append(e.out, s[plain:i]...)
		e.out = append(e.out, escape...)
		plain = i + 1
	}
	e.out = append(e.out, s[plain:]...)
}

// table writes a table as an array or an object.
func (e *encoder) table(t library.Table, depth int) {
	if depth > e.cfg.encodeDepth || depth > depthLimit {
		e.c.Raise("Cannot serialise, excessive nesting (%d)", depth)
	}
	mt, marked := t.Metatable()
	if marked && mt.Value() == e.cfg.marks.array {
		e.array(t, t.Len(), depth, true)
		return
	}
	if marked {
		if length := mt.Field("__len"); !length.IsNil() {
			n, _ := first(e.c.Apply(length, t.Value())).Float()
			e.array(t, int(n), depth, false)
			return
		}
	}
	switch n := e.length(t); {
	case n > 0 || n == 0 && !e.cfg.emptyAsObject:
		e.array(t, n, depth, !marked)
	case marked && mt.Value() == e.cfg.marks.emptyArray:
		e.array(t, t.Len(), depth, true)
	default:
		e.object(t, depth)
	}
}

func first(values []library.Value) library.Value {
	if len(values) == 0 {
		return library.Nil
	}
	return values[0]
}

// length is the length of the array that a table is: 0 of an empty one, -1 of one that is an object.
func (e *encoder) length(t library.Table) int {
	longest, items := 0, 0
	for k := range t.All() {
		f, ok := k.Float()
		if _, text := k.Str(); !ok || text || f < 1 || f != math.Floor(f) || f > math.MaxInt32 {
			return -1
		}
		longest = max(longest, int(f))
		items++
	}
	if e.cfg.sparseRatio > 0 && longest > items*e.cfg.sparseRatio && longest > e.cfg.sparseSafe {
		if !e.cfg.sparseConvert {
			e.fail(t.Value(), "excessively sparse array")
		}
		return -1
	}
	return longest
}

func (e *encoder) array(t library.Table, n, depth int, raw bool) {
	e.out = append(e.out, '[')
	some := false
	for i := 1; i <= n; i++ {
		before := len(e.out)
		e.next(some, depth)
		item := t.At(i)
		if item.IsNil() && !raw {
			item = e.c.Index(t.Value(), library.Int(int64(i)))
		}
		if e.value(item, depth) {
			some = true
		} else {
			e.out = e.out[:before]
		}
	}
	e.close(n > 0, depth, ']')
}

func (e *encoder) object(t library.Table, depth int) {
	e.out = append(e.out, '{')
	some, any := false, false
	for k, v := range t.All() {
		any = true
		before := len(e.out)
		e.next(some, depth)
		if s, ok := k.Str(); ok {
			e.text(s)
		} else if f, ok := k.Float(); ok {
			e.out = append(e.out, '"')
			e.number(k, f)
			e.out = append(e.out, '"')
		} else {
			e.fail(k, "table key must be a number or string")
		}
		e.out = append(e.out, ':')
		if e.cfg.indent != "" {
			e.out = append(e.out, ' ')
		}
		if e.value(v, depth) {
			some = true
		} else {
			e.out = e.out[:before]
		}
	}
	e.close(any, depth, '}')
}

// next writes what stands before an item.
func (e *encoder) next(some bool, depth int) {
	if some {
		e.out = append(e.out, ',')
	}
	if e.cfg.indent != "" {
		e.line(depth)
	}
}

func (e *encoder) close(some bool, depth int, bracket byte) {
	if some && e.cfg.indent != "" {
		e.line(depth - 1)
	}
	e.out = append(e.out, bracket)
}

func (e *encoder) line(depth int) {
	e.out = append(e.out, '\n')
	for range depth {
		e.out = append(e.out, e.cfg.indent...)
	}
}
