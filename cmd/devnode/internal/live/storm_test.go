package live

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

const stormServices = 10

// TestStorm saves the scripts of ten services at random while they are called, are sent
// messages, and talk over connections that half-close: good versions, broken ones, and
// such as the next save supersedes. Services are killed, and exit, and are launched
// again. No call, message or line may be lost, doubled or out of order, but what was
// asked of a service that was then ended; and in the end each takes a new version.
//
// It takes 15 seconds. DEVNODE_STORM, a duration such as 2m, makes it longer;
// DEVNODE_SEED, a number, has other saves.
func TestStorm(t *testing.T) {
	usual := 15 * time.Second
	if testing.Short() {
		usual = 3 * time.Second
	}
	long, seed := lengthAndSeed(t, "DEVNODE_STORM", usual)
	s := newStorm(t, seed)
	var clients sync.WaitGroup
	for i, slot := range s.slots {
		for caller := range 2 {
			clients.Go(func() { s.call(slot, caller) })
		}
		clients.Go(func() { s.feed(slot) })
		clients.Go(func() { s.connect(slot, rand.New(rand.NewPCG(seed, uint64(100+i)))) })
	}
	for end := time.Now().Add(long); time.Now().Before(end) && !t.Failed(); {
		s.act()
		time.Sleep(time.Duration(s.rand.IntN(40)) * time.Millisecond) // of the one who saves
	}
	s.ended.Store(true)
	for _, slot := range s.slots {
		slot.close()
	}
	clients.Wait()
	s.settle()
	t.Logf("%d saves, %d of them broken, %d superseded; %d kills, %d exits; %d calls, %d messages, %d lines",
		s.saves, s.broken, s.superseded, s.kills, s.exits, s.calls.Load(), s.messages.Load(), s.lines.Load())
	if !t.Failed() {
		t.Log("0 lost, 0 doubled, 0 out of order, 0 services that can't be reloaded")
	}
}

// storm is a run of the storm test.
type storm struct {
	*world
	rand    *rand.Rand
	slots   []*stormSlot
	feeder  *stormLife
	version int
	common  int // the version of the module
	ended   atomic.Bool

	saves, broken, superseded, kills, exits int
	calls, messages, lines                  atomic.Int64
}

// stormSlot is a service in all its lives.
type stormSlot struct {
	name string
	mu   sync.Mutex
	cond *sync.Cond
	life *stormLife
	over bool
	want string // what its last good version answers, but for the module's
}

// next waits for a life after the given one, and returns nil at the end.
func (slot *stormSlot) next(last *stormLife) *stormLife {
	slot.mu.Lock()
	defer slot.mu.Unlock()
	for slot.life == last && !slot.over {
		slot.cond.Wait()
	}
	if slot.over {
		return nil
	}
	return slot.life
}

func (slot *stormSlot) close() {
	slot.mu.Lock()
	defer slot.mu.Unlock()
	slot.over = true
	slot.cond.Broadcast()
}

func newStorm(t *testing.T, seed uint64) *storm {
	s := &storm{rand: rand.New(rand.NewPCG(seed, 1))}
	files := map[string]string{"lib/common.lua": commonText(0), "svc/feeder.lua": stormText(0, "first", "")}
	for i := range stormServices {
		slot := &stormSlot{name: fmt.Sprintf("w%d", i), want: "0 first"}
		slot.cond = sync.NewCond(&slot.mu)
		s.slots = append(s.slots, slot)
		files["svc/"+slot.name+".lua"] = stormText(0, "first", "")
	}
	s.world = newWorld(t, files)
	s.feeder = &stormLife{name: "feeder", row: "feeder", handle: s.launch("feeder")}
	for _, slot := range s.slots {
		s.launchInto(slot)
	}
	return s
}

func (s *storm) over() bool { return s.ended.Load() || s.t.Failed() }

func (s *storm) launchInto(slot *stormSlot) {
	s.version++
	life := &stormLife{name: slot.name, row: fmt.Sprintf("%s, life %d", slot.name, s.version), handle: s.launch(slot.name)}
	slot.mu.Lock()
	defer slot.mu.Unlock()
	slot.life = life
	slot.cond.Broadcast()
}

