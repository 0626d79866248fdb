package syntax_test

import (
	"errors"
	"testing"
	"time"

	"devnode/runtime/lua/bytecode"
	"devnode/runtime/lua/syntax"

	lua "github.com/yuin/gopher-lua"
)

// FuzzParse compiles anything: the result is a sound prototype or an *Error,
// within a second a megabyte.
func FuzzParse(f *testing.F) {
	for _, c := range faults {
		f.Add([]byte(c.src))
	}
	f.Add([]byte(serviceSource()))
	f.Add([]byte(dataSource(20)))
	for i := range uint64(20) {
		f.Add([]byte(generate(3, i)))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		start := time.Now()
		proto, err := syntax.Compile(src, "@fuzz.lua")
		if d := time.Since(start); d > 30*time.Second+time.Duration(len(src))*time.Microsecond {
			t.Errorf("%d bytes took %v", len(src), d)
		}
		var e *syntax.Error
		switch {
		case err == nil:
			checkProto(t, proto)
		case !errors.As(err, &e):
			t.Errorf("%v is no *Error", err)
		case e.Line < 1 || e.Chunk != "fuzz.lua" || e.Msg == "":
			t.Errorf("%#v", e)
		}
	})
}

// checkProto checks that the machine can't be led astray by a prototype.
func checkProto(t *testing.T, p *lua.FunctionProto) {
	n := len(p.Code)
	if n == 0 || len(p.DbgSourcePositions) != n || cap(p.Code) != 2*n {
		t.Fatalf("%d instructions, %d lines, capacity %d", n, len(p.DbgSourcePositions), cap(p.Code))
	}
	if op := p.Code[n-1] >> 26; op != uint32(lua.OP_RETURN) {
		t.Fatalf("the last instruction is %d", op)
	}
	for pc := 0; pc < n; pc++ {
		i := p.Code[pc]
		a, b, c := int(i>>18)&0xff, int(i)&0x1ff, int(i>>9)&0x1ff
		bx, sbx := int(i)&0x3ffff, int(i)&0x3ffff-0x1ffff
		reg := func(r int) {
			if r >= int(p.NumUsedRegisters) {
				t.Fatalf("instruction %d: register %d of %d", pc, r, p.NumUsedRegisters)
			}
		}
		rk := func(x int) {
			if x&0x100 == 0 {
				reg(x)
			} else if x&0xff >= len(p.Constants) {
				t.Fatalf("instruction %d: constant %d of %d", pc, x&0xff, len(p.Constants))
			}
		}
		reg(a)
		switch int(i >> 26) {
		case lua.OP_LOADK, lua.OP_GETGLOBAL, lua.OP_SETGLOBAL:
			if bx >= len(p.Constants) {
				t.Fatalf("instruction %d: constant %d of %d", pc, bx, len(p.Constants))
			}
		case lua.OP_JMP, lua.OP_FORLOOP, lua.OP_FORPREP:
			if to := pc + 1 + sbx; to < 0 || to >= n {
				t.Fatalf("instruction %d jumps to %d of %d", pc, to, n)
			}
		case lua.OP_GETTABLE, lua.OP_GETTABLEKS, lua.OP_SELF:
			reg(b)
			rk(c)
		case lua.OP_SETTABLE, lua.OP_SETTABLEKS, lua.OP_EQ, lua.OP_LT, lua.OP_LE,
			lua.OP_ADD, lua.OP_SUB, lua.OP_MUL, lua.OP_DIV, lua.OP_MOD, lua.OP_POW, bytecode.OpIDiv,
			bytecode.OpBAnd, bytecode.OpBOr, bytecode.OpBXor, bytecode.OpShl, bytecode.OpShr, bytecode.OpBNot:
			rk(b)
			rk(c)
		case lua.OP_GETUPVAL, lua.OP_SETUPVAL:
			if b >= int(p.NumUpvalues) {
				t.Fatalf("instruction %d: upvalue %d of %d", pc, b, p.NumUpvalues)
			}
		case lua.OP_CLOSURE:
			pc += int(p.FunctionPrototypes[bx].NumUpvalues)
		case lua.OP_SETLIST:
			if c == 0 {
				pc++
			}
		}
	}
	for _, q := range p.FunctionPrototypes {
		checkProto(t, q)
	}
}
