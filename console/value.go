package console

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
)

// Value is a copy of a Lua value, made inside the service that owns it and then
// free to travel. The node that makes it cuts what is too deep or too large
// ([MaxDepth], [MaxFields]) and puts [Cycle] where a table contains itself.
type Value struct {
	// Type is Lua's name of the type.
	Type string
	// Text is the value for people: a string's own bytes, a number or boolean
	// as Lua prints it, `table: 0x…` or `function: 0x… (worker.lua:12)`, or the
	// result of a __tostring.
	Text string
	// Fields are a table's, the array part first, then the rest sorted by key.
	// Nil for a table that is shown by its Text alone.
	Fields []Field
	// More counts the fields that were cut.
	More int
}

// Field is one field of a table.
type Field struct {
	Key   Value
	Value Value
}

// How much of a table a node copies into a [Value].
const (
	MaxDepth  = 6   // tables in tables
	MaxFields = 200 // fields of one table
	MaxTotal  = 5000
)

// Text returns a string value.
func Text(s string) Value { return Value{Type: "string", Text: s} }

// Number returns a number as Lua 5.4 prints it: whole floats keep their point
// only where the caller passes them as text.
func Number(f float64) Value {
	if f == math.Trunc(f) && math.Abs(f) < 1<<53 {
		return Value{Type: "number", Text: strconv.FormatInt(int64(f), 10)}
	}
	return Value{Type: "number", Text: strconv.FormatFloat(f, 'g', 14, 64)}
}

// Bool returns a boolean.
func Bool(b bool) Value { return Value{Type: "boolean", Text: strconv.FormatBool(b)} }

// Table returns a table of the given fields.
func Table(fields ...Field) Value {
	if fields == nil {
		fields = []Field{}
	}
	return Value{Type: "table", Fields: fields}
}

// Nil returns nil.
func Nil() Value { return Value{Type: "nil", Text: "nil"} }

// Cycle stands for a table inside itself.
func Cycle() Value { return Value{Type: "table", Text: "<cycle>"} }

// Cut stands for a table below [MaxDepth].
func Cut() Value { return Value{Type: "table", Text: "{…}"} }

// lineWidth is how long a table may be to stand on one line.
const lineWidth = 72

// String returns the value as Lua source where there is such a source, tables on
// one line where they fit, indented over several where not.
func (v Value) String() string {
	var b strings.Builder
	v.write(&b, 0)
	return b.String()
}

// Bare is String, but a string is itself, without quotes: what skynet's console
// prints for a result.
func (v Value) Bare() string {
	if v.Type == "string" {
		return v.Text
	}
	return v.String()
}

func (v Value) write(b *strings.Builder, indent int) {
	switch {
	case v.Type == "string":
		b.WriteString(quoteLua(v.Text))
	case v.Type != "table" || v.Fields == nil && v.Text != "":
		b.WriteString(v.Text)
	case len(v.Fields) == 0:
		b.WriteString("{}")
	default:
		v.writeTable(b, indent)
	}
}

func (v Value) writeTable(b *strings.Builder, indent int) {
	parts := make([]string, 0, len(v.Fields)+1)
	long := indent
	for i, f := range v.Fields {
		var one strings.Builder
		if !f.Key.isIndex(i + 1) {
			one.WriteString(f.Key.asKey())
			one.WriteString(" = ")
		}
		f.Value.write(&one, indent+2)
		parts = append(parts, one.String())
		long += one.Len() + 2
		if strings.Contains(one.String(), "\n") {
			long += lineWidth
		}
	}
	if v.More > 0 {
		parts = append(parts, "… "+strconv.Itoa(v.More)+" more")
	}
	if long <= lineWidth {
		b.WriteString("{" + strings.Join(parts, ", ") + "}")
		return
	}
	pad := strings.Repeat(" ", indent+2)
	b.WriteString("{\n")
	for _, p := range parts {
		b.WriteString(pad + p + ",\n")
	}
	b.WriteString(strings.Repeat(" ", indent) + "}")
}

// isIndex tells whether the key is the array index n, which is left unwritten.
func (v Value) isIndex(n int) bool {
	return v.Type == "number" && v.Text == strconv.Itoa(n)
}

func (v Value) asKey() string {
	if v.Type == "string" && isLuaName(v.Text) {
		return v.Text
	}
	return "[" + v.String() + "]"
}

// MarshalJSON writes arrays as arrays, other tables as objects with their keys
// as text, and what JSON lacks (functions, nan) as text.
func (v Value) MarshalJSON() ([]byte, error) {
	switch v.Type {
	case "nil":
		return []byte("null"), nil
	case "boolean":
		return []byte(v.Text), nil
	case "number":
		if json.Valid([]byte(v.Text)) {
			return []byte(v.Text), nil
		}
	case "table":
		if v.Fields == nil && v.Text != "" {
			return encode(v.Text)
		}
		return v.marshalTable()
	}
	return encode(v.Text)
}

func (v Value) marshalTable() ([]byte, error) {
	array := make([]Value, 0, len(v.Fields))
	for i, f := range v.Fields {
		if !f.Key.isIndex(i + 1) {
			return v.marshalObject()
		}
		array = append(array, f.Value)
	}
	return encode(array)
}

func (v Value) marshalObject() ([]byte, error) {
	b := []byte{'{'}
	for i, f := range v.Fields {
		if i > 0 {
			b = append(b, ',')
		}
		key, err := encode(f.Key.Bare())
		if err != nil {
			return nil, err
		}
		value, err := encode(f.Value)
		if err != nil {
			return nil, err
		}
		b = append(append(append(b, key...), ':'), value...)
	}
	return append(b, '}'), nil
}

// quoteLua writes a string as Lua reads it, with no byte in it that a terminal
// would act on.
func quoteLua(s string) string {
	q := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`, "\t", `\t`).Replace(s)
	return `"` + Printable(q) + `"`
}

func isLuaName(s string) bool {
	for i, r := range s {
		letter := r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if !letter && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return s != "" && !isLuaKeyword(s)
}

func isLuaKeyword(s string) bool {
	switch s {
	case "and", "break", "do", "else", "elseif", "end", "false", "for",
		"function", "goto", "if", "in", "local", "nil", "not", "or", "repeat",
		"return", "then", "true", "until", "while":
		return true
	}
	return false
}
