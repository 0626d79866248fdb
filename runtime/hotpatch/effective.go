package hotpatch

import (
	"fmt"

	"devnode/runtime/lua/syntax"
)

// effective makes sure that each change can take effect: that the function, or
// one that makes it, may still be called, or hasn't been called at all.
func (p *Patch) effective(c *Change, h *hasRun) error {
	concerns := p.parts(c)
	callable := make([]bool, len(c.Match.Functions))
	for _, l := range p.living[c] {
		if _, ok := p.swaps[l.fn]; ok && l.new >= 0 && (l.reach <= byStack || p.goesOn[l.fn]) {
			callable[l.new] = true
		}
	}
	for i := range c.Match.Statements {
		if s := &c.Match.Statements[i]; s.Kind != syntax.Effect && s.Why == "" {
			for _, fn := range s.Functions {
				if was := c.Match.Functions[fn].Counterpart; was < 0 || !h.functions[was] {
					callable[fn] = true
				}
			}
		}
	}
	for fn := range p.insideDefined[c] {
		callable[fn] = true
	}
	for i := 1; i < len(c.Match.Functions); i++ {
		fn := &c.Match.Functions[i]
		if fn.Parent > 0 && callable[fn.Parent] {
			callable[i] = true // parents come first
		}
		if !fn.Changed || !concerns[i] {
			continue
		}
		if !callable[i] {
			return p.without(c, i)
		}
		if p.insideDefined[c][i] {
			continue // its definitions are reported
		}
		if fn.Counterpart >= 0 && h.onlyRan(fn.Counterpart, p.startOf(c)) {
			p.note(fmt.Sprintf("%s has run, and counts from its next call%s", fn.Name, c.At(fn.Line)))
		}
		if fn.Counterpart >= 0 || fn.Parent > 0 {
			p.report.Functions = append(p.report.Functions, fn.Name)
		}
	}
	return nil
}

// without is the error of a change that would have no effect.
func (p *Patch) without(c *Change, i int) error {
	fn := c.Match.Functions[i]
	if start := p.startOf(c); start >= 0 && fn.Counterpart == start {
		return fmt.Errorf("the start function changed, which has run%s", c.At(fn.Line))
	}
	for _, l := range p.living[c] {
		if l.new == i && l.reach == byFrame {
			return fmt.Errorf("%s changed, which runs, and which nothing calls again%s", fn.Name, c.At(fn.Line))
		}
	}
	return fmt.Errorf("%s changed, which has run and which nothing calls any more%s", fn.Name, c.At(fn.Line))
}

// parts tells which functions of a change's new text are parts of the program.
func (p *Patch) parts(c *Change) []bool {
	if p.program.Parts != nil {
		return p.program.Parts(c)
	}
	all := make([]bool, len(c.Is))
	for i := range all {
		all[i] = true
	}
	return all
}
