package stdlib

import (
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/parse"

	"devnode/runtime/vm"
)

// What is here goes when runtime/syntax is there.

func compile(src []byte, chunk string) (*lua.FunctionProto, error) {
	name := strings.TrimLeft(chunk, "@=")
	if name == chunk {
		name = `[string "` + strings.SplitN(chunk, "\n", 2)[0] + `"]`
	}
	if strings.HasPrefix(string(src), "#") {
		src = append([]byte("--"), src...)
	}
	c, err := parse.Parse(strings.NewReader(string(src)), name)
	if err != nil {
		return nil, err
	}
	return lua.Compile(c, name)
}

func sourceOf(p *lua.FunctionProto) string { return "@" + p.SourceName }

func explain(v *vm.VM) {}

func parseNumber(s string) (lua.LNumber, bool) {
	s = strings.TrimSpace(s)
	if i, err := strconv.ParseInt(s, 0, 64); err == nil {
		return lua.LNumber(i), true
	}
	f, err := strconv.ParseFloat(s, 64)
	return lua.LNumber(f), err == nil
}

func formatNumber(n lua.LNumber) string {
	if n == lua.LNumber(int64(n)) {
		return strconv.FormatInt(int64(n), 10)
	}
	return strings.TrimPrefix(strings.ToLower(strconv.FormatFloat(float64(n), 'g', 14, 64)), "+")
}
