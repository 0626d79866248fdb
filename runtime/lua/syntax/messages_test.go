package syntax_test

import (
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"devnode/runtime/lua/syntax"
)

// faults are sources that don't compile, beside the message of lua5.4 for each,
// without the position where that is line 1.
var faults = []struct{ src, want string }{
	{"x = = 2", "unexpected symbol near '='"},
	{"x = ", "unexpected symbol near <eof>"},
	{"x", "syntax error near <eof>"},
	{"a.b", "syntax error near <eof>"},
	{"a + 1", "syntax error near '+'"},
	{"f() = 1", "syntax error near '='"},
	{"(f()) = 1", "syntax error near '='"},
	{"(a) = 1", "syntax error near '='"},
	{"(f())", "syntax error near <eof>"},
	{"a, f() = 1, 2", "syntax error near '='"},
	{"a, b", "'=' expected near <eof>"},
	{"local x y", "syntax error near <eof>"},
	{"if x then", "'end' expected near <eof>"},
	{"if x", "'then' expected near <eof>"},
	{"if x then else elseif y then end", "'end' expected near 'elseif'"},
	{"\n\nif x then\n\nelse", "5: 'end' expected (to close 'if' at line 3) near <eof>"},
	{"while x", "'do' expected near <eof>"},
	{"while x do", "'end' expected near <eof>"},
	{"repeat", "'until' expected near <eof>"},
	{"repeat\nend", "2: 'until' expected (to close 'repeat' at line 1) near 'end'"},
	{"for", "<name> expected near <eof>"},
	{"for x", "'=' or 'in' expected near <eof>"},
	{"for a.b in x", "'=' or 'in' expected near '.'"},
	{"for i = 1 do end", "',' expected near 'do'"},
	{"for i = 1, 2, 3, 4 do end", "'do' expected near ','"},
	{"for a, b = 1, 2 do end", "'in' expected near '='"},
	{"function f", "'(' expected near <eof>"},
	{"function f(", "<name> or '...' expected near <eof>"},
	{"function f(a,) end", "<name> or '...' expected near ')'"},
	{"function f(1) end", "<name> or '...' expected near '1'"},
	{"function f(..., a) end", "')' expected near ','"},
	{"function f(a b) end", "')' expected near 'b'"},
	{"function f() return ... end", "cannot use '...' outside a vararg function near '...'"},
	{"function a:b.c() end", "'(' expected near '.'"},
	{"local function a.b() end", "'(' expected near '.'"},
	{"local t = {a=1 b=2}", "'}' expected near 'b'"},
	{"local t = {\n1", "2: '}' expected (to close '{' at line 1) near <eof>"},
	{"local t = {[1 = 2}", "']' expected near '='"},
	{"f(\n1\n2", "3: ')' expected (to close '(' at line 1) near '2'"},
	{"f(1", "')' expected near <eof>"},
	{"x = (1", "')' expected near <eof>"},
	{"x = a.1", "unexpected symbol near '.1'"},
	{"x = a.", "<name> expected near <eof>"},
	{"x = a:b", "function arguments expected near <eof>"},
	{"x = a:b.c", "function arguments expected near '.'"},
	{"x = }", "unexpected symbol near '}'"},
	{"x = function", "'(' expected near <eof>"},
	{"return 1 2", "<eof> expected near '2'"},
	{"return return", "unexpected symbol near 'return'"},
	{"end", "<eof> expected near 'end'"},
	{"do until", "'end' expected near 'until'"},
	{"@", "unexpected symbol near '@'"},
	{"x = $", "unexpected symbol near '$'"},
	{"x = \x01", "unexpected symbol near '<\\1>'"},
	{"x = \xe4", "unexpected symbol near '<\\228>'"},
	{"x = !y", "unexpected symbol near '!'"},
	{"x != y", "syntax error near '!'"},
	{"#!/bin/lua\nx=1", "unexpected symbol near '#'"},
	{"x = 3x", "malformed number near '3x'"},
	{"x = 0x", "malformed number near '0x'"},
	{"x = 0xg", "malformed number near '0xg'"},
	{"x = 1e", "malformed number near '1e'"},
	{"x = 1e+", "malformed number near '1e+'"},
	{"x = 1.2.3", "malformed number near '1.2.3'"},
	{"x = 1..2", "malformed number near '1..2'"},
	{"x = 1_000", "malformed number near '1_'"},
	{"x = 12abxyz", "malformed number near '12abx'"},
	{"x = 0x1p", "malformed number near '0x1p'"},
	{`x = "abc`, "unfinished string near <eof>"},
	{"x = \"abc\ndef\"", "unfinished string near '\"abc'"},
	{"x = 'abc\\", "unfinished string near <eof>"},
	{`x = "\q"`, `invalid escape sequence near '"\q'`},
	{`x = "ab\300"`, `decimal escape too large near '"ab\300"'`},
	{`x = "\xZZ"`, `hexadecimal digit expected near '"\xZ'`},
	{`x = "\x1"`, `hexadecimal digit expected near '"\x1"'`},
	{`x = "\u{110000000}"`, `UTF-8 value too large near '"\u{110000000'`},
	{`x = "\u123"`, `missing '{' near '"\u1'`},
	{`x = "\u{12"`, `missing '}' near '"\u{12"'`},
	{`x = "\u{}"`, `hexadecimal digit expected near '"\u{}'`},
	{"--[[ abc", "unfinished long comment (starting at line 1) near <eof>"},
	{"\nx = [==[ abc\n]]", "3: unfinished long string (starting at line 2) near <eof>"},
	{"x = [==", "invalid long string delimiter near '[=='"},
	{"x = [=a", "invalid long string delimiter near '[='"},
	{"goto = 1", "<name> expected near '='"},
	{"goto x", "no visible label 'x' for <goto> at line 1"},
	{"do ::x:: end goto x", "no visible label 'x' for <goto> at line 1"},
	{"goto x; local a; ::x:: print(a)", "<goto x> at line 1 jumps into the scope of local 'a'"},
	{"repeat goto x; local a; ::x:: until a", "<goto x> at line 1 jumps into the scope of local 'a'"},
	{"::a::\n::a::", "2: label 'a' already defined on line 2"},
	{"::a:: do ::a:: end", "label 'a' already defined on line 1"},
	{"::a", "'::' expected near <eof>"},
	{"break", "break outside loop at line 1"},
	{"while x do function f() break end end", "break outside loop at line 1"},
	{"local x <const> = 1; x = 2", "attempt to assign to const variable 'x'"},
	{"local x <const> = f(); function g() x = 2 end", "attempt to assign to const variable 'x'"},
	{"local x <const> = f(); function x() end", "attempt to assign to const variable 'x'"},
	{"local x <close> = f(); x = 2", "attempt to assign to const variable 'x'"},
	{"local x <foo> = 1", "unknown attribute 'foo'"},
	{"local x <const", "'>' expected near <eof>"},
	{"local a <close>, b <close> = 1", "multiple to-be-closed variables in local list"},
	{"local", "<name> expected near <eof>"},
	{"local 1", "<name> expected near '1'"},
	{"local and = 1", "<name> expected near 'and'"},
	{"x = 'a' 'b' = 3", "unexpected symbol near ''b''"},
	{"x = [[a]] = 3", "unexpected symbol near '='"},
	{"and x", "unexpected symbol near 'and'"},
	{"x = 5 'a'", "unexpected symbol near ''a''"},
	{"x = 5 [[a]]", "unexpected symbol near '[[a]]'"},
}

