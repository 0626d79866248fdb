package cjson

import "devnode/runtime/library"

// null stands for JSON's null, which a table can't hold as nil, and emptyArray for an empty array. They are the same in all
// services.
var (
	null       = library.Null
	emptyArray = library.Light()
)

// marks are the metatables by which a service marks arrays. cjson, cjson.safe and what new makes share them, and so do the
// versions of a service's code: a list that a reload keeps stays one.
type marks struct{ array, emptyArray library.Value }

var marksOf = library.ServiceState[*marks]{
	New: func(library.Service) *marks { return &marks{} },
	Values: func(m *marks, visit func(string, *library.Value)) {
		visit("array_mt", &m.array)
		visit("empty_array_mt", &m.emptyArray)
	},
}

// Module is what require "cjson" returns.
func Module() library.Module {
	return library.Module{Name: "cjson", Open: func(c library.Call, module library.Table) { fill(c, module, false) }}
}

// Safe is what require "cjson.safe" returns: encode and decode return nil and the reason instead of raising it.
func Safe() library.Module {
	return library.Module{Name: "cjson.safe", Open: func(c library.Call, module library.Table) { fill(c, module, true) }}
}

// fill makes a table a cjson module with settings of its own.
func fill(c library.Call, module library.Table, safe bool) {
	m := marksOf.Of(c.Service())
	if m.array.IsNil() {
		m.array, m.emptyArray = c.NewTable(0, 0).Value(), c.NewTable(0, 0).Value()
	}
	cfg := defaults(m)
	functions := cfg.settings()
	functions["encode"] = cfg.encode
	functions["decode"] = cfg.decode
	functions["new"] = func(c library.Call) {
		another := c.NewTable(0, len(functions))
		fill(c, another, safe)
		c.Return(another.Value())
	}
	for name, fn := range functions {
		made := c.NewFunction(fn)
		if safe && (name == "encode" || name == "decode") {
			made = c.NewFunction(protect(made))
		}
		module.SetField(name, made)
	}
	module.SetField("null", null)
	module.SetField("empty_array", emptyArray)
	module.SetField("array_mt", m.array)
	module.SetField("empty_array_mt", m.emptyArray)
	module.SetField("_NAME", library.String("cjson"))
	module.SetField("_VERSION", library.String("2.1.0.11"))
}

func (cfg *config) encode(c library.Call) {
	one(c)
	e := encoder{c: c, cfg: cfg}
	e.value(c.Arg(1), 0)
	c.Return(library.Bytes(e.out))
}

func (cfg *config) decode(c library.Call) {
	one(c)
	d := decoder{c: c, scanner: scanner{cfg: cfg, text: c.String(1), poll: c.Poll}}
	c.Return(d.all())
}

func one(c library.Call) {
	if c.Args() != 1 {
		c.ArgError(1, "expected 1 argument")
	}
}

// protect is a function that returns nil and the reason where the one given, of one argument and result, raises an error.
func protect(fn library.Value) library.Function {
	return func(c library.Call) {
		one(c)
		results, err := c.TryApply(fn, c.Arg(1))
		if err != nil {
			c.Fail(err.Error())
			return
		}
		c.Return(results...)
	}
}
