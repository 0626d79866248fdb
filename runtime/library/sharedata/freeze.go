package sharedata

import "devnode/runtime/library"

// maxDepth is how deep tables may be nested.
const maxDepth = 1000

// freezeData makes the table that sharedata shares.
func freezeData(c library.Call, t library.Table, name string) library.Frozen {
	return c.FreezeTree(t, name, func(in library.Table, key, v library.Value, depth int) {
		if depth > maxDepth {
			c.Raise("sharedata: tables are nested too deep, or a table is in itself")
		}
		switch {
		case key.IsNil():
			for k := range in.All() {
				if kind := k.Type(); kind != "string" && kind != "number" {
					c.Raise("sharedata: a key is a %s, want a string or a number", kind)
				}
			}
		case !v.IsNil() && !isData(v):
			c.Raise("sharedata: the value of %s is a %s, which can't be shared", key.Text(), v.Type())
		}
	})
}

func isData(v library.Value) bool {
	kind := v.Type()
	return kind == "string" || kind == "number" || kind == "boolean"
}

// freezeSheet makes the table that datasheet shares: a list, and fields with names.
func freezeSheet(c library.Call, t library.Table, name string) library.Frozen {
	return c.FreezeTree(t, name, func(in library.Table, key, v library.Value, depth int) {
		if depth > maxDepth {
			c.Raise("datasheet: tables are nested too deep, or a table is in itself")
		}
		switch {
		case key.IsNil():
			checkKeys(c, in)
		case !v.IsNil() && !isData(v):
			c.Raise("Unsupport value %s", v.Text())
		}
	})
}

// checkKeys refuses a table whose keys aren't names, and the integers of a list.
func checkKeys(c library.Call, t library.Table) {
	count := int64(0)
	for !t.At(int(count) + 1).IsNil() {
		count++
	}
	for k := range t.All() {
		if i, ok := k.Int(); k.Type() != "string" && (!ok || i < 1 || i > count) {
			c.Raise("assertion failed!")
		}
	}
}
