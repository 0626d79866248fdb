package runtime

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"regexp"
	"strings"
	"time"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/stdlib"
	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

// A project may have a loader of its own: the file that the setting `lualoader` names,
// which skynet runs in each new VM, and which looks up the service's script and runs
// it. skynet's own does what a node does itself, so it isn't run.

// loaderVersions are the beginnings of the hashes of skynet's loaders, without blanks
// and comments.
var loaderVersions = map[string]bool{
	"c23580955255f4cd": true, "e229889d9cfeca63": true, "2429a3dd0e9436d0": true, "2addb5dcae07b7d3": true, "cdb789c56db565f5": true,
}

var loaderBlanks = regexp.MustCompile(`--[^\n]*|\s+`)

// isSkynetLoader tells whether a loader is one of skynet's.
func isSkynetLoader(source []byte) bool {
	sum := sha256.Sum256(loaderBlanks.ReplaceAll(source, nil))
	return loaderVersions[hex.EncodeToString(sum[:8])]
}

// knownLoader remembers the loader that was found to be skynet's, for as long as the
// file is the same.
type knownLoader struct {
	path    string
	size    int64
	changed time.Time
}

// ownLoader is the project's own loader as a main chunk, nil where there is none.
func (g *Generation) ownLoader() (*lua.LFunction, error) {
	n := g.service.node
	path, ok := n.env.Get("lualoader")
	if !ok {
		return nil, nil
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, nil // that of a checkout which isn't there: it isn't needed
	}
	is := knownLoader{path, info.Size(), info.ModTime()}
	if known := n.skynetLoader.Load(); known != nil && *known == is {
		return nil, nil
	}
	data, err := g.files.read(path)
	if err != nil {
		return nil, fmt.Errorf("lualoader: %w", err)
	}
	if isSkynetLoader(data) {
		n.skynetLoader.Store(&is)
		return nil, nil
	}
	proto, err := n.compiler.compile(data, "@"+path)
	if err != nil {
		return nil, fmt.Errorf("lualoader: %w", err)
	}
	loader := g.vm.NewClosure(proto)
	return value.Function(func(L *lua.LState) int {
		g.setLoaderGlobals()
		L.Push(loader)
		L.Push(lua.LString(g.service.title()))
		vm.Call(L, 1, 0)
		return 0
	}), nil
}

// setLoaderGlobals sets what a loader reads.
func (g *Generation) setLoaderGlobals() {
	n, globals := g.service.node, g.vm.Globals()
	globals.RawSetString("LUA_SERVICE", lua.LString(strings.Join(n.config.ServicePath, ";")))
	globals.RawSetString("LUA_PATH", lua.LString(n.config.LuaPath))
	globals.RawSetString("LUA_CPATH", lua.LString(n.config.LuaCPath))
	if preload, ok := n.env.Get("preload"); ok && preload != "" {
		globals.RawSetString("LUA_PRELOAD", lua.LString(preload))
	}
}

// openRequire is the loader of skynet.require, which loaders put into the place of
// Lua's own require. There is no difference here.
func openRequire(L *lua.LState) int {
	t := value.NewTable(0, 3)
	t.RawSetString("require", stdlib.Field(value.Globals(L), "require"))
	t.RawSetString("init", value.Function(apiInit))
	t.RawSetString("init_all", value.Function(func(*lua.LState) int { return 0 }))
	L.Push(t)
	return 1
}
