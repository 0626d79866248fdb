package bytecode_test

import (
	"testing"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/bytecode"
	"devnode/runtime/lua/syntax"
)

// TestOperandNamesWhatIsCalled looks at the first call of each program.
func TestOperandNamesWhatIsCalled(t *testing.T) {
	for src, want := range map[string]string{
		"print(1)":                          "global print",
		"local f = 1 f()":                   "local f",
		"local t = {} t.x.y()":              "field y",
		"local t = {} t:m()":                "method m",
		"local t, k = {}, 1 t[k]()":         "field ?",
		"local t = {} t['a' .. 'b']()":      "field ?",
		"local a, b = 1, 2 (a or b)()":      " ",
		"local f return function() f() end": "upvalue f",
		"local _ENV = {} x()":               "global x",
	} {
		p, err := syntax.Compile([]byte(src), "@test")
		if err != nil {
			t.Fatal(err)
		}
		if len(p.FunctionPrototypes) > 0 {
			p = p.FunctionPrototypes[0]
		}
		for pc := 0; pc < len(p.Code); pc += bytecode.Width(p, pc) {
			if i := p.Code[pc]; bytecode.Opcode(i) == lua.OP_CALL || bytecode.Opcode(i) == lua.OP_TAILCALL {
				kind, name := bytecode.Namer{P: p}.Operand(bytecode.A(i), pc)
				if got := kind + " " + name; got != want {
					t.Errorf("%s calls %q, want %q", src, got, want)
				}
				break
			}
		}
	}
}
