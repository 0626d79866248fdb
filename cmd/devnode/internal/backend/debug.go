package backend

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"devnode/console"
	"devnode/runtime"
)

// Debug implements [console.Node]: the commands of skynet's debug protocol
// (lualib/skynet/debug.lua).
func (b *Backend) Debug(ctx context.Context, to console.Address, cmd string, args ...string) ([]console.Value, error) {
	run, ok := b.debugCommands()[strings.ToUpper(cmd)]
	if !ok {
		return nil, fmt.Errorf("dbgcmd %s: want EXIT, GC, INFO, KILLTASK, MEM, PING, STAT, TASK or UNIQTASK", cmd)
	}
	got, err := run(ctx, handle(to), args)
	return got, first(ctx, err)
}

type debugCommand func(ctx context.Context, h runtime.Handle, args []string) ([]console.Value, error)

func (b *Backend) debugCommands() map[string]debugCommand {
	return map[string]debugCommand{
		"PING":     b.ping,
		"GC":       b.collect,
		"MEM":      b.memory,
		"STAT":     b.stat,
		"INFO":     b.info,
		"TASK":     b.tasks,
		"STATE":    b.state,
		"UNIQTASK": b.uniqueTasks,
		"KILLTASK": b.killTask,
		"EXIT": func(ctx context.Context, h runtime.Handle, _ []string) ([]console.Value, error) {
			return nil, b.node.Exit(ctx, h)
		},
	}
}

func (b *Backend) ping(ctx context.Context, h runtime.Handle, _ []string) ([]console.Value, error) {
	return nil, b.node.Ping(ctx, h)
}

func (b *Backend) memory(ctx context.Context, h runtime.Handle, _ []string) ([]console.Value, error) {
	bytes, err := b.node.Memory(ctx, h)
	if err != nil {
		return nil, err
	}
	return []console.Value{console.Number(float64(bytes) / 1024)}, nil
}

// garbage collects at most once for commands that come together: all services
// share one heap.
type garbage struct {
	mu   sync.Mutex
	last time.Time
}

func (g *garbage) collect() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if time.Since(g.last) > time.Second {
		debug.FreeOSMemory()
		g.last = time.Now()
	}
}

func (b *Backend) collect(ctx context.Context, h runtime.Handle, _ []string) ([]console.Value, error) {
	if err := b.node.Ping(ctx, h); err != nil {
		return nil, err
	}
	b.garbage.collect()
	return nil, nil
}

func (b *Backend) stat(_ context.Context, h runtime.Handle, _ []string) ([]console.Value, error) {
	info, err := b.node.Info(h)
	if err != nil {
		return nil, err
	}
	return []console.Value{object(
		field("cpu", console.Number(info.CPU.Seconds())),
		field("message", console.Number(float64(info.Messages))),
		field("mqlen", console.Number(float64(info.Mailbox))),
		field("task", console.Number(float64(info.Tasks))),
	)}, nil
}

func (b *Backend) tasks(ctx context.Context, h runtime.Handle, _ []string) ([]console.Value, error) {
	list, err := b.node.Tasks(ctx, h)
	if err != nil {
		return nil, err
	}
	out := object()
	for _, t := range list {
		out.Fields = append(out.Fields, field(taskName(t), console.Text(traceback(t))))
	}
	return []console.Value{out}, nil
}

// taskName is how a task is called in `task`, and found by `killtask`.
func taskName(t runtime.TaskInfo) string {
	name := fmt.Sprintf("%s session: %d", t.Name, t.Session)
	switch {
	case t.Kind == "request":
		name += fmt.Sprintf(" (request from %s", t.Source)
	default:
		name += " (" + t.Kind
	}
	if t.Running {
		name += ", running"
	}
	return name + fmt.Sprintf(", generation %d)", t.Generation)
}

func traceback(t runtime.TaskInfo) string {
	if t.Traceback == "" {
		return notBegun(t)
	}
	return t.Traceback
}

// notBegun says what a task will run, when, and who has started it.
func notBegun(t runtime.TaskInfo) string {
	text := "not started yet"
	if t.Due > 0 {
		text = "due in " + t.Due.Round(10*time.Millisecond).String()
	}
	if t.Function != "" {
		text = t.Function + ", " + text
	}
	if t.Starter != "" {
		text += ", started by " + t.Starter
	}
	return text
}

func (b *Backend) uniqueTasks(ctx context.Context, h runtime.Handle, _ []string) ([]console.Value, error) {
	list, err := b.node.Tasks(ctx, h)
	if err != nil {
		return nil, err
	}
	var places []string
	at := map[string][]string{}
	for _, t := range list {
		place := traceback(t)
		if at[place] == nil {
			places = append(places, place)
		}
		at[place] = append(at[place], fmt.Sprint(t.Session))
	}
	out := object()
	for _, place := range places {
		key := fmt.Sprintf("%d\tsessions:[%s]", len(at[place]), strings.Join(at[place], ","))
		out.Fields = append(out.Fields, field(key, console.Text(place)))
	}
	return []console.Value{out}, nil
}

func (b *Backend) killTask(ctx context.Context, h runtime.Handle, args []string) ([]console.Value, error) {
	if len(args) != 1 || args[0] == "" {
		return nil, fmt.Errorf("KILLTASK: got %d arguments, want part of a task's name", len(args))
	}
	killed, err := b.node.KillTask(ctx, h, func(tasks []runtime.TaskInfo) (int, error) {
		names := make([]string, len(tasks))
		for i, t := range tasks {
			names[i] = taskName(t)
		}
		return oneTask(names, args[0])
	})
	switch {
	case errors.Is(err, errNoTask):
		return []console.Value{console.Text("Not found")}, nil
	case err != nil:
		return nil, err
	}
	return []console.Value{console.Text("killed " + taskName(killed))}, nil
}

// errNoTask is for a word that is in no task's name.
var errNoTask = errors.New("no such task")

// oneTask finds the one task whose name holds a word. Where several do, the word
// has to stand by itself in one of them: `session: 1` isn't `session: 12`.
func oneTask(names []string, word string) (int, error) {
	whole, err := regexp.Compile(`(^|\W)` + regexp.QuoteMeta(word) + `(\W|$)`)
	if err != nil {
		return 0, err
	}
	var found, exact []int
	for i, name := range names {
		if strings.Contains(name, word) {
			found = append(found, i)
		}
		if whole.MatchString(name) {
			exact = append(exact, i)
		}
	}
	switch {
	case len(found) == 0:
		return 0, errNoTask
	case len(found) == 1:
		return found[0], nil
	case len(exact) == 1:
		return exact[0], nil
	}
	const most = 8
	text := fmt.Sprintf("killtask %s: %d tasks are called so, none was killed:", word, len(found))
	for i, n := range found {
		if i == most {
			text += fmt.Sprintf("\n  and %d more", len(found)-most)
			break
		}
		text += "\n  " + names[n]
	}
	return 0, errors.New(text)
}
