package runtime

// Some global names are those of services that a node launches when they are first
// needed. The scripts of skynet's bootstrap have them there from the beginning.

// startedNames are these services, by the name.
var startedNames = map[string]string{"DATACENTER": "datacenterd"}

// startNamed launches the service that has a global name, if it is one of those. It
// doesn't wait. Who has sent something to the name gets the error where it fails.
func (n *Node) startNamed(name string) {
	script, ok := startedNames[name]
	if !ok {
		return
	}
	n.natives.Go(func() {
		_, err := n.launch(nil, script, nil, func(made *Service, err error) {
			if err != nil {
				n.nobodyHas(name)
			} else {
				n.name(name, made.actor.Handle())
			}
		})
		if err != nil {
			n.nobodyHas(name)
		}
	})
}

// nobodyHas gives up what waits for a name.
func (n *Node) nobodyHas(name string) {
	g := &n.globals
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, told := range g.waiting[name] {
		told(0)
	}
	delete(g.waiting, name)
	delete(g.kept, name)
}
