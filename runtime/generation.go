package runtime

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/hotpatch"
	"devnode/runtime/internal/attach"
	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

// Generation is one loaded version of a service's code: its VM, the files that
// it has loaded, its dispatch functions, its tasks. The first is 1. From outside
// the package it is known by its number.
type Generation struct {
	service *Service
	number  int
	vm      *vm.VM
	files   *files

	skynet   *value.Table            // require "skynet"
	first    *Task                   // of the list of living tasks
	replEnvs map[string]*value.Table // the environments of the lines of `use`, by file
	memory   memory

	states *attach.States // that libraries have of it, nil while there are none

	handlers     // what its messages are handled by
	startState   // how far its start is
	preparedWork // what it did before it served
	codeHistory  // what became of its code
	requires     // the modules that it loads
	endOfCode    // how it is replaced
}

// newGeneration makes the VM that will run version number of s.
func (s *Service) newGeneration(number int, fs *files) *Generation {
	g := &Generation{service: s, number: number, files: fs, handlers: handlers{protos: make(map[string]*protocol)}}
	g.vm = vm.New(s.node.pool)
	g.vm.Owner = g
	g.vm.OnInterrupt = g.interrupted
	g.vm.Edition = g.editionText
	g.vm.Main = inMainChunk
	g.vm.KeepScope = g.keepScope
	g.watchMemory()
	g.lua = &protocol{name: "lua", id: PTypeLua}
	g.addProtocol(g.lua)
	g.addProtocol(&protocol{name: "response", id: PTypeResponse})
	g.addProtocol(&protocol{name: "error", id: PTypeError})
	g.addProtocol(s.node.debug)
	g.openLibs()
	return g
}

// keepScope notes the scope of a chunk that has run. A file that is run again and
// again, as by dofile in a loop, is noted only so often.
func (g *Generation) keepScope(main *lua.FunctionProto, cells []*lua.Upvalue, value lua.LValue) {
	if n := len(g.instances); n < maxInstances {
		in := &hotpatch.Instance{Main: main, Cells: cells, Value: value}
		g.instances = append(g.instances, in)
		g.takeOverModule(in)
	}
}

// maxInstances bounds the runs of chunks that a generation knows the scopes of.
const maxInstances = 4096

// inMainChunk tells whether a fiber runs a main chunk. All other code of a
// service runs in coroutines, as Lua sees it.
func inMainChunk(f *vm.Fiber) bool {
	t, ok := f.Owner.(*Task)
	return !ok || t == nil || t.kind == taskChunk
}

// link puts a new task into the list of the living.
func (g *Generation) link(t *Task) {
	g.service.living++
	t.next = g.first
	if g.first != nil {
		g.first.prev = t
	}
	g.first = t
}

func (g *Generation) unlink(t *Task) {
	g.service.living--
	switch {
	case t.prev != nil:
		t.prev.next = t.next
	case g.first == t:
		g.first = t.next
	}
	if t.next != nil {
		t.next.prev = t.prev
	}
	t.prev, t.next = nil, nil
}

// tasks lists the living tasks, the oldest first.
func (g *Generation) tasks() []*Task {
	var list []*Task
	for t := g.first; t != nil; t = t.next {
		list = append(list, t)
	}
	for i, j := 0, len(list)-1; i < j; i, j = i+1, j-1 {
		list[i], list[j] = list[j], list[i]
	}
	return list
}
