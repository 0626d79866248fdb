package runtime

import (
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"
)

// patchService is a service around a body that fills the table CMD. Its first
// line is the body's.
func patchService(body string) string {
	return `local skynet = require "skynet"; local CMD = {} ` + body + `
skynet.start(function()
	skynet.dispatch("lua", function(_, _, cmd, ...)
		skynet.retpack(CMD[cmd](...))
	end)
	if START then START() end
end)`
}

// command sends a request, words separated by blanks, and gives the answer.
func (tn *testNode) command(h Handle, words string) string {
	tn.t.Helper()
	var args []lua.LValue
	for _, w := range strings.Fields(words) {
		args = append(args, lua.LString(w))
	}
	values, err := tn.Call(testContext(tn.t), h, args...)
	if err != nil {
		return "error: " + err.Error()
	}
	var list []string
	for _, v := range values {
		list = append(list, v.String())
	}
	return strings.Join(list, " ")
}

// expect runs steps such as `get a = 1`, separated by semicolons.
func (tn *testNode) expect(h Handle, steps string) {
	tn.t.Helper()
	for step := range strings.SplitSeq(steps, ";") {
		words, want, _ := strings.Cut(step, " = ")
		if strings.TrimSpace(words) == "" {
			continue
		}
		if got := tn.command(h, words); got != strings.TrimSpace(want) {
			tn.t.Errorf("%s = %s, want %s", strings.TrimSpace(words), got, want)
		}
	}
}

func (tn *testNode) patchOne(h Handle) ReloadRecord {
	tn.t.Helper()
	return tn.Patch(testContext(tn.t), []Handle{h}, ReloadOptions{})[0]
}

