package runtime

import (
	"context"
	"strings"
	"testing"

	"devnode/runtime/hotpatch"
)

// workService is a service with a function `work`, which a fork runs. It says what it
// does by `say`, and waits in `gate` for the command turn.
func workService(work string) string {
	return patchService(`local out = {}
local function say(...) local t = table.pack(...) for i = 1, t.n do t[i] = tostring(t[i]) end out[#out + 1] = table.concat(t, ",") end
local function gate(...) skynet.wait("gate") return ... end
local function soon(...) skynet.wait("gate") return ... end
local fns, st = {}, {}
function CMD.st() return st, soon end
` + work + `
function CMD.go(...) skynet.fork(work, ...) end
function CMD.turn() skynet.wakeup("gate") end
function CMD.call(i) return fns[tonumber(i)]() end
function CMD.said() local s = table.concat(out, " ") out = {} return s end`)
}

// movedTests edit `work` while it waits. after are steps as expect takes them; a
// patch whose stale is not empty leaves the activation in the old code, and says
// so with these words.
var movedTests = []struct{ name, old, before, new, after, stale string }{
	{"a loop's body",
		`local function work() local n = 0 while true do n = n + 1 say("a", n) gate() end end`, "said = a,1",
		`local function work() local n = 0 while true do n = n + 10 say("b", n) gate() end end`, "turn = ; said = b,11; turn = ; said = b,21", ""},
	{"what comes after the wait",
		`local function work() say("begin") gate() say("old") end`, "said = begin",
		`local function work() say("begin") gate() say("new") end`, "turn = ; said = new", ""},
	{"the time of a wait",
		`local function work() while true do skynet.sleep(1000000) end end`, "",
		`local function work() while true do skynet.sleep(2000000) end end`, "said = ", ""},
	{"more locals than before",
		`local function work() while true do local x = gate(1) say(x) end end`, "",
		`local function work() local a, b, c, d, e, f, g, h = 1, 2, 3, 4, 5, 6, 7, "h" local t = {5, k = {6}} while true do local x = gate(1) say(x, a + h:len(), t[1] + t.k[1]) end end`, "turn = ; said = 1,2,11; turn = ; said = 1,2,11", ""},
	{"fewer locals than before",
		`local function work() local a, b, c, d, e = 1, 2, 3, 4, 5 while true do local x = gate("x") say(x, a, b, c, d, e) end end`, "",
		`local function work() local e = 5 while true do local x = gate("x") say(x, e) end end`, "turn = ; said = x,5; turn = ; said = x,5", ""},
	{"a local taken out of the middle",
		`local function work(p) local a = {} local b = "b" local c = 3 while true do c = c + 1 gate() say(p, a, b, c) end end`, "",
		`local function work(p) local b = "b" local c = 3 while true do c = c + 1 gate() say(b, c) end end`, "turn = ; said = b,4; turn = ; said = b,5", ""},
	{"locals in another order",
		`local function work() local a = 1 local b = 2 while true do a = a + 1 b = b * 2 gate() say(a, b) end end`, "",
		`local function work() local b = 2 local a = 1 while true do a = a + 1 b = b * 2 gate() say(b, a) end end`, "turn = ; said = 4,2; turn = ; said = 8,3", ""},
	{"a local renamed",
		`local function work() local n = 0 while true do n = n + 1 gate() say(n) end end`, "",
		`local function work() local count = 0 while true do count = count + 1 gate() say("n", count) end end`, "turn = ; said = n,1; turn = ; said = n,2", ""},
	{"a new local that a call makes",
		`local function work() while true do gate() say("old") end end`, "",
		`local function work() local t = os.time() while true do gate() say("new", t > 0) end end`, "turn = ; said = old; turn = ; said = old", "a new local 't' before it is made by a call"},
	{"a constant of the text",
		`local function work() local step = 1 local n = 0 while true do n = n + step gate() say(n) end end`, "turn = ; said = 1",
		`local function work() local step = 100 local n = 0 while true do n = n + step gate() say(n) end end`, "turn = ; said = 2; turn = ; said = 102", ""},
	{"the first value of what was changed since",
		`local function work() local n = 0 while true do n = n + 1 gate() say(n) end end`, "turn = ; said = 1",
		`local function work() local n = 50 while true do n = n + 2 gate() say(n) end end`, "turn = ; said = 2; turn = ; said = 4", ""},
	{"a numeric for",
		`local function work() for i = 1, 9, 2 do gate() say(i) end end`, "turn = ; said = 1",
		`local function work() local tag = "i" for i = 1, 9, 2 do gate() say(tag, i) end say("end") end`, "turn = ; said = i,3; turn = ; said = i,5; turn = ; said = i,7; turn = ; said = i,9 end", ""},
	{"a numeric for with fractions",
		`local function work() for i = 0.5, 2 do gate() say(i) end end`, "turn = ; said = 0.5",
		`local function work() local a, b = 1, 2 for i = 0.5, 2 do gate() say("i", i) end say("end") end`, "turn = ; said = i,1.5 end", ""},
	{"a numeric for that counts otherwise",
		`local function work() for i = 1, 3 do gate() say(i) end end`, "",
		`local function work() for i = 1, 4 do gate() say("i", i) end end`, "turn = ; said = 1", "the loop around it counts otherwise"},
	{"a generic for",
		`local function work() for i, v in ipairs({"a", "b", "c"}) do gate() say(i, v) end end`, "turn = ; said = 1,a",
		`local function work() local x = 1 for k, v in ipairs({"a", "b", "c"}) do local w = gate(v) say(k, w, x) end end`, "turn = ; said = 2,b", "the call it waits in is gone"},
	{"a generic for with a local more",
		`local function work() for i, v in ipairs({"a", "b", "c"}) do gate() say(i, v) end end`, "turn = ; said = 1,a",
		`local function work() local x = 1 for k, v in ipairs({"a", "b", "c"}) do gate() say(k .. v .. x) end end`, "turn = ; said = 2b1; turn = ; said = 3c1", ""},
	{"a generic for over an iterator of its own",
		`local function three() local n = 0 return function() n = n + 1 if n < 4 then return n end end end local function work() for i in three() do gate() say(i) end end`, "turn = ; said = 1",
		`local function three() local n = 0 return function() n = n + 1 if n < 4 then return n end end end local function work() local a, b for i in three() do gate() say("i", i) end say("end", a, b) end`, "turn = ; said = i,2; turn = ; said = i,3 end,nil,nil", ""},
	{"a variable of a for that is new",
		`local function work() for i in ipairs({7, 8}) do gate() say(i) end end`, "",
		`local function work() for i, v in ipairs({7, 8}) do gate() say(i, v) end end`, "turn = ; said = 1; turn = ; said = 2", "the loop around it has a new variable, 'v'"},
	{"loops in loops, and blocks",
		`local function work() for i = 1, 2 do local k = i * 10 while true do k = k + 1 if k > i * 10 + 2 then break else do gate() say(i, k) end end end end end`, "turn = ; said = 1,11",
		`local function work() local tag = "t" for i = 1, 2 do local k = i * 10 while k < 1000 do k = k + 1 if k > i * 10 + 2 then break else do gate() say(tag, i, k) end end end end say("end") end`, "turn = ; said = t,1,12; turn = ; said = t,2,21; turn = ; said = t,2,22 end", ""},
	{"the condition of a repeat",
		`local function work() local n = 0 repeat n = n + 1 gate() local m = n say(m) until m == 1 end`, "",
		`local function work() local n = 0 repeat n = n + 1 gate() local m = n say("m", m) until m == 2 say("end") end`, "turn = ; said = m,1; turn = ; said = m,2 end", ""},
	{"a wait in a condition",
		`local n = 0 local function work() while gate(n < 3) do n = n + 1 say(n) end end`, "turn = ; said = 1",
		`local n = 0 local function work() local a, b, c, d = 1, 2, 3, 4 while gate(n < 3) do n = n + 1 say("n", n, d) end say("end") end`, "turn = ; said = n,2,4; turn = ; said = n,3,4; turn = ; said = end", ""},
	{"a wait among the operands",
		`local function work() local a = 1 while true do say(a + 10, "x" .. gate("g") .. a, ({1, k = gate(2)}).k) end end`, "turn = ; said = ",
		`local function work() local z, y = 26, 25 local a = 1 while true do say(a + 10, "x" .. gate("g") .. a, ({1, k = gate(2)}).k) say(z, y) end end`, "turn = ; said = 11,xg1,2 26,25", ""},
	{"another number of results",
		`local function work() while true do local a = gate(1, 2, 3) say(a) end end`, "",
		`local function work() while true do local a, b = gate(1, 2, 3) say(a, b) end end`, "turn = ; said = 1,2; turn = ; said = 1,2", ""},
	{"results that are passed on",
		`local function work() while true do say("r", gate(1, 2, 3)) end end`, "",
		`local function work() local pad, more = 1, 2 while true do say("r", gate(1, 2, 3)) say(pad + more) end end`, "turn = ; said = r,1,2,3 3", ""},
	{"arguments of a request",
		`local function work() while true do say(gate("load")) end end`, "",
		`local function work() while true do say(gate("save")) end end`, "turn = ; said = load; turn = ; said = save", ""},
	{"arguments of a request whose answer is used otherwise",
		`local function work() while true do say(gate("load")) end end`, "",
		`local function work() while true do say("saved", gate("save")) end end`, "turn = ; said = load; turn = ; said = load", "the call it waits in is gone"},
	{"arguments of a request whose answer the next turn uses otherwise",
		`local function work() local r while true do if r then say(r) end r = gate("load") end end`, "turn = ; said = load",
		`local function work() local r while true do if r then say("saved", r) end r = gate("save") end end`, "turn = ; said = load; turn = ; said = load", "the call it waits in asks for something else"},
	{"the call is gone",
		`local function work() while true do gate() say("old") end end`, "",
		`local function work() while true do soon() say("new") end end`, "turn = ; said = old; turn = ; said = old", "the call it waits in is gone"},
	{"one of two calls is gone",
		`local function work() while true do gate("x") say("x") gate("y") say("y") end end`, "turn = ; said = x",
		`local function work() while true do gate("x") say("X") end end`, "turn = ; said = y; turn = ; said = x", "the call it waits in is gone"},
	{"one of two calls stays",
		`local function work() while true do gate("x") say("x") gate("y") say("y") end end`, "turn = ; said = x",
		`local function work() while true do gate("y") say("Y") end end`, "turn = ; said = Y; turn = ; said = Y", ""},
	{"a loop is put around",
		`local function work() gate() say("old") end`, "",
		`local function work() while true do gate() say("new") end end`, "turn = ; said = old; turn = ; said = ", "the call it waits in is gone"},
	{"a new statement that the rest needs",
		`local function work() gate() say("old") end`, "",
		`local function work() st.n = 5 gate() say(st.n + 1) end`, "turn = ; said = old", "line 7 before it, which sets 'st.n', has not run"},
	{"a new call before a loop",
		`local function work() while true do gate() say("old") end end`, "",
		`local function work() say("begin") while true do gate() say("new") end end`, "turn = ; said = old", "line 7 before it, a call, has not run"},
	{"a new statement in a loop that only the next turn needs",
		`local function work() while true do say("old") gate() end end`, "said = old",
		`local function work() while true do st.n = (st.n or 0) + 1 say("new", st.n) gate() end end`, "turn = ; said = new,1; turn = ; said = new,2", ""},
	{"a captured variable of a loop",
		`local function work() for i = 1, 3 do local n = i * 10 fns[i] = function() n = n + 1 return n end gate() say(n) end end`, "call 1 = 11",
		`local function work() local a, b, c = 1, 2, 3 for i = 1, 3 do local n = i * 10 fns[i] = function() n = n + 1 return n end gate() say(n, a + b + c) end end`, "call 1 = 12; turn = ; said = 12,6; call 1 = 13; call 2 = 21; turn = ; said = 21,6; call 1 = 14; call 2 = 22; call 3 = 31", ""},
	{"a captured variable moves down",
		`local function work() local a, b, c = 1, 2, 3 local n = 0 local m = 0 fns[1] = function() n = n + 1 return n end fns[2] = function() m = m + 1 return m end while true do gate() say(n, m) end end`, "call 1 = 1",
		`local function work() local n = 0 local m = 0 fns[1] = function() n = n + 1 return n end fns[2] = function() m = m + 1 return m end while true do gate() say("n", n, m) end end`, "call 1 = 2; call 2 = 1; turn = ; said = n,2,1; call 1 = 3; turn = ; said = n,3,1", ""},
	{"captured variables change places",
		`local function work() local n = 0 local m = 100 fns[1] = function() n = n + 1 return n end fns[2] = function() m = m + 1 return m end while true do gate() say(n, m) end end`, "call 1 = 1; call 2 = 101",
		`local function work() local m = 100 local n = 0 fns[1] = function() n = n + 1 return n end fns[2] = function() m = m + 1 return m end while true do gate() say("n", n, m) m = m + 1000 end end`, "call 1 = 2; turn = ; said = n,2,101; call 2 = 1102; call 1 = 3; turn = ; said = n,3,1102", ""},
	{"a captured constant",
		`local function work() local tag = "old" fns[1] = function() return tag end while true do gate() say(tag) end end`, "call 1 = old",
		`local function work() local tag = "new" fns[1] = function() return tag end while true do gate() say(tag) end end`, "call 1 = new; turn = ; said = new", ""},
	{"varargs",
		`local function work(...) while true do gate() say(...) end end`, "go 7 8; said = ",
		`local function work(...) local a, b = 1, 2 while true do gate() say("v", a + b, ...) end end`, "turn = ; said = v,3,7,8", ""},
	{"varargs come in",
		`local function work(a) while true do gate() say(a) end end`, "",
		`local function work(a, ...) while true do gate() say(a, ...) end end`, "turn = ; said = nil", "its parameters are others"},
	{"a parameter is gone",
		`local function work(a, b) while true do gate() say("old", a, b) end end`, "",
		`local function work(b) while true do gate() say("new", b) end end`, "turn = ; said = new,nil", ""},
	{"a parameter is new",
		`local function work(a) while true do gate() say("old") end end`, "",
		`local function work(a, b) while true do gate() say("new") end end`, "turn = ; said = old", "the parameter 'b' is new"},
	{"goto continue",
		`local function work() local n = 0 while true do n = n + 1 if n % 2 == 0 then goto continue end gate() say(n) ::continue:: end end`, "turn = ; said = 1",
		`local function work() local pad = 1 local n = 0 while true do n = n + pad if n % 3 == 0 then goto continue end gate() say("n", n) ::continue:: end end`, "turn = ; said = n,3; turn = ; said = n,4; turn = ; said = n,5; turn = ; said = n,7", ""},
	{"to be closed",
		`local function work() local c <close> = setmetatable({}, {__close = function() say("closed") end}) for i = 1, 2 do gate() say(i) end end`, "turn = ; said = 1",
		`local function work() local a, b = 1, 2 local c <close> = setmetatable({}, {__close = function() say("closed") end}) for i = 1, 2 do gate() say("i", i, a + b) end end`, "turn = ; said = i,2,3 closed", ""},
	{"to be closed no more",
		`local function work() local c <close> = setmetatable({}, {__close = function() say("closed") end}) for i = 1, 2 do gate() say(i) end end`, "",
		`local function work() for i = 1, 2 do gate() say("i", i) end end`, "turn = ; said = 1; turn = ; said = 2 closed", "the local 'c', which is to be closed, is gone"},
	{"constants without a register",
		`local function work() local step <const> = 1 local n = 0 while true do n = n + step gate() say(n) end end`, "turn = ; said = 1",
		`local function work() local step <const> = 100 local pad <const> = "p" local n = 0 while true do n = n + step gate() say(pad, n) end end`, "turn = ; said = p,2; turn = ; said = p,102", ""},
	{"a constant gets a register",
		`local function work() local step <const> = 1 local n = 0 while true do n = n + step gate() say(n) end end`, "turn = ; said = 1",
		`local function work() local step = 5 local n = 0 while true do n = n + step step = step + 1 gate() say(n) end end`, "turn = ; said = 2; turn = ; said = 7; turn = ; said = 13", ""},
	{"nothing but an inner function",
		`local function work() while true do local f = function() return "old" end gate() say(f()) end end`, "",
		`local function work() while true do local f = function() return "new" end gate() say(f()) end end`, "turn = ; said = new; turn = ; said = new", ""},
	{"shadowed names",
		`local function work() local x = 1 local x = x + 1 while true do gate() say(x) end end`, "",
		`local function work() local p = 0 local x = 1 local x = x + 1 while true do gate() say("x", x, p) end end`, "turn = ; said = x,2,0", ""},
	{"names of which one is gone",
		`local function work() local x = 1 local x = tostring(x) while true do gate() say(x) end end`, "",
		`local function work() local x = gate(9) while true do gate() say("x", x) end end`, "turn = ; said = x,1", ""},
	{"a counter that is new in a loop",
		`local function work() while true do gate() say("old") end end`, "",
		`local function work() local n = 0 while true do n = n + 1 gate() say(n) end end`, "turn = ; said = 0; turn = ; said = 1", ""},
	{"recursion",
		`local function work(n) n = tonumber(n or 3) if n > 0 then work(n - 1) say("back", n) else gate() say("deepest") end end`, "",
		`local function work(n) local a, b, c, d = 1, 2, 3, 4 n = tonumber(n or 3) if n > 0 then work(n - 1) say("BACK", n, d) else gate() say("DEEPEST", n, d) end end`, "turn = ; said = DEEPEST,0,4 BACK,1,4 BACK,2,4 BACK,3,4", ""},
	{"inside pcall",
		`local function work() while true do local ok, v = pcall(function() local r = gate("v") return r .. "!" end) say(ok, v) end end`, "turn = ; said = true,v!",
		`local function work() local a, b, c = 1, 2, 3 while true do local ok, v = pcall(function() local p, q = 8, 9 local r = gate("v") return r .. p .. q end) say(ok, v, c) end end`, "turn = ; said = true,v89,3; turn = ; said = true,v89,3", ""},
	{"inside a coroutine",
		`local function work() local gen = coroutine.wrap(function() local n = 0 while true do n = n + 1 coroutine.yield("old" .. n) end end) while true do say(gen()) gate() end end`, "said = old1",
		`local function work() local pad, pad2 = 1, 2 local gen = coroutine.wrap(function() local x, y, z = 1, 2, 3 local n = 0 while true do n = n + z coroutine.yield("new" .. n) end end) while true do say(gen(), pad) gate() end end`, "turn = ; said = new4,1; turn = ; said = new7,1", ""},
	{"a coroutine that waits in its own turn",
		`local function work() local co = coroutine.wrap(function(a) while true do local r = gate(a) a = coroutine.yield(r) end end) while true do say(co("q")) end end`, "turn = ; said = q",
		`local function work() local p, q, r, s = 1, 2, 3, 4 local co = coroutine.wrap(function(a) local b, c = 5, 6 while true do local r = gate(a) a = coroutine.yield(r .. c) end end) while true do say(co("q"), s) end end`, "turn = ; said = q6,4; turn = ; said = q6,4", ""},
	{"inside sort, with as many locals",
		`local function work() while true do table.sort({1, 2}, function(x, y) local a = 1 gate() say("old") return x < y end) end end`, "",
		`local function work() while true do table.sort({1, 2}, function(x, y) local a = 2 gate() say("new", a) return x < y end) end end`, "turn = ; said = new,2", ""},
	{"around sort, with more locals",
		`local function work() while true do table.sort({1, 2}, function(x, y) gate() say("sort") return x < y end) say("sorted") end end`, "",
		`local function work() local a, b, c = 1, 2, 3 while true do table.sort({1, 2}, function(x, y) gate() say("sort") return x < y end) say("SORTED", c) end end`, "turn = ; said = sort sorted", "waits in a function that a library has called"},
	{"in a metamethod",
		`local mt = setmetatable({}, {__index = function(_, k) gate() return k end}) local function work() while true do say(mt.a) end end`, "",
		`local mt = setmetatable({}, {__index = function(_, k) gate() return k end}) local function work() while true do say(mt.b) end end`, "turn = ; said = a; turn = ; said = a", "it waits in no call of its own text"},
	{"in an iterator",
		`local function iter(s, v) return gate(s), (v or 0) .. "." end local function work() for v in iter, "x" do say("old", v) end end`, "turn = ; said = old,x",
		`local function iter(s, v) return gate(s), (v or 0) .. "." end local function work() local a, b, c = 1, 2, 3 for v, w in iter, "x" do say("new", v, w, c) end end`, "turn = ; said = new,x,x.,3; turn = ; said = new,x,x.,3", ""},
	{"in an iterator, in fewer locals",
		`local function work() local a, b, c = 1, 2, 3 for v, w in gate, "x" do say("old", v, w, c) end end`, "turn = ; said = old,x,nil,3",
		`local function work() for v in gate, "x" do say("new", v) end end`, "turn = ; said = new,x; turn = ; said = new,x", ""},
	{"in iterators, one in another",
		`local function work() for v in gate, "x" do for w in gate, "y" do say("old", v, w) end end end`, "turn = ; said = ; turn = ; said = old,x,y",
		`local function work() local p, q = 1, 2 for v in gate, "x" do local r = 3 for w in gate, "y" do say("new", v, w, r, q) end end end`, "turn = ; said = new,x,y,3,2; turn = ; said = new,x,y,3,2", ""},
	{"in the iterator of a loop that closes its value",
		`local c = setmetatable({}, {__close = function() say("closed") end}) local function work() local n = 0 for v in function() n = n + 1 if n < 4 then return gate(n) end end, nil, nil, c do say("old", v) end end`, "turn = ; said = old,1",
		`local c = setmetatable({}, {__close = function() say("closed") end}) local function work() local n = 0 local p = 2 for v in function() n = n + 1 if n < 4 then return gate(n) end end, nil, nil, c do say("new", v, p) end end`, "turn = ; said = new,2,2; turn = ; said = new,3,2 closed", ""},
	{"in an iterator of another loop",
		`local function work() for v in gate, "x" do say("old", v) end end`, "turn = ; said = old,x",
		`local function work() for v in gate, "y" do say("new", v) end end`, "turn = ; said = old,x", "the loop around it goes over something else"},
	{"a tail call of a Go function",
		`local function inner() return skynet.wait("gate") end local function work() while true do inner() say("old") end end`, "",
		`local function inner() local x = 1 return skynet.wait("gate") end local function work() local a, b, c = 1, 2, 3 while true do inner() say("new", c) end end`, "turn = ; said = new,3; turn = ; said = new,3", ""},
	{"a method, and a receiver",
		`local o = {} function o:wait() return gate(self.n) end o.n = 4 local function work() while true do say(o:wait()) end end`, "",
		`local o = {} function o:wait() local r = gate(self.n) return r end o.n = 4 local function work() local x = 1 while true do say(o:wait()) say(x) end end`, "turn = ; said = 4 1", ""},
	{"if statements",
		`local on = true local function work() while true do if not on then say("off") elseif on then gate() say("old") else say("never") end end end`, "",
		`local on = true local function work() local n = 2 while true do if n == 1 then say("one") elseif not on then say("off") elseif on then gate() say("new", n) else say("never") end end end`, "turn = ; said = new,2", ""},
}

