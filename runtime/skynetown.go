package runtime

import (
	"bytes"
	"os"
	"regexp"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/sourcefile"
	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

// A checkout of skynet has files for what this node has in a form of its own: the
// module skynet, sockets, the launcher, the console. They are written for C code that
// isn't here. Such a file is known by what it requires and contains, not by its name
// alone: a project's own file of that name is used as it is.

// skynetServices are texts that skynet's own script of a service contains, in all its
// versions, by the service's name.
var skynetServices = map[string]string{
	"debug_console": "Welcome to skynet console",
	"console":       "console_main_loop",
	"launcher":      "LAUNCHOK",
	"service_mgr":   "GLAUNCH",
	"cdummy":        "PTYPE_HARBOR",
	"cslave":        "PTYPE_HARBOR",
}

// skynetRequires is what skynet's own file of a module requires, by the name that a
// script may know it by.
var skynetRequires = map[string]*regexp.Regexp{
	"socket":            regexp.MustCompile(`require\s*\(?\s*["'](skynet\.)?socketdriver["']`),
	"manager":           regexp.MustCompile(`require\s*\(?\s*["']skynet\.(core|c)["']`),
	"service":           regexp.MustCompile(`["']service_provider["']`),
	"sharedata":         regexp.MustCompile(`["'](skynet\.)?sharedata\.corelib["']`),
	"multicast":         regexp.MustCompile(`["'](skynet\.)?multicast\.(core|c)["']`),
	"datasheet":         regexp.MustCompile(`["']skynet\.datasheet\.core["']`),
	"datasheet.builder": regexp.MustCompile(`["']skynet\.datasheet\.core["']`),
	"sharetable":        regexp.MustCompile(`["']skynet\.sharetable\.core["']`),
	"harbor":            regexp.MustCompile(`["']\.cslave["']`),
}

// isSkynetService tells whether a script is skynet's own of a service that the node
// has in another form.
func isSkynetService(name string, script []byte) bool {
	text, ok := skynetServices[name]
	return ok && bytes.Contains(script, []byte(text))
}

// inPlaceOf is the loader of the node's own module where the file that require has
// found for a name is skynet's; nil where it isn't.
func inPlaceOf(name string, source []byte) *lua.LFunction {
	short, full := strings.CutPrefix(name, "skynet.")
	requires := skynetRequires[short]
	switch {
	case requires == nil || !requires.Match(source):
		return nil
	case full:
		return value.Function(openOwn)
	}
	return value.Function(openAs("skynet." + name))
}

// openOwn is the loader of the node's own module of a name that a file has, too.
func openOwn(L *lua.LState) int {
	name := checkString(L, 1)
	n := vm.Of(L).VM().Owner.(*Generation).service.node
	own := n.fallback.Func(name)
	if own == nil {
		own = n.builtin.Func(name)
	}
	L.Push(own)
	L.Push(lua.LString(name))
	vm.Call(L, 1, 1)
	return 1
}

// skynetsOwn tells whether there is skynet's own script of a service that the node has
// in another form. It isn't loaded then.
func skynetsOwn(name, path string) bool {
	if skynetServices[name] == "" {
		return false
	}
	data, err := sourcefile.Read(path)
	return err == nil && isSkynetService(name, data)
}

// FindService looks a service's script up, as a launch with that name does: in the
// templates of a service path, in order. file is empty where there is none; tried are
// the files that aren't there.
func FindService(name string, path []string) (file string, tried []string) {
	for _, template := range templatesFor(name, path) {
		file := strings.ReplaceAll(template, "?", name)
		if info, err := os.Stat(file); err != nil || info.IsDir() {
			tried = append(tried, file)
		} else if !skynetsOwn(name, file) {
			return file, tried
		}
	}
	return "", tried
}
