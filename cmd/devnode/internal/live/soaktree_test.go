package live

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sort"
	"strings"
)

// soakTree is what the disk holds, as the soak test knows it: by name, which
// version each script has and what it requires. From it follows what each
// service has to answer.
type soakTree struct {
	rand     *rand.Rand
	files    map[string]soakFile // by name: lib/m007.lua, over/m007.lua, v1/c003.lua, svc/s042.lua
	current  string              // the folder that cur leads to: v1 or v2
	version  int
	services []string
}

type soakFile struct {
	version int
	needs   []string // modules, by the names that require takes
	tries   []string // modules that may be missing
}

const (
	soakModules  = 200 // of them soakSwapped behind a symlink
	soakSwapped  = 20
	soakServices = 100
)

func newSoakTree(r *rand.Rand) *soakTree {
	tree := &soakTree{rand: r, files: map[string]soakFile{}, current: "v1"}
	for i := range soakModules - soakSwapped {
		tree.files["lib/"+moduleName(i)+".lua"] = tree.fresh(i)
	}
	for i := range soakSwapped {
		f := soakFile{version: tree.next()}
		tree.files["v1/"+swappedName(i)+".lua"] = f
		if i%2 == 0 { // every second one is the same in both
			f.version = tree.next()
		}
		tree.files["v2/"+swappedName(i)+".lua"] = f
	}
	for i := range soakServices {
		name := fmt.Sprintf("s%03d", i)
		tree.services = append(tree.services, name)
		tree.files["svc/"+name+".lua"] = tree.fresh(-1)
	}
	return tree
}

func moduleName(i int) string  { return fmt.Sprintf("m%03d", i) }
func swappedName(i int) string { return fmt.Sprintf("c%03d", i) }

func (t *soakTree) next() int {
	t.version++
	return t.version
}

// fresh is a new version of module i, or of a service for -1. Modules require
// only those of higher numbers, so that there are no cycles.
func (t *soakTree) fresh(i int) soakFile {
	f := soakFile{version: t.next()}
	most := 3
	if i >= 0 {
		most = 2
	}
	for range t.rand.IntN(most) + (most - 2) {
		if n := i + 1 + t.rand.IntN(soakModules); n < soakModules-soakSwapped {
			f.needs = append(f.needs, moduleName(n))
		} else {
			f.needs = append(f.needs, swappedName(n%soakSwapped))
		}
	}
	if t.rand.IntN(6) == 0 {
		f.tries = append(f.tries, fmt.Sprintf("o%02d", t.rand.IntN(8)))
	}
	slices.Sort(f.needs)
	f.needs = slices.Compact(f.needs)
	return f
}

// calls is what a file calls itself: those behind the symlink don't know which
// folder they are in, so that some are the same in both.
func calls(name string) string {
	if folder, base, _ := strings.Cut(name, "/"); folder == "v1" || folder == "v2" {
		return "cur/" + base
	}
	return name
}

// text is the script. A module gives a table of the versions of all that it
// loads; a service answers with them in one string.
func (f soakFile) text(name string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "local all = { [%q] = %d }\n", calls(name), f.version)
	b.WriteString("local function add(t) for k, v in pairs(t) do all[k] = v end end\n")
	for _, m := range f.needs {
		fmt.Fprintf(&b, "add(require %q)\n", m)
	}
	for _, m := range f.tries {
		fmt.Fprintf(&b, "do local ok, t = pcall(require, %q) if ok then add(t) end end\n", m)
	}
	if !strings.HasPrefix(name, "svc/") {
		b.WriteString("return all\n")
		return b.String()
	}
	b.WriteString(`local list = {}
for k, v in pairs(all) do list[#list + 1] = k .. "=" .. v end
table.sort(list)
local answer = table.concat(list, " ")
local skynet = require "skynet"
skynet.start(function()
	skynet.dispatch("lua", function() skynet.retpack(answer) end)
end)
`)
	return b.String()
}

// find is the file that require takes for a module, empty if there is none.
func (t *soakTree) find(module string) string {
	for _, name := range []string{"over/" + module + ".lua", "lib/" + module + ".lua", t.current + "/" + module + ".lua"} {
		if _, ok := t.files[name]; ok {
			return name
		}
	}
	return ""
}

// visible are the versions of all files that a service could load, as it calls
// them.
func (t *soakTree) visible() map[string]int {
	all := map[string]int{}
	for name, f := range t.files {
		if folder, _, _ := strings.Cut(name, "/"); (folder == "v1" || folder == "v2") && folder != t.current {
			continue
		}
		all[calls(name)] = f.version
	}
	return all
}

// loaded are the files that a service loads, with what it has to run of them.
func (t *soakTree) loaded(service string) map[string]int {
	all := map[string]int{}
	var add func(name string)
	add = func(name string) {
		if _, done := all[calls(name)]; done || name == "" {
			return
		}
		f := t.files[name]
		all[calls(name)] = f.version
		for _, m := range slices.Concat(f.needs, f.tries) {
			add(t.find(m))
		}
	}
	add("svc/" + service + ".lua")
	return all
}

// answer is what a service has to answer.
func (t *soakTree) answer(service string) string {
	var list []string
	for name, version := range t.loaded(service) {
		list = append(list, fmt.Sprintf("%s=%d", name, version))
	}
	sort.Strings(list)
	return strings.Join(list, " ")
}

// names lists the files whose names begin with one of the prefixes.
func (t *soakTree) names(prefixes ...string) []string {
	var list []string
	for name := range t.files {
		if slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(name, p) }) {
			list = append(list, name)
		}
	}
	slices.Sort(list)
	return list
}
