package stdlib

import (
	"errors"
	"math/rand"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/syntax"
	"devnode/runtime/lua/vm"
)

// conformanceChunks are the main functions of the scripts that are compared with C
// Lua's results.
func conformanceChunks(t *testing.T) []*lua.FunctionProto {
	t.Helper()
	var list []*lua.FunctionProto
	for _, pattern := range []string{"testdata/conformance/*.lua", "../syntax/testdata/conformance/*.lua"} {
		paths, err := filepath.Glob(pattern)
		if err != nil || len(paths) == 0 {
			t.Fatal("no scripts", err)
		}
		for _, path := range paths {
			src, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			proto, err := syntax.Compile(src, "@"+filepath.Base(path))
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, proto)
		}
	}
	return list
}

// TestBinaryKeepsCode reads what it has written: whatever the compiler makes passes
// the check, and comes back as it was.
func TestBinaryKeepsCode(t *testing.T) {
	for _, proto := range conformanceChunks(t) {
		for _, strip := range []bool{false, true} {
			data, err := syntax.Dump(proto, strip)
			if err != nil {
				t.Fatal(err)
			}
			got, err := syntax.Undump(data, "=binary")
			if err != nil {
				t.Fatalf("%s: %v", proto.SourceName, err)
			}
			was, is := syntax.Functions(proto), syntax.Functions(got)
			if len(was) != len(is) {
				t.Fatalf("%s: %d functions, want %d", proto.SourceName, len(is), len(was))
			}
			for i := range was {
				if !slices.Equal(was[i].Code, is[i].Code) || len(was[i].Constants) != len(is[i].Constants) || was[i].NumUsedRegisters != is[i].NumUsedRegisters {
					t.Errorf("%s: function %d has changed", proto.SourceName, i)
				}
			}
		}
	}
}

// binaryProgram has something of everything that code can do.
const binaryProgram = `
local a, b, t = 1, "b", { 1, 2, 3, x = { y = 1 } }
local function f(n, ...) if n < 1 then return a, ... end a = a + n return f(n - 1, n, ...) end
local mt = setmetatable({}, { __index = function(_, k) return k end, __add = function() return 7 end, __close = function() end })
for i = 1, 3 do local c <close> = mt t[i] = (i // 2 & 3 | 1) ~ i << 1 end
for k, v in pairs(t) do b = b .. tostring(k) end
while a < 5 do a = a + 1 if a == 3 then goto out end end ::out::
local s = ("x"):rep(3) .. #t .. -a
local ok = a == 1 and b or not s
return f(3), mt + 1, mt.name, select("#", f(2)), { f(2) }, function() return a, t, s end, _ENV ~= nil
`

// TestHostileBinary changes bytes of a binary chunk, and runs what load takes: it
// may fail, or not end, but goes no further than to the call that has run it. By
// DEVNODE_FUZZ=n it is n chunks.
func TestHostileBinary(t *testing.T) {
	n := 4000
	if text := os.Getenv("DEVNODE_FUZZ"); text != "" {
		n, _ = strconv.Atoi(text)
	}
	proto, err := syntax.Compile([]byte(binaryProgram), "=hostile")
	if err != nil {
		t.Fatal(err)
	}
	data, err := syntax.Dump(proto, true)
	if err != nil {
		t.Fatal(err)
	}
	rnd := rand.New(rand.NewSource(1))
	loaded, ended := 0, 0
	for range n {
		changed := slices.Clone(data)
		for range 1 + rnd.Intn(4) {
			at := 12 + rnd.Intn(len(changed)-12)
			switch rnd.Intn(3) {
			case 0:
				changed[at] = byte(rnd.Intn(256))
			case 1:
				changed[at] ^= 1 << rnd.Intn(8)
			default:
				changed[at] = changed[12+rnd.Intn(len(changed)-12)]
			}
		}
		p, err := syntax.Undump(changed, "=hostile")
		if err != nil {
			continue
		}
		loaded++
		if runBounded(t, p) {
			ended++
		}
	}
	if loaded < n/100 || ended < loaded/100 {
		t.Errorf("of %d chunks %d were loaded, and %d ran to their end: nothing is shown", n, loaded, ended)
	}
}

// runBounded runs a chunk for some thousand instructions, and tells whether it has
// come to its end.
func runBounded(t *testing.T, p *lua.FunctionProto) bool {
	v := newTestVM(t, Options{Warn: func(string) {}})
	defer v.Close()
	looks := 0
	v.Meter = func(f *vm.Fiber, bytes int) error {
		if looks++; looks > 100 || bytes > 1<<20 {
			return errors.New("it goes on too long")
		}
		return nil
	}
	f := v.NewFiber(nil)
	defer f.Release()
	f.Start(v.NewFunction(callMain), of(v).undumped(p))
	for f.Resume() == vm.Parked {
		f.Kill()
	}
	return f.Failure() == nil
}
