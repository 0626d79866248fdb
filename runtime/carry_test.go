package runtime

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"devnode/runtime/lua/layout"
)

// stateService is a service whose commands are the functions of CMD in body.
func stateService(body string) string {
	return `local skynet = require "skynet"
local socket = require "skynet.socket"
local CMD = {}
` + body + `
skynet.start(function()
	if START then START() end
	skynet.dispatch("lua", function(_, _, cmd, ...)
		skynet.retpack(CMD[cmd](...))
	end)
end)
`
}

// carried reloads a service from one text to another, after some calls, and gives
// the record.
func (tn *testNode) carried(h Handle, body string) ReloadRecord {
	tn.t.Helper()
	tn.write("main.lua", stateService(body))
	return tn.mustReload(h)
}

// What a reload takes over by name, with the answers before and after.
func TestCarryByName(t *testing.T) {
	for _, tc := range []struct {
		name, old, new string // bodies
		before, after  string // calls, as for expect
		kept, lost     string
	}{
		{"number", `local n = 0 function CMD.f() n = n + 1 return n end`,
			`local added = 1 local n = 0 function CMD.f() n = n + 1 return n end`, "f = 1; f = 2", "f = 3", "n", ""},
		{"kept by another name", `local reload = require "reload" local s = reload.keep("s", function() return {n = 0} end) function CMD.f() s.n = s.n + 1 return s.n end`,
			`local reload = require "reload" local s = reload.keep("state", {n = 0, m = 5}) function CMD.f() s.n = s.n + 1 return s.n .. "." .. s.m end`, "f = 1; f = 2", "f = 3.5", `s (kept as "state", and as "s" before)`, ""},
		{"kept no more", `local reload = require "reload" local s = reload.keep("s", {n = 0}) function CMD.f() s.n = s.n + 1 return s.n end`,
			`local s = {n = 0} function CMD.f() s.n = s.n + 1 return s.n end`, "f = 1; f = 2", "f = 3", `s (kept as "s" before)`, ""},
		{"kept from now on", `local s = {n = 0} function CMD.f() s.n = s.n + 1 return s.n end`,
			`local reload = require "reload" local s = reload.keep("s", {n = 0}) function CMD.f() s.n = s.n + 1 return s.n end`, "f = 1; f = 2", "f = 3", `s (kept as "s" now)`, ""},
		{"a table that a call made has a constructor", `local function make() return {n = 0, list = {}} end local s = make() function CMD.f() s.n = s.n + 1 return s.n end`,
			`local s = {n = 0} function CMD.f() s.n = s.n + 1 return s.n end`, "f = 1; f = 2", "f = 1", "", "s.n = 2 (made anew)"},
		{"table", `local t = {} function CMD.put(k) t[k] = {name = k} end`,
			`local t = {} local x = 1 function CMD.get(k) return t[k].name .. x end`, "put ann = ", "get ann = ann1", "t", ""},
		{"nil at first", `local t function CMD.put(k) t = t or {} t[k] = 1 end`,
			`local y = 1 local t function CMD.get(k) return t[k] end`, "put ann = ", "get ann = 1", "t", ""},
		{"another first value", `local n = 0 function CMD.f() n = n + 1 return n end`,
			`local n = 10 function CMD.f() n = n + 1 return n end`, "f = 1", "f = 11", "", "n = 1 (its first value is another now)"},
		{"not changed by the program", `local n = 5 function CMD.f() return n end`,
			`local n = 6 function CMD.f() return n end`, "f = 5", "f = 6", "", ""},
		{"a field more", `local s = {n = 0, rate = 5} function CMD.f() s.n = s.n + 1 return s.n end`,
			`local s = {n = 0, rate = 6, list = {}} function CMD.f() s.n = s.n + 1 return s.n + s.rate + #s.list end`, "f = 1", "f = 8", "s", ""},
		{"an entry that the text has no more", `local function g() return 1 end local s = {[17] = 3, "a", n = 0, f = g} function CMD.f() s.n = s.n + 1 s[18] = 7 return s.n end`,
			`local function g() return 2 end local s = {n = 0, f = g} function CMD.f() return s.n .. tostring(s[17]) .. tostring(s[1]) .. s[18] end`, "f = 1", "f = 1nilnil7", "s.n, s[18]", ""},
		{"an entry that the text has no more, and the program has changed", `local function g() return 1 end local s = {[17] = 3, f = g} function CMD.f() s[17] = 4 return s[17] end`,
			`local function g() return 2 end local s = {f = g} function CMD.f() return tostring(s[17]) end`, "f = 4", "f = 4", "s[17]", ""},
		{"a row with another first value, which the program has changed", `local t = {{cost = 14}} local by = {} for i, row in ipairs(t) do by["n" .. i] = row end function CMD.f() t[1].cost = t[1].cost + 1 return t[1].cost end`,
			`local t = {{cost = 24}} local by = {} for i, row in ipairs(t) do by["n" .. i] = row end function CMD.f() return t[1].cost + by.n1.cost end`, "f = 15", "f = 48", "", "by.n1 (1 entry: made anew), t (1 entry: its first value is another now)"},
		{"a list in a table, with other first values, which the program has changed", `local s = {n = 0, list = {1, 2}} function CMD.f(x) s.list[#s.list + 1] = x return #s.list end`,
			`local s = {n = 0, list = {1, 3}} function CMD.f() return table.concat(s.list, ",") end`, "f a = 3", "f = 1,3", "", "s.list (2 entries: its first value is another now)"},
		{"a list in a table, with other first values", `local s = {n = 0, list = {1, 2}} function CMD.f(x) return #s.list end`,
			`local s = {n = 0, list = {1, 3}} function CMD.f() return table.concat(s.list, ",") end`, "f a = 2", "f = 1,3", "", ""},
		{"a field that the program changed", `local s = {n = 0, rate = 5} function CMD.f() s.rate = s.rate + 1 return s.rate end`,
			`local s = {n = 0, rate = 100} function CMD.f() return s.rate end`, "f = 6", "f = 100", "", "s.rate = 6 (its first value is another now)"},
		{"global", `function CMD.f() N = (N or 0) + 1 return N end`,
			`local x function CMD.f() N = (N or 0) + 1 return N end`, "f = 1", "f = 2", "N", ""},
		{"global with a first value", `N = 0 function CMD.f() N = N + 1 return N end`,
			`local x N = 0 function CMD.f() N = N + 1 return N end`, "f = 1", "f = 2", "N", ""},
		{"made by a call", `local t = tostring(1) function CMD.f() return t end`,
			`local t = tostring(2) function CMD.f() return t end`, "f = 1", "f = 2", "", ""},
		{"made by a call and changed", `local t = {tostring(1)} function CMD.f() t[1] = "x" t.n = 1 end`,
			`local x local t = {tostring(1)} function CMD.f() return t[1] end`, "f = ", "f = 1", "t.n", `t[1] = "x" (made anew)`},
		{"functions", `local h = {} function CMD.f() h.a = function() end h.b = 1 end`,
			`local x local h = {} function CMD.f() return h.a end`, "f = ", "f = nil", "", "h (2 entries: functions of the old code)"},
		{"functions that are made again", `local h = {} function START() h.a = function() return "old" end end function CMD.f() return h.a() end`,
			`local x local h = {} function START() h.a = function() return "new" end end function CMD.f() return h.a() end`, "f = old", "f = new", "", ""},
		{"an alias", `local t = {} local M = {t = t} function CMD.put(k) t[k] = k end function CMD.get(k) return M.t[k] end`,
			`local x local t = {} local M = {t = t} function CMD.put(k) t[k] = k end function CMD.get(k) return M.t[k] end`, "put a = ; get a = a", "get a = a; put b = ; get b = b", "t", ""},
		{"a captured alias", `local t = {} local get = (function(t) return function(k) return t[k] end end)(t) function CMD.put(k) t[k] = k end function CMD.get(k) return get(k) end`,
			`local x local t = {} local get = (function(t) return function(k) return t[k] end end)(t) function CMD.put(k) t[k] = k end function CMD.get(k) return get(k) end`, "put a = ; get a = a", "get a = a; put b = ; get b = b", "t", ""},
		{"a table inside", `local s = {t = {}} local t = s.t function CMD.put(k) t[k] = k end`,
			`local x local s = {t = {}} local t = s.t function CMD.get(k) return t[k] .. s.t[k] end`, "put a = ", "get a = aa", "s", ""},
		{"in the start function", `function START() local t = {} function CMD.put(k) t[k] = k end end`,
			`local x function START() local t = {} function CMD.put(k) t[k] = k end end`, "put a = ; put b = ", "", "", "t (2 entries: in a function)"},
		{"set by the start function", `local t = {} function START() t = {} end function CMD.put(k) t[k] = k end function CMD.get(k) return t[k] end`,
			`local x local t = {} function START() t = {} end function CMD.get(k) return t[k] end`, "put a = ", "get a = nil", "", "t (1 entry: set by the start function)"},
		{"appended by the start function", `local t = {} function START() t[#t + 1] = "lobby" table.insert(t, "hall") end function CMD.add(k) t[#t + 1] = k end function CMD.all() return table.concat(t, ",") end`,
			`local x local t = {} function START() t[#t + 1] = "lobby" table.insert(t, "hall") end function CMD.all() return table.concat(t, ",") end`,
			"add bar = ; all = lobby,hall,bar", "all = lobby,hall,bar", "t", ""},
		{"more appended by the start function", `local t = {} function START() t[#t + 1] = "lobby" end function CMD.add(k) t[#t + 1] = k end`,
			`local x local t = {} function START() t[#t + 1] = "lobby" t[#t + 1] = "hall" end function CMD.all() return table.concat(t, ",") end`,
			"add bar = ", "all = lobby,bar,hall", "t (1 entry more by the start function)", ""},
		{"rows appended by the start function", `local t = {} function START() for i = 1, 2 do t[#t + 1] = {id = i, hp = 9} end end function CMD.hit(i) t[tonumber(i)].hp = 5 end`,
			`local x local t = {} function START() for i = 1, 2 do t[#t + 1] = {id = i, hp = 9} end end function CMD.all() return #t, t[1].hp, t[2].hp end`,
			"hit 1 = ", "all = 2 5 9", "t", ""},
		{"made by the start function", `local rooms = {} function START() rooms.hall = {members = {}} end function CMD.enter(k) table.insert(rooms.hall.members, k) end`,
			`local x local rooms = {} function START() rooms.hall = {members = {}, max = 7} end function CMD.all() return rooms.hall.members[1], rooms.hall.max end`,
			"enter ann = ", "all = ann 7", "rooms", ""},
		{"made by the start function under other names", `local rooms, n = {}, 0 function START() for i = 1, 2 do n = n + 1 rooms["r" .. n] = {} end end function CMD.n() return n end`,
			`local x local rooms, n = {}, 0 function START() for i = 1, 2 do n = n + 1 rooms["r" .. n] = {} end end function CMD.all() return rooms.r4 ~= nil, n end`,
			"n = 2", "all = true 4", "rooms (2 entries more by the start function)", ""},
		{"an empty table", `local t = {1} function CMD.add(k) t[k] = {} end function CMD.n() return #t end`,
			`local x local t = {1, 2} function CMD.n() return #t end`, "add a = ", "n = 2", "", "t (1 entry: its first value is another now)"},
		{"replaced by a start function that didn't", `local rooms = {} function CMD.enter(k) rooms.hall = {members = {k}} end`,
			`local x local rooms = {} function START() rooms.hall = {members = {}} end function CMD.all() return #rooms.hall.members end`,
			"enter ann = ", "all = 0", "rooms", "rooms.hall (1 entry: set by the start function)"},
		{"counted by the start function", `local n = 0 function START() n = n + 1 end function CMD.f() n = n + 10 return n end`,
			`local x local n = 0 function START() n = n + 1 end function CMD.g() return n end`,
			"f = 11", "g = 12", "n (11, and 12 by the start function)", ""},
		{"set by the start function and the program", `local open = false function START() open = true end function CMD.close() open = false end function CMD.f() return open end`,
			`local x local open = false function START() open = true end function CMD.f() return open end`,
			"close = ; f = false", "f = false", "", ""},
		{"a list whose first value is another", `local t = {1, 2} function CMD.add(k) t[#t + 1] = k end function CMD.n() return #t end`,
			`local x local t = {1, 2, 3} function CMD.n() return #t end`, "add a = ; add b = ", "n = 3", "", "t (2 entries: its first value is another now)"},
		{"a list whose first value is another, as it was", `local t = {1, 2} function CMD.n() return #t end`,
			`local x local t = {1, 2, 3} function CMD.n() return #t end`, "n = 2", "n = 3", "", ""},
		{"a function that the program has put there", `local function a() return "a" end local function b() return "b" end local t = {f = a} function CMD.set() t.f = b end function CMD.f() return t.f() end`,
			`local x local function a() return "a" end local function b() return "b" end local t = {f = a} function CMD.f() return t.f() end`, "set = ; f = b", "f = a", "", "t.f (a function of the old code)"},
		{"a local function that the program has replaced", `local function a() return "a" end
local function b() return "b" end function CMD.set() a = b end function CMD.f() return a() end`,
			`local x local function a() return "a" end
local function b() return "b" end function CMD.f() return a() end`, "set = ; f = b", "f = a", "", "a (a function of the old code)"},
		{"a variable with another name", `local t, n, k = {}, 0, 5 function CMD.add(k) t[k] = 1 n = n + 1 end`,
			`for i = 1, 2 do end local x local names, count, k2 = {}, 0, 5 function CMD.n() return count end`, "add a = ; add b = ", "n = 0", "",
			"n = 2 (the text has no such variable now), t (2 entries: the text has no such variable now)"},
		{"weak", `local t = setmetatable({}, {__mode = "k"}) function CMD.put(k) t[k] = k end`,
			`local x local t = setmetatable({}, {__mode = "k"}) function CMD.get(k) return t[k] end`, "put a = ", "get a = a", "t", ""},
		{"nothing", `local t = {} local names = {"a", "b"} function CMD.f() return #names end`,
			`local x local t = {} local names = {"a", "b"} function CMD.f() return #names end`, "f = 2", "f = 2", "", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tn := newTestNode(t, map[string]string{"main.lua": stateService(tc.old)}, nil)
			h := tn.launch("main")
			tn.expect(h, tc.before)
			r := tn.carried(h, tc.new)
			if tc.after != "" {
				tn.expect(h, tc.after)
			}
			if kept := strings.Join(r.Kept, ", "); kept != tc.kept {
				t.Errorf("kept %q, want %q", kept, tc.kept)
			}
			if lost := strings.Join(r.Lost, ", "); lost != tc.lost {
				t.Errorf("lost %q, want %q", lost, tc.lost)
			}
		})
	}
}

