package cjson

import "devnode/runtime/library"

// decoder makes a Lua value of a JSON text.
type decoder struct {
	scanner
	c     library.Call
	depth int
	count int
	// keys are the names of fields so far: records of a list have the same ones.
	keys map[string]string
}

func (d *decoder) all() library.Value {
	if len(d.text) >= 2 && (d.text[0] == 0 || d.text[1] == 0) {
		d.c.Raise("JSON parser does not support UTF-16 or UTF-32")
	}
	v := d.value(d.next())
	if t := d.next(); t.kind != end {
		d.fail("the end", t)
	}
	return v
}

func (d *decoder) fail(expected string, t token) {
	found := t.text
	if t.kind != wrong {
		found = kindNames[t.kind]
	}
	d.c.Raise("Expected %s but found %s at character %d", expected, found, t.at+1)
}

func (d *decoder) value(t token) library.Value {
	if d.count++; d.count%pollEvery == 0 {
		d.c.Poll()
	}
	switch t.kind {
	case text:
		return library.String(d.c.CopyText(t.text)) // a piece would keep the whole text alive
	case integer:
		return library.Int(t.integer)
	case float:
		return library.Float(t.float)
	case boolean:
		return library.Bool(t.boolean)
	case nothing:
		return null
	case objectBegin:
		return d.object()
	case arrayBegin:
		return d.array()
	}
	d.fail("value", t)
	return library.Nil
}

func (d *decoder) descend() {
	d.depth++
	if d.depth > d.cfg.decodeDepth || d.depth > depthLimit {
		d.c.Raise("Found too many nested data structures (%d) at character %d", d.depth, d.at)
	}
}

func (d *decoder) object() library.Value {
	d.descend()
	object := d.c.NewTable(0, 0)
	t := d.next()
	if t.kind == objectEnd {
		d.depth--
		return object.Value()
	}
	for {
		if t.kind != text {
			d.fail("object key string", t)
		}
		key := d.key(t.text)
		if t = d.next(); t.kind != colon {
			d.fail("colon", t)
		}
		object.SetField(key, d.value(d.next()))
		switch t = d.next(); t.kind {
		case objectEnd:
			d.depth--
			return object.Value()
		case comma:
		default:
			d.fail("comma or object end", t)
		}
		t = d.next()
	}
}

// key is the name of a field, one string for all that are equal.
func (d *decoder) key(s string) string {
	if known, ok := d.keys[s]; ok {
		return known
	}
	s = d.c.CopyText(s)
	if d.keys == nil {
		d.keys = map[string]string{}
	}
	if len(d.keys) < 1024 {
		d.keys[s] = s
	}
	return s
}

func (d *decoder) array() library.Value {
	d.descend()
	array := d.c.NewTable(0, 0)
	if d.cfg.arrayMetatable {
		array.SetMetatable(d.cfg.marks.array)
	}
	t := d.next()
	if t.kind == arrayEnd {
		d.depth--
		return array.Value()
	}
	for {
		array.Append(d.value(t))
		switch t = d.next(); t.kind {
		case arrayEnd:
			d.depth--
			return array.Value()
		case comma:
		default:
			d.fail("comma or array end", t)
		}
		t = d.next()
	}
}
