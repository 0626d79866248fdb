package runtime

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/syntax"
	"devnode/runtime/vm"
)

// StaleCode is old code that goes on after a patch, until it returns.
type StaleCode struct {
	Kind     string // of the task: "fork", "request", "timeout"; "coroutine" for one that nobody runs just now
	Function string
	Where    string // the place that it is at, FILE:LINE
	Why      string // it can't go on in the new code
	Count    int    // of those that are alike
}

// String is the code in one line.
func (c StaleCode) String() string {
	who, goes, it := "a "+c.Kind, "goes", "it returns"
	if c.Count > 1 {
		who, goes, it = fmt.Sprintf("%d %ss", c.Count, c.Kind), "go", "they return"
	}
	return fmt.Sprintf("%s %s on in old code until %s (%s): %s", who, goes, it, c.Where, c.Why)
}

// olderVersion is a text that a loaded file had before a patch, and of which
// code is still in use. The next patch compares it with the newest text.
type olderVersion struct {
	source []byte
	main   *lua.FunctionProto        // keeps the prototypes known to the compiler
	why    map[*lua.LFunction]string // an activation of the function can't go on in newer code
}

// older lists the versions of all files that are older than what is loaded, as
// files to be patched. Those of changed files lead to the content there.
func (fl *files) older(changed []*patchFile) []*patchFile {
	fl.mu.Lock()
	defer fl.mu.Unlock()
	var list []*patchFile
	for path, versions := range fl.versions {
		newest := fl.loaded[path]
		for _, f := range changed {
			if f.path == path {
				newest = f.new
			}
		}
		for _, v := range versions {
			list = append(list, &patchFile{path: path, chunk: "@" + fl.asked[path], old: v.source, new: newest, older: true})
		}
	}
	slices.SortFunc(list, func(a, b *patchFile) int { return bytes.Compare([]byte(a.path), []byte(b.path)) })
	return list
}

// compareOlder compares older versions with the newest. One that can't be
// compared is left out: it stays as it is, and is named.
func (ps *patchSource) compareOlder(fl *files, changed []*patchFile) []*patchFile {
	if len(changed) == 0 {
		return nil
	}
	list := fl.older(changed)
	n := 0
	for _, f := range list {
		if ps.compare(f) == nil {
			list[n] = f
			n++
		}
	}
	return list[:n]
}

// remember notes which versions of the files are still in use after the patch.
func (p *patch) remember() {
	fl := p.gen.files
	fl.mu.Lock()
	defer fl.mu.Unlock()
	for _, f := range p.files {
		if f.older {
			fl.versions[f.path] = slices.DeleteFunc(fl.versions[f.path], func(v olderVersion) bool { return v.main == f.was[0] })
		}
	}
	for _, f := range p.files {
		if !p.inUse(f) {
			continue
		}
		if fl.versions == nil {
			fl.versions = make(map[string][]olderVersion)
		}
		fl.versions[f.path] = append(fl.versions[f.path], olderVersion{source: f.old, main: f.was[0], why: f.why})
	}
	for path, versions := range fl.versions {
		if len(versions) == 0 {
			delete(fl.versions, path)
		}
	}
}

// inUse tells whether there is still code of the file's old version.
func (p *patch) inUse(f *patchFile) bool {
	if len(f.why) > 0 {
		return true
	}
	for _, l := range p.living[f] {
		if _, swapped := p.swaps[l.fn]; !swapped && l.old != 0 && (l.new < 0 || !sameCode(f.was[l.old], f.is[l.new])) {
			return true
		}
	}
	return false
}

// stale lists the old code that goes on in g: activations of older versions.
func (g *Generation) stale() []StaleCode {
	fl := g.files
	fl.mu.Lock()
	why := make(map[*lua.FunctionProto]map[*lua.LFunction]string)
	for _, versions := range fl.versions {
		for _, v := range versions {
			why[v.main] = v.why
		}
	}
	fl.mu.Unlock()
	if len(why) == 0 {
		return nil
	}
	var list []StaleCode
	seen := make(map[*vm.Fiber]bool)
	for _, f := range append(g.fibers(), g.vm.Coroutines()...) {
		if seen[f] {
			continue
		}
		seen[f] = true
		for _, a := range f.Activations() {
			main := syntax.Main(a.Fn().Proto)
			if reasons, old := why[main]; old && a.Fn().Proto != main && a.Waiting() != vm.InTail {
				reason, known := reasons[a.Fn()]
				if !known {
					reason = "old code made it"
				}
				list = addStale(list, staleCode(a, reason))
			}
		}
	}
	return list
}

func staleCode(a vm.Activation, why string) StaleCode {
	p := a.Fn().Proto
	c := StaleCode{Kind: "coroutine", Where: fmt.Sprintf("%s:%d", p.SourceName, a.Line()), Why: why, Count: 1}
	c.Function = fmt.Sprintf("%s:%d", p.SourceName, p.LineDefined)
	if t, ok := a.Fiber.Owner.(*Task); ok && t != nil && t.gen != nil && a.Fiber.State() != vm.Suspended {
		c.Kind = taskKindNames[t.kind]
	}
	return c
}

// addStale adds to a list, in which equal ones are counted.
func addStale(list []StaleCode, c StaleCode) []StaleCode {
	for i, other := range list {
		if other.Kind == c.Kind && other.Where == c.Where && other.Why == c.Why && other.Function == c.Function {
			list[i].Count++
			return list
		}
	}
	return append(list, c)
}

// Stale lists the old code that goes on in a service since it was patched.
func (n *Node) Stale(ctx context.Context, h Handle) ([]StaleCode, error) {
	s, err := n.Service(h)
	if err != nil {
		return nil, err
	}
	var list []StaleCode
	err = n.ask(ctx, s, func(s *Service) {
		if s.code != nil {
			list = s.code.stale()
		}
	})
	return list, err
}
