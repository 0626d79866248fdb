package hotpatch

import (
	"fmt"
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
)

// Report is what a patch does, in words that the log, the list and the console
// print alike.
type Report struct {
	Functions []string // with new code
	Values    []string // `limit 5 -> 6`, `new CMD.size`, `gone CMD.old`
	Kept      []string // what the program has changed and the text now begins otherwise
	Notes     []string // what has been used before and won't be again
	Stale     []Stale  // what goes on in old code
}

// Empty tells that the text differs in nothing that runs.
func (r *Report) Empty() bool { return len(r.Functions)+len(r.Values)+len(r.Kept)+len(r.Notes) == 0 }

// Words name what the patch changes, the first few of it: for a list.
func (r *Report) Words() string {
	const most = 3
	words := append(r.Functions[:len(r.Functions):len(r.Functions)], r.Values...)
	if more := len(words) - most; more > 0 {
		words = append(words[:most:most], fmt.Sprintf("and %d more", more))
	}
	text := strings.Join(words, ", ")
	if n := len(words); n > most {
		text = strings.Join(words[:n-1], ", ") + " " + words[n-1]
	}
	switch {
	case text == "" && len(r.Kept)+len(r.Notes) == 0:
		return "nothing that runs has changed"
	case text == "":
		text = "nothing"
	}
	for _, kept := range r.Kept {
		text += "; kept " + kept
	}
	return text
}

// OnlyFunctions tells that nothing but the code of functions changes.
func (r *Report) OnlyFunctions() bool {
	return len(r.Functions) > 0 && len(r.Values)+len(r.Kept)+len(r.Notes) == 0
}

// Text is what the patch does, in one line, without what is stale.
func (r *Report) Text() string {
	var parts []string
	switch n := len(r.Functions); n {
	case 0:
	case 1:
		parts = append(parts, "1 function ("+r.Functions[0]+")")
	default:
		parts = append(parts, fmt.Sprintf("%d functions (%s)", n, strings.Join(most(r.Functions), ", ")))
	}
	parts = append(parts, most(r.Values)...)
	text := strings.Join(parts, ", ")
	if text == "" {
		text = "nothing that runs has changed"
		if len(r.Kept)+len(r.Notes) > 0 {
			text = "nothing else"
		}
	}
	for _, k := range most(r.Kept) {
		text += "; kept " + k
	}
	for _, n := range most(r.Notes) {
		text += "; " + n
	}
	return text
}

// mostNamed bounds how many things of a kind a line names.
const mostNamed = 12

func most(list []string) []string {
	if len(list) <= mostNamed {
		return list
	}
	return append(list[:mostNamed:mostNamed], fmt.Sprintf("and %d more", len(list)-mostNamed))
}

// short is a value as a line shows it.
func short(v lua.LValue) string {
	switch v := v.(type) {
	case lua.LString:
		const most = 24
		if s := string(v); len(s) > most {
			return strconv.Quote(s[:most]) + "…"
		}
		return strconv.Quote(string(v))
	case *value.Table:
		n := 0
		v.ForEach(func(lua.LValue, lua.LValue) { n++ })
		if n == 1 {
			return "a table of 1 entry"
		}
		return fmt.Sprintf("a table of %d entries", n)
	case *lua.LFunction:
		return "a function"
	case *lua.LUserData:
		return "a userdata"
	case *lua.LState:
		return "a coroutine"
	}
	return value.String(v)
}
