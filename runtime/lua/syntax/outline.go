package syntax

import lua "github.com/yuin/gopher-lua"

// An outline is a tree as Match sees it: its functions, each with its own code as a
// list of atoms. It doesn't change once it is made.
type outline struct {
	units   []*unit
	counted bool    // every function of the compiled chunk is one of the units, and only one
	order   []*unit // those, as Functions lists the prototypes
	unitOf  map[*function]*unit
	blocks  []blockInfo
	given   map[*function]string // of functions without a name: the call that they are given to, up to their place
	labels  bool                 // the main function has labels: its blocks may be entered again
}

// outlineOf makes the outline of a main function that is compiled.
func outlineOf(main *function) *outline {
	o := flatten(main)
	if o.labels {
		for i := range o.blocks {
			o.blocks[i].once = false
		}
	}
	o.counted = o.count(main)
	return o
}

// count numbers the units by their prototypes. It is false where not every
// prototype has its unit.
func (o *outline) count(main *function) bool {
	byProto := make(map[*lua.FunctionProto]*unit, len(o.units))
	o.unitOf = make(map[*function]*unit, len(o.units))
	for _, u := range o.units {
		byProto[u.fn.proto], o.unitOf[u.fn] = u, u
	}
	for i, p := range Functions(main.proto) {
		u := byProto[p]
		if u == nil || u.index >= 0 {
			return false
		}
		u.index = i
		o.order = append(o.order, u)
	}
	return true
}
