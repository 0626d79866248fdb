package runtime

import lua "github.com/yuin/gopher-lua"

// startState is how far the main chunk and the start function of a generation have come.
type startState struct {
	inits       []lua.LValue // functions given to skynet.init
	start       lua.LValue   // given to skynet.start
	cellStart   lua.LValue   // given to skynet.start by the function of skynet.service
	initialised bool         // inits have been run
	// interruptedChunk tells that the main chunk waits for its turn (yieldTurn):
	// the start function has to wait for its end.
	interruptedChunk bool
	started          bool        // its start function has returned
	loadDone         func(error) // told of the end of the start function
}
