package actor

import (
	"encoding/binary"
	"math"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/layout"
	"devnode/runtime/lua/value"
)

// MaxDepth is how deep tables nest in a message (MAX_DEPTH of lua-seri.c).
const MaxDepth = 32

// The binary form of values, as lua-seri.c writes it: a byte of type (3 bits)
// and cookie (5 bits), then the value. Inside a node nothing is serialised;
// this serves skynet.packstring, skynet.unpack of a string, and the sizes that
// the log shows.
const (
	seriNil     = 0
	seriBoolean = 1
	seriNumber  = 2
	seriPointer = 3
	seriShort   = 4
	seriLong    = 5
	seriTable   = 6

	maxCookie = 32
)

// nullPointer is C's NULL, the one pointer that means something outside of its process.
const nullPointer = "\x00\x00\x00\x00\x00\x00\x00\x00"

// Cookies of seriNumber.
const (
	numZero  = 0
	numByte  = 1
	numWord  = 2
	numDword = 4
	numQword = 6
	numReal  = 8
)

func head(kind, cookie int) byte { return byte(kind | cookie<<3) }

// pollEvery is how many values are written or read between two calls of poll.
const pollEvery = 4096

// pace calls poll now and then while much is written or read: it may raise an error, and so
// end the work. It may be nil.
type pace struct {
	poll  func()
	steps int
}

// value counts a value.
func (p *pace) value() {
	if p.steps++; p.steps%pollEvery == 0 {
		p.piece()
	}
}

// piece is called after some hundred thousand bytes.
func (p *pace) piece() {
	if p.poll != nil {
		p.poll()
	}
}

// Serialize is the values in that form. poll, unless it is nil, is called now and then: it
// may raise an error.
func Serialize(values []lua.LValue, poll func()) string {
	var b []byte
	w := writer{pace{poll: poll}}
	for _, v := range values {
		b = w.value(b, v)
	}
	return layout.String(b) // which nobody changes any more
}

// writer writes the form that reader reads.
type writer struct{ pace }

func (w *writer) value(b []byte, v lua.LValue) []byte {
	w.pace.value()
	switch v := v.(type) {
	case lua.LBool:
		if v {
			return append(b, head(seriBoolean, 1))
		}
		return append(b, head(seriBoolean, 0))
	case lua.LNumber, value.Int, value.Float:
		if i, f, kind := value.Read(v); kind == value.Real {
			return binary.LittleEndian.AppendUint64(append(b, head(seriNumber, numReal)), math.Float64bits(f))
		} else {
			return appendInteger(b, i)
		}
	case lua.LString:
		return w.string(b, string(v))
	case *value.Table:
		return w.table(b, v)
	case *lua.LUserData:
		if v == value.Null {
			return append(b, append([]byte{head(seriPointer, 0)}, nullPointer...)...)
		}
		return append(b, head(seriNil, 0))
	default:
		return append(b, head(seriNil, 0))
	}
}

func appendInteger(b []byte, n int64) []byte {
	switch {
	case n == 0:
		return append(b, head(seriNumber, numZero))
	case n != int64(int32(n)):
		return binary.LittleEndian.AppendUint64(append(b, head(seriNumber, numQword)), uint64(n))
	case n < 0 || n >= 0x10000:
		return binary.LittleEndian.AppendUint32(append(b, head(seriNumber, numDword)), uint32(n))
	case n < 0x100:
		return append(b, head(seriNumber, numByte), byte(n))
	default:
		return binary.LittleEndian.AppendUint16(append(b, head(seriNumber, numWord)), uint16(n))
	}
}

func (w *writer) string(b []byte, s string) []byte {
	switch n := len(s); {
	case n < maxCookie:
		b = append(b, head(seriShort, n))
	case n < 0x10000:
		b = binary.LittleEndian.AppendUint16(append(b, head(seriLong, 2)), uint16(n))
	default:
		b = binary.LittleEndian.AppendUint32(append(b, head(seriLong, 4)), uint32(n))
	}
	return w.bytes(b, s)
}

// pieceSize is how many bytes are moved at once: while a program moves more, it can't
// be stopped, as the collector does, and nothing else of it runs then.
const pieceSize = 256 << 10

// bytes is append, piece by piece.
func (w *writer) bytes(b []byte, s string) []byte {
	if len(s) > pieceSize { // growing it by append clears the room for it at once
		b = append(make([]byte, 0, len(b)+len(s)+pieceSize), b...)
	}
	for len(s) > pieceSize {
		b = append(b, s[:pieceSize]...)
		s = s[pieceSize:]
		w.piece()
	}
	return append(b, s...)
}

func (w *writer) table(b []byte, t *value.Table) []byte {
	n := t.Len()
	if n >= maxCookie-1 {
		b = appendInteger(append(b, head(seriTable, maxCookie-1)), int64(n))
	} else {
		b = append(b, head(seriTable, n))
	}
	for i := 1; i <= n; i++ {
		b = w.value(b, t.RawGetInt(i))
	}
	t.ForEach(func(k, v lua.LValue) {
		if isIndex(k, n) {
			return
		}
		b = w.value(w.value(b, k), v)
	})
	return append(b, head(seriNil, 0))
}

// SerializedSize is the length that Serialize would give, in bytes.
func SerializedSize(values []lua.LValue) int { return sizer{}.values(values) }

// sizer adds up what values take in serialised form. With seen each table
// counts once, so that values which a script may have changed meanwhile, to
// tables that contain themselves, are no trap.
type sizer struct{ seen map[*value.Table]bool }

