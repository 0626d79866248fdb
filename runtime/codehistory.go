package runtime

import "devnode/runtime/hotpatch"

// codeHistory is what a generation knows of its code: the chunks that it has run, and what
// later texts of them have changed.
type codeHistory struct {
	instances []*hotpatch.Instance // of the files that it has run
	startWork *startWork           // what its start function has left in their variables
	staleLook bool                 // it will be looked for again
	staleCode []hotpatch.Stale     // that goes on after a patch, as last looked for
	successor *carry               // what the next one has taken over by name
	reload    *reloadHooks         // nil mostly
}
