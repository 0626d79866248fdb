package syntax

import (
	"fmt"
	"strings"
	"sync"
	"testing"
)

// matchText is a Matching in short: the reason with its line, or the functions
// that changed, `+` before those that are new and `-` before those that are
// gone, and after a colon what a changed one captures, `*` after a variable
// that only the new source has.
func matchText(c *Matching) string {
	if c.Reason != "" {
		return fmt.Sprintf("%d: %s", c.Line, c.Reason)
	}
	var list []string
	for _, f := range c.Functions {
		if !f.Changed {
			continue
		}
		text := f.Name
		if f.Counterpart < 0 {
			text = "+" + text
		}
		for i, v := range f.Upvalues {
			text += [2]string{":", ","}[min(i, 1)] + c.Variables[v].Name
			if c.Variables[v].block < 0 {
				text += "*"
			}
		}
		list = append(list, text)
	}
	for _, f := range c.Old {
		if f.Counterpart < 0 {
			list = append(list, "-"+f.Name)
		}
	}
	return strings.Join(list, " ")
}

var matchTests = []struct{ name, old, new, want string }{
	{"the same", "local x = 1", "local x = 1", ""},
	{"comments and white space", "local x=1 function f() return x end", "-- new\nlocal x = 1;\n\nfunction f()\n  return x -- that\nend", ""},
	{"a body", "function f() return 1 end", "function f() return 2 end", "f"},
	{"a body with a field's name", "local CMD = {} function CMD.get() return 1 end", "local CMD = {} function CMD.get() return 2 end", "CMD.get"},
	{"a function in a table", "CMD = { get = function() return 1 end }", "CMD = { get = function() return 2 end }", "CMD.get"},
	{"a method", "function A:f() return self end", "function A:f() return self.x end", "A.f"},
	{"parameters", "local function f(a) end", "local function f(a, b) end", "f"},
	{"an argument of a call", "go(function() a() end)", "go(function()\n b() end)", "go(function:1)"},
	{"a body inside a body that stays", "function f() return function() return 1 end end", "function f() return function() return 2 end end", "the function at line 1"},
	{"a body takes a variable in", "local x = 1 function f() end", "local x = 1 function f() return x end", "f:x"},
	{"two variables of one name", "local x = 1 local x = 2 function f() end", "local x = 1 local x = 2 function f() return x end", "f:x"},
	{"a new local variable", "function f() return 1 end", "function f() local y = 1 return y end", "f"},
	{"a body around another", "function f() g(function() return 1 end) end", "function f() h() g(function() return 1 end) end", "f"},
	{"one more inner function", "function f() g(function() return 1 end) end", "function f() g(function() return 2 end) g(function() return 1 end) end", "f +g(function:1)"},
	{"one less inner function", "function f() local a = function() end local b = function() end end", "function f() local b = function() end end", "f -a"},
	{"inner functions that can't be told apart", "function f() g(function() return 1 end) end", "function f() g(function() return 2 end) g(function() return 3 end) end", "f +g(function:1) +g(function:1) -g(function:1)"},
	{"an inner function with a new variable of the outer one", "function f() return function() return 1 end end", "function f() local n = 0 return function() return n end end", "f the function at line 1:n*"},
	{"a constant inside", "local N <const> = 5 function f() return N end", "local N <const> = 5 function f() return N+1 end", "f"},
	{"numbers and strings", "function f() return 1 end", "function f() return '1' end", "f"},
	{"an operator", "function f(a) return a+1 end", "function f(a) return a-1 end", "f"},
	{"the method's name", "function f(a) a:x() end", "function f(a) a:y() end", "f"},
	{"or for and", "function f(a) return a and 1 end", "function f(a) return a or 1 end", "f"},
	{"which variable", "local a, b function f() return a end", "local a, b function f() return b end", "f:b"},
	{"a global for a local", "local a = 1 function f() return a end", "local a = 1 function f() return b end", "f"},

	{"an initial value", "local x = 1", "\nlocal x = 2", "2: another initial value: local x"},
	{"a renamed variable", "local x = 1", "local y = 1", "1: changed at the top level: local x, now local y"},
	{"a new function", "local M = {}\nfunction M.a() end\nreturn M", "local M = {}\nfunction M.a() end\nfunction M.b() end\nreturn M", "3: new at the top level: function M.b"},
	{"a function removed", "local M = {}\nfunction M.a() end\nfunction M.b() end\nreturn M", "local M = {}\nfunction M.b() end\nreturn M", "2: gone from the top level: function M.a"},
	{"a call at the end", "f()", "f()\ng()", "2: new at the top level: call of g"},
	{"a last statement removed", "f()\ng()", "f()\n", "2: gone from the top level: call of g"},
	{"what is returned", "return { v = 1 }", "return { v = 2 }", "1: changed at the top level: return"},
	{"inside a loop", "for i = 1, 2 do f(i) end", "for i = 1, 3 do f(i) end", "1: changed at the top level: for loop"},
	{"a condition", "if a then b() end", "if c then b() end", "1: changed at the top level: if statement"},
	{"a changed argument", "f(1)", "f(2)", "1: changed at the top level: call of f"},
	{"functions in another order", "function a() end\nfunction b() end", "function b() end\nfunction a() end", "1: changed at the top level: function a, now function b"},
	{"a table's entry", "local T = {\n a = 1,\n}", "local T = {\n a = 1,\n b = 2,\n}", "1: another initial value: local T"},
}

