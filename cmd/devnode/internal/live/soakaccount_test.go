package live

// soakAccount counts the saves of a burst by what they changed.
type soakAccount struct {
	tree    *soakTree
	used    map[string]map[string]bool // by service: the files that it had to load at some time
	changed []map[string]bool          // by save: the files that had other bytes after it
}

func newSoakAccount(tree *soakTree) *soakAccount {
	a := &soakAccount{tree: tree, used: map[string]map[string]bool{}}
	for _, name := range tree.services {
		a.used[name] = map[string]bool{}
		for file := range tree.loaded(name) {
			a.used[name][file] = true
		}
	}
	return a
}

// change changes the tree by one save.
func (a *soakAccount) change(do func()) {
	before := a.tree.visible()
	do()
	after := a.tree.visible()
	changed := map[string]bool{}
	for file, version := range after {
		changed[file] = before[file] != version
	}
	for file := range before {
		if _, ok := after[file]; !ok {
			changed[file] = true
		}
	}
	a.changed = append(a.changed, changed)
	for name, used := range a.used {
		for file := range a.tree.loaded(name) {
			used[file] = true
		}
	}
}

// again counts one save more of a file.
func (a *soakAccount) again(name string) {
	a.changed = append(a.changed, map[string]bool{calls(name): true})
}

// saves is how many saves there were of what a service had to load before, in
// between, or in the end: so often it may have been reloaded.
func (a *soakAccount) saves(service string) int {
	n := 0
	for _, changed := range a.changed {
		for file := range a.used[service] {
			if changed[file] {
				n++
				break
			}
		}
	}
	return n
}