// Objects become objects of the new code's class, however they refer to it.
func TestCarryObjects(t *testing.T) {
	for name, class := range map[string]string{
		"local":        `local P = {} P.__index = P function P.new(n) return setmetatable({n = n}, P) end`,
		"global":       `P = {} P.__index = P function P.new(n) return setmetatable({n = n}, P) end`,
		"anonymous":    `local P = {} function P.new(n) return setmetatable({n = n}, {__index = P}) end`,
		"made":         `local function class() local c = {} c.__index = c return c end local P = class() function P.new(n) return setmetatable({n = n}, P) end`,
		"derived":      `local B = {} B.__index = B local P = setmetatable({}, B) P.__index = P function P.new(n) return setmetatable({n = n}, P) end`,
		"with a field": `local P = {} P.__index = P function P.new(n) return setmetatable({n = n, class = P}, P) end`,
		"vtable":       `local all = {} local P = {} all[P] = {} local vt = all[P] function P.new(n) return setmetatable({n = n}, {__index = vt}) end local real = P P = setmetatable({}, {__index = real, __newindex = vt})`,
	} {
		t.Run(name, func(t *testing.T) {
			body := func(n int) string {
				return class + fmt.Sprintf(`
function P:say() return self.n .. %d end
local list = {}
function CMD.put(n) list[#list + 1] = P.new(n) end
function CMD.say() local s = "" for _, p in ipairs(list) do s = s .. p:say() .. (p.class and tostring(p.class == P) or "") end return s end
local v%[1]d
`, n)
			}
			tn := newTestNode(t, map[string]string{"main.lua": stateService(body(1))}, nil)
			h := tn.launch("main")
			tn.expect(h, "put a = ")
			tn.expect(h, "put b = ")
			first := tn.ask(h, "say")
			for i := 2; i < 5; i++ {
				r := tn.carried(h, body(i))
				want := strings.ReplaceAll(first, "1", fmt.Sprint(i))
				if got := tn.ask(h, "say"); got != want || !slices.Contains(r.Kept, "list") || len(r.Lost) > 0 {
					t.Errorf("generation %d: %q, want %q; kept %v, lost %v", i, got, want, r.Kept, r.Lost)
				}
			}
		})
	}
}

