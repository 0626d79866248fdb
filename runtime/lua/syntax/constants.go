package syntax

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/bytecode"
	"devnode/runtime/lua/value"
)

// constants collects the constants of one function, each once.
//
// An instruction can name 2^18 of them. When most of these are taken, further
// constants go to pools, tables that are constants themselves; their index then
// has the bit pooled set, and reading one takes its pool and its place in it.
type constants struct {
	values  []lua.LValue
	strings map[string]int
	numbers map[lua.LValue]int
	pools   []pool
}

type pool struct {
	index int // of the table among the constants
	table *value.Table
	used  int
}

const (
	pooled    = 1 << 30
	poolSize  = 1 << 10
	poolStart = bytecode.MaxBx + 1 - 4*poolSize
)

// fewConstants is the number up to which a search beats a map.
const fewConstants = 12

func (k *constants) reset() {
	clear(k.values)
	k.values = k.values[:0]
	k.strings, k.numbers, k.pools = nil, nil, nil
}

func (k *constants) add(v lua.LValue) int {
	if len(k.values) >= poolStart {
		return k.addPooled(v)
	}
	k.values = append(k.values, v)
	return len(k.values) - 1
}

func (k *constants) addPooled(v lua.LValue) int {
	if len(k.pools) == 0 {
		for i := range poolSize {
			k.numbers[lua.LNumber(i+1)] = len(k.values)
			k.values = append(k.values, lua.LNumber(i+1))
		}
	}
	last := len(k.pools) - 1
	if last < 0 || k.pools[last].used == poolSize {
		k.pools = append(k.pools, pool{len(k.values), value.NewTable(poolSize, 0), 0})
		k.values = append(k.values, k.pools[last+1].table)
		last++
	}
	p := &k.pools[last]
	p.used++
	p.table.RawSetInt(p.used, v)
	return pooled | last*poolSize | (p.used - 1)
}

func (k *constants) string(s string) int {
	if len(k.values) <= fewConstants {
		for i, v := range k.values {
			if c, ok := v.(lua.LString); ok && string(c) == s {
				return i
			}
		}
		return k.add(lua.LString(s))
	}
	k.index()
	i, ok := k.strings[s]
	if !ok {
		i = k.add(lua.LString(s))
		k.strings[s] = i
	}
	return i
}

// number never sees NaN or negative zero, which are left to run time.
func (k *constants) number(n lua.LValue) int {
	if len(k.values) <= fewConstants {
		for i, v := range k.values {
			if v == n {
				return i
			}
		}
		return k.add(n)
	}
	k.index()
	i, ok := k.numbers[n]
	if !ok {
		i = k.add(n)
		k.numbers[n] = i
	}
	return i
}

func (k *constants) index() {
	if k.strings != nil {
		return
	}
	k.strings = make(map[string]int, 2*fewConstants)
	k.numbers = make(map[lua.LValue]int)
	for i, v := range k.values {
		if s, ok := v.(lua.LString); ok {
			k.strings[string(s)] = i
		} else if value.IsNumber(v) {
			k.numbers[v] = i
		}
	}
}

// other adds nil, a boolean or a function.
func (k *constants) other(v lua.LValue) int {
	for i, c := range k.values {
		if c == v {
			return i
		}
		if i == 64 { // a duplicate does no harm, a long search does
			break
		}
	}
	return k.add(v)
}

func (f *funcGen) constant(e *literal) int {
	switch e.kind {
	case litString:
		return f.consts.string(e.str)
	case litNumber:
		return f.consts.number(e.num)
	case litTrue:
		return f.consts.other(lua.LTrue)
	case litFalse:
		return f.consts.other(lua.LFalse)
	}
	return f.consts.other(lua.LNil)
}

func (f *funcGen) loadConstant(r, k, line int) {
	if k&pooled == 0 {
		f.checkConstant(k, line)
		f.emitABx(lua.OP_LOADK, r, k, line)
		return
	}
	k &^= pooled
	mark := f.free
	place := f.alloc(1)
	f.loadConstant(r, f.consts.pools[k/poolSize].index, line)
	f.loadConstant(place, f.consts.numbers[lua.LNumber(k%poolSize+1)], line)
	f.emitABC(lua.OP_GETTABLE, r, r, place, line)
	f.free = mark
}

func (f *funcGen) checkConstant(k, line int) {
	if k > bytecode.MaxBx {
		f.fail(line, "too many constants (limit is %d) in %s", bytecode.MaxBx+1, f.fn.where())
	}
}

// literalRK returns a constant as an operand, by way of a register where its
// index is too large for one.
func (f *funcGen) literalRK(e *literal) int {
	if e.kind == litNil && len(f.consts.values) >= poolStart {
		return f.push(e) // a pool can't hold nil
	}
	k := f.constant(e)
	if k <= maxRK {
		return k | bytecode.ConstantBit
	}
	r := f.alloc(1)
	f.loadConstant(r, k, e.Line())
	return r
}
