package sharedata

import (
	"fmt"

	"devnode/runtime/library"
)

// Sheet is skynet.datasheet.
func Sheet() library.Module {
	return library.Module{Name: "skynet.datasheet", Functions: map[string]library.Function{"query": querySheet}}
}

// Builder is skynet.datasheet.builder.
func Builder() library.Module {
	return library.Module{
		Name:      "skynet.datasheet.builder",
		Functions: map[string]library.Function{"new": newSheet, "update": updateSheet, "compile": compileSheet},
	}
}

// Dump is skynet.datasheet.dump.
func Dump() library.Module {
	return library.Module{
		Name:      "skynet.datasheet.dump",
		Functions: map[string]library.Function{"dump": compileSheet, "undump": func(c library.Call) { c.Return(undump(c, c.String(1)).Value()) }},
	}
}

var sheets = newSpace(func(name, path string) string {
	return fmt.Sprintf("datasheet %s%s: it is no more since the last update", name, path)
})

// built are the sheets that a service has made, and by which version of its code.
var built = &library.ServiceState[map[string]library.Generation]{
	New: func(library.Service) map[string]library.Generation { return map[string]library.Generation{} },
}

// querySheet is query(name): the table that shows a sheet, also after updates.
func querySheet(c library.Call) {
	v, ok := sheets.view(c, c.String(1))
	if !ok {
		c.Raise("call failed: create data first: there is no datasheet %s", c.String(1))
	}
	c.Return(v)
}

// newSheet is new(name, table). New code of a service makes its sheets once more.
func newSheet(c library.Call) {
	name, mine := c.String(1), built.Of(c.Service())
	if mine[name] == c.Generation() {
		c.Raise("assertion failed!")
	}
	f := sheetArg(c, name)
	mine[name] = c.Generation()
	sheets.share(c, name, f)
}

// updateSheet is update(name, table), of a sheet that the service has made.
func updateSheet(c library.Call) {
	name := c.String(1)
	if _, ok := built.Of(c.Service())[name]; !ok {
		c.Raise("assertion failed!")
	}
	sheets.share(c, name, sheetArg(c, name))
}

// sheetArg is argument 2, a table, or what compile has made of one.
func sheetArg(c library.Call, name string) library.Frozen {
	t, ok := c.Arg(2).Table()
	switch {
	case c.Arg(2).Type() == "string":
		t = undump(c, c.String(2))
	case !ok:
		c.Raise("attempt to index a %s value", c.Arg(2).Type())
	}
	return freezeSheet(c, t, name)
}
