package settings

import (
	"regexp"
	"strings"

	"devnode/runtime"
	"devnode/runtime/lua/sourcefile"
)

// IsConfig tells whether what the command line names as the main script is a
// configuration file in skynet's format, as in `skynet etc/config`. Such files have
// any name; one that ends in .lua is known by the settings that it assigns to.
func IsConfig(main string) bool {
	if main == "" || !isFile(main) {
		return false
	}
	if strings.HasSuffix(main, ".lua") {
		text, err := sourcefile.Read(main)
		return err == nil && looksLikeConfig(string(text))
	}
	if isFile(main + ".lua") {
		return false
	}
	service, _ := runtime.FindService(main, []string{"./service/?.lua"})
	return service == ""
}

var (
	comment    = regexp.MustCompile(`--.*`)
	assignment = regexp.MustCompile(`(?m)^\s*(start|bootstrap|thread|harbor|luaservice|lualoader|lua_path|lua_cpath|cpath|snax|include)\b\s*[=("']`)
	program    = regexp.MustCompile(`\b(require|function|local\s+skynet)\b`)
)

// looksLikeConfig tells whether a Lua file assigns to two of skynet's settings at
// least, and does nothing that a script does.
func looksLikeConfig(text string) bool {
	text = comment.ReplaceAllString(text, "")
	found := map[string]bool{}
	for _, m := range assignment.FindAllStringSubmatch(text, -1) {
		found[m[1]] = true
	}
	return len(found) >= 2 && !program.MatchString(text)
}
