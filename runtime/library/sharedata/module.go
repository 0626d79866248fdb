package sharedata

import (
	"fmt"
	"strings"

	"devnode/runtime/library"
)

// Module is what skynet.sharedata stands on: skynet.sharedata.tables.
func Module() library.Module {
	return library.Module{
		Name:      "skynet.sharedata.tables",
		Functions: map[string]library.Function{"share": share, "drop": drop, "view": view, "copy": copyCall},
	}
}

var data = newSpace(func(name, path string) string {
	return fmt.Sprintf("The key [%s] doesn't exist after update of sharedata %s", dotted.Replace(path), name)
})

// dotted makes a path as skynet's texts have it of one as code has it.
var dotted = strings.NewReplacer(`["`, ".", `"]`, "", "[", ".", "]", "")

// share is share(name, table, again): a table under a name. Without again there must be none yet, but one that the same service
// has shared: its new code does so once more.
func share(c library.Call) {
	name := c.String(1)
	f := freezeData(c, c.Table(2), name)
	of, _ := data.stored.Of(c.Node()).find(name)
	if of != nil && !c.Bool(3) && of.madeBy != c.Service().Handle() {
		c.Raise("sharedata.new %s: there is one already; sharedata.update gives it other values", name)
	}
	data.share(c, name, f)
}

// drop is drop(name). Who has the table keeps it as it is.
func drop(c library.Call) {
	if name := c.String(1); !data.stored.Of(c.Node()).drop(name) {
		none(c, name)
	}
}

func none(c library.Call, name string) {
	c.Raise("sharedata: there is none with the name %s; sharedata.new makes one", name)
}

// view is view(name): the table that shows it, the same one each time.
func view(c library.Call) {
	v, ok := data.view(c, c.String(1))
	if !ok {
		none(c, c.String(1))
	}
	c.Return(v)
}

// copyCall is copy(name, key, …): what is there as a table of the caller's own.
func copyCall(c library.Call) {
	f, ok := data.named(c, c.String(1))
	if !ok {
		none(c, c.String(1))
	}
	at := f.Value()
	for n := 2; n <= c.Args(); n++ {
		t, ok := at.Table()
		if !ok {
			c.Raise("sharedata.deepcopy: there is no table %s", c.Arg(n-1).Text())
		}
		at = t.Get(c.Arg(n))
	}
	c.Return(c.Copy(at))
}
