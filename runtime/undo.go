package runtime

import (
	"errors"
	"slices"
)

// What a generation does outside of its service while it is prepared is taken
// back if it never comes to serve: the names that it gave, the sockets of the old
// generation that it asked for, and the services that it launched. A unique service
// stays: others may have found it meanwhile. Global names are given at the switch: what
// waits for one is for the new code.

// preparedWork is what a generation has done outside of its service while it was prepared,
// and what its start function has launched.
type preparedWork struct {
	names    []givenName       // that it registered while it was prepared
	children []*Service        // that it launched while it was prepared
	undo     []func()          // takes back what else it did while it was prepared
	launches []launchedService // that its start has launched
	again    []launchedService // those of the generation before that it may find again
	found    []string          // those that it has found again, until that is told
}

// givenName is a name that was given to a service.
type givenName struct {
	name string
	to   Handle
}

// giveNames gives the global names that g has asked for while it was prepared.
// From here on nothing that g has done is taken back.
func (g *Generation) giveNames() {
	for _, given := range g.names {
		if isGlobalName(given.name) {
			g.service.node.name(given.name, given.to)
		}
	}
	g.names, g.undo, g.children = nil, nil, nil
}

// willGive is whom g gives a global name at the switch, 0 for nobody.
func (g *Generation) willGive(name string) Handle {
	for _, given := range g.names {
		if given.name == name {
			return given.to
		}
	}
	return 0
}

// preparing tells whether g is being prepared, up to the switch.
func (g *Generation) preparing() bool {
	u := g.service.upgrade
	return u != nil && u.next == g
}

// whenDropped has undo called should g, which is being prepared, never come to
// serve. It does nothing for a generation that serves.
func (g *Generation) whenDropped(undo func()) {
	if g.preparing() {
		g.undo = append(g.undo, undo)
	}
}

// takeBack undoes what g has done while it was prepared.
func (g *Generation) takeBack() {
	n := g.service.node
	for _, given := range g.names {
		if !isGlobalName(given.name) {
			n.handles.Unname(given.name, given.to)
		}
	}
	for _, undo := range slices.Backward(g.undo) {
		undo()
	}
	g.undo = nil
	for _, child := range g.children {
		n.terminate(child, errors.New("the generation that launched it was dropped"))
	}
}