func (z sizer) values(values []lua.LValue) int {
	size := 0
	for _, v := range values {
		size += z.value(v)
	}
	return size
}

func (z sizer) value(v lua.LValue) int {
	switch v := v.(type) {
	case lua.LString:
		switch n := len(v); {
		case n < maxCookie:
			return 1 + n
		case n < 0x10000:
			return 3 + n
		default:
			return 5 + n
		}
	case *value.Table:
		return z.table(v)
	case *lua.LUserData:
		if v == value.Null {
			return 1 + len(nullPointer)
		}
		return 1
	case lua.LNumber, value.Int, value.Float:
		if i, _, kind := value.Read(v); kind == value.Integer {
			return integerSize(i)
		}
		return 9
	default:
		return 1
	}
}

func (z sizer) table(t *value.Table) int {
	if z.seen[t] {
		return 1
	}
	if z.seen != nil {
		z.seen[t] = true
	}
	size, n := 2, t.Len()
	if n >= maxCookie-1 {
		size += integerSize(int64(n))
	}
	t.ForEach(func(k, v lua.LValue) {
		if !isIndex(k, n) {
			size += z.value(k)
		}
		size += z.value(v)
	})
	return size
}

// isIndex tells whether a key is in the array of a table of length n.
func isIndex(k lua.LValue, n int) bool {
	i, ok := value.ToInt(k)
	return ok && 1 <= i && i <= int64(n)
}

// integerSize is how many bytes appendInteger appends.
func integerSize(n int64) int {
	switch {
	case n == 0:
		return 1
	case n != int64(int32(n)):
		return 9
	case n < 0 || n >= 0x10000:
		return 5
	case n < 0x100:
		return 2
	default:
		return 3
	}
}

// reader reads the form that Serialize writes.
type reader struct {
	pace
	rest string
}

// Deserialize is the values of a string that Serialize made. The second result
// is false when the bytes are no such string. poll is as Serialize's.
func Deserialize(s string, poll func()) ([]lua.LValue, bool) {
	r := reader{pace{poll: poll}, s}
	var values []lua.LValue
	for r.rest != "" {
		v, ok := r.value(0)
		if !ok {
			return nil, false
		}
		values = append(values, v)
	}
	return values, true
}

func (r *reader) take(n int) (string, bool) {
	if n < 0 || len(r.rest) < n {
		return "", false
	}
	s := r.rest[:n]
	r.rest = r.rest[n:]
	return s, true
}

func (r *reader) uint(size int) (uint64, bool) {
	s, ok := r.take(size)
	if !ok {
		return 0, false
	}
	var n uint64
	for i := size - 1; i >= 0; i-- {
		n = n<<8 | uint64(s[i])
	}
	return n, true
}

// text takes a string of n bytes. It is copied, for the whole would live as long.
func (r *reader) text(n int) (lua.LValue, bool) {
	s, ok := r.take(n)
	if len(s) <= pieceSize {
		return lua.LString(strings.Clone(s)), ok
	}
	w := writer{r.pace}
	b := w.bytes(nil, s)
	return lua.LString(layout.String(b)), ok
}

func (r *reader) value(depth int) (lua.LValue, bool) {
	r.pace.value()
	h, ok := r.take(1)
	if !ok || depth > MaxDepth+1 {
		return nil, false
	}
	kind, cookie := int(h[0]&7), int(h[0]>>3)
	switch kind {
	case seriNil:
		return lua.LNil, true
	case seriBoolean:
		return lua.LBool(cookie == 1), true
	case seriNumber:
		return r.number(cookie)
	case seriPointer:
		s, ok := r.take(len(nullPointer))
		return value.Null, ok && s == nullPointer // of other pointers nobody knows what they were
	case seriShort:
		return r.text(cookie)
	case seriLong:
		n, ok := r.uint(cookie)
		if !ok || n > math.MaxInt32 {
			return nil, false
		}
		return r.text(int(n))
	case seriTable:
		return r.table(cookie, depth)
	}
	return nil, false
}

func (r *reader) number(cookie int) (lua.LValue, bool) {
	switch cookie {
	case numZero:
		return lua.LNumber(0), true
	case numByte, numWord:
		n, ok := r.uint(cookie)
		return lua.LNumber(n), ok
	case numDword:
		n, ok := r.uint(4)
		return lua.LNumber(int32(n)), ok
	case numQword:
		n, ok := r.uint(8)
		return value.OfInt(int64(n)), ok
	case numReal:
		n, ok := r.uint(8)
		return value.OfFloat(math.Float64frombits(n)), ok
	}
	return nil, false
}

func (r *reader) table(n, depth int) (lua.LValue, bool) {
	if n == maxCookie-1 {
		v, ok := r.value(depth)
		size, isNumber := value.ToInt(v)
		if !ok || !isNumber || size < 0 || size > int64(len(r.rest)) {
			return nil, false
		}
		n = int(size)
	}
	t := value.NewTable(0, 0)
	for i := 1; i <= n; i++ {
		v, ok := r.value(depth + 1)
		if !ok {
			return nil, false
		}
		t.RawSetInt(i, v)
	}
	for {
		k, ok := r.value(depth + 1)
		if !ok {
			return nil, false
		}
		if k == lua.LNil {
			return t, true
		}
		v, ok := r.value(depth + 1)
		if !ok {
			return nil, false
		}
		t.RawSet(value.Key(k), v)
	}
}
