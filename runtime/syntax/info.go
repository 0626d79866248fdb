package syntax

import (
	lua "github.com/yuin/gopher-lua"
)

// protoInfo is what gopher-lua's prototype has no field for. It is the last
// constant of every function that Compile makes, where no instruction uses it.
type protoInfo struct {
	source    string
	closers   []closeRange
	coercions []coercion
}

// A coercion tells that the addition at pc makes a number of a loop's initial
// value, limit or step.
type coercion struct {
	pc   int
	what string
}

func (f *funcGen) addInfo() {
	info := f.g.info
	if len(f.closers) > 0 || len(f.coercions) > 0 {
		info = &protoInfo{f.g.source, f.closers, f.coercions}
	} else if info == nil {
		info = &protoInfo{source: f.g.source}
		f.g.info = info
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
		return info.source
	}
	return "=" + p.SourceName
}
