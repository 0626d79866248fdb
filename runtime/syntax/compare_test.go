package syntax_test

import (
	"devnode/runtime/syntax"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/yuin/gopher-lua/ast"
)

const service = `
local skynet = require "skynet"
local db, hits = {}, 0
local MAX <const> = 10

local command = {}

function command.GET(key)
	hits = hits + 1
	return db[key]
end

function command.SET(key, value)
	local old = db[key]
	db[key] = value
	return old
end

local function each(fn)
	for k, v in pairs(db) do fn(k, v) end
end

local handlers = {
	count = function() return #db end,
	list = { all = function() each(print) end },
}

skynet.start(function()
	skynet.dispatch("lua", function(session, source, cmd, ...)
		local f = command[cmd]
		skynet.ret(skynet.pack(f(...)))
	end)
	skynet.fork(function()
		while true do skynet.sleep(100) end
	end)
end)
`

func parseTree(t testing.TB, src string) []ast.Stmt {
	t.Helper()
	tree, err := syntax.Parse([]byte(src), "@service.lua")
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

// changes shows what Compare found, in one line.
func changes(c syntax.Change) string {
	if c.Kind != syntax.Bodies {
		return c.String()
	}
	var list []string
	for _, f := range c.Functions {
		list = append(list, fmt.Sprintf("%s:%d %v", f.Name, f.Line, f.Path))
	}
	return strings.Join(list, ", ")
}

func TestCompare(t *testing.T) {
	for _, c := range []struct{ name, old, new, want string }{
		{"comment", "local db", "-- new\n\nlocal db", "nothing changed"},
		{"body", "hits = hits + 1", "hits = hits + 2", "command.GET:8 [0]"},
		{"parameter", "SET(key, value)", "SET(key, value, ttl)", "command.SET:13 [1]"},
		{"two bodies", "return old", "return nil", "command.SET:13 [1]"},
		{"local function", "fn(k, v)", "fn(v, k)", "each:19 [2]"},
		{"field", "#db", "#db + 1", "handlers.count:24 [3]"},
		{"nested field", "each(print)", "each(skynet.error)", "handlers.list.all:25 [4]"},
		{"dispatch", "command[cmd]", "command[cmd:upper()]", "skynet.start(...)/skynet.dispatch(...):29 [5 0]"},
		{"start function", "skynet.fork(function()", "print()\n\tskynet.fork(function()", "line 33: new call of print, in the function given to skynet.start"},
		{"forked function", "sleep(100)", "sleep(10)", "line 34: call of skynet.sleep changed, in the function given to skynet.fork"},
		{"initialiser", "hits = {}, 0", "hits = {}, 1", "line 3: initialiser of local db changed"},
		{"constant", "= 10", "= 11", "line 4: initialiser of local MAX changed"},
		{"new statement", "local command = {}", "local command = {}\nprint(1)", "line 7: new call of print"},
		{"new function", "local function each", "function command.DEL() end\nlocal function each", "line 19: new function command.DEL"},
		{"removed function", "function command.SET(key, value)\n\tlocal old = db[key]\n\tdb[key] = value\n\treturn old\nend\n", "", "line 14: function command.SET removed"},
		{"renamed function", "command.GET", "command.FETCH", "line 8: function command.FETCH changed"},
		{"renamed local", "local command = {}", "local commands = {}; local command = commands", "line 6: local commands is new"},
		{"unheld", "return db[key]", "return command[key]", "command.GET:8 [0]"},
		{"new upvalue", "command[cmd]", "handlers[cmd]", "line 30: skynet.start(...)/skynet.dispatch(...) now uses local handlers, which no function held"},
		{"required module", `require "skynet"`, `require "skynet.x"`, "line 2: initialiser of local skynet changed"},
		{"another field", "count = function", "size = function", "line 23: initialiser of local handlers changed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			changed := strings.Replace(service, c.old, c.new, 1)
			if changed == service {
				t.Fatal("nothing to replace")
			}
			got := changes(syntax.Compare(parseTree(t, service), parseTree(t, changed)))
			if got != c.want {
				t.Errorf("got:  %s\nwant: %s", got, c.want)
			}
			back := syntax.Compare(parseTree(t, changed), parseTree(t, changed))
			if back.Kind != syntax.Unchanged {
				t.Errorf("against itself: %v", back)
			}
		})
	}
}

// TestComparePaths checks that the paths of changed functions lead to them in
// the compiled prototypes, by changing every number of many programs.
func TestComparePaths(t *testing.T) {
	files, _ := filepath.Glob("testdata/conformance/*.lua")
	var sources []string
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		sources = append(sources, string(src))
	}
	for i := range uint64(200) {
		sources = append(sources, "local function all(...)\n"+generate(5, i)+"\nend")
	}
	checked := 0
	for _, src := range sources {
		changed := strings.ReplaceAll(src, "3", "4")
		proto, err := syntax.Compile([]byte(changed), "@x.lua")
		if err != nil {
			continue // such as a label that there are two of now
		}
		for _, f := range syntax.Compare(parseTree(t, src), parseTree(t, changed)).Functions {
			p := proto
			for _, i := range f.Path {
				p = p.FunctionPrototypes[i]
			}
			if p.LineDefined != f.Line {
				t.Errorf("%s: line %d by the path %v, want %d", f.Name, p.LineDefined, f.Path, f.Line)
			}
			checked++
		}
	}
	if checked < 100 {
		t.Errorf("only %d functions checked", checked)
	}
}
