package stdlib

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/syntax"
)

// Numbers are read and written in one way everywhere: by the language, by
// tonumber and tostring, and by the functions that convert their arguments.

func parseNumber(s string) (lua.LNumber, bool) { return syntax.ParseNumber(s) }
func formatNumber(n lua.LNumber) string        { return syntax.FormatNumber(n) }
