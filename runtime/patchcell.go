package runtime

import "devnode/runtime/hotpatch"

// concerns tells, for each function of a file's new version, whether it is a
// part of the service. All are, but for a service made by skynet.service, which
// runs one function of another service's file: the rest may change as it likes.
func (s *Service) concerns(c *hotpatch.Change) []bool {
	parts := make([]bool, len(c.Is))
	own := 0 // the main chunk
	if s.cell != nil && s.cell.path != "" && absolute(s.cell.path) == c.Path {
		if own = c.Match.Old[functionAt(c, s.cell.place)].Counterpart; own < 0 {
			own = 0
		}
	}
	parts[own] = true
	for i := own + 1; i < len(parts); i++ { // parents come first
		parts[i] = parts[c.Match.Functions[i].Parent]
	}
	return parts
}

// functionAt is the function of the old version at the end of a way from the main
// chunk, which is 0 itself where the way leads nowhere.
func functionAt(c *hotpatch.Change, place []step) int {
	p := c.Was[0]
	for _, at := range place {
		if at.index >= len(p.FunctionPrototypes) {
			return 0
		}
		p = p.FunctionPrototypes[at.index]
	}
	return max(c.IndexOf(p), 0)
}
