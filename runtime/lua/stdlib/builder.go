package stdlib

import (
	"strings"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/layout"
	"devnode/runtime/lua/vm"
)

// pieceSize is how many bytes a string function copies between two looks at
// whether the fiber has to end: some tens of microseconds' work.
const pieceSize = 256 << 10

// builder is a strings.Builder for long strings: it can be interrupted.
type builder struct {
	strings.Builder
	f     *vm.Fiber
	steps int
}

func newBuilder(L *lua.LState) *builder { return &builder{f: vm.Of(L)} }

// add writes s, piece by piece.
func (b *builder) add(s string) {
	for len(s) > pieceSize {
		b.WriteString(s[:pieceSize])
		s = s[pieceSize:]
		b.f.Poll()
	}
	b.WriteString(s)
}

// tick counts a small step, and looks at the world now and then.
func (b *builder) tick() {
	if b.steps++; b.steps >= pollEvery {
		b.steps = 0
		b.f.Poll()
	}
}

// repeat writes s n times, with sep between. Room for them is there.
func (b *builder) repeat(s, sep string, n int) {
	unit, left := sep+s, n-1
	b.add(s)
	if many := min(left, pieceSize/max(1, len(unit))); many > 1 {
		for block := strings.Repeat(unit, many); left >= many; left -= many {
			b.add(block)
			b.f.Poll()
		}
	}
	for ; left > 0; left-- {
		b.add(unit)
	}
}

// appendText is append, of a text piece by piece where that is long: moving many bytes
// at once keeps the whole program waiting, where the collector wants it to stop.
func appendText(f *vm.Fiber, b []byte, s string) []byte {
	if len(s) <= pieceSize {
		return append(b, s...)
	}
	if cap(b)-len(b) < len(s) {
		larger := make([]byte, 0, len(b)+len(s)+pieceSize)
		b = appendPieces(f, larger, layout.String(b))
	}
	return appendPieces(f, b, s)
}

// appendPieces appends a text for which there is room.
func appendPieces(f *vm.Fiber, b []byte, s string) []byte {
	for len(s) > pieceSize {
		b = append(b, s[:pieceSize]...)
		s = s[pieceSize:]
		f.Poll()
	}
	return append(b, s...)
}

// transform is s with each piece changed in place by change, and the pieces in
// the opposite order if backwards.
func transform(L *lua.LState, s string, backwards bool, change func(piece []byte)) string {
	f := vm.Of(L)
	making(L, len(s))
	b := make([]byte, len(s))
	for from := 0; from < len(s); from += pieceSize {
		to := min(from+pieceSize, len(s))
		piece := b[from:to]
		if backwards {
			piece = b[len(s)-to : len(s)-from]
		}
		copy(piece, s[from:to])
		change(piece)
		if to < len(s) {
			f.Poll()
		}
	}
	return layout.String(b)
}
