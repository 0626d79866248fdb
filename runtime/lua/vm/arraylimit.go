package vm

import lua "github.com/yuin/gopher-lua"

// maxArray is the highest index that a table keeps in its array. gopher-lua
// fills an array up to the index that is assigned to, in one instruction that
// nothing can interrupt, and its own limit of 67 million makes that a gigabyte
// for `t[67108863] = 1`. Higher indexes are kept as other keys are, and are not
// counted by the length operator.
const maxArray = 1 << 23

// The limit is one variable of gopher-lua's for the whole process: it is set
// before anything runs.
var _ = limitArrays()

func limitArrays() int {
	lua.MaxArrayIndex = maxArray
	return maxArray
}