// Modules keep their locals and fields.
func TestCarryModules(t *testing.T) {
	main := `local room = require "room" local conf = require "conf"
function CMD.join(n) return room.join(n) end function CMD.list() return room.list() .. conf.rate .. conf.n end function CMD.set() conf.n = 7 room.title = "hall" end`
	tn := newTestNode(t, map[string]string{
		"main.lua": stateService(main),
		"room.lua": `local M = {count = 0} local members = {} function M.join(n) members[#members + 1] = n M.count = M.count + 1 return M.count end function M.list() return table.concat(members, " ") end return M`,
		"conf.lua": `return {rate = 5, n = 0}`,
	}, nil)
	h := tn.launch("main")
	tn.expect(h, "join ann = 1; join bob = 2; set = ; list = ann bob57")
	tn.write("room.lua", `local x local M = {count = 0} local members = {} function M.join(n) members[#members + 1] = n M.count = M.count + 1 return M.count end function M.list() return table.concat(members, "+") .. M.title end return M`)
	tn.write("conf.lua", `return {rate = 6, n = 0, more = true}`)
	r := tn.carried(h, main)
	tn.expect(h, "list = ann+bobhall67; join eve = 3")
	if got := fmt.Sprint(r.Kept, r.Lost); got != "[M.count M.title conf members] []" {
		t.Error(got)
	}
}

