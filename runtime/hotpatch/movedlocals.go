package hotpatch

import (
	"fmt"
	"path/filepath"
	"slices"

	"devnode/runtime/lua/syntax"
)

// moveLocals has what the program has made of a top-level local go along where the local
// has moved to another file: one of the same name is there, which still has the same
// first value, and a function that uses it has moved as well. The other file may have
// been saved before.
func (p *Patch) moveLocals() {
	for _, from := range p.runs {
		for v := range from.c.Match.Variables {
			variable := &from.c.Match.Variables[v]
			if variable.Old < 0 || variable.New >= 0 {
				continue
			}
			p.findOthers()
			to, at := p.localMoved(from, v)
			if to == nil {
				continue
			}
			base, known := from.first[fmt.Sprintf("local %d", v)]
			was, is := from.cell(v), to.cell(at)
			if !known || was == nil || is == nil || !isData(was.Value()) || p.same(was.Value(), base) || !p.same(is.Value(), base) {
				continue
			}
			gone := fmt.Sprintf("%s = %s is gone with its variable", variable.Name, short(was.Value()))
			p.report.Notes = slices.DeleteFunc(p.report.Notes, func(n string) bool { return n == gone })
			p.made.setCell(is, was.Value())
			p.moved = append(p.moved, fmt.Sprintf("moved %s to %s", variable.Name, filepath.Base(to.c.Path)))
		}
	}
}

// localMoved finds the one local of another file that a local has become.
func (p *Patch) localMoved(from *run, v int) (to *run, at int) {
	for _, r := range p.all {
		if r.c == from.c {
			continue
		}
		saved := slices.Contains(p.runs, r)
		for w := range r.c.Match.Variables {
			now := &r.c.Match.Variables[w]
			if saved && now.Old >= 0 || now.New < 0 || now.Name != from.c.Match.Variables[v].Name || !functionMoved(from.c, v, r.c, w, saved) {
				continue
			}
			if to != nil {
				return nil, 0
			}
			to, at = r, w
		}
	}
	return to, at
}

// functionMoved tells whether a function that only the old text of one file has, and
// that uses v, stands in the new text of another, where it uses w. saved tells that the
// other file has changed, too: the function has to be new there.
func functionMoved(from *Change, v int, to *Change, w int, saved bool) bool {
	for i := 1; i < len(from.Match.Old); i++ {
		old := &from.Match.Old[i]
		if old.Parent != 0 || old.Counterpart >= 0 || !slices.Contains(old.Upvalues, v) {
			continue
		}
		for k := 1; k < len(to.Match.Functions); k++ {
			f := &to.Match.Functions[k]
			if f.Parent == 0 && !(saved && f.Counterpart >= 0) && slices.Contains(f.Upvalues, w) && syntax.SameFunction(from.Match, i, to.Match, k) {
				return true
			}
		}
	}
	return false
}
