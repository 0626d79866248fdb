package runtime

import (
	"fmt"
	"strings"
	"testing"
)

// TestCheckFindsUndefinedGlobals: what nothing sets is found where it is read, and
// what a text, or a module that it requires, may set in any way isn't complained of.
func TestCheckFindsUndefinedGlobals(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"print(coutn)", "1: global 'coutn' is set nowhere. If something else sets it, say so in a comment: -- globals: coutn"},
		{"count = 0\nfunction f() return coutn end", "2: global 'coutn' is set nowhere: is 'count' meant?"},
		{"local function f()\n  retrun_all()\nend", "2: global 'retrun_all' is set nowhere. If something else sets it, say so in a comment: -- globals: retrun_all"},
		{"skynet.start(function() end)", "1: global 'skynet' is set nowhere. If something else sets it, say so in a comment: -- globals: skynet"},
		{"return string.format('%d', tonmber('1'))", "1: global 'tonmber' is set nowhere: is 'tonumber' meant?"},
		{"local t = {}\nfor k in pairs(tt) do t[k] = uu end", "2: global 'tt' is set nowhere. If something else sets it, say so in a comment: -- globals: tt\n2: global 'uu' is set nowhere. If something else sets it, say so in a comment: -- globals: uu"},
		{"x = 1 local function f() return x + y end function g() y = 2 end", ""},
		{"if DEBUG then print 'x' end local v = LEVEL or 3 if not TRACE and A == nil then B = B or {} end", ""},
		{"if type(jit) == 'table' then end print(tostring(unpack or table.unpack))", ""},
		{"_G.config = {} print(config.x) _G['other'] = 1 print(other)", ""},
		{"rawset(_G, 'made', 1) print(made)", ""},
		{"for k, v in pairs { a = 1 } do _G[k] = v end print(a)", ""},
		{"setmetatable(_G, { __index = function(_, k) return k end }) print(anything)", ""},
		{"local G = _G G.late = 1 print(late)", ""},
		{"_ENV.here = 1 print(here)", ""},
		{"local _ENV = setmetatable({}, { __index = _G }) x = nosuch", ""},
		{"local env = {} local f = load('x = 1', 'c', 't', env) f() print(oops)", "1: global 'oops' is set nowhere. If something else sets it, say so in a comment: -- globals: oops"},
		{"load('made_so = 1')() print(made_so)", ""},
		{"require 'sets' print(from_module, from_deep)", ""},
		{"local m = require('no' .. 'name') print(perhaps)", ""},
		{"-- globals: from_host, other\nprint(from_host, other)", ""},
		{"-- luacheck: globals from_host\nprint(from_host)", ""},
		{"print(SERVICE_NAME, _VERSION, utf8.char(1), coroutine.wrap)", ""},
		{"print(set_beside)", ""},
		{"goto done ::done:: local a <const> = 1 print(a, ...)", ""},
	} {
		t.Run(c.text, func(t *testing.T) {
			tn := newTestNode(t, map[string]string{
				"main.lua": c.text, "sets.lua": "from_module = 1 require 'deep'", "deep.lua": "function from_deep() end", "beside.lua": "set_beside = 1",
			}, nil)
			if got := tn.check("main.lua"); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// check is what Check finds in a file, as LINE: TEXT.
func (tn *testNode) check(file string) string {
	tn.t.Helper()
	problems, err := tn.Check(tn.dir + "/" + file)
	if err != nil {
		tn.t.Fatal(err)
	}
	var lines []string
	for _, p := range problems {
		where := ""
		if !strings.HasSuffix(p.File, "/"+file) {
			where = p.File[strings.LastIndex(p.File, "/")+1:] + ":"
		}
		lines = append(lines, fmt.Sprintf("%s%d: %s", where, p.Line, strings.ReplaceAll(p.Message, tn.dir, "DIR")))
	}
	return strings.Join(lines, "\n")
}

func TestCheckFindsALostReturn(t *testing.T) {
	tn := newTestNode(t, map[string]string{
		"main.lua":   "local m = require 'lost'\nlocal d = require 'data'\nrequire 'effect'\nlocal e = require 'effect'\nlocal ok = require 'fine'",
		"lost.lua":   "local skynet = require 'skynet'\nlocal M = {}\nfunction M.f() return M end",
		"data.lua":   "local limits = { 1 }",
		"effect.lua": "made = 1",
		"fine.lua":   "local M = {} function M.f() end package.loaded['fine'] = M",
	}, nil)
	want := "lost.lua:2: M has functions, and the file doesn't return it: is `return M` missing at its end?\n" +
		"2: module 'data' returns nothing, so that this is true: is the `return` of DIR/data.lua missing?\n" +
		"4: module 'effect' returns nothing, so that this is true: is the `return` of DIR/effect.lua missing?"
	if got := tn.check("main.lua"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestCheckFindsStateThatNobodyClaims(t *testing.T) {
	text := "local reload = require 'reload'\nlocal skynet = require 'skynet'\nlocal s = reload.keep('NAME', {})\nlocal u = reload.keep(\"users\", {})\nskynet.start(function() end)\n"
	tn := newTestNode(t, map[string]string{"s.lua": strings.Replace(text, "NAME", "state", 1)}, nil)
	h := tn.launch("s")
	if got := tn.check("s.lua"); got != "" {
		t.Error(got)
	}
	tn.write("s.lua", strings.Replace(text, "NAME", "State", 1))
	if got, want := tn.check("s.lua"), fmt.Sprintf("0: %s (s) keeps \"state\", which nobody claims any more by reload.keep", h); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	tn.write("s.lua", strings.Replace(text, "'NAME'", "'sta' .. 'te'", 1))
	if got := tn.check("s.lua"); got != "" {
		t.Error(got)
	}
}
