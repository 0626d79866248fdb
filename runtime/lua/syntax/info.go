package syntax

import (
	"slices"

	lua "github.com/yuin/gopher-lua"
)

// protoInfo is what gopher-lua's prototype has no field for. It is the last
// constant of every function that Compile makes, where no instruction uses it.
type protoInfo struct {
	chunk   *chunkInfo
	closers []closeRange
	env     int // which upvalue _ENV is, counted from 1; 0 for none
}

// chunkInfo is what the functions of a chunk have in common.
type chunkInfo struct {
	source string
	main   *lua.FunctionProto
}

func (f *funcGen) addInfo() {
	info := f.g.infos[f.fn.env]
	if len(f.closers) > 0 {
		info = &protoInfo{f.g.root, f.closers, f.fn.env}
	} else if info == nil {
		info = &protoInfo{chunk: f.g.root, env: f.fn.env}
		if f.g.infos == nil {
			f.g.infos = make(map[int]*protoInfo)
		}
		f.g.infos[f.fn.env] = info
	}
	f.consts.add(&lua.LUserData{Value: info, Metatable: lua.LNil})
}

// infoOf returns what Compile noted about p, or nil for a foreign prototype.
func infoOf(p *lua.FunctionProto) *protoInfo {
	if p == nil || len(p.Constants) == 0 {
		return nil
	}
	if ud, ok := p.Constants[len(p.Constants)-1].(*lua.LUserData); ok {
		info, _ := ud.Value.(*protoInfo)
		return info
	}
	return nil
}

// Source is the name that p's chunk was given to Compile under, in full and in
// C Lua's form, as debug.getinfo's field source shows it. The prototype's own
// SourceName is the short form.
func Source(p *lua.FunctionProto) string {
	if info := infoOf(p); info != nil {
		return info.chunk.source
	}
	return "=" + p.SourceName
}

// EnvIndex tells which upvalue of a function is _ENV as Lua code counts them, from
// 1 on; 0 if it has none. It is not among the prototype's own: see value.Env.
func EnvIndex(p *lua.FunctionProto) int {
	if info := infoOf(p); info != nil {
		return info.env
	}
	return 0
}

// EnvName is the name of that upvalue.
const EnvName = envName

// Main is the main function of the chunk that p is a function of, nil for a
// foreign prototype. It lives as long as any function of the chunk.
func Main(p *lua.FunctionProto) *lua.FunctionProto {
	if info := infoOf(p); info != nil {
		return info.chunk.main
	}
	return nil
}

// Functions lists the prototypes of a chunk, its main function first, each
// function before those inside it. Match counts them in this order.
func Functions(main *lua.FunctionProto) []*lua.FunctionProto {
	list := []*lua.FunctionProto{main}
	for _, p := range main.FunctionPrototypes {
		if !isScope(p) {
			list = append(list, Functions(p)...)
		}
	}
	return list
}

// SameConstants tells whether the instructions of two functions find the same
// constants, and whether their variables are called the same.
func SameConstants(p, q *lua.FunctionProto) bool {
	if len(p.Constants) != len(q.Constants) || !slices.Equal(p.DbgUpvalues, q.DbgUpvalues) {
		return false
	}
	for i := range p.Constants {
		if p.Constants[i] == q.Constants[i] {
			continue
		}
		if i < len(p.Constants)-1 || infoOf(p) == nil || infoOf(q) == nil {
			return false
		}
	}
	return true
}
