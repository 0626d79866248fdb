package runtime

// loadedCode is the code of a service: the generation that serves, those before and
// after it, and how they came about.
type loadedCode struct {
	lastGeneration int
	code           *Generation   // answers new requests
	draining       []*Generation // replaced, with tasks that still run
	ending         []*Generation // retired; it is looked for what the kept state holds of them
	upgrade        *upgrade      // the reload in progress
	tried          *files        // what the last reload loaded, if it failed
	firstLoad      firstLoad
	history        []*ReloadRecord // since; none is changed once it is there
}
