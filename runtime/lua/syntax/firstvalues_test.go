package syntax

import "testing"

// define gives the definition of what a dotted name stands for in a source, nil if
// it has none. The first name is a local or global variable, or "return".
func define(t *testing.T, src string, names ...string) *FirstValue {
	t.Helper()
	d, err := FirstValuesOf([]byte(src), "@file.lua")
	if err != nil {
		t.Fatalf("%q: %v", src, err)
	}
	def := d.Locals[names[0]]
	if def == nil {
		def = d.Globals[names[0]]
	}
	if names[0] == "return" {
		def = d.Return
	}
	for _, name := range names[1:] {
		if def == nil {
			return nil
		}
		def = def.Fields[name]
	}
	return def
}

func TestFirstValuesPlain(t *testing.T) {
	for _, tc := range []struct {
		src   string
		names []string
		want  bool
	}{
		{"local x = 1", []string{"x"}, true},
		{"local x", []string{"x"}, true},
		{"local a, x = 1", []string{"x"}, true},
		{"local a, x = f()", []string{"x"}, false},
		{"local a, x = f(), 2", []string{"x"}, true},
		{"local x = 60 * 60 .. 's'", []string{"x"}, true},
		{"local x = math.huge", []string{"x"}, true},
		{"local x = os.time()", []string{"x"}, false},
		{"local y = {} local x = y", []string{"x"}, false},
		{"local c <const> = 5 local x = c + 1", []string{"x"}, true},
		{"x = {}", []string{"x"}, true},
		{"local x = {1, 2, {a = 'b', [3] = true}}", []string{"x"}, true},
		{"local x = {f = function() end}", []string{"x"}, false},
		{"local x = {f = function() end, n = 0}", []string{"x", "n"}, true},
		{"local x = {1, print}", []string{"x"}, false},
		{"local x = {} function x.f() end", []string{"x"}, false},
		{"local x = {} function x:f() end x.n = 0", []string{"x", "n"}, true},
		{"local x = {} if a then x.n = 1 end", []string{"x", "n"}, false},
		{"local x if a then x = 1 end", []string{"x"}, false},
		{"local x = 1 x = f()", []string{"x"}, false},
		{"local x = f() x = 1", []string{"x"}, true},
		{"local x = {} x[1] = 2", []string{"x"}, true},
		{"local x = {} for i = 1, 3 do x[i] = i end", []string{"x"}, true},
		{"local x = {} for i = 1, 3 do x[i] = function() end end", []string{"x"}, false},
		{"local x = {} table.insert(x, 1)", []string{"x"}, true},
		{"local x = {} table.insert(x, f())", []string{"x"}, false},
		{"local x = setmetatable({}, {__mode = 'k'})", []string{"x"}, true},
		{"local x = setmetatable({}, Class)", []string{"x"}, true},
		{"local x = setmetatable({}, {__index = function() end})", []string{"x"}, false},
		{"local function f() x = 1 end", []string{"f"}, false},
		{"return {n = 0}", []string{"return", "n"}, true},
	} {
		def := define(t, tc.src, tc.names...)
		if def == nil || def.Plain() != tc.want {
			t.Errorf("%q: %v is %+v, want plain %t", tc.src, tc.names, def, tc.want)
		}
	}
	for _, src := range []string{"local function f() x = 1 end", "do local x = 1 end", "return x"} {
		if def := define(t, src, "x"); def != nil {
			t.Errorf("%q: x is %+v", src, def)
		}
	}
}

func TestFirstValuesSame(t *testing.T) {
	for _, tc := range []struct {
		old, new string
		want     bool
	}{
		{"local x = 1", "local a = 5 -- why\nlocal x =\n1", true},
		{"local x = 1", "local x = 1.5", false},
		{"local x = 1", "local x = '1'", false},
		{"local x = 1", "local x = 2", false},
		{"local x", "local x = nil", true},
		{"local x = {}", "local x = {1}", false},
		{"local x = {a = 1, b = 2}", "local x = {b = 2; a = 1,}", true},
		{"local x = {a = 1}", "local x = {a = 1, b = 2}", false},
		{"local x = {a = 1}", "local x = {a = 1, b = nil}", true},
		{"local x = {1, 2}", "local x = {2, 1}", false},
		{"local x = {} for i = 1, 3 do x[i] = i end", "local x = {}\nfor i = 1, 3 do\nx[i] = i end", true},
		{"local x = {} for i = 1, 3 do x[i] = i end", "local x = {} for i = 1, 4 do x[i] = i end", false},
		{"local x = f()", "local x = f()", false},
		{"local x = {} x.n = 1", "local x = {n = 1}", true},
		{"local x = {} x.n = 1", "local x = {} x.n = 2", false},
		{"local x = setmetatable({}, A)", "local x = setmetatable({}, B)", false},
	} {
		old, new := define(t, tc.old, "x"), define(t, tc.new, "x")
		if got := old.Same(new); got != tc.want {
			t.Errorf("%q and %q: same is %t", tc.old, tc.new, got)
		}
	}
}

func TestFirstValuesKnowWhatIsAssigned(t *testing.T) {
	for src, want := range map[string]bool{
		"local x = 1 function f() x = 2 end":    true,
		"local x = 1 function f() return x end": false,
	} {
		if got := define(t, src, "x").Assigned; got != want {
			t.Errorf("%q: assigned is %t", src, got)
		}
	}
	if def := define(t, "local x = -5", "x"); def.Value == nil || def.Value.String() != "-5" {
		t.Errorf("the value of -5 is %v", def.Value)
	}
}
