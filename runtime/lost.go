package runtime

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// What ends with old code though nobody starts it anew: timers and forks that
// requests have started, and the reading of connections.

// endedTask is a kind of task that was ended, and where its function stands.
type endedTask struct{ kind, at string }

// endedTasks counts those that were ended.
type endedTasks map[endedTask]int

// add counts a task that is about to be ended, unless the start function, or what it
// has started, has started it: the new code's does so again.
func (e endedTasks) add(t *Task) {
	if t.request == nil || t.kind != taskTimeout && t.kind != taskFork {
		return
	}
	kind := "fork"
	if t.kind == taskTimeout {
		kind = "timer"
	}
	e[endedTask{kind, t.place()}]++
}

// words are what was ended, as `2 timers (room.lua:40)`.
func (e endedTasks) words() []string {
	var list []string
	for task, n := range e {
		text := plural(n, task.kind)
		if task.at != "" {
			text += fmt.Sprintf(" (%s)", task.at)
		}
		list = append(list, text)
	}
	slices.Sort(list)
	return list
}

// function is what a task that has not begun will run, nil where that isn't Lua.
func (t *Task) function() (found *lua.LFunction) {
	t.fiber.Holds(func(v lua.LValue) {
		if fn, ok := v.(*lua.LFunction); ok && !fn.IsG && found == nil {
			found = fn
		}
	})
	return found
}

// place is where a task stands, or its function where it has not begun.
func (t *Task) place() string {
	at := t.at()
	if fn := t.function(); at == "" && fn != nil {
		at = fmt.Sprintf("%s:%d", fn.Proto.SourceName, fn.Proto.LineDefined)
	}
	file, line, ok := cutLast(at, ":")
	if !ok {
		return at
	}
	return filepath.Base(file) + ":" + line
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}
