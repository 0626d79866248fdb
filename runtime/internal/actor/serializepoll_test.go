package actor

import (
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
)

// TestMuchPolls wants a long string, and many values, to be written and read in steps,
// between which the service can be ended.
func TestMuchPolls(t *testing.T) {
	list := value.NewTable(1<<17, 0)
	for i := 1; i <= 1<<17; i++ {
		list.RawSetInt(i, lua.LNumber(i))
	}
	for name, v := range map[string]lua.LValue{
		"a string": lua.LString(strings.Repeat("a", 8<<20)),
		"a list":   list,
	} {
		t.Run(name, func(t *testing.T) {
			polls := 0
			poll := func() { polls++ }
			text := Serialize([]lua.LValue{v}, poll)
			if polls < 30 {
				t.Errorf("written with %d polls", polls)
			}
			polls = 0
			if _, ok := Deserialize(text, poll); !ok || polls < 30 {
				t.Errorf("read: %v, with %d polls", ok, polls)
			}
		})
	}
}