func readText(t *testing.T, src string) *Text {
	t.Helper()
	text, err := ReadText([]byte(src), "=x")
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestMatch(t *testing.T) {
	for _, tt := range matchTests {
		t.Run(tt.name, func(t *testing.T) {
			c := Match(readText(t, tt.old), readText(t, tt.new), nil)
			if got := matchText(c); got != tt.want {
				t.Errorf("got  %s\nwant %s\nfrom %s\nto   %s", got, tt.want, tt.old, tt.new)
			}
		})
	}
}

// TestMatchCounts holds the numbers of a Matching against the prototypes.
func TestMatchCounts(t *testing.T) {
	for _, tt := range matchTests {
		c := Match(readText(t, tt.old), readText(t, tt.new), nil)
		for _, version := range []struct {
			src string
			fns []Function
		}{{tt.old, c.Old}, {tt.new, c.Functions}} {
			proto, err := Compile([]byte(version.src), "=x")
			if err != nil {
				t.Fatal(err)
			}
			protos := Functions(proto)
			if len(protos) != len(version.fns) {
				t.Fatalf("%s: %d functions, want %d", tt.name, len(version.fns), len(protos))
			}
			for i, p := range protos {
				if Main(p) != proto {
					t.Errorf("%s: Main of function %d is another", tt.name, i)
				}
				f := version.fns[i]
				if f.Line != p.LineDefined || len(f.Upvalues) != len(p.DbgUpvalues) {
					t.Errorf("%s: function %d is %+v, its prototype is of line %d with %v", tt.name, i, f, p.LineDefined, p.DbgUpvalues)
					continue
				}
				for k, v := range f.Upvalues {
					if c.Variables[v].Name != p.DbgUpvalues[k] {
						t.Errorf("%s: function %d captures %s, its prototype %s", tt.name, i, c.Variables[v].Name, p.DbgUpvalues[k])
					}
				}
			}
		}
	}
}

// TestMatchSharesTexts compares one text with itself, and with several others at
// the same time.
func TestMatchSharesTexts(t *testing.T) {
	for _, tt := range matchTests {
		was, is := readText(t, tt.old), readText(t, tt.new)
		if same := matchText(Match(is, is, nil)); same != "" {
			t.Errorf("%s: compared with itself: %s", tt.name, same)
		}
		var others sync.WaitGroup
		for range 4 {
			others.Go(func() {
				m := Match(was, is, nil)
				for i := range m.Old {
					if i > 0 && m.Old[i].Counterpart > 0 {
						m.InsideFunction(i)
					}
				}
				if got := matchText(m); got != tt.want {
					t.Errorf("%s: got  %s\nwant %s", tt.name, got, tt.want)
				}
				Match(is, was, nil)
			})
		}
		others.Wait()
	}
}

func TestReadTextFault(t *testing.T) {
	_, err := ReadText([]byte("x = "), "@a.lua")
	if err == nil || err.Error() != "a.lua:1: unexpected symbol near <eof>" {
		t.Errorf("got %v", err)
	}
}