func message(src, chunk string) string {
	_, err := syntax.Compile([]byte(src), chunk)
	if err == nil {
		return "compiles"
	}
	return err.Error()
}

// TestFaults compares the messages with those of lua5.4, where it is installed.
func TestFaults(t *testing.T) {
	_, noOracle := exec.LookPath("lua5.4")
	for _, f := range faults {
		got := message(f.src, "=f")
		var e *syntax.Error
		_, err := syntax.Compile([]byte(f.src), "=f")
		if !errors.As(err, &e) {
			t.Errorf("%q: %v, want an *Error", f.src, err)
			continue
		}
		if noOracle == nil {
			if want := strings.TrimSuffix(runOracle(t, f.src, "=f"), "\n"); got != want {
				t.Errorf("%q\ngot:  %s\nwant: %s", f.src, got, want)
				continue
			}
		}
		if !strings.HasSuffix(got, f.want) {
			t.Errorf("%q\ngot:  %s\nwant: %s", f.src, got, f.want)
		}
		if e.Incomplete != strings.HasSuffix(e.Msg, "<eof>") {
			t.Errorf("%q: Incomplete is %v", f.src, e.Incomplete)
		}
	}
	if noOracle != nil {
		t.Skip("lua5.4 is not installed: messages weren't compared with it")
	}
}