// Requests that the old code still answers work on the variables that the new code
// has taken over, and these on theirs.
func TestCarryWhileDraining(t *testing.T) {
	if layout.Own {
		t.Skip("without unsafe code two variables can't be made one (docs/lua.md)")
	}
	body := `local n = 0 local t = {} local P = {} P.__index = P
function CMD.slow() skynet.wait("gate") n = n + 1 t[#t + 1] = setmetatable({}, P) return n end
function CMD.go() n = n + 10 skynet.wakeup("gate") end
function CMD.n() return n end
`
	tn := newTestNode(t, map[string]string{"main.lua": stateService(body + `function P.say() return "old" end`)}, nil)
	h := tn.launch("main")
	answer := tn.callLater(h, "slow")
	tn.waitForTask(h, "main.lua:5")
	tn.carried(h, body+`local x function P.say() return "new" end function CMD.say() return t[1]:say() end`)
	tn.expect(h, "go = ")
	if got := <-answer; got != "11" {
		t.Errorf("the old code counts %s", got)
	}
	waitFor(t, "the end of the drain", func() bool { return tn.info(h).State == "running" })
	tn.expect(h, "n = 11; say = new")
}

// A reload that fails leaves the state as it was, and what its start function has
// changed is taken back.
func TestCarryIsUndone(t *testing.T) {
	body := `local n = 0 local t = {} local P = {} P.__index = P
function P.say() return "old" end
function CMD.f() n = n + 1 t[#t + 1] = setmetatable({}, P) return n .. #t .. t[1].say() .. tostring(t.x) end
`
	tn := newTestNode(t, map[string]string{"main.lua": stateService(body)}, nil)
	h := tn.launch("main")
	tn.expect(h, "f = 11oldnil; f = 22oldnil")
	tn.write("main.lua", stateService(strings.ReplaceAll(body, "old", "new")+`
function START() n = n + 100 t[#t + 1] = {} t.x = t[1].say() t[1] = nil skynet.sleep(1) error("say: " .. t.x .. n) end`))
	r := tn.reload1(h, ReloadOptions{})
	if r.Err == nil || !strings.Contains(r.Err.Error(), "say: new102") {
		t.Errorf("the reload: %v", r.Err)
	}
	tn.expect(h, "f = 33oldnil")
	if len(r.Unrestored) > 0 {
		t.Errorf("not undone: %v", r.Unrestored)
	}
}

