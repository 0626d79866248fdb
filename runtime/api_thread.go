package runtime

import (
	"fmt"
	"sort"
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
)

// threadFunctions look at the tasks of the calling generation, and end them.
func threadFunctions() map[string]lua.LGFunction {
	return map[string]lua.LGFunction{
		"task":       apiTask,
		"uniqtask":   apiUniqTask,
		"killthread": apiKillThread,
		"term":       apiTerm,
	}
}

// waiting is a task of a generation and the session that it waits for.
type waiting struct {
	session int32
	task    *Task
}

// waitingTasks lists the tasks that wait, by session.
func (g *Generation) waitingTasks() []waiting {
	var list []waiting
	for session, w := range g.service.waits.all() {
		if w.task.gen == g && w.task.state != taskOver {
			list = append(list, waiting{session, w.task})
		}
	}
	sort.Slice(list, func(i, j int) bool { return list[i].session < list[j].session })
	return list
}

// apiTask is skynet.task(what): without an argument how many tasks wait; with
// a table it is filled with their tracebacks; with a session it is the
// traceback of the one that waits for it; with a thread its session; with
// "init" the traceback of the start function while that runs.
func apiTask(L *lua.LState) int {
	g := taskOf(L).gen
	list := g.waitingTasks()
	switch what := L.Get(1).(type) {
	case *lua.LNilType:
		L.Push(lua.LNumber(len(list)))
		return 1
	case *value.Table:
		for _, w := range list {
			key := fmt.Sprintf("%s session: %d", toText(L, w.task.fiber.Identity()), w.session)
			what.RawSetString(key, lua.LString(w.task.traceback()))
		}
		return 0
	case lua.LNumber, value.Int, value.Float:
		session, _ := value.ToInt(what)
		for _, w := range list {
			if int64(w.session) == session {
				L.Push(lua.LString(w.task.traceback()))
				return 1
			}
		}
		L.Push(lua.LString("No session"))
		return 1
	case *lua.LState:
		for _, w := range list {
			if w.task.fiber.Identity() == what {
				L.Push(lua.LNumber(w.session))
				return 1
			}
		}
	case lua.LString:
		if what == "init" && !g.started {
			for _, t := range g.tasks() {
				if t.kind == taskMain {
					L.Push(lua.LString(t.traceback()))
					return 1
				}
			}
		}
	}
	return 0
}

func (t *Task) traceback() string {
	if t.state == taskReady && t.origin != "" {
		return t.origin
	}
	return t.fiber.Traceback("", 0)
}

// maxUniqSessions is how many sessions skynet.uniqtask names of one traceback.
const maxUniqSessions = 9

// apiUniqTask is skynet.uniqtask(): the tracebacks of the waiting tasks, each
// once, by a line that says how many have it.
func apiUniqTask(L *lua.LState) int {
	sessions := map[string][]string{}
	for _, w := range taskOf(L).gen.waitingTasks() {
		stack := w.task.traceback()
		sessions[stack] = append(sessions[stack], strconv.Itoa(int(w.session)))
	}
	result := value.NewTable(0, len(sessions))
	for stack, list := range sessions {
		n, more := len(list), ""
		if n > maxUniqSessions {
			list, more = list[:maxUniqSessions], "..."
		}
		result.RawSetString(fmt.Sprintf("%d\tsessions:[%s%s]\n", n, strings.Join(list, ","), more), lua.LString(stack))
	}
	L.Push(result)
	return 1
}

// apiKillThread is skynet.killthread(thread): it ends a task of the service
// that waits or has not begun, given by its coroutine or by a part of its
// printed name, and returns the coroutine. Its caller gets an error.
func apiKillThread(L *lua.LState) int {
	t := taskOf(L)
	s := t.service
	victim := t.gen.findThread(L, L.Get(1))
	if victim == nil || victim == t {
		return 0
	}
	thread := victim.fiber.Identity()
	s.killClosing(victim, "the task was killed by skynet.killthread")
	L.Push(thread)
	return 1
}

func (g *Generation) findThread(L *lua.LState, what lua.LValue) *Task {
	part, byName := what.(lua.LString)
	for _, t := range g.tasks() {
		if t == g.service.running || t.state == taskOver {
			continue
		}
		if byName && strings.Contains(toText(L, t.fiber.Identity()), string(part)) {
			return t
		}
		if !byName && lua.LValue(t.fiber.Identity()) == what {
			return t
		}
	}
	return nil
}

// apiTerm is skynet.term(addr): every call to that service that this one waits
// for fails.
func apiTerm(L *lua.LState) int {
	s := taskOf(L).service
	if L.Get(1) == lua.LNil { // nobody waits for it
		return 0
	}
	h := taskOf(L).checkAddress(L, 1)
	name, _ := L.Get(1).(lua.LString)
	for session, w := range s.waits.all() {
		peer := w.peer == h && h != 0 || h == 0 && name != "" && s.unnamed[session] == string(name)
		if peer && w.task.state != taskOver {
			w.task.failure = "given up by skynet.term"
			s.failed = append(s.failed, session)
			delete(s.unnamed, session)
		}
	}
	return 0
}
