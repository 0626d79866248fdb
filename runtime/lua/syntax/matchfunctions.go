package syntax

// pairByName pairs what two functions with different code have in common: the
// variables whose names are declared equally often in each, and the functions.
func (m *matcher) pairByName(old, new *unit) {
	m.pairVariables(old.locals, new.locals)
	m.pairInner(old.inner, new.inner)
}

// pairVariables pairs variables by name, those of one name in their order.
func (m *matcher) pairVariables(old, new []*local) {
	was, is := localsByName(old), localsByName(new)
	for name, news := range is {
		if olds := was[name]; len(olds) == len(news) {
			for i, v := range news {
				m.variable[v] = olds[i]
			}
		}
	}
}

func localsByName(list []*local) map[string][]*local {
	m := make(map[string][]*local)
	for _, v := range list {
		m[v.name] = append(m[v.name], v)
	}
	return m
}

// pairInner pairs the functions inside of two: by their keys, then those whose
// code is the same whatever their keys are: they have moved, or have another name.
func (m *matcher) pairInner(old, new []*unit) {
	was, is := m.byKey(old), m.byKey(new)
	var oldLeft, newLeft []*unit
	for _, key := range m.keysOf(old, new) {
		olds, news := m.pairKey(was[key], is[key])
		oldLeft, newLeft = append(oldLeft, olds...), append(newLeft, news...)
	}
	m.pairSame(oldLeft, newLeft)
}

// pairKey pairs functions with one key: first those with the same code, then, if
// no fewer are left in one version than in the other, by their order. It returns
// those for which there is no counterpart.
func (m *matcher) pairKey(olds, news []*unit) (oldLeft, newLeft []*unit) {
	if len(olds) != 1 || len(news) != 1 {
		olds, news = m.pairSame(olds, news)
	}
	if len(olds) != len(news) {
		return olds, news
	}
	for i := range olds {
		m.equal(olds[i], news[i])
	}
	return nil, nil
}

// keysOf lists the keys of units in the order of the source.
func (m *matcher) keysOf(lists ...[]*unit) []string {
	var keys []string
	seen := make(map[string]bool)
	for _, list := range lists {
		for _, u := range list {
			if key := m.keyOf(u); !seen[key] {
				seen[key] = true
				keys = append(keys, key)
			}
		}
	}
	return keys
}

func (m *matcher) byKey(units []*unit) map[string][]*unit {
	list := make(map[string][]*unit)
	for _, u := range units {
		key := m.keyOf(u)
		list[key] = append(list[key], u)
	}
	return list
}

// pairSame pairs functions with the same code, and returns the others.
func (m *matcher) pairSame(olds, news []*unit) (oldLeft, newLeft []*unit) {
	taken := make(map[*unit]bool)
	for _, o := range olds {
		found := false
		for _, n := range news {
			if !taken[n] && m.sameDeep(o, n) {
				taken[n], found = true, true
				m.equal(o, n)
				break
			}
		}
		if !found {
			oldLeft = append(oldLeft, o)
		}
	}
	for _, n := range news {
		if !taken[n] {
			newLeft = append(newLeft, n)
		}
	}
	return oldLeft, newLeft
}

// sameDeep tells whether two functions and all inside them have the same code.
// Where they haven't, none of their variables stays paired.
func (m *matcher) sameDeep(old, new *unit) bool {
	if len(old.inner) != len(new.inner) || m.sameAtoms(old, new) >= 0 {
		return false
	}
	for i := range old.inner {
		if !m.sameDeep(old.inner[i], new.inner[i]) {
			m.unpair(new)
			return false
		}
	}
	return true
}

func (m *matcher) unpair(u *unit) {
	for _, v := range u.locals {
		delete(m.variable, v)
	}
	for _, inner := range u.inner {
		m.unpair(inner)
	}
}
