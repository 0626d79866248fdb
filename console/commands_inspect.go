package console

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// inspectCommands look into services without changing them, killtask and gc
// apart.
func inspectCommands(Backend) []*Command {
	addr := []completer{completeServices}
	return []*Command{
		{
			Name: "stat", Group: "inspect", Args: "[ADDR]", max: 1, complete: addr,
			Summary: "Show cpu seconds, messages, mailbox length and tasks of every service",
			Detail: "The numbers are the node's own: a service that hangs is counted like any other, and `doing` says " +
				"what it is running.",
			run: runStat,
		},
		{
			Name: "mem", Group: "inspect", Summary: "Show the memory of every service", run: runMem,
		},
		{
			Name: "gc", Group: "inspect", Summary: "Collect the garbage of every service, then show the memory",
			Limit: 10 * time.Second, run: runGC,
		},
		{
			Name: "info", Group: "inspect", Args: "ADDR [ARG…]", min: 1, max: -1, passAfter: 1, complete: []completer{completeServices, nil},
			Summary: "Print what the service's info function (skynet.info_func) answers",
			Detail: "`info ADDR --state` lists what a reload would have to carry instead: top-level locals, globals and fields of " +
				"modules that hold data, how large they are, and which of them would be carried by name, or lost, and why.",
			Example: "info worker --state", run: runInfo,
		},
		{
			Name: "task", Group: "inspect", Args: "ADDR", min: 1, max: 1, complete: addr,
			Summary: "List the tasks of a service, each with its traceback", run: taskLister("TASK"),
		},
		{
			Name: "uniqtask", Group: "inspect", Args: "ADDR", min: 1, max: 1, complete: addr,
			Summary: "List the tasks of a service, those in the same place together", run: taskLister("UNIQTASK"),
		},
		{
			Name: "killtask", Group: "inspect", Args: "ADDR TASK", min: 2, max: 2, Exact: true, complete: addr,
			Summary: "End one task of a service",
			Detail: "TASK is part of a task's name as `task` lists it, and of no other's: else they are listed, and none is " +
				"killed. Answers what it killed, or `Not found`.",
			Example: "killtask worker 0xc000123",
			run:     runKillTask,
		},
	}
}

func runStat(ctx context.Context, r *request) (Result, error) {
	all, err := r.services(ctx)
	if err != nil {
		return nil, err
	}
	t := &table{
		columns: cols("address", ">cpu", ">message", ">mqlen", ">task", "service", "doing"),
		compat:  pairs("", "cpu", "message", "mqlen", "task", "service", "doing"),
		empty:   "no services",
	}
	only := Address(0)
	if r.word(0) != "" {
		s, err := Resolve(all, r.word(0))
		if err != nil {
			return nil, err
		}
		only = s.Address
	}
	for _, s := range all {
		if only != 0 && s.Address != only || only == 0 && s.System {
			continue
		}
		cpu := float64(s.CPU.Microseconds()) / 1e6
		t.add(s.Address, cpu, s.Messages, s.Mailbox, s.Tasks, s.command(), s.doing())
	}
	return t, nil
}

// doing is what the service runs, with a word of warning for an endless loop.
func (s Service) doing() string {
	if s.Endless {
		return strings.TrimSuffix("endless: "+s.Doing, ": ")
	}
	return s.Doing
}

// pairs writes cells as name:value, those without a name as they are, and leaves
// out what is empty at the end.
func pairs(names ...string) func([]any) []string {
	return func(row []any) []string {
		var cells []string
		for i, c := range row {
			text := oneLine(cellText(c))
			switch {
			case names[i] == "":
				cells = append(cells, text)
			case text != "":
				cells = append(cells, names[i]+":"+text)
			}
		}
		return cells
	}
}

func runMem(ctx context.Context, r *request) (Result, error) {
	all, err := r.services(ctx)
	if err != nil {
		return nil, err
	}
	return memTable(ctx, r, all, nil)
}