// patchTests replace a body by another. What is expected of the patch is the
// functions that it changes, or behind a `!` a part of the refusal.
var patchTests = []struct{ name, old, before, new, patch, after string }{
	{"an upvalue keeps its value",
		`local n = 0 function CMD.inc() n = n + 1 return n end`, "inc = 1; inc = 2",
		`local n = 0 function CMD.inc() n = n + 10 return n end`, "CMD.inc", "inc = 12"},
	{"two functions keep sharing a variable",
		`local n = 0 function CMD.inc() n = n + 1 end function CMD.get() return n end`, "inc = ; get = 1",
		`local n = 0 function CMD.inc() n = n + 5 end function CMD.get() return -n end`, "CMD.inc CMD.get", "inc = ; get = -6"},
	{"comments only",
		`function CMD.f() return 1 end`, "f = 1",
		"-- a comment\nfunction CMD.f() return 1 end", "", "f = 1"},
	{"line numbers of functions that stay",
		`function CMD.f() return debug.getinfo(1, "l").currentline end function CMD.g() return 1 end`, "f = 1",
		"function CMD.g()\n return 2 end\nfunction CMD.f() return debug.getinfo(1, 'l').currentline end", "CMD.g", "f = 3; g = 2"},
	{"line numbers",
		"function CMD.f() return debug.getinfo(1, 'l').currentline end", "f = 1",
		"\n\nfunction CMD.f() return debug.getinfo(1, 'l').currentline end", "", "f = 3"},
	{"more parameters",
		`function CMD.f(a) return a end`, "f x = x",
		`function CMD.f(a, b) return b, a end`, "CMD.f", "f x y = y x"},
	{"a variable that another function has kept",
		`local cache = {x = "v"} function CMD.a() return cache.x end function CMD.b() return "none" end`, "b = none",
		`local cache = {x = "v"} function CMD.a() return cache.x end function CMD.b() return cache.x end`, "CMD.b", "b = v"},
	{"a variable that nothing has kept",
		`local cache = {} function CMD.get() return 1 end`, "get = 1",
		`local cache = {} function CMD.get() return type(cache) end`, "CMD.get", "get = table"},
	{"the second of two variables with one name",
		`local x = 1 function CMD.a() return x end local x = 2 function CMD.b() return x end function CMD.c() return 0 end`, "c = 0",
		`local x = 1 function CMD.a() return x end local x = 2 function CMD.b() return x end function CMD.c() return x end`, "CMD.c", "c = 2; a = 1"},
	{"a local function",
		`local function add(a) return a + 1 end function CMD.f(a) return add(a) end`, "f 1 = 2",
		`local function add(a) return a + 2 end function CMD.f(a) return add(a) end`, "add", "f 1 = 3"},
	{"nested functions come by themselves",
		`function CMD.f() return (function() return 1 end)() end`, "f = 1",
		`function CMD.f() return (function() return 2 end)() end`, "the function at line 1", "f = 2"},
	{"a new inner function",
		`function CMD.f() return 1 end`, "f = 1",
		`function CMD.f() local function g() return 2 end return g() end`, "CMD.f g", "f = 2"},
	{"methods by a metatable",
		`local A = {} A.__index = A function A:get() return self.v end local o = setmetatable({v = 1}, A) function CMD.get() return o:get() end`, "get = 1",
		`local A = {} A.__index = A function A:get() return self.v + 1 end local o = setmetatable({v = 1}, A) function CMD.get() return o:get() end`, "A.get", "get = 2"},
	{"objects made of closures",
		`local list = {} local function new(n) local o = {} function o.get() return n end function o.set(v) n = v end return o end function CMD.new(n) list[#list+1] = new(n) end function CMD.get(i) return list[tonumber(i)].get() end function CMD.set(i, v) list[tonumber(i)].set(v) end`,
		"new a = ; new b = ; get 2 = b; set 2 c = ",
		`local list = {} local function new(n) local o = {} function o.get() return n .. "!" end function o.set(v) n = v end return o end function CMD.new(n) list[#list+1] = new(n) end function CMD.get(i) return list[tonumber(i)].get() end function CMD.set(i, v) list[tonumber(i)].set(v) end`,
		"o.get", "get 1 = a!; get 2 = c!; set 1 d = ; get 1 = d!"},
	{"objects take each its own variable in",
		`local list = {} local function new(n, m) local o = {} function o.get() return n end function o.other() return m end function o.both() return m .. n end return o end function CMD.new(n, m) list[#list+1] = new(n, m) end function CMD.get(i) return list[tonumber(i)].get() end`,
		"new a x = ; new b y = ; get 1 = a",
		`local list = {} local function new(n, m) local o = {} function o.get() return n .. m end function o.other() return m end function o.both() return m .. n end return o end function CMD.new(n, m) list[#list+1] = new(n, m) end function CMD.get(i) return list[tonumber(i)].get() end`,
		"", "get 1 = ax; get 2 = by"},
	{"which of several can't be told",
		`local list = {} for i = 1, 2 do local n = i list[i] = {function() return 0 end, function() return n end} end function CMD.f(i) return list[tonumber(i)][1]() end`, "f 1 = 0",
		`local list = {} for i = 1, 2 do local n = i list[i] = {function() return n end, function() return n end} end function CMD.f(i) return list[tonumber(i)][1]() end`,
		"!uses the local 'n', and nothing tells which one", "f 2 = 0"},
	{"an inner function that is gone",
		`local hooks = {} function CMD.set() hooks[1] = function() return 1 end end function CMD.run() return hooks[1]() end`, "set = ; run = 1",
		`local hooks = {} function CMD.set() hooks[1] = nil end function CMD.run() return hooks[1]() end`, "CMD.set", "run = 1"},
	{"a variable that the running closure can't have",
		`local f function CMD.set() f = function() return 1 end end function CMD.run() return f() end`, "set = ; run = 1",
		`local f function CMD.set() local n = 5 n = n + 1 f = function() return n end end function CMD.run() return f() end`, "!uses the local 'n'", "run = 1"},
	{"a constant that the running closure hasn't got",
		`local f function CMD.set() f = function() return 1 end end function CMD.run() return f() end`, "set = ; run = 1",
		`local f function CMD.set() local n = 5 f = function() return n end end function CMD.run() return f() end`, "CMD.set f", "run = 5"},
	{"an initial value", `local n = 1 function CMD.f() return n end`, "f = 1", `local n = 2 function CMD.f() return n end`, "", "f = 2"},
	{"a new function", `function CMD.f() return 1 end`, "f = 1", `function CMD.f() return 1 end function CMD.g() end`, "", "f = 1; g = "},
	{"the start function", `function CMD.f() return 1 end function START() end`, "f = 1", `function CMD.f() return 1 end function START() local x end`, "START", "f = 1"},
	{"a function that has done its work",
		`local function setup() CMD.x = 1 end setup() function CMD.f() return 1 end`, "f = 1",
		`local function setup() CMD.x = 2 end setup() function CMD.f() return 1 end`, "!setup changed, which has run and which nothing calls any more", "f = 1"},
	{"a fault", `function CMD.f() return 1 end`, "f = 1", `function CMD.f() return = 1 end`, "!main.lua:1: unexpected symbol near '='", "f = 1"},
	{"a suspended coroutine",
		`local co = coroutine.wrap(function() local function step() return "old" end while true do coroutine.yield(step()) end end) function CMD.f() return co() end`, "f = old",
		`local co = coroutine.wrap(function() local function step() return "new" end while true do coroutine.yield(step()) end end) function CMD.f() return co() end`, "step", "f = new"},
	{"an unstarted coroutine",
		`local co = coroutine.wrap(function() return 1 end) function CMD.f() return co() end`, "",
		`local co = coroutine.wrap(function() return 2 end) function CMD.f() return co() end`, "coroutine.wrap(function:1)", "f = 2"},
	{"kept state",
		`local R = require "reload" local k = R.keep("k", {}) function CMD.set() k.f = function() return 1 end end function CMD.f() return k.f() end`, "set = ; f = 1",
		`local R = require "reload" local k = R.keep("k", {}) function CMD.set() k.f = function() return 2 end end function CMD.f() return k.f() end`, "k.f", "f = 2"},
	{"a function of the string library's", `function string.twice(s) return s .. s end function CMD.f(s) return s:twice() end`, "f a = aa",
		`function string.twice(s) return s .. "-" .. s end function CMD.f(s) return s:twice() end`, "string.twice", "f a = a-a"},
	{"vararg and varying upvalue order",
		`local a, b = "a", "b" function CMD.f(...) return a, b, ... end`, "f 1 = a b 1",
		`local a, b = "a", "b" function CMD.f(...) return b, a, select("#", ...) end`, "CMD.f", "f 1 = b a 1"},
}

