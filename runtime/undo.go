package runtime

import "errors"

// What a generation does outside of its service while it is prepared is taken
// back if it never comes to serve: the names that it gave, and the services that
// it launched. A unique service stays: others may have found it meanwhile.

// givenName is a name that was given to a service.
type givenName struct {
	name string
	to   Handle
}

// preparing tells whether g is being prepared, up to the switch.
func (g *Generation) preparing() bool {
	u := g.service.upgrade
	return u != nil && u.next == g
}

// launched notes a service that g has launched.
func (g *Generation) launched(made *Service) {
	if g.preparing() {
		g.children = append(g.children, made)
	}
}

// takeBack undoes what g has done while it was prepared.
func (g *Generation) takeBack() {
	n := g.service.node
	for _, given := range g.names {
		n.handles.unname(given.name, given.to)
	}
	for _, child := range g.children {
		n.terminate(child, errors.New("the generation that launched it was dropped"))
	}
}
