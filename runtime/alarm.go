package runtime

import (
	"sync/atomic"
	"time"
)

// alarm calls a function once its time has come. Go may hold on to a timer that
// was stopped until that time; one that was stopped here holds on to nothing.
type alarm struct {
	timer *time.Timer
	fn    atomic.Pointer[func()]
}

// setAlarm has fn called on a goroutine of its own after d.
func setAlarm(d time.Duration, fn func()) *alarm {
	a := &alarm{}
	a.fn.Store(&fn)
	a.timer = time.AfterFunc(d, func() {
		if fn := a.fn.Swap(nil); fn != nil {
			(*fn)()
		}
	})
	return a
}

func (a *alarm) stop() {
	if a != nil {
		a.fn.Store(nil)
		a.timer.Stop()
	}
}
