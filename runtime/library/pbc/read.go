package pbc

import (
	"devnode/runtime/internal/protobuf"
	"devnode/runtime/library"
)

// reading is a message that is read field by field.
type reading struct {
	env    *env
	of     *message
	values map[string][]value // by the fields' names
}

// value is a scalar, or a message.
type value struct {
	scalar
	message *reading
}

// maxDepth is how many messages may be in each other.
const maxDepth = 1000

// rmessageNew is _rmessage_new(env, type, bytes).
func rmessageNew(c library.Call) {
	e, m := envArg(c), (*message)(nil)
	if m = e.message(c.String(2)); m == nil {
		e.fail("Proto not found")
		return
	}
	data := bytesArg(c, 3)
	r := e.read(c, m, data, 0)
	if r == nil {
		e.fail("rmessage decode context error")
		return
	}
	c.Return(library.LightOf(r))
}

// read reads a message, nil where the bytes are none.
func (e *env) read(c library.Call, m *message, data string, depth int) *reading {
	if depth > maxDepth || !whole(c, data) {
		return nil
	}
	r := &reading{env: e, of: m, values: make(map[string][]value)}
	s, now := cursor{protobuf.NewReader(data)}, m.fields.Load()
	for s.r.Len() > 0 {
		a, _ := s.next()
		f := now.byNumber[a.number]
		if f == nil {
			continue
		}
		if f.label == packed {
			if !f.packedValues(c, a, func(v scalar) { r.values[f.name] = append(r.values[f.name], value{scalar: v}) }) {
				e.fail("rmessage decode packed data error")
			}
			continue
		}
		v, ok := value{}, false
		if f.kind == protobuf.Message && f.message != nil && a.wire == protobuf.Length {
			v.message = e.read(c, f.message, a.data.Text(), depth+1)
			ok = v.message != nil
		} else {
			v.scalar, ok = f.scalarOf(a)
		}
		switch {
		case !ok && f.many():
			e.fail("rmessage decode repeated data error")
		case !ok:
			e.fail("rmessage decode data error")
		case f.many():
			r.values[f.name] = append(r.values[f.name], v)
		default:
			r.values[f.name] = []value{v}
		}
	}
	return r
}

// field is the field that argument 2 names, and its value at the index that argument 3 is, or else its default.
func (r *reading) field(c library.Call) (f *field, v value) {
	name, index := c.String(2), c.OptInt(3, 0)
	f = r.of.named(name)
	if values := r.values[name]; len(values) > 0 {
		if index >= 0 && index < int64(len(values)) {
			v = values[index]
		}
		return f, v
	}
	if f != nil {
		v.scalar = f.value
	}
	return f, v
}

func rmessageInt(c library.Call) {
	r := pointer[*reading](c, 1)
	c.String(2)
	c.Int(3)
	_, v := r.field(c)
	c.Return(library.Int(int64(v.bits)))
}

func rmessageReal(c library.Call) {
	r := pointer[*reading](c, 1)
	c.String(2)
	c.Int(3)
	_, v := r.field(c)
	c.Return(library.Float(v.real))
}

func rmessageString(c library.Call) {
	_, v := pointer[*reading](c, 1).field(c)
	c.Return(library.String(v.text))
}

func rmessageMessage(c library.Call) {
	r := pointer[*reading](c, 1)
	f, v := r.field(c)
	switch {
	case f == nil:
		r.env.fail("Invalid key for sub-message")
		c.Return(library.Null)
	case v.message != nil:
		c.Return(library.LightOf(v.message))
	case f.message != nil:
		c.Return(library.LightOf(&reading{env: r.env, of: f.message}))
	default:
		c.Return(library.Null)
	}
}

func rmessageSize(c library.Call) {
	r := pointer[*reading](c, 1)
	c.Return(library.Int(int64(len(r.values[c.String(2)]))))
}
