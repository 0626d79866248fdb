package console

import (
	"fmt"
	"regexp"
	"strings"
)

// lastFlag is a flag at the end of a line, with its value.
var lastFlag = regexp.MustCompile(`(?:^|[ \t])(--[a-z][a-z-]*)(?:(=|[ \t]+)([^\s"'()\[\]{}-][^\s"'()\[\]{}]*))?[ \t]*$`)

// flagFirst is a flag in front of Lua, to which it would be a comment, and all that follows
// it with it.
var flagFirst = regexp.MustCompile(`^--[a-z]`)

// chunkFlag is the flag in front of Lua, which takes the rest of its line.
var chunkFlag = regexp.MustCompile(`(?:^|[ \t])-e[ \t=]`)

// loneDashes is the word behind which nothing is a flag.
var loneDashes = regexp.MustCompile(`(?:^|[ \t])--(?:[ \t]|$)`)

// trailing takes the flags that every command has off the end of a line whose tail
// is Lua, or belongs to a service: they are comments to Lua and no sensible
// arguments of a service. Behind a lone `--` they are the service's.
func (r *request) trailing(rest string) (string, error) {
	c := r.cmd
	if !c.raw && c.passAfter == 0 {
		return rest, nil
	}
	lua := c.raw || chunkFlag.MatchString(rest)
	for {
		found := lastFlag.FindStringSubmatchIndex(rest)
		if found == nil || !c.raw && loneDashes.MatchString(rest[:found[2]]) {
			return rest, nil
		}
		name, value := rest[found[2]:found[3]], ""
		if found[6] >= 0 {
			value = rest[found[6]:found[7]]
		}
		switch {
		case name == "--json" && value == "":
			r.json = true
		case c.Name == "complete":
			return rest, nil // its tail is a line that is being typed
		case name == "--timeout" && value == "":
			return rest, fmt.Errorf("%s: --timeout needs TIME", c.Name)
		case name == "--timeout":
			r.flags[name] = value
			if err := r.general(name); err != nil {
				return rest, err
			}
		case c.raw && value == "", lua && nearest(name, []string{"--json", "--timeout"}) != "":
			return rest, r.unknownFlag(name)
		default:
			return rest, nil
		}
		rest = strings.TrimRight(rest[:found[2]], " \t")
	}
}
