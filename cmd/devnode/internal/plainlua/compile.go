package plainlua

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/syntax"
)

// compile compiles a chunk; warn is told of what C Lua would take another way.
func compile(source []byte, chunk string, warn func(string)) (*lua.FunctionProto, error) {
	return syntax.CompileWarn(source, chunk, func(line int, msg string) {
		warn(fmt.Sprintf("%s:%d: %s", syntax.ChunkID(chunk), line, msg))
	})
}
