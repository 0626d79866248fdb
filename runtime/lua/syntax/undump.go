package syntax

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
)

// maxBinaryDepth bounds how deep functions nest in a binary chunk.
const maxBinaryDepth = maxDepth

// Undump reads a binary chunk, whatever it is: its code is checked before it may
// run (verify), so that a chunk that was made by hand can't do what none that was
// compiled could do to the process. chunk names it in messages.
func Undump(data []byte, chunk string) (*lua.FunctionProto, error) {
	d := &decoder{b: data}
	p, err := d.chunk()
	if err == nil {
		return p, nil
	}
	name := chunk
	switch {
	case strings.HasPrefix(chunk, "@"), strings.HasPrefix(chunk, "="):
		name = chunk[1:]
	case strings.HasPrefix(chunk, string(Signature)):
		name = "binary string"
	}
	return nil, fmt.Errorf("%s: bad binary format (%w)", name, err)
}

var (
	errTruncated = errors.New("truncated chunk")
	errVersion   = errors.New("version mismatch")
	errCorrupted = errors.New("corrupted chunk")
)

// decoder reads a binary chunk. After an error it reads zeros.
type decoder struct {
	b     []byte
	err   error
	strip bool
	root  *chunkInfo
	name  string
}

func (d *decoder) chunk() (*lua.FunctionProto, error) {
	n := min(len(d.b), len(binaryHeader))
	if string(d.b[:n]) != binaryHeader[:n] {
		return nil, errVersion
	}
	if n < len(binaryHeader) {
		return nil, errTruncated
	}
	d.b = d.b[n:]
	d.root = &chunkInfo{source: "=?"}
	if d.strip = d.byte() != 0; !d.strip {
		d.root.source = d.text()
	}
	d.name = ChunkID(d.root.source)
	p := d.function(0)
	if d.err == nil && len(d.b) > 0 {
		d.err = errCorrupted
	}
	d.root.main = p
	return p, d.err
}

func (d *decoder) fail(err error) {
	if d.err == nil {
		d.err, d.b = err, nil
	}
}

func (d *decoder) bytes(n int) []byte {
	if n > len(d.b) {
		d.fail(errTruncated)
		return nil
	}
	b := d.b[:n]
	d.b = d.b[n:]
	return b
}

func (d *decoder) byte() byte {
	if b := d.bytes(1); b != nil {
		return b[0]
	}
	return 0
}

// number reads a number up to limit.
func (d *decoder) number(limit int) int {
	n, used := binary.Uvarint(d.b)
	switch {
	case used == 0:
		d.fail(errTruncated)
		return 0
	case used < 0 || n > uint64(limit):
		d.fail(errCorrupted)
		return 0
	}
	d.b = d.b[used:]
	return int(n)
}

// count reads how many things follow that take so many bytes each, or more.
func (d *decoder) count(size int) int {
	n := d.number(math.MaxInt32)
	if n > len(d.b)/size {
		d.fail(errTruncated)
		return 0
	}
	return n
}

func (d *decoder) text() string { return string(d.bytes(d.count(1))) }

func (d *decoder) word() uint64 {
	if b := d.bytes(8); b != nil {
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}

func (d *decoder) function(depth int) *lua.FunctionProto {
	if depth > maxBinaryDepth {
		d.fail(errCorrupted)
		return nil
	}
	const maxLine = math.MaxInt32
	p := &lua.FunctionProto{SourceName: d.name}
	if d.byte() != 0 {
		p.SourceName = scopeName
	}
	p.LineDefined, p.LastLineDefined = d.number(maxLine), d.number(maxLine)
	p.NumUpvalues = uint8(d.number(maxUpvalues))
	info := &protoInfo{chunk: d.root, env: d.number(maxUpvalues + 1)}
	p.NumParameters, p.IsVarArg, p.NumUsedRegisters = uint8(d.number(maxReg)), uint8(d.number(int(lua.VarArgIsVarArg))), uint8(d.number(maxReg))
	n := d.count(4)
	p.Code = make([]uint32, n, 2*n) // as withHints
	for i := range p.Code {
		if b := d.bytes(4); b != nil {
			p.Code[i] = binary.LittleEndian.Uint32(b)
		}
	}
	d.constants(p)
	for range d.count(3) {
		info.closers = append(info.closers, closeRange{d.number(maxLine), d.number(maxLine), d.number(maxReg)})
	}
	p.Constants = append(p.Constants, &lua.LUserData{Value: info, Metatable: lua.LNil})
	d.debug(p)
	for range d.count(1) {
		p.FunctionPrototypes = append(p.FunctionPrototypes, d.function(depth+1))
		if d.err != nil {
			return p
		}
	}
	if d.err == nil && !verify(p, info) {
		d.fail(errCorrupted)
	}
	return p
}

func (d *decoder) constants(p *lua.FunctionProto) {
	n := d.count(1)
	p.Constants = make([]lua.LValue, n, n+1)
	for i := range p.Constants {
		p.Constants[i] = d.constant()
	}
}

func (d *decoder) constant() lua.LValue {
	switch d.byte() {
	case binaryNil:
		return lua.LNil
	case binaryFalse:
		return lua.LFalse
	case binaryTrue:
		return lua.LTrue
	case binaryNumber:
		return lua.LNumber(math.Float64frombits(d.word()))
	case binaryInt:
		return value.OfInt(int64(d.word()))
	case binaryFloat:
		return value.OfFloat(math.Float64frombits(d.word()))
	case binaryString:
		return lua.LString(d.text())
	case binaryHelper:
		if i := int(d.byte()); i < len(binaryHelpers) {
			return binaryHelpers[i]
		}
	}
	d.fail(errCorrupted)
	return lua.LNil
}

// debug reads what messages and debuggers need. A stripped function has the line -1
// everywhere, as gopher-lua looks for one.
func (d *decoder) debug(p *lua.FunctionProto) {
	p.DbgSourcePositions = make([]int, len(p.Code))
	if d.strip {
		for i := range p.DbgSourcePositions {
			p.DbgSourcePositions[i] = -1
		}
		return
	}
	const maxPc = math.MaxInt32
	for i := range p.DbgSourcePositions {
		p.DbgSourcePositions[i] = d.number(maxPc)
	}
	for range d.count(3) {
		p.DbgLocals = append(p.DbgLocals, &lua.DbgLocalInfo{Name: d.text(), StartPc: d.number(maxPc) - 1, EndPc: d.number(maxPc)})
	}
	for range p.NumUpvalues {
		p.DbgUpvalues = append(p.DbgUpvalues, d.text())
	}
	for range d.count(2) {
		p.DbgCalls = append(p.DbgCalls, lua.DbgCall{Name: d.text(), Pc: d.number(maxPc)})
	}
}
