package vm

import lua "github.com/yuin/gopher-lua"

const smallNumbers = 1024 // whole numbers below it are boxed once

var boxed = func() (all [smallNumbers]lua.LValue) {
	for i := range all {
		all[i] = lua.LNumber(i)
	}
	return all
}()

// Number is n as a Lua value. Minus zero becomes zero, which it is as an integer.
func (b *Boxer) Number(n lua.LNumber) lua.LValue {
	if i := int(n); uint(i) < smallNumbers && lua.LNumber(i) == n {
		return boxed[i]
	}
	return b.box(n)
}
