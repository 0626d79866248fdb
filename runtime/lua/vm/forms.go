package vm

import (
	"os"
	"strconv"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
)

// otherForms is a mode for tests, off where it is 0: about each second number that
// enters a Go function is in another of its forms then. What Go code makes of a number
// must not depend on which it is. DEVNODE_NUMBER_FORMS says which numbers: 1 and 2
// choose different ones, and always the same.
var otherForms, _ = strconv.Atoi(os.Getenv("DEVNODE_NUMBER_FORMS"))

// changeForms changes the forms of the arguments of a call at pc.
func changeForms(args []lua.LValue, pc int) {
	for i, v := range args {
		if n, ok := v.(lua.LNumber); ok && (pc+i+otherForms)%2 == 0 {
			args[i] = value.OtherForm(n)
		}
	}
}
