package main

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"devnode/cmd/devnode/internal/settings"
	"devnode/console"
	"devnode/runtime"
)

// mainService starts the main service. One whose script fails is started again
// with the next save, so that a node needn't be restarted for a slip of the pen.
type mainService struct {
	node     *runtime.Node
	settings settings.Settings
	log      *logSink
	told     func(reason string) // of a start that failed
	again    chan struct{}       // a file was saved
	failed   atomic.Bool         // it waits for a save
}

func newMainService(node *runtime.Node, s settings.Settings, log *logSink, told func(reason string)) *mainService {
	return &mainService{node: node, settings: s, log: log, told: told, again: make(chan struct{}, 1)}
}

// saved is told of every batch of saves. It is true when it answers for the
// batch: the main service is not running and is started again.
func (m *mainService) saved() bool {
	if !m.failed.Load() {
		return false
	}
	select {
	case m.again <- struct{}{}:
	default:
	}
	return true
}

// run launches the main service. Without a watcher a failure is the end.
func (m *mainService) run(ctx context.Context) error {
	for {
		_, err := m.node.Launch(ctx, m.settings.Main, m.settings.Args...)
		switch {
		case err == nil, errors.Is(err, runtime.ErrExited), errors.Is(err, runtime.ErrClosed), ctx.Err() != nil:
			return nil
		case !m.settings.Watch:
			return fmt.Errorf("%s did not start: %s", m.settings.Title(), console.Cause(err.Error()))
		}
		m.failed.Store(true)
		m.told(console.Cause(err.Error()))
		select {
		case <-ctx.Done():
			return nil
		case <-m.again:
		}
		m.failed.Store(false)
		m.clear()
		m.log.logf("starting %s again", m.settings.Main)
	}
}

// clear ends what the failed start has left behind.
func (m *mainService) clear() {
	for _, info := range m.node.List() {
		if !info.System {
			_ = m.node.Kill(info.Handle) // one that is gone by now is what was wanted
		}
	}
}
