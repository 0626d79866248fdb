package stdlib

import (
	"bufio"
	"errors"
	"io"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

func fileRead(L *lua.LState) int { return checkFile(L, 1).read(L, 2) }

// read reads by the formats in the arguments from n on, a line by default. A
// format that fails gives nil, and ends it.
func (f *file) read(L *lua.LState, n int) int {
	formats := stackValues(L, n)
	if len(formats) == 0 {
		formats = []lua.LValue{lua.LString("l")}
	}
	return f.readFormats(L, formats, n)
}

func (f *file) readFormats(L *lua.LState, formats []lua.LValue, n int) int {
	r, err := f.reader()
	if err == nil && f.src.fiber != nil {
		err = errBusy
	}
	if err != nil {
		return fileResult(L, err, "")
	}
	f.src.fiber = vm.Of(L)
	defer func() { f.src.fiber = nil }()
	for i, format := range formats {
		v, err := f.readOne(L, r, format, n+i)
		if err != nil && !errors.Is(err, io.EOF) {
			return fileResult(L, err, "")
		}
		if v == nil {
			L.Push(lua.LNil)
			return i + 1
		}
		L.Push(v)
	}
	return len(formats)
}

// readOne reads one value, nil if there is none.
func (f *file) readOne(L *lua.LState, r *bufio.Reader, format lua.LValue, n int) (lua.LValue, error) {
	if value.IsNumber(format) {
		count, ok := toInteger(format)
		if !ok {
			argError(L, n, "number has no integer representation")
		}
		return readCount(L, r, count)
	}
	s, ok := format.(lua.LString)
	if !ok {
		typeError(L, n, "string")
	}
	switch strings.TrimPrefix(string(s), "*") + " " {
	case " ":
	default:
		switch strings.TrimPrefix(string(s), "*")[0] {
		case 'n':
			return readNumber(r)
		case 'l':
			return readLine(L, r, false)
		case 'L':
			return readLine(L, r, true)
		case 'a':
			return readAll(L, r)
		}
	}
	argError(L, n, "invalid format")
	return nil, nil
}

func readCount(L *lua.LState, r *bufio.Reader, count int64) (lua.LValue, error) {
	if count <= 0 {
		if _, err := r.Peek(1); err != nil {
			return nil, err
		}
		return lua.LString(""), nil
	}
	if count > int64(libOf(L).MaxString) {
		fail(L, "resulting string too large")
	}
	var b strings.Builder
	_, err := io.CopyN(&b, r, count)
	if b.Len() == 0 {
		return nil, err
	}
	return lua.LString(b.String()), err
}

func readLine(L *lua.LState, r *bufio.Reader, keep bool) (lua.LValue, error) {
	limit := libOf(L).MaxString
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		line = append(line, part...)
		if len(line) > limit {
			fail(L, "resulting string too large")
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if err != nil {
			if len(line) == 0 {
				return nil, err
			}
			return lua.LString(line), err
		}
		if !keep {
			line = line[:len(line)-1]
		}
		return lua.LString(line), nil
	}
}

func readAll(L *lua.LState, r *bufio.Reader) (lua.LValue, error) {
	limit := int64(libOf(L).MaxString)
	var b strings.Builder
	n, err := io.Copy(&b, io.LimitReader(r, limit+1))
	if n > limit {
		fail(L, "resulting string too large")
	}
	return lua.LString(b.String()), err
}

// maxNumeral is how many characters of a numeral are read, as in C Lua. A longer
// one is none.
const maxNumeral = 200

// numeralReader reads the longest text that may be a numeral.
type numeralReader struct {
	r    *bufio.Reader
	text []byte
	long bool // there is more of it than is read
}

func (n *numeralReader) peek() byte {
	b, err := n.r.Peek(1)
	if err != nil {
		return 0
	}
	return b[0]
}

// accept takes the next character if it is one of set.
func (n *numeralReader) accept(set string) bool {
	c := n.peek()
	if c == 0 || strings.IndexByte(set, c) < 0 {
		return false
	}
	if len(n.text) >= maxNumeral {
		n.long = true
		return false
	}
	n.r.ReadByte()
	n.text = append(n.text, c)
	return true
}

func (n *numeralReader) digits(set string) int {
	count := 0
	for n.accept(set) {
		count++
	}
	return count
}

func readNumber(r *bufio.Reader) (lua.LValue, error) {
	n := &numeralReader{r: r}
	for isSpace(n.peek()) {
		r.ReadByte()
	}
	digits, exponent := "0123456789", "eE"
	n.accept("+-")
	count := 0
	if n.accept("0") {
		if n.accept("xX") {
			digits, exponent = "0123456789abcdefABCDEF", "pP"
		} else {
			count = 1
		}
	}
	count += n.digits(digits)
	if n.accept(".") {
		count += n.digits(digits)
	}
	if count > 0 && n.accept(exponent) {
		n.accept("+-")
		n.digits("0123456789")
	}
	if v, ok := value.Parse(string(n.text)); ok && !n.long {
		return v, nil
	}
	_, err := r.Peek(1)
	return nil, err
}

// linesState is what the iterators of lines stand for.
type linesState struct {
	ud      *lua.LUserData
	formats []lua.LValue
	close   bool // at the end
}

// maxLinesArgs bounds the formats of lines, as in C Lua.
const maxLinesArgs = 250

func fileLines(L *lua.LState) int {
	checkFile(L, 1)
	return linesIterator(L, L.Get(1).(*lua.LUserData), false)
}

// linesIterator pushes what lines returns: an iterator, and for a file that it
// closes itself also the value that closes it when the loop is left early.
func linesIterator(L *lua.LState, ud *lua.LUserData, closes bool) int {
	st := &linesState{ud: ud, formats: stackValues(L, 2), close: closes}
	if len(st.formats) > maxLinesArgs {
		argError(L, maxLinesArgs+2, "too many arguments")
	}
	if len(st.formats) == 0 {
		st.formats = []lua.LValue{lua.LString("l")}
	}
	L.Push(value.Know(L.NewClosure(linesStep, &lua.LUserData{Value: st, Metatable: lua.LNil})))
	if !closes {
		return 1
	}
	return 1 + results(L, lua.LNil, lua.LNil, ud)
}

func linesStep(L *lua.LState) int {
	st := ownState[*linesState](L)
	f := st.ud.Value.(*file)
	if f.closed {
		fail(L, "file is already closed")
	}
	base := L.GetTop()
	n := f.readFormats(L, st.formats, 2)
	if L.Get(base+1) != lua.LNil {
		return n
	}
	if n > 1 { // an error, not the end
		fail(L, "%s", L.Get(base+2).String())
	}
	if st.close {
		f.closeResult(L)
	}
	L.SetTop(base)
	return 0
}