// act does one thing to the services.
func (s *storm) act() {
	slot := s.slots[s.rand.IntN(len(s.slots))]
	switch k := s.rand.IntN(100); {
	case k < 4:
		s.kills++
		s.end(slot, func(life *stormLife) { must(s.t, s.node.Kill(life.handle)) })
	case k < 8:
		s.exits++
		s.end(slot, func(life *stormLife) { s.called(life, "exit") })
	case k < 14:
		s.saveCommon()
	case k < 20:
		s.broken++
		s.put("svc/"+slot.name+".lua", brokenText(s.rand.IntN(5), s.version))
	case k < 24:
		s.put("svc/feeder.lua", stormText(s.next(), "good", s.start(false)))
	case k < 40:
		s.superseded++
		s.good(slot, true)
		time.Sleep(time.Duration(s.rand.IntN(60)) * time.Millisecond)
		if s.rand.IntN(4) == 0 {
			s.put("svc/"+slot.name+".lua", brokenText(s.rand.IntN(5), s.version))
			time.Sleep(time.Duration(s.rand.IntN(20)) * time.Millisecond)
		}
		s.good(slot, false)
	default:
		s.good(slot, false)
	}
}

func (s *storm) next() int {
	s.version++
	return s.version
}

func (s *storm) put(name, text string) {
	s.saves++
	if s.rand.IntN(2) == 0 {
		s.save(name, text)
		return
	}
	must(s.t, os.WriteFile(s.path("tmp"), []byte(text), 0o644))
	must(s.t, os.Rename(s.path("tmp"), s.path(name)))
}

// start is what a start function does besides: nothing new, so that the service can be
// patched; something new; or something that takes a while.
func (s *storm) start(slow bool) string {
	switch {
	case slow:
		return fmt.Sprintf("skynet.sleep(%d)", 2+s.rand.IntN(6))
	case s.rand.IntN(2) == 0:
		return fmt.Sprintf("local started = %d", s.version)
	}
	return ""
}

// good saves a good version of a service.
func (s *storm) good(slot *stormSlot, slow bool) {
	version := s.next()
	s.put("svc/"+slot.name+".lua", stormText(version, "good", s.start(slow)))
	slot.want = fmt.Sprintf("%d good", version)
}

func (s *storm) saveCommon() {
	if s.rand.IntN(3) == 0 {
		s.broken++
		s.put("lib/common.lua", "local M = = {}")
		time.Sleep(time.Duration(s.rand.IntN(30)) * time.Millisecond)
	}
	s.common = s.next()
	s.put("lib/common.lua", commonText(s.common))
}

// end ends a service, and launches it again from a good script.
func (s *storm) end(slot *stormSlot, how func(*stormLife)) {
	life := slot.life
	life.dying.Store(true)
	how(life)
	s.eventually(life.row+" ends", func() bool { _, err := s.node.Info(life.handle); return err != nil })
	s.good(slot, false)
	s.launchInto(slot)
}

// settle saves a last version of all, which each has to take, and compares what was
// counted.
func (s *storm) settle() {
	s.common = s.next()
	s.put("lib/common.lua", commonText(s.common))
	for _, slot := range s.slots {
		s.good(slot, false)
	}
	for _, slot := range s.slots {
		life, want := slot.life, fmt.Sprintf("%s common %d", slot.want, s.common)
		s.eventually(fmt.Sprintf("%s answers %q", life.row, want), func() bool { return s.ask(life.handle, "version") == want })
		s.eventually(life.row+" has no failure", func() bool { return s.info(life.handle).Failure == "" })
		if faults := s.ask(life.handle, "faults"); faults != "" {
			s.t.Errorf("%s: %s", life.row, faults)
		}
		if got := s.ask(life.handle, "noted", "sent to "+life.row); got != fmt.Sprint(life.sent) {
			s.t.Errorf("%s has %s of %d messages", life.row, got, life.sent)
		}
	}
	s.eventually("all connections are closed", func() bool {
		for _, socket := range s.node.Sockets() {
			if socket.Type != "LISTEN" {
				return false
			}
		}
		return true
	})
	if n := len(s.node.Sockets()); n != stormServices+1 {
		s.t.Errorf("%d sockets are left, want one for each of %d services", n, stormServices+1)
	}
	if text := s.log.String(); strings.Contains(text, "Unknown session") || strings.Contains(text, "panic") {
		s.t.Error("the log tells of unknown sessions or a panic")
	}
}
