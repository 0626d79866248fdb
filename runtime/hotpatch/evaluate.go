package hotpatch

import (
	"errors"
	"fmt"
	"slices"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/syntax"
	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

// errReload is why a change can't be had by a patch.
func reloadFor(c *Change, line int, format string, args ...any) error {
	return errors.New(fmt.Sprintf(format, args...) + c.At(line))
}

// statements checks that the new text's top-level statements, but for definitions
// that can be evaluated by themselves, are those that have run.
func (p *Patch) statements(c *Change) error {
	m := c.Match
	if m.Reason == "" {
		return nil // they are the same but for the functions in them
	}
	if m.Labels {
		return reloadFor(c, m.Line, "%s, in a file that jumps at its top level", m.Reason)
	}
	if err := effects(c); err != nil {
		return err
	}
	for key, chain := range c.is {
		if chainSettled(c, key) {
			continue
		}
		for _, at := range chain {
			if s := &m.Statements[at.statement]; s.Why != "" {
				return reloadFor(c, s.Line, "%s, and %s", changedText(s), s.Why)
			}
		}
	}
	for key, chain := range c.was {
		now, still := c.is.last(key)
		if still && chainSettled(c, key) {
			continue
		}
		for _, at := range chain {
			switch s := &m.OldStatements[at.statement]; {
			case s.Why == "":
			case !still:
				return reloadFor(c, 0, "gone from the top level: %s, and %s", s.Text, s.Why)
			default:
				return reloadFor(c, m.Statements[now.statement].Line, "another initial value: %s, and what it was isn't known: %s", s.Text, s.Why)
			}
		}
	}
	if err := inOrder(c); err != nil {
		return err
	}
	return results(c)
}

func changedText(s *syntax.Statement) string {
	if s.Counterpart < 0 {
		return "new at the top level: " + s.Text
	}
	return "changed at the top level: " + s.Text
}

// effects checks that the statements that do something are the same, in the same
// order.
func effects(c *Change) error {
	m := c.Match
	gone := slices.IndexFunc(m.OldStatements, func(s syntax.Statement) bool { return s.Kind == syntax.Effect && s.Counterpart < 0 })
	for i := range m.Statements {
		s := &m.Statements[i]
		switch {
		case s.Kind != syntax.Effect:
		case s.Counterpart >= 0 && sameFunctions(c, s):
		case s.Counterpart >= 0:
			return reloadFor(c, s.Line, "changed at the top level: %s, with another function", s.Text)
		case gone >= 0 && m.OldStatements[gone].Text == s.Text:
			return reloadFor(c, s.Line, "changed at the top level: %s", s.Text)
		case gone >= 0:
			return reloadFor(c, s.Line, "changed at the top level: %s, now %s", m.OldStatements[gone].Text, s.Text)
		default:
			return reloadFor(c, s.Line, "new at the top level: %s", s.Text)
		}
	}
	if gone >= 0 {
		return reloadFor(c, 0, "gone from the top level: %s", m.OldStatements[gone].Text)
	}
	return nil
}

// results checks what the chunk returns.
func results(c *Change) error {
	m := c.Match
	find := func(list []syntax.Statement) *syntax.Statement {
		for i := range list {
			if list[i].Kind == syntax.Result {
				return &list[i]
			}
		}
		return nil
	}
	was, is := find(m.OldStatements), find(m.Statements)
	switch {
	case was == nil && is == nil:
	case was == nil:
		return reloadFor(c, is.Line, "new at the top level: return")
	case is == nil:
		return reloadFor(c, 0, "gone from the top level: return")
	case is.Changed && is.Why != "":
		return reloadFor(c, is.Line, "another value is returned, and %s", is.Why)
	case is.Changed && was.Why != "":
		return reloadFor(c, is.Line, "another value is returned, and %s", was.Why)
	}
	return nil
}

// settled tells whether all that a statement of the new text gives values to has
// had the same values from the old text: it needn't be evaluated.
func settled(c *Change, i int) bool {
	s := &c.Match.Statements[i]
	if s.Kind != syntax.Definition {
		return s.Counterpart >= 0 && !s.Changed && sameFunctions(c, s)
	}
	if len(s.Targets) == 0 {
		return s.Counterpart >= 0
	}
	for k := range s.Targets {
		if c.is.isLast(c.Match.Statements, i, k) && !chainSettled(c, s.Targets[k].Slot()) {
			return false
		}
	}
	return true
}

// chainSettled tells whether a place has the same definitions in both texts, or one
// in each that is the same function, whatever its code.
func chainSettled(c *Change, key string) bool {
	old, new := c.was[key], c.is[key]
	if len(old) != len(new) {
		return false
	}
	same := true
	for x, at := range new {
		s := &c.Match.Statements[at.statement]
		same = same && s.Counterpart == old[x].statement && at.target == old[x].target && !s.Changed && sameFunctions(c, s)
	}
	return same || onlyFunction(c, old, new)
}

// sameFunctions tells whether the functions in a statement of the new text are
// those in its counterpart, each in its place.
func sameFunctions(c *Change, s *syntax.Statement) bool {
	old := c.Match.OldStatements[s.Counterpart].Functions
	if len(old) != len(s.Functions) {
		return false
	}
	for i, fn := range s.Functions {
		if c.Match.Functions[fn].Counterpart != old[i] {
			return false
		}
	}
	return true
}

// onlyFunction tells whether a place is given one function by both texts.
func onlyFunction(c *Change, old, new []slot) bool {
	if len(old) != 1 || len(new) != 1 {
		return false
	}
	fn := valueOf(&c.Match.Statements[new[0].statement], new[0].target)
	was := valueOf(&c.Match.OldStatements[old[0].statement], old[0].target)
	return fn >= 0 && was >= 0 && c.Match.Functions[fn].Counterpart == was
}

// valueOf is the function that a target is given, -1 for another value.
func valueOf(s *syntax.Statement, k int) int {
	if k < len(s.Values) {
		return s.Values[k]
	}
	return -1
}

// evaluate gives the program the values of the new texts. What else depends on
// them, in these texts or in those of other files, is evaluated anew, too, until
// nothing more does.
func (p *Patch) evaluate() error {
	todo := make(map[*run]map[int]bool)
	for _, r := range p.runs {
		todo[r] = r.changed()
	}
	for {
		if err := p.evaluateAll(todo); err != nil {
			return err
		}
		if !p.made.any() {
			return nil
		}
		p.findOthers()
		more := false
		for _, r := range p.all {
			for _, i := range p.dependents(r, todo[r]) {
				if todo[r] == nil {
					todo[r] = make(map[int]bool)
				}
				todo[r][i], more = true, true
			}
		}
		if !more {
			return nil
		}
		p.restart()
	}
}

// findOthers makes runs of the files that haven't changed, so that it can be seen
// what they have of those that have. All runs are then in the order in which their
// chunks have ended: a module before those who require it.
func (p *Patch) findOthers() {
	if p.program.Describe == nil || len(p.all) > len(p.runs) {
		return
	}
	p.all = nil
	mine := make(map[*Instance]*run)
	for _, r := range p.runs {
		mine[r.in] = r
	}
	for _, in := range p.program.Instances {
		r := mine[in]
		if r == nil {
			c := p.program.Describe(in)
			if c == nil {
				continue
			}
			r = &run{in: in, c: c}
			r.begin()
		}
		p.all = append(p.all, r)
	}
}

// restart takes back what has been evaluated.
func (p *Patch) restart() {
	p.made.takeBack()
	p.report = Report{}
	p.later = nil
	for _, r := range p.all {
		r.begin()
	}
}

// changed lists the statements of the new text that have to be evaluated.
func (r *run) changed() map[int]bool {
	list := make(map[int]bool)
	if r.c.Match.Reason == "" {
		return list
	}
	for i := range r.c.Match.Statements {
		s := &r.c.Match.Statements[i]
		if s.Kind != syntax.Effect && s.Why == "" && !settled(r.c, i) {
			list[i] = true
		}
	}
	return list
}

// evaluateAll evaluates the statements of all runs: first what the old texts gave,
// then, in their order, what the new ones give.
func (p *Patch) evaluateAll(todo map[*run]map[int]bool) error {
	for _, r := range p.all {
		for i := range todo[r] {
			if err := p.basesFor(r, i); err != nil {
				return err
			}
		}
	}
	for _, r := range p.runs {
		if err := p.remove(r); err != nil {
			return err
		}
	}
	for _, r := range p.all {
		for i := range r.c.Match.Statements {
			if todo[r][i] {
				if err := p.define(r, i); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// basesFor evaluates what the old text gave to what statement i of the new one
// gives values to.
func (p *Patch) basesFor(r *run, i int) error {
	s := &r.c.Match.Statements[i]
	if s.Kind == syntax.Result && s.Counterpart >= 0 {
		_, err := p.base(r, s.Counterpart)
		return err
	}
	for _, t := range s.Targets {
		if err := p.slotBase(r, t.Slot()); err != nil {
			return err
		}
	}
	return nil
}

// slotBase evaluates what the old text gave to a place.
func (p *Patch) slotBase(r *run, key string) error {
	at, ok := r.c.was.last(key)
	if _, known := r.first[key]; !ok || known {
		return nil
	}
	if chained(r.c.Match, r.c.Match.OldStatements, r.c.was[key]) {
		v, err := p.chain(r, key, true)
		r.first[key] = v
		return err
	}
	values, err := p.base(r, at.statement)
	if err != nil {
		return err
	}
	r.first[key] = values[at.target]
	return nil
}

// chain goes through the definitions of a place, which has nothing before the
// first one, and gives the value that it has in the end. The place is left as it
// was.
func (p *Patch) chain(r *run, key string, old bool) (v lua.LValue, err error) {
	list, chain := r.c.Match.Statements, r.c.is[key]
	if old {
		list, chain = r.c.Match.OldStatements, r.c.was[key]
	}
	last := chain[len(chain)-1]
	results, err := p.evaluateOne(r, last.statement, old)
	if err != nil {
		return nil, err
	}
	places, _ := split(&list[last.statement], results)
	at, ok := p.placeOf(r, list[last.statement].Targets[last.target], places[last.target])
	if !ok {
		return nil, reloadFor(r.c, list[last.statement].Line, "%s is given a value in what is no plain table", at.name)
	}
	mine := at.get()
	defer func() { at.poke(mine) }()
	at.poke(lua.LNil)
	for _, step := range chain {
		results, err := p.evaluateOne(r, step.statement, old)
		if err != nil {
			return nil, err
		}
		_, values := split(&list[step.statement], results)
		v = values[step.target]
		at.poke(v)
	}
	return v, nil
}

// evaluateOne runs the thunk of a statement in the scope as it is.
func (p *Patch) evaluateOne(r *run, i int, old bool) ([]lua.LValue, error) {
	list := r.c.Match.Statements
	if old {
		list = r.c.Match.OldStatements
	}
	s := &list[i]
	t, err := r.c.thunk(i, old)
	if err != nil {
		return nil, err
	}
	cells := make([]*lua.Upvalue, len(t.Upvalues))
	for k, v := range t.Upvalues {
		cells[k] = r.cell(v)
		if plain := p.plainFirst(r, i, v, old); plain != nil {
			cells[k] = &lua.Upvalue{}
			cells[k].SetValue(plain)
		}
	}
	results, err := p.run(r, t, cells)
	if err != nil {
		return nil, reloadFor(r.c, s.Line, "%s: %s", s.Text, err)
	}
	return results, nil
}

// base is what a statement of the old text has given: the values of its targets.
// Other variables that it uses have the values that the text gave them, where
// these are plain.
func (p *Patch) base(r *run, j int) ([]lua.LValue, error) {
	if values, ok := r.bases[j]; ok {
		return values, nil
	}
	s := &r.c.Match.OldStatements[j]
	t, err := r.c.thunk(j, true)
	if err != nil {
		return nil, err
	}
	cells := make([]*lua.Upvalue, len(t.Upvalues))
	for i, v := range t.Upvalues {
		cells[i] = r.cell(v)
		if plain := p.plainBase(r, j, v); plain != nil {
			cells[i] = &lua.Upvalue{}
			cells[i].SetValue(plain)
		}
	}
	values, err := p.run(r, t, cells)
	if err != nil {
		return nil, reloadFor(r.c, 0, "%s can't be evaluated again: %s", s.Text, err)
	}
	_, r.bases[j] = split(s, values)
	return r.bases[j], nil
}

// plainFirst is the value that the text gives a top-level local before statement i,
// if it is a number, a string or a boolean: whatever the program has made of it
// since, a definition begins with that.
func (p *Patch) plainFirst(r *run, i, v int, old bool) lua.LValue {
	if old {
		return p.plainBase(r, i, v)
	}
	chain := r.c.is[fmt.Sprintf("local %d", v)]
	if len(chain) != 1 || chain[0].statement >= i || captured(r.c, i, v) {
		return nil
	}
	at := chain[0]
	if s := &r.c.Match.Statements[at.statement]; s.Why != "" || s.Volatile || valueOf(s, at.target) >= 0 {
		return nil
	}
	results, err := p.evaluateOne(r, at.statement, false)
	if err != nil {
		return nil
	}
	_, values := split(&r.c.Match.Statements[at.statement], results)
	return plain(values[at.target])
}

// captured tells whether a function in statement i of the new text has a variable
// for an upvalue: it has to be the living one.
func captured(c *Change, i, v int) bool {
	for _, fn := range c.Match.Statements[i].Functions {
		if slices.Contains(c.Match.Functions[fn].Upvalues, v) {
			return true
		}
	}
	return false
}

// plain is a value that is a number, a string or a boolean; nil for another.
func plain(v lua.LValue) lua.LValue {
	switch v.Type() {
	case lua.LTNumber, lua.LTString, lua.LTBool:
		return v
	}
	return nil
}

// plainBase is the value that the old text gave a top-level local before
// statement j, if it is a number, a string or a boolean.
func (p *Patch) plainBase(r *run, j, v int) lua.LValue {
	at, ok := r.c.was.last(fmt.Sprintf("local %d", v))
	if !ok || at.statement >= j {
		return nil
	}
	if s := &r.c.Match.OldStatements[at.statement]; s.Why != "" || s.Volatile || valueOf(s, at.target) >= 0 {
		return nil
	}
	values, err := p.base(r, at.statement)
	if err != nil || at.target >= len(values) {
		return nil
	}
	return plain(values[at.target])
}

// run evaluates a thunk with these cells for its upvalues. It does so twice: the
// tables that are there both times are not made by the code, but named by it.
func (p *Patch) run(r *run, t syntax.Thunk, cells []*lua.Upvalue) ([]lua.LValue, error) {
	for i, uv := range cells {
		if uv == nil {
			return nil, fmt.Errorf("the local '%s' is out of reach", r.c.Match.Variables[t.Upvalues[i]].Name)
		}
	}
	fn := p.program.VM.NewClosure(t.Proto)
	fn.Upvalues = cells
	again, err := p.program.Run(fn)
	if err != nil {
		return nil, err
	}
	values, err := p.program.Run(fn)
	for i := range values {
		p.noteShared(values[i], again[i], make(map[*value.Table]bool))
	}
	return values, err
}

// noteShared compares what code has given two times, for tables that are the same
// ones.
func (p *Patch) noteShared(a, b lua.LValue, seen map[*value.Table]bool) {
	x, okx := a.(*value.Table)
	y, oky := b.(*value.Table)
	switch {
	case !okx || !oky || seen[x]:
		return
	case x == y:
		p.shared[x] = true
		return
	}
	seen[x] = true
	for k, v, _ := vm.Next(x, lua.LNil); k != lua.LNil; k, v, _ = vm.Next(x, k) {
		p.noteShared(v, y.RawGet(k), seen)
	}
	p.noteShared(value.Meta(x), value.Meta(y), seen)
}

// split takes the results of a thunk apart: the places of the targets, two values
// for each field, one for a metatable, and the values.
func split(s *syntax.Statement, results []lua.LValue) (places [][]lua.LValue, values []lua.LValue) {
	for _, t := range s.Targets {
		n := 0
		switch {
		case t.Metatable:
			n = 1
		case t.Variable < 0 && t.Global == "":
			n = 2
		}
		places = append(places, results[:n])
		results = results[n:]
	}
	return places, results
}

// define evaluates a statement of the new text, and brings what it gives values to
// from what the old text gave to that.
func (p *Patch) define(r *run, i int) error {
	s := &r.c.Match.Statements[i]
	results, err := p.evaluateOne(r, i, false)
	if err != nil {
		return err
	}
	if s.Kind == syntax.Result {
		return p.result(r, s, results[0])
	}
	places, values := split(s, results)
	for k, target := range s.Targets {
		key := target.Slot()
		if !r.c.is.isLast(r.c.Match.Statements, i, k) || onlyFunction(r.c, r.c.was[key], r.c.is[key]) {
			continue
		}
		at, ok := p.placeOf(r, target, places[k])
		if !ok {
			return reloadFor(r.c, s.Line, "%s is given a value in what is no plain table", target.Name)
		}
		theirs := values[k]
		if chained(r.c.Match, r.c.Match.Statements, r.c.is[key]) {
			if theirs, err = p.chain(r, key, false); err != nil {
				return err
			}
		}
		p.settle(at, r.first[key], theirs)
	}
	return nil
}

// placeOf is where a target's value lives.
func (p *Patch) placeOf(r *run, t syntax.Target, where []lua.LValue) (place, bool) {
	switch {
	case t.Variable >= 0:
		uv := r.cell(t.Variable)
		if uv == nil {
			return place{}, false
		}
		return p.cellPlace(t.Name, uv), true
	case t.Global != "":
		return p.fieldPlace(t.Name, p.program.VM.Globals(), lua.LString(t.Global)), true
	}
	table, ok := where[0].(*value.Table)
	if !ok {
		return place{}, false
	}
	if t.Metatable {
		return p.metatablePlace(t.Name, table), true
	}
	at := p.fieldPlace(t.Name, table, where[1])
	if hasNewIndex(table) {
		at.set = func(v lua.LValue) { p.later = append(p.later, assignment{table, where[1], v}) }
	}
	return at, where[1] != lua.LNil
}

// hasNewIndex tells whether giving a table a new field is for its metatable to do.
func hasNewIndex(t *value.Table) bool {
	mt, ok := value.Meta(t).(*value.Table)
	return ok && mt.RawGetString("__newindex") != lua.LNil
}

// assignment is one that may run code, and can't be taken back.
type assignment struct {
	table      *value.Table
	key, value lua.LValue
}

// result brings what the chunk has returned to what the new text returns.
func (p *Patch) result(r *run, s *syntax.Statement, theirs lua.LValue) error {
	base := r.bases[s.Counterpart]
	if len(base) != 1 || r.in.Value == nil {
		return reloadFor(r.c, s.Line, "another value is returned")
	}
	name := fileName(r.c)
	if p.same(base[0], theirs) && (r.in.Value == theirs || base[0] != r.in.Value) {
		return nil
	}
	if base[0] == r.in.Value || p.shared[theirs] && !r.onlyLocal(theirs) {
		return reloadFor(r.c, s.Line, "another value is returned")
	}
	delete(p.shared, theirs)
	if !p.mergeTables(name, r.in.Value, base[0], theirs) {
		return reloadFor(r.c, s.Line, "another value is returned")
	}
	for _, uv := range r.fresh {
		if uv.Value() == theirs {
			p.made.setCell(uv, r.in.Value)
		}
	}
	return nil
}

// onlyLocal tells whether a new local holds a value: what the chunk returned before
// can take its place.
func (r *run) onlyLocal(v lua.LValue) bool {
	for _, uv := range r.fresh {
		if uv.Value() == v {
			return true
		}
	}
	return false
}

// remove takes away what only the old text gives a value to.
func (p *Patch) remove(r *run) error {
	m := r.c.Match
	if m.Reason == "" {
		return nil
	}
	for j := range m.OldStatements {
		s := &m.OldStatements[j]
		for k, t := range s.Targets {
			if _, still := r.c.is[t.Slot()]; still || s.Kind != syntax.Definition || !r.c.was.isLast(m.OldStatements, j, k) {
				continue
			}
			if to, ok := successor(r.c, t); ok {
				if err := p.moveTarget(r, t, to); err != nil {
					return err
				}
				continue
			}
			if err := p.removeTarget(r, j, k); err != nil {
				return err
			}
		}
	}
	return nil
}

// successor is what the new text has of the name of a local or global that is gone:
// a local that has become a global, or a global that has become a local.
func successor(c *Change, t syntax.Target) (syntax.Target, bool) {
	for i := range c.Match.Statements {
		for _, to := range c.Match.Statements[i].Targets {
			_, was := c.was[to.Slot()]
			fromLocal := t.Variable >= 0 && to.Global == t.Name
			fromGlobal := t.Global != "" && to.Declares && to.Name == t.Global
			if (fromLocal || fromGlobal) && !was && c.Match.Statements[i].Kind == syntax.Definition {
				return to, true
			}
		}
	}
	return syntax.Target{}, false
}

// moveTarget has the value of a local or global live on in its successor.
func (p *Patch) moveTarget(r *run, from, to syntax.Target) error {
	if err := p.slotBase(r, from.Slot()); err != nil {
		return err
	}
	old, okOld := p.placeOf(r, from, nil)
	at, ok := p.placeOf(r, to, nil)
	if !ok || !okOld {
		return reloadFor(r.c, 0, "%s is out of reach", from.Name)
	}
	at.set(old.get())
	r.first[to.Slot()] = r.first[from.Slot()]
	if from.Global != "" {
		old.set(lua.LNil)
	}
	p.report.Values = append(p.report.Values, "new "+to.Name)
	return nil
}

func (p *Patch) removeTarget(r *run, j, k int) error {
	s := &r.c.Match.OldStatements[j]
	t := s.Targets[k]
	if err := p.slotBase(r, t.Slot()); err != nil {
		return err
	}
	base := r.first[t.Slot()]
	if t.Variable >= 0 {
		if mine := r.cell(t.Variable); mine != nil && !s.Volatile && isData(mine.Value()) && !p.same(mine.Value(), base) {
			p.note(fmt.Sprintf("%s = %s is gone with its variable", t.Name, short(mine.Value())))
		}
		return nil
	}
	results, err := p.evaluateOne(r, j, true)
	if err != nil {
		return err
	}
	places, _ := split(s, results)
	at, ok := p.placeOf(r, t, places[k])
	if !ok {
		return reloadFor(r.c, 0, "%s is gone from what is no plain table", t.Name)
	}
	p.settle(at, base, nil)
	return nil
}