func TestPatch(t *testing.T) {
	for _, tt := range patchTests {
		t.Run(tt.name, func(t *testing.T) {
			tn := newTestNode(t, map[string]string{"main.lua": patchService(tt.old)}, nil)
			h := tn.launch("main")
			tn.expect(h, tt.before)
			tn.write("main.lua", patchService(tt.new))
			kind, why := tn.Plan(testContext(t), h, nil)
			r := tn.patchOne(h)
			if refusal, refused := strings.CutPrefix(tt.patch, "!"); refused {
				if r.Err == nil || !strings.Contains(r.Err.Error(), refusal) {
					t.Errorf("the patch ended with %v, want a refusal: %s", r.Err, refusal)
				}
				if r.Err != nil && (kind != PlanReload || !strings.Contains(r.Err.Error(), why)) {
					t.Errorf("the plan was %s: %s", kind, why)
				}
			} else {
				if r.Err != nil {
					t.Errorf("the patch was refused: %v", r.Err)
				}
				if got := strings.Join(r.Report.Functions, " "); got != tt.patch && tt.patch != "" {
					t.Errorf("patched %q, want %q", got, tt.patch)
				}
				if kind != PlanPatch || r.Generation != 2 || r.From != 1 {
					t.Errorf("the plan was %s: %s; generation %d -> %d", kind, why, r.From, r.Generation)
				}
			}
			tn.expect(h, tt.after)
		})
	}
}

func TestPatchStartFunction(t *testing.T) {
	tn := newTestNode(t, map[string]string{"main.lua": patchService("")}, nil)
	h := tn.launch("main")
	tn.write("main.lua", strings.Replace(patchService(""), "if START", "skynet.error(1) if START", 1))
	if r := tn.patchOne(h); r.Err == nil || !strings.Contains(r.Err.Error(), "the start function changed, which has run (") {
		t.Errorf("got %v", r.Err)
	}
	tn.write("main.lua", strings.Replace(patchService(""), "CMD[cmd](...)", `"new"`, 1))
	if r := tn.patchOne(h); r.Err != nil {
		t.Error(r.Err)
	}
	tn.expect(h, "x = new")
}
