package actor

import (
	"sync/atomic"
	"time"
)

// Alarm calls a function once its time has come. Go may hold on to a timer that
// was stopped until that time; one that was stopped here holds on to nothing.
type Alarm struct {
	timer *time.Timer
	fn    atomic.Pointer[func()]
}

// SetAlarm has fn called on a goroutine of its own after d.
func SetAlarm(d time.Duration, fn func()) *Alarm {
	a := &Alarm{}
	a.fn.Store(&fn)
	a.timer = time.AfterFunc(d, func() {
		if fn := a.fn.Swap(nil); fn != nil {
			(*fn)()
		}
	})
	return a
}

// Stop ends the alarm. It does nothing for one that is nil, or has been called.
func (a *Alarm) Stop() {
	if a != nil {
		a.fn.Store(nil)
		a.timer.Stop()
	}
}
