package value

import lua "github.com/yuin/gopher-lua"

// Light is what a light userdata holds: in C a bare pointer. It has no metatable and nothing that could change, so services
// may share it.
type Light struct {
	Of any // what C's pointer points to: it never changes, or is safe to share
}

// Null is C's NULL as a light userdata, by which libraries such as cjson say that there is nothing.
var Null = &lua.LUserData{Value: &Light{}, Metatable: lua.LNil}

// NewLight makes a light userdata that is equal to itself alone.
func NewLight(of any) *lua.LUserData {
	return &lua.LUserData{Value: &Light{of}, Metatable: lua.LNil}
}

// IsLight tells whether a userdata is a light one.
func IsLight(u *lua.LUserData) bool {
	_, light := u.Value.(*Light)
	return light
}