// memTable asks the services for their memory, and lists it; notes are what
// went wrong with each before.
func memTable(ctx context.Context, r *request, all []Service, notes []error) (Result, error) {
	t := &table{
		columns: cols("address", ">kb", "service", "note"),
		compat: func(row []any) []string {
			kb := "?"
			if n, ok := row[1].(float64); ok {
				kb = fmt.Sprintf("%.2f", n)
			}
			cells := []string{cellText(row[0]), kb + " Kb (" + oneLine(cellText(row[2])) + ")"}
			if row[3] != "" {
				cells = append(cells, oneLine(row[3].(string)))
			}
			return cells
		},
		empty: "no services",
	}
	kb := make([]float64, len(all))
	errs := together(ctx, all, func(ctx context.Context, i int, s Service) error {
		ctx, cancel := context.WithTimeout(ctx, r.limit/4)
		defer cancel()
		var err error
		kb[i], err = weight(ctx, r.node(), s.Address)
		return err
	})
	for i, s := range all {
		if s.System {
			continue
		}
		err := errs[i]
		if notes != nil {
			err = errors.Join(notes[i], err)
		}
		weight := any(nil)
		if errs[i] == nil {
			weight = hundredth(kb[i])
		}
		t.add(s.Address, weight, s.command(), noteOf(err, s))
	}
	return t, nil
}

// hundredth rounds to two places, for --json and for people alike.
func hundredth(f float64) float64 {
	n, _ := strconv.ParseFloat(strconv.FormatFloat(f, 'f', 2, 64), 64)
	return n
}

// noteOf is a short account of a service that failed to answer in time.
func noteOf(err error, s Service) string {
	var busy BusyError
	switch {
	case err == nil:
		return ""
	case errors.As(err, &busy):
		return "no answer; running " + busy.Doing
	case errors.Is(err, context.DeadlineExceeded) && s.Doing != "":
		return "no answer; running " + s.Doing
	case errors.Is(err, context.DeadlineExceeded):
		return "no answer"
	}
	return Cause(err.Error())
}

func runGC(ctx context.Context, r *request) (Result, error) {
	all, err := r.services(ctx)
	if err != nil {
		return nil, err
	}
	notes := together(ctx, all, func(ctx context.Context, _ int, s Service) error {
		ctx, cancel := context.WithTimeout(ctx, r.limit/3)
		defer cancel()
		_, err := r.node().Debug(ctx, s.Address, "GC")
		return err
	})
	after, err := r.services(ctx)
	if err != nil {
		return nil, err
	}
	before := map[Address]error{}
	for i, s := range all {
		before[s.Address] = notes[i]
	}
	notes = notes[:0]
	for _, s := range after {
		notes = append(notes, before[s.Address])
	}
	return memTable(ctx, r, after, notes)
}

// debugger makes a command of a debug command that is printed as it answers.
func debugger(cmd string) func(context.Context, *request) (Result, error) {
	return func(ctx context.Context, r *request) (Result, error) {
		s, err := r.service(ctx, 0)
		if err != nil {
			return nil, err
		}
		vs, err := r.node().Debug(ctx, s.Address, cmd, r.words[1:]...)
		return dump(vs), err
	}
}

// runInfo is INFO, or what the service holds.
func runInfo(ctx context.Context, r *request) (Result, error) {
	if len(r.words) == 2 && r.words[1] == "--state" {
		s, err := r.service(ctx, 0)
		if err != nil {
			return nil, err
		}
		vs, err := r.node().Debug(ctx, s.Address, "STATE")
		return dump(vs), err
	}
	return debugger("INFO")(ctx, r)
}

func runKillTask(ctx context.Context, r *request) (Result, error) {
	s, err := r.service(ctx, 0)
	if err != nil {
		return nil, err
	}
	r.audit("killtask %v %s", s.title(), r.words[1])
	vs, err := r.node().Debug(ctx, s.Address, "KILLTASK", r.words[1])
	return dump(vs), err
}

func taskLister(cmd string) func(context.Context, *request) (Result, error) {
	return func(ctx context.Context, r *request) (Result, error) {
		s, err := r.service(ctx, 0)
		if err != nil {
			return nil, err
		}
		vs, err := r.node().Debug(ctx, s.Address, cmd)
		if err != nil {
			return nil, err
		}
		if len(vs) != 1 || vs[0].Type != "table" {
			return dump(vs), nil
		}
		t := &table{columns: cols("task", "traceback"), block: true, empty: "no tasks"}
		t.compat = func(row []any) []string {
			return []string{Printable(cellText(row[0])), Printable(cellText(row[1]))}
		}
		for _, f := range vs[0].Fields {
			t.add(f.Key.Bare(), f.Value.Bare())
		}
		return t, nil
	}
}