// Three ways to have nothing taken over.
// Variables inside the start function are taken over where both texts begin them
// alike, and the new start function leaves them so.
func TestCarryStartLocals(t *testing.T) {
	text := func(begins, handles string) string {
		return `local skynet = require "skynet"
local function main()
	` + begins + `
	skynet.dispatch("lua", function(_, _, cmd, a)
		` + handles + `
	end)
end
skynet.start(main)`
	}
	begins := "local n, members = 0, {} local id = 0 id = skynet.self() local opened = skynet.now()"
	tn := newTestNode(t, map[string]string{"main.lua": text(begins, `n = n + 1 members[n] = a id = id + 1 opened = 5 skynet.retpack(n, id, opened)`)}, nil)
	h := tn.launch("main")
	tn.command(h, "add ann")
	tn.command(h, "add bob")
	tn.write("main.lua", text(begins+` skynet.error("begins")`, `n = n + 1 skynet.retpack(n, #members, members[1], id == skynet.self())`))
	r := tn.mustReload(h)
	tn.expect(h, "look = 3 2 ann true")
	if got := strings.Join(r.Kept, ", "); got != "members, n" {
		t.Errorf("kept %s", got)
	}
	if got := strings.Join(r.Lost, ", "); !strings.Contains(got, "id = ") || !strings.Contains(got, "opened = 5 (in the start function)") || strings.Contains(got, "members") {
		t.Errorf("lost %s", got)
	}
}

