package actor

// names are those of the services, by name and by service, so that neither question takes
// longer the more names others have. It is no more than the two tables: its user locks.
type names struct {
	owners map[string]Handle              // of local names, with their dot, and global ones
	of     map[Handle]map[string]struct{} // what each service is called that has a name
}

func newNames() names {
	return names{make(map[string]Handle), make(map[Handle]map[string]struct{})}
}

func (n names) add(name string, h Handle) {
	n.owners[name] = h
	if n.of[h] == nil {
		n.of[h] = make(map[string]struct{}, 1)
	}
	n.of[h][name] = struct{}{}
}

func (n names) remove(name string, h Handle) {
	delete(n.owners, name)
	if delete(n.of[h], name); len(n.of[h]) == 0 {
		delete(n.of, h)
	}
}

// removeAll takes all names of a service.
func (n names) removeAll(h Handle) {
	for name := range n.of[h] {
		delete(n.owners, name)
	}
	delete(n.of, h)
}

// list is the names of a service, in no order.
func (n names) list(h Handle) []string {
	if len(n.of[h]) == 0 {
		return nil
	}
	list := make([]string, 0, len(n.of[h]))
	for name := range n.of[h] {
		list = append(list, name)
	}
	return list
}