func TestPatchMovesFrames(t *testing.T) {
	for _, tt := range movedTests {
		t.Run(tt.name, func(t *testing.T) {
			tn := newTestNode(t, map[string]string{"main.lua": workService(tt.old)}, nil)
			h := tn.launch("main")
			if !strings.HasPrefix(tt.before, "go ") {
				tn.expect(h, "go = ")
			}
			tn.expect(h, tt.before)
			tn.write("main.lua", workService(tt.new))
			r := tn.patchOne(h)
			if r.Err != nil {
				t.Fatal(r.Err)
			}
			stale, err := tn.Stale(testContext(t), h)
			if err != nil {
				t.Fatal(err)
			}
			switch said := joinStale(stale); {
			case tt.stale == "" && said != "":
				t.Errorf("stale: %s", said)
			case !strings.Contains(said, tt.stale):
				t.Errorf("stale: %q, want %s", said, tt.stale)
			}
			tn.expect(h, tt.after)
		})
	}
}

func joinStale(list []hotpatch.Stale) string {
	var texts []string
	for _, c := range list {
		texts = append(texts, c.String())
	}
	return strings.Join(texts, "; ")
}

// waitStale waits for the old code of a service to be gone.
func (tn *testNode) waitStale(h Handle, want int) {
	tn.t.Helper()
	waitFor(tn.t, "old code", func() bool {
		list, err := tn.Stale(context.Background(), h)
		return err == nil && len(list) == want
	})
}
