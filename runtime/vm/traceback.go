package vm

import (
	"fmt"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// Frame finds the frame at a level of the fiber's stack, through all of its
// threads: 0 is the function that runs, 1 the one that called it. A protected
// call's thread and the one below it are one stack to Lua.
func (f *Fiber) Frame(level int) (L *lua.LState, ar *lua.Debug, ok bool) {
	for i := len(f.threads) - 1; i >= 0; i-- {
		th := f.threads[i]
		n := 0
		for ; n <= level; n++ {
			ar, ok = th.GetStack(n)
			if !ok {
				break
			}
		}
		if ok {
			return th, ar, true
		}
		level -= n
	}
	return nil, nil, false
}

// Where is luaL_where: the position `chunk:line: ` of the function at a level,
// empty for a Go function and beyond the stack.
func (f *Fiber) Where(level int) string {
	L, ar, ok := f.Frame(level)
	if !ok {
		return ""
	}
	if _, err := L.GetInfo("Sl", ar, lua.LNil); err != nil || ar.CurrentLine <= 0 || ar.What == "G" {
		return ""
	}
	return fmt.Sprintf("%s:%d: ", ar.Source, ar.CurrentLine)
}

// maxTrace bounds a traceback, as LEVELS1 and LEVELS2 do in C Lua.
const maxTrace = 22

// Traceback is luaL_traceback: message, if any, and the fiber's stack from
// level on.
func (f *Fiber) Traceback(message string, level int) string {
	var b strings.Builder
	if message != "" {
		b.WriteString(message)
		b.WriteByte('\n')
	}
	b.WriteString("stack traceback:")
	for lines := 0; ; lines++ {
		L, ar, ok := f.Frame(level + lines)
		if !ok {
			break
		}
		if lines == maxTrace {
			b.WriteString("\n\t...")
			break
		}
		b.WriteString("\n\t")
		b.WriteString(describeFrame(L, ar))
	}
	return b.String()
}

func describeFrame(L *lua.LState, ar *lua.Debug) string {
	fn, err := L.GetInfo("nSlf", ar, lua.LNil)
	if err != nil {
		return "?"
	}
	if f, ok := fn.(*lua.LFunction); ok && f.IsG {
		if ar.Name != "" && ar.Name != "?" {
			return fmt.Sprintf("[C]: in function '%s'", ar.Name)
		}
		return "[C]: in ?"
	}
	at := fmt.Sprintf("%s:%d: in ", ar.Source, ar.CurrentLine)
	switch {
	case ar.LineDefined == 0:
		return at + "main chunk"
	case ar.Name != "" && ar.Name != "?":
		return at + fmt.Sprintf("function '%s'", ar.Name)
	default:
		return at + fmt.Sprintf("function <%s:%d>", ar.Source, ar.LineDefined)
	}
}
