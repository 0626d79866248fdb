package syntax_test

import (
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"devnode/runtime/lua/syntax"
	"devnode/runtime/lua/vm"

	lua "github.com/yuin/gopher-lua"
)

// prelude is what the random programs are written against.
const prelude = `local function emit(s) io.write(s, "\n") end
local ticks = 0
function tick() ticks = ticks + 1 if ticks > 120 then error("limit", 0) end end
local function show(v)
	if type(v) == "number" or type(v) == "string" or type(v) == "boolean" or v == nil then
		return tostring(v)
	end
	return type(v)
end
function out(...)
	local s = {}
	for i = 1, select("#", ...) do s[i] = show((select(i, ...))) end
	emit(table.concat(s, " "))
end
function n(v) if type(v) == "number" then return math.floor(v) % 1009 end return 4 end
function bits(f) local ok, v = pcall(f) if ok then return v end out(v) return 1 end
function fmod(a, b) local ok, v = pcall(math.fmod, a, b) return ok and v or 2 end
function id(...) return ... end
function three() return 1, 2, 3 end
function range(k) local i = 0 return function() i = i + 1 if i <= k then return i, i * i end end end
function closer(name, fails)
	return setmetatable({}, {__close = function(_, e)
		emit("close " .. name .. " " .. show(e))
		if fails then error("closer " .. name, 0) end
	end})
end
function closing(k) return range(k), nil, nil, closer("for") end
local mt = {}
mt.__index = function(t, k) if k == "z" then return 99 end return rawget(mt, k) end
mt.__newindex = function(t, k, v) emit("new " .. show(k)) rawset(t, k, v) end
mt.__add = function(a, b) return 11 end
mt.__concat = function(a, b) return "cat" end
mt.__eq = function(a, b) return a.v == b.v end
mt.__len = function(a) return 2 end
mt.__call = function(self, a) return "called", a end
mt.__idiv = function(a, b) return "idiv" end
mt.__band = function(a, b) return "band" end
function mt.get(self, k) return k end
local ordered = {__lt = function(a, b) return a.v < b.v end, __le = function(a, b) return a.v <= b.v end}
function ord(v) return setmetatable({v = v}, ordered) end
function obj(v) return setmetatable({v = v}, mt) end
`

// TestDifferential runs random programs here and by lua5.4; the output must be
// the same, the messages of all errors included. There are two runs: DIFF_PROGRAMS sets
// the number of programs, DIFF_SEED the seed of the second.
func TestDifferential(t *testing.T) {
	oracle(t)
	count := 1000
	if s := os.Getenv("DIFF_PROGRAMS"); s != "" {
		count, _ = strconv.Atoi(s)
		count /= 2
	}
	if testing.Short() {
		count /= 10
	}
	seed := uint64(2)
	if s := os.Getenv("DIFF_SEED"); s != "" {
		seed, _ = strconv.ParseUint(s, 10, 64)
	}
	t.Logf("%d programs with seed 1 and %d with seed %d", count, count, seed)
	failures := 0
	pool := newPool(t)
	before, err := syntax.Compile([]byte(prelude), "=prelude")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []uint64{1, seed} {
		const batch = 250
		for from := 0; from < count; from += batch {
			var programs []string
			for i := from; i < min(from+batch, count); i++ {
				programs = append(programs, generate(s, uint64(i)))
			}
			want, ok := batchOracle(t, programs)
			if !ok && s != 1 {
				t.Logf("lua5.4 itself crashes on one of the programs %d to %d of seed %d: these are left out", from, from+len(programs)-1, s)
				continue
			} else if !ok {
				t.Fatal("lua5.4 crashes")
			}
			for i, src := range programs {
				got := runOne(t, pool, before, src)
				got, want[i] = zeroDivision.ReplaceAllString(got, "$1"), zeroDivision.ReplaceAllString(want[i], "$1")
				if got == want[i] || strings.Contains(want[i], tooDeep) {
					continue
				}
				if failures++; failures <= 3 {
					t.Errorf("program %d of seed %d differs\n%s\n%s", from+i, s, firstDifference(got, want[i]), numbered(src))
				}
			}
		}
	}
	t.Logf("%d programs, %d differences", 2*count, failures)
	if failures > 0 {
		t.Fail()
	}
}

// tooDeep is the error where calls from C are nested too deep. How deep a program
// may nest them is C Lua's own affair, and what comes after depends on it.
const tooDeep = "C stack overflow"

// zeroDivision finds the errors whose line lua5.4.4 may get wrong: it doesn't note
// where it is before it divides integers.
var zeroDivision = regexp.MustCompile(`p:\d+: (attempt to (?:divide by zero|perform 'n%0'))`)

func numbered(src string) string {
	var b strings.Builder
	for i, line := range strings.Split(src, "\n") {
		fmt.Fprintf(&b, "%3d %s\n", i+1, line)
	}
	return b.String()
}

const (
	endProgram = "\x01"
	endOutput  = "\x02"
)

// batchOracle has one lua5.4 process run all programs, each in a new
// environment. It is false where that process crashed: Debian's does on a rare
// program.
func batchOracle(t *testing.T, programs []string) ([]string, bool) {
	driver := `
local prelude = ` + "[==[" + prelude + "]==]" + `
local all = io.read("a")
for src in all:gmatch("([^\1]*)\1") do
	local env = setmetatable({}, {__index = _G})
	env._G = env
	assert(load(prelude, "=prelude", "t", env))()
	local fn, err = load(src, "=p", "t", env)
	if not fn then io.write(err, "\n") else
		env.out(pcall(fn, 1, 2))
	end
	io.write("\2")
end`
	cmd := exec.Command("lua5.4", "-e", driver)
	cmd.Stdin = strings.NewReader(strings.Join(programs, endProgram) + endProgram)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if exit, ok := err.(*exec.ExitError); ok && !exit.Exited() {
		return nil, false
	}
	if err != nil {
		t.Fatalf("lua5.4: %v", err)
	}
	return strings.Split(string(out), endOutput), true
}

var report = mustCompile("local f = main; main = nil; out(pcall(f, 1, 2))")

// runOne runs a program in a VM of its own.
func runOne(t *testing.T, pool *vm.Pool, prelude *lua.FunctionProto, src string) string {
	m := &machine{VM: vm.New(pool)}
	defer m.Close()
	m.open(t)
	if _, e := m.call(prelude); e != nil {
		t.Fatal(e)
	}
	proto, err := syntax.Compile([]byte(src), "=p")
	if err != nil {
		return err.Error() + "\n"
	}
	m.Globals().RawSetString("main", m.NewClosure(proto))
	if _, e := m.call(report); e != nil {
		t.Fatal(e)
	}
	return m.out.String()
}
