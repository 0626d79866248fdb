package syntax

// newNumber is the place in Variables of a variable of the new source.
func (m *matcher) newNumber(v *local) int {
	if i, ok := m.numbers[1][v]; ok {
		return i
	}
	i := len(m.Variables)
	if was := m.variable[v]; was != nil {
		i = m.oldNumber(was)
	} else {
		m.Variables = append(m.Variables, Variable{Name: v.name, Main: -1, Old: -1, New: -1, block: -1})
	}
	m.numbers[1][v] = i
	if at := m.new.cellAt(v); at >= 0 {
		m.Variables[i].New = at
	}
	return i
}

// oldNumber is the place in Variables of a variable of the old source.
func (m *matcher) oldNumber(v *local) int {
	if i, ok := m.numbers[0][v]; ok {
		return i
	}
	i := len(m.Variables)
	m.numbers[0][v] = i
	w := Variable{Name: v.name, Main: -1, Old: m.old.cellAt(v), New: -1, block: v.block}
	b := m.old.blocks[w.block]
	w.Once = b.once
	if b.inCall && !b.unit.labels && b.unit.index > 0 {
		w.OnceIn = b.unit.index
	}
	for at, mine := range m.old.units[0].locals {
		if mine == v {
			w.Main = at
		}
	}
	m.Variables = append(m.Variables, w)
	return i
}

// cellAt is a variable's place among the top-level locals that have cells, -1 for
// another variable.
func (f *outline) cellAt(v *local) int {
	if v.block != 0 || v.fn != f.units[0].fn || v.value != nil {
		return -1
	}
	at := 0
	for _, w := range f.units[0].locals {
		switch {
		case w == v:
			return at
		case w.block == 0 && w.value == nil:
			at++
		}
	}
	return -1
}
