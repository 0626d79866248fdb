package syntax

import (
	lua "github.com/yuin/gopher-lua"
)

// Compile reads src as Lua 5.4 and compiles it for gopher-lua's machine. chunk
// is the chunk's name in C Lua's form: "@dir/file.lua", "=stdin" or the source
// itself; messages show it as C Lua does, see ChunkID. A fault in the source is
// an *Error.
//
// The prototype is immutable and may be shared by any number of VMs.
func Compile(src []byte, chunk string) (*lua.FunctionProto, error) {
	return CompileWith(src, chunk, Options{})
}

// Options are what CompileWith calls while it works, and what else it is to find out.
type Options struct {
	Poll func() // now and then: it may panic, which ends the compilation; may be nil
	// FirstValues, unless it is nil, becomes what FirstValuesOf gives: for who needs
	// both, the source is read once.
	FirstValues *FirstValues
}

// pollEvery is how many tokens, or instructions, pass between two calls of Poll.
const pollEvery = 4096

// CompileWith is Compile with options.
func CompileWith(src []byte, chunk string, o Options) (proto *lua.FunctionProto, err error) {
	fn, err := compileTree(src, chunk, o)
	if err != nil {
		return nil, err
	}
	return fn.proto, nil
}

// compileTree is Compile, for who needs the tree too.
func compileTree(src []byte, chunk string, o Options) (fn *function, err error) {
	fn, err = parse(src, chunk, o)
	if err != nil {
		return nil, err
	}
	if o.FirstValues != nil {
		*o.FirstValues = firstValuesOf(fn)
	}
	defer func() {
		if r := recover(); r != nil {
			e, ok := r.(*Error)
			if !ok {
				panic(r)
			}
			fn, err = nil, e
		}
	}()
	g := &generator{chunk: ChunkID(chunk), root: &chunkInfo{source: chunk}, poll: o.Poll}
	g.root.main = g.compile(nil, fn)
	return fn, nil
}

// A generator compiles the functions of one chunk.
type generator struct {
	chunk string
	root  *chunkInfo
	made  map[*function]*lua.FunctionProto // of functions that are compiled already
	spare []*funcGen                       // to be used again, with the slices they have grown
	infos map[int]*protoInfo               // of the functions that need none of their own, by their env
	poll  func()                           // see Options
	steps int                              // functions and instructions since it was called
}

// tick counts a step, and calls poll now and then.
func (g *generator) tick() {
	if g.steps++; g.steps >= pollEvery && g.poll != nil {
		g.steps = 0
		g.poll()
	}
}

func (g *generator) compile(parent *funcGen, fn *function) *lua.FunctionProto {
	if proto := g.made[fn]; proto != nil {
		return proto
	}
	g.tick()
	var f *funcGen
	if n := len(g.spare); n > 0 {
		f = g.spare[n-1]
		g.spare = g.spare[:n-1]
		f.reset(parent, fn)
	} else {
		f = &funcGen{g: g, parent: parent, fn: fn}
	}
	f.body()
	proto := f.finish()
	fn.proto = proto
	g.spare = append(g.spare, f)
	return proto
}

func (f *funcGen) body() {
	f.enterBlock(false)
	for _, v := range f.fn.params {
		v.reg = f.alloc(1)
		f.activate(v)
	}
	f.statements(f.fn.body)
	f.returnAtEnd()
	f.block.dead = true
	f.leaveBlock()
}
