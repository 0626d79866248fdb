package runtime

import (
	"context"
	"errors"
	"fmt"
	"time"

	lua "github.com/yuin/gopher-lua"
)

// ErrExited is why a service is gone that has called skynet.exit. Launch returns
// it for one that did so in its start function.
var ErrExited = errExited

// Info tells of one service, as List does of all.
func (n *Node) Info(h Handle) (ServiceInfo, error) {
	s, err := n.endingService(h)
	if err != nil {
		return ServiceInfo{}, err
	}
	info := s.info()
	info.look(s)
	return info, nil
}

// Held are lines about what libraries hold for a service: connections, say.
func (n *Node) Held(ctx context.Context, h Handle) (lines []string, err error) {
	s, err := n.Service(h)
	if err != nil {
		return nil, err
	}
	err = n.askNow(ctx, s, func(s *Service) {
		lines = s.states.Info()
		for _, g := range s.generations() {
			lines = append(lines, g.states.Info()...)
		}
	})
	return lines, err
}

// Ping waits until the service has handled what is in its mailbox now.
func (n *Node) Ping(ctx context.Context, h Handle) error {
	s, err := n.Service(h)
	if err != nil {
		return err
	}
	return n.askNow(ctx, s, func(*Service) {})
}

// Exit has a service leave as if it had called skynet.exit, once it has handled
// what is in its mailbox now. It waits until the service is gone.
func (n *Node) Exit(ctx context.Context, h Handle) error {
	s, err := n.Service(h)
	if err != nil {
		return err
	}
	if s.native != nil {
		return fmt.Errorf("%s (%s) is one of the node's own services: it can't exit", h, s.script)
	}
	err = n.ask(ctx, s, func(s *Service) {
		if s.leaving == nil {
			s.leave(errExited)
			s.closeTasks()
			s.log("KILL self")
		}
	})
	if err != nil {
		return err
	}
	select {
	case <-s.over:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("%s (%s): still ending: %w", h, s.script, ctx.Err())
	}
}

// KillTask ends one task of a service and returns it: the one that choose picks, by
// its index, among all that live, the oldest first. Where choose fails nothing ends.
func (n *Node) KillTask(ctx context.Context, h Handle, choose func([]TaskInfo) (int, error)) (TaskInfo, error) {
	s, err := n.Service(h)
	if err != nil {
		return TaskInfo{}, err
	}
	var chosen TaskInfo
	var refused error
	err = n.askNow(ctx, s, func(s *Service) {
		var tasks []*Task
		var infos []TaskInfo
		for _, g := range s.generations() {
			for _, t := range g.tasks() {
				tasks, infos = append(tasks, t), append(infos, t.info())
			}
		}
		i, err := choose(infos)
		if err != nil {
			refused = err
			return
		}
		t := tasks[i]
		chosen = infos[i]
		s.log("killed from the console: %s", t.describe())
		s.killClosing(t, "the task was killed from the console")
		t.gen.settle()
	})
	return chosen, errors.Join(err, refused)
}

// CallInfo calls the function that the service gave to skynet.info_func. The
// second result is false when it gave none. The values are copies where they
// are tables. A service that is in one message for long isn't waited for: that is
// a BusyError.
func (n *Node) CallInfo(ctx context.Context, h Handle, args ...lua.LValue) ([]lua.LValue, bool, error) {
	s, err := n.Service(h)
	if err != nil {
		return nil, false, err
	}
	var results []lua.LValue
	asked := false
	done := make(chan error, 1)
	begun := n.do(s, func(s *Service) {
		if s.code == nil || s.leaving != nil || s.code.infoFunc == nil {
			done <- nil
			return
		}
		asked = true
		t := s.code.newTask(taskInject, s.code.infoFunc, args)
		t.ended = func(t *Task) {
			for _, v := range t.fiber.Results() {
				results = append(results, copyValue(v))
			}
			done <- taskError(t)
		}
		s.step(t)
	})
	if !begun {
		return nil, false, fmt.Errorf("%s: %w", h, ErrNoService)
	}
	look := time.NewTicker(busyAfter / 10)
	defer look.Stop()
	for {
		select {
		case err := <-done:
			return results, asked, err
		case <-ctx.Done():
			return nil, true, fmt.Errorf("%s (%s): no answer: %w; %s", h, s.script, ctx.Err(), s.busyWith())
		case <-look.C:
			if busy := s.busy(); busy != nil {
				return nil, true, busy
			}
		}
	}
}