// What is too large to be looked through is named where a start fails.
func TestCarryTooLargeToUndo(t *testing.T) {
	tn := newTestNode(t, map[string]string{"main.lua": stateService(`local big, small = {}, {} for i = 1, 3 do end
function CMD.fill() for i = 1, 60000 do big[i] = i end small.n = 1 end`)}, nil)
	h := tn.launch("main")
	tn.expect(h, "fill = ")
	tn.write("main.lua", stateService(`local x local big, small = {}, {} for i = 1, 3 do end
function START() big[1] = 5 small.n = 2 error("no") end`))
	r := tn.reload1(h, ReloadOptions{})
	if got := strings.Join(r.Unrestored, ", "); r.Err == nil || !strings.Contains(got, "big (too large to be looked through)") {
		t.Errorf("not undone: %q, %v", got, r.Err)
	}
}

func TestCarryNothing(t *testing.T) {
	body := `local reload = require "reload" local k = reload.keep("k", {n = 0}) local n = 0 function CMD.f() n = n + 1 k.n = k.n + 1 return n .. k.n end `
	for name, tc := range map[string]struct {
		top     string
		options ReloadOptions
		want    string
	}{
		"by name":   {"", ReloadOptions{}, "22"},
		"--fresh":   {"", ReloadOptions{Fresh: true}, "11"},
		"anew":      {"", ReloadOptions{Anew: map[Handle]bool{8: true}}, "12"},
		"directive": {"-- reload: fresh\n", ReloadOptions{}, "12"},
	} {
		t.Run(name, func(t *testing.T) {
			tn := newTestNode(t, map[string]string{"main.lua": stateService(body)}, nil)
			h := tn.launch("main")
			tn.expect(h, "f = 11")
			tn.write("main.lua", tc.top+stateService(body+"local x"))
			if r := tn.reload1(h, tc.options); r.Err != nil {
				t.Error(r.Err)
			}
			tn.expect(h, "f = "+tc.want)
		})
	}
}

// A start function waits for the end of its main chunk, also where that computes for
// so long that it has to let other messages pass: else nothing could be taken over.
func TestStartWaitsForTheMainChunk(t *testing.T) {
	script := func(v int) string {
		return fmt.Sprintf(`local skynet = require "skynet"
local n, chunk, seen = 0
skynet.start(function()
	seen = chunk
	skynet.dispatch("lua", function() n = n + 1 skynet.retpack(%d, n, seen) end)
end)
for i = 1, 3000000 do end
chunk = "all of it"`, v)
	}
	tn := newTestNode(t, map[string]string{"main.lua": script(1)}, nil)
	h := tn.launch("main")
	for v := 1; v < 4; v++ {
		if got, want := tn.ask(h), fmt.Sprintf("%d %d all of it", v, v); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		tn.write("main.lua", script(v+1))
		tn.mustReload(h)
	}
}
