package runtime

import (
	"runtime"
	"sync"
	"weak"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/syntax"
	"devnode/runtime/lua/vm"
)

// codeCaches is what the services of a node share of the files that they run.
type codeCaches struct {
	pool         *vm.Pool
	compiler     *compiler
	texts        texts // of the last saves
	sources      *sources
	descriptions descriptions
	firstValues  firstValues
	globals      globalNames
}

// compiler keeps compiled code by content, so that ten thousand services of
// one script share one prototype, and an edited file is never taken for its
// former self. What no VM uses any more is forgotten. It is safe for
// concurrent use.
type compiler struct {
	mu    sync.Mutex
	known map[compiledKey]weak.Pointer[lua.FunctionProto]
}

type compiledKey struct {
	hash  Hash
	chunk string
}

func newCompiler() *compiler {
	return &compiler{known: make(map[compiledKey]weak.Pointer[lua.FunctionProto])}
}

// compile compiles src under a chunk name, or finds what was compiled before.
func (c *compiler) compile(src []byte, chunk string) (*lua.FunctionProto, error) {
	return c.compilePolled(src, chunk, nil)
}

// compilePolled is compile, for code that may be interrupted (syntax.Options).
func (c *compiler) compilePolled(src []byte, chunk string, poll func()) (*lua.FunctionProto, error) {
	key := compiledKey{HashOf(src), chunk}
	if proto := c.find(key); proto != nil {
		return proto, nil
	}
	proto, err := syntax.CompileWith(src, chunk, syntax.Options{Poll: poll})
	if err != nil {
		return nil, err
	}
	return c.remember(key, proto), nil
}

// compileAhead is compile for what a reload will need: the first values as well.
func (c *compiler) compileAhead(src []byte, chunk string, values *firstValues) (*lua.FunctionProto, error) {
	key := compiledKey{HashOf(src), chunk}
	if proto := c.find(key); proto != nil {
		values.of(src, chunk)
		return proto, nil
	}
	found := &syntax.FirstValues{}
	proto, err := syntax.CompileWith(src, chunk, syntax.Options{FirstValues: found})
	if err != nil {
		return nil, err
	}
	values.remember(key.hash, found)
	return c.remember(key, proto), nil
}

// readText is compile for who needs the syntax as well, which is kept for a while
// (texts).
func (c *codeCaches) readText(src []byte, key compiledKey) (*syntax.Text, *lua.FunctionProto, error) {
	text := c.texts.find(key)
	if text == nil {
		var err error
		if text, err = syntax.ReadText(src, key.chunk); err != nil {
			return nil, nil, err
		}
	}
	return text, c.compiler.remember(key, text.Main()), nil
}

// find gives what is compiled already, nil if it isn't.
func (c *compiler) find(key compiledKey) *lua.FunctionProto {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.known[key].Value()
}

// remember notes what was compiled, and gives what another was faster to compile.
func (c *compiler) remember(key compiledKey, proto *lua.FunctionProto) *lua.FunctionProto {
	c.mu.Lock()
	if first := c.known[key].Value(); first != nil {
		c.mu.Unlock()
		return first
	}
	c.known[key] = weak.Make(proto)
	c.mu.Unlock()
	runtime.AddCleanup(proto, c.forget, key)
	return proto
}

func (c *compiler) forget(key compiledKey) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.known[key].Value() == nil {
		delete(c.known, key)
	}
}

// clear forgets everything that is known.
func (c *compiler) clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.known)
}
