package syntax

import (
	"fmt"
	"reflect"
	"strings"
)

// dump writes a node of the syntax tree in one form for all that do the same:
// without lines, with variables by their names. What functions do is left out.
func dump(node any) string {
	var b strings.Builder
	if node != nil {
		dumpValue(&b, reflect.ValueOf(node))
	}
	return b.String()
}

func dumpValue(b *strings.Builder, v reflect.Value) {
	switch v.Kind() {
	case reflect.Interface:
		dumpValue(b, v.Elem())
	case reflect.Pointer:
		dumpPointer(b, v)
	case reflect.Struct:
		dumpFields(b, v)
	case reflect.Slice:
		b.WriteByte('[')
		for i := range v.Len() {
			dumpValue(b, v.Index(i))
			b.WriteByte(',')
		}
		b.WriteByte(']')
	case reflect.String:
		fmt.Fprintf(b, "%q", v.String())
	case reflect.Invalid:
		b.WriteByte('-')
	default:
		fmt.Fprint(b, v)
	}
}

func dumpPointer(b *strings.Builder, v reflect.Value) {
	switch {
	case v.IsNil():
		b.WriteByte('-')
	case v.Type() == reflect.TypeFor[*local]():
		b.WriteString(v.Elem().FieldByName("name").String())
	case v.Type() == reflect.TypeFor[*function]():
		b.WriteString("function")
	default:
		dumpValue(b, v.Elem())
	}
}

// dumpFields writes a struct's type and fields, but for where it stands.
func dumpFields(b *strings.Builder, v reflect.Value) {
	b.WriteString(v.Type().Name())
	b.WriteByte('{')
	for i := range v.NumField() {
		if f := v.Type().Field(i); !f.Anonymous && f.Name != "line" {
			dumpValue(b, v.Field(i))
			b.WriteByte(' ')
		}
	}
	b.WriteByte('}')
}
