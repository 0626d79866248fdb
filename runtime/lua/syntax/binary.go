package syntax

import (
	"encoding/binary"
	"errors"
	"math"
	"slices"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
)

// A binary chunk is a function as string.dump writes it. C Lua's own are for
// another machine: the header differs from theirs behind the signature.

// Signature begins every binary chunk, C Lua's as well.
const Signature = '\x1b'

const (
	binaryVersion = 1
	binaryHeader  = "\x1bLua\x54devnode" + string(rune(binaryVersion))
)

// Constants in a binary chunk.
const (
	binaryNil byte = iota
	binaryFalse
	binaryTrue
	binaryNumber // a lua.LNumber
	binaryInt    // a value.Int
	binaryFloat  // a value.Float
	binaryString
	binaryHelper
)

// binaryHelpers are the functions that may be constants. In the place of keepScope
// is one that does nothing: what is loaded is no file.
var (
	keepNothing   = helper(func(*lua.LState) int { return 0 })
	binaryHelpers = []*lua.LFunction{keepNothing, getEnv, setEnv, closeCheck, closeValue, closeAndPass}
)

// errNoDump is what string.dump says of a function that can't be written.
var errNoDump = errors.New("unable to dump given function")

// Dump writes a function as a binary chunk, which Undump reads. strip leaves out
// what only messages and debuggers need.
func Dump(p *lua.FunctionProto, strip bool) ([]byte, error) {
	info := infoOf(p)
	if info == nil {
		return nil, errNoDump
	}
	e := &encoder{b: []byte(binaryHeader), strip: strip}
	e.flag(strip)
	if !strip {
		e.text(info.chunk.source)
	}
	if !e.function(p) {
		return nil, errNoDump
	}
	return e.b, nil
}

type encoder struct {
	b     []byte
	strip bool
}

func (e *encoder) flag(v bool) {
	if v {
		e.b = append(e.b, 1)
	} else {
		e.b = append(e.b, 0)
	}
}

func (e *encoder) number(n int)  { e.b = binary.AppendUvarint(e.b, uint64(n)) }
func (e *encoder) text(s string) { e.number(len(s)); e.b = append(e.b, s...) }

func (e *encoder) function(p *lua.FunctionProto) bool {
	info := infoOf(p)
	e.flag(isScope(p))
	for _, n := range []int{p.LineDefined, p.LastLineDefined, int(p.NumUpvalues), info.env, int(p.NumParameters), int(p.IsVarArg), int(p.NumUsedRegisters)} {
		e.number(n)
	}
	e.number(len(p.Code))
	for _, i := range p.Code {
		e.b = binary.LittleEndian.AppendUint32(e.b, i)
	}
	last := len(p.Constants) - 1 // info
	e.number(last)
	for _, k := range p.Constants[:last] {
		if !e.constant(k) {
			return false
		}
	}
	e.number(len(info.closers))
	for _, c := range info.closers {
		e.number(c.start)
		e.number(c.end)
		e.number(c.reg)
	}
	if !e.strip {
		e.debug(p)
	}
	e.number(len(p.FunctionPrototypes))
	for _, inner := range p.FunctionPrototypes {
		if !e.function(inner) {
			return false
		}
	}
	return true
}

func (e *encoder) constant(k lua.LValue) bool {
	switch k := k.(type) {
	case *lua.LNilType:
		e.b = append(e.b, binaryNil)
	case lua.LBool:
		e.b = append(e.b, binaryFalse)
		if k {
			e.b[len(e.b)-1] = binaryTrue
		}
	case lua.LNumber:
		e.b = binary.LittleEndian.AppendUint64(append(e.b, binaryNumber), math.Float64bits(float64(k)))
	case value.Int:
		e.b = binary.LittleEndian.AppendUint64(append(e.b, binaryInt), uint64(k))
	case value.Float:
		e.b = binary.LittleEndian.AppendUint64(append(e.b, binaryFloat), math.Float64bits(float64(k)))
	case lua.LString:
		e.b = append(e.b, binaryString)
		e.text(string(k))
	case *lua.LFunction:
		if k == keepScope {
			k = keepNothing
		}
		i := slices.Index(binaryHelpers, k)
		e.b = append(e.b, binaryHelper, byte(i))
		return i >= 0
	default: // a pool of constants
		return false
	}
	return true
}

func (e *encoder) debug(p *lua.FunctionProto) {
	for _, line := range p.DbgSourcePositions {
		e.number(line)
	}
	e.number(len(p.DbgLocals))
	for _, l := range p.DbgLocals {
		e.text(l.Name)
		e.number(l.StartPc + 1) // that of a parameter is -1
		e.number(l.EndPc)
	}
	for _, name := range p.DbgUpvalues {
		e.text(name)
	}
	e.number(len(p.DbgCalls))
	for _, c := range p.DbgCalls {
		e.text(c.Name)
		e.number(c.Pc)
	}
}