func TestLimits(t *testing.T) {
	many := func(n int, format string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	for _, c := range []struct{ name, src, want string }{
		{"parentheses", "x = " + strings.Repeat("(", 1_000_000), "chunk has too many syntax levels"},
		{"tables", "x = " + strings.Repeat("{", 1_000_000), "chunk has too many syntax levels"},
		{"blocks", strings.Repeat("do ", 300) + strings.Repeat("end ", 300), "chunk has too many syntax levels"},
		{"functions", strings.Repeat("function f() ", 300) + strings.Repeat("end ", 300), "chunk has too many syntax levels"},
		{"unary", "x = " + strings.Repeat("- ", 1_000_000) + "y", "chunk has too many syntax levels"},
		{"concat", "x = y" + strings.Repeat(" .. y", 1_000_000), "chunk has too many syntax levels"},
		{"sum", "x = y" + strings.Repeat(" + y", 1_000_000), "expression is too long"},
		{"calls", "x" + strings.Repeat("()", 1_000_000), "expression is too long"},
		{"fields", "x" + strings.Repeat(".x", 1_000_000) + " = 1", "expression is too long"},
		{"long sum", "x = y" + strings.Repeat(" + y", 40_000), "compiles"},
		{"long calls", "x" + strings.Repeat("()", 40_000), "compiles"},
		{"long fields", "x" + strings.Repeat(".x", 40_000) + " = 1", "compiles"},
		{"long or", "x = y" + strings.Repeat(" or y", 40_000), "compiles"},
		{"long if", "if y" + strings.Repeat(" and y or z", 20_000) + " then end", "compiles"},
		{"locals", many(201, "local a%d\n"), "f:202: too many local variables (limit is 200) in main function near <eof>"},
		{"locals in a function", "\nfunction g()" + many(201, " local a%d\n") + "end", "f:203: too many local variables (limit is 200) in function at line 2 near 'end'"},
		{"parameters", "function g(" + many(250, "a%d, ") + "z) end", "too many local variables (limit is 200) in function at line 1 near ','"},
		{"upvalues", many(150, "local a%d\n") + "local function g()\n" + many(150, "local b%d\n") +
			"return function() local x " + many(150, "x = a%d\n") + many(150, "x = b%d\n") + "end end", "too many upvalues (limit is 255) in function at line 302 near 'x'"},
		{"arguments", "local x; f(" + strings.Repeat("x,", 299) + "x)", "f:1: function or expression needs too many registers"},
		{"targets", strings.Repeat("t.x,", 299) + "x = 1", "f:1: function or expression needs too many registers"},
		{"size", strings.Repeat(" ", syntax.MaxSource+1), "chunk is too large"},
		{"elseif", "if x then " + strings.Repeat("elseif x then ", 20_000) + "end", "compiles"},
		{"statements", strings.Repeat("x = y ", 100_000), "compiles"},
		{"while body", "while x do " + strings.Repeat("f(y) ", 100_000) + "end", "control structure too long"},
		{"empty", "", "compiles"},
		{"semicolons", strings.Repeat(";", 100_000), "compiles"},
		{"labels", strings.Repeat("do goto a ::a:: end ", 10_000), "compiles"},
	} {
		if got := message(c.src, "=f"); !strings.Contains(got, c.want) {
			t.Errorf("%s: got %.200s, want %s", c.name, got, c.want)
		}
	}
}

func TestChunkID(t *testing.T) {
	long := strings.Repeat("0123456789", 8)
	for chunk, want := range map[string]string{
		"@dir/file.lua":  "dir/file.lua",
		"=stdin":         "stdin",
		"=":              "",
		"x = 1":          `[string "x = 1"]`,
		"x = 1\ny = 2":   `[string "x = 1..."]`,
		"\nx":            `[string "..."]`,
		"":               `[string ""]`,
		"@" + long:       "..." + long[len(long)-56:],
		"=" + long:       long[:59],
		long:             `[string "` + long[:45] + `..."]`,
		long + "\n":      `[string "` + long[:45] + `..."]`,
		"=" + long[:59]:  long[:59],
		"@" + long[:59]:  long[:59],
		long[:45]:        `[string "` + long[:45] + `"]`,
		long[:46] + "ab": `[string "` + long[:45] + `..."]`,
	} {
		if got := syntax.ChunkID(chunk); got != want {
			t.Errorf("ChunkID(%q) = %q, want %q", chunk, got, want)
		}
	}
}
