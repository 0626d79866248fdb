package memoryuse

import (
	"strings"

	"devnode/runtime/library"
)

// Names are those by which scripts know the module.
var Names = []string{"skynet.memory", "memory"}

// Module is what require returns for one of the Names.
func Module(name string) library.Module {
	return library.Module{Name: name, Functions: map[string]library.Function{
		"total":    func(c library.Call) { c.Return(library.Int(read(objects))) },
		"block":    func(c library.Call) { c.Return(library.Int(read(blocks))) },
		"current":  func(c library.Call) { c.Return(library.Int(c.Service().Weigh())) },
		"info":     info,
		"dump":     dump,
		"dumpinfo": dumpInfo,
		"jestat":   statistics,
		"mallctl":  control,
		"dumpheap": func(c library.Call) {
			c.Service().Log("skynet.memory.dumpheap: there is no jemalloc to write a profile")
		},
		"profactive": func(c library.Call) { c.Return(library.Bool(false)) },
		"ssinfo":     func(c library.Call) { c.Return(library.Int(0), library.Int(0), library.Int(0), library.Int(0)) },
		"ssexpand":   func(c library.Call) { c.Int(1) },
	}}
}

// info is info(): what each service takes, by its handle, as last weighed.
func info(c library.Call) {
	c.Service().Weigh()
	t := c.NewTable(0, 8)
	for _, s := range c.Node().Services() {
		t.Set(library.Int(int64(s.Handle())), library.Int(s.Weight()))
	}
	c.Return(t.Value())
}

// dump writes the table of info to the log.
func dump(c library.Call) {
	me := c.Service()
	me.Weigh()
	var sum int64
	for _, s := range c.Node().Services() {
		sum += s.Weight()
		me.Log("%v -> %d bytes", s.Handle(), s.Weight())
	}
	me.Log("services: %d bytes of %d", sum, read(objects))
}

// dumpInfo writes the figures of jestat to the log. The options of jemalloc's that it may
// be given say nothing here.
func dumpInfo(c library.Call) {
	var line strings.Builder
	for _, f := range figures {
		line.WriteString(" " + f.name + " " + library.Int(f.value()).Text())
	}
	c.Service().Log("memory:%s", line.String())
}

// statistics is jestat(): the figures by their names.
func statistics(c library.Call) {
	t := c.NewTable(0, len(figures))
	for _, f := range figures {
		t.SetField(f.name, library.Int(f.value()))
	}
	c.Return(t.Value())
}

// control is mallctl(name): one of the figures, 0 for another name, which the log then has.
func control(c library.Call) {
	name := c.String(1)
	for _, f := range figures {
		if f.name == name {
			c.Return(library.Int(f.value()))
			return
		}
	}
	c.Service().Log("skynet.memory.mallctl: there is no jemalloc, and no %s", name)
	c.Return(library.Int(0))
}
