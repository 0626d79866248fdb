package runtime

import (
	"strings"
	"testing"
)

// A function that moves to a module and back is the same for whoever holds it, in
// whatever order the two files are saved; what it counts goes on.
func TestPatchMovesFunctionsBetweenFiles(t *testing.T) {
	const shout = "function %sshout(s) calls = calls + 1 return s:upper() .. %q .. calls end\n"
	main := func(body, name string) string {
		return "calls = 0\nlocal util = require 'util'\n" + patchService(body+`local held, box = {}, {}
function CMD.hold() held[1] = `+name+` box.f = function(s) return `+name+`(s) end end
function CMD.say(s) return (held[1] or `+name+`)(s) end
function CMD.boxed(s) return box.f(s) end
function CMD.new(s) return `+name+`(s) end`)
	}
	in := func(prefix, mark string) string {
		return strings.NewReplacer("%s", prefix, "%q", `"`+mark+`"`).Replace(shout)
	}
	util := func(body string) string { return "local util = {}\n" + body + "return util\n" }
	for _, order := range [][]string{{"util.lua", "main.lua"}, {"main.lua", "util.lua"}, {"both"}} {
		t.Run(strings.Join(order, ", "), func(t *testing.T) {
			tn := newTestNode(t, map[string]string{"util.lua": util(""), "main.lua": main("local "+in("", "!"), "shout")}, nil)
			h := tn.launch("main")
			tn.expect(h, "hold = ; say a = A!1; boxed b = B!2")
			save := func(texts map[string]string) {
				t.Helper()
				for _, file := range order {
					if file == "both" {
						tn.write("util.lua", texts["util.lua"])
						file = "main.lua"
					}
					tn.write(file, texts[file])
					if r := tn.patchOne(h); r.Err != nil {
						t.Fatal(r.Err)
					}
				}
			}
			fresh := func() {
				t.Helper()
				if stale, err := tn.Stale(testContext(t), h); err != nil || len(stale) > 0 {
					t.Errorf("stale: %s %v", joinStale(stale), err)
				}
			}
			save(map[string]string{"util.lua": util(in("util.", "!")), "main.lua": main("", "util.shout")})
			fresh()
			tn.expect(h, "say c = C!3; boxed d = D!4; new e = E!5")
			tn.write("util.lua", util(in("util.", "?")))
			if r := tn.patchOne(h); r.Err != nil {
				t.Fatal(r.Err)
			}
			fresh()
			tn.expect(h, "say f = F?6; boxed g = G?7; new h = H?8")
			save(map[string]string{"util.lua": util(""), "main.lua": main("local "+in("", "?"), "shout")})
			fresh()
			tn.expect(h, "say i = I?9; boxed j = J?10; new k = K?11")
			tn.write("main.lua", main("local "+in("", "."), "shout"))
			if r := tn.patchOne(h); r.Err != nil {
				t.Fatal(r.Err)
			}
			fresh()
			tn.expect(h, "say l = L.12; boxed m = M.13; new n = N.14")
		})
	}
}

// Another function of the same name in another file isn't it.
func TestPatchDoesNotMistakeFunctions(t *testing.T) {
	util := "local util = {}\nfunction util.show(s) return s end\nreturn util\n"
	tn := newTestNode(t, map[string]string{"util.lua": util, "main.lua": "local util = require 'util'\n" + patchService(`local function show(s) return "<" .. s .. ">" end
local held = {}
function CMD.hold() held[1] = show end
function CMD.say(s) return held[1](s) end`)}, nil)
	h := tn.launch("main")
	tn.expect(h, "hold = ; say a = <a>")
	tn.write("main.lua", "local util = require 'util'\n"+patchService(`local held = {}
function CMD.hold() held[1] = util.show end
function CMD.say(s) return held[1](s) end`))
	if r := tn.patchOne(h); r.Err != nil || len(r.Report.Stale) != 1 {
		t.Errorf("%v, stale %v", r.Err, r.Report.Stale)
	}
	tn.expect(h, "say a = <a>")
}

// A local variable that moves to a module with the function that uses it keeps what the
// program has made of it, whether both files are saved at once or the module first.
func TestPatchMovesLocalsBetweenFiles(t *testing.T) {
	const body = "local seen, calls = {}, 0\nfunction %scount(s) calls = calls + 1 seen[s] = true local n = 0 for _ in pairs(seen) do n = n + 1 end return n .. '/' .. calls end\n"
	in := func(prefix string) string { return strings.ReplaceAll(body, "%s", prefix) }
	main := func(body, name string) string {
		return "local util = require 'util'\n" + patchService(body+"function CMD.count(s) return "+name+"(s) end")
	}
	util := func(body string) string { return "local util = {}\n" + body + "return util\n" }
	for _, order := range [][]string{{"util.lua", "main.lua"}, {"both"}} {
		t.Run(strings.Join(order, ", "), func(t *testing.T) {
			own := strings.Replace(in(""), "function count", "local function count", 1)
			tn := newTestNode(t, map[string]string{"util.lua": util(""), "main.lua": main(own, "count")}, nil)
			h := tn.launch("main")
			tn.expect(h, "count a = 1/1; count b = 2/2")
			tn.write("util.lua", util(in("util.")))
			if order[0] == "util.lua" {
				if r := tn.patchOne(h); r.Err != nil {
					t.Fatal(r.Err)
				}
			}
			tn.write("main.lua", main("", "util.count"))
			r := tn.patchOne(h)
			if r.Err != nil {
				t.Fatal(r.Err)
			}
			tn.expect(h, "count a = 2/3; count c = 3/4")
			wantWords(t, "the report", r.Report.Text(), []string{"moved seen to util.lua", "moved calls to util.lua"})
			wantAll(t, "notes", r.Report.Notes, nil)
		})
	}
}
