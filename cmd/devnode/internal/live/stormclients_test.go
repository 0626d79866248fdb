package live

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime"
)

// stormLife is one life of a service, from its launch to its end. What is asked of it
// may fail once it is dying, and not before.
type stormLife struct {
	name   string
	row    string // of numbers, one for each life
	handle runtime.Handle
	dying  atomic.Bool
	sent   int // numbers that were sent to it, of the feeder's row
}

// answerTime is how long an answer may take. It is lost if it takes longer.
const answerTime = 60 * time.Second

// called is what a service answers; ok is false when it has ended meanwhile.
func (s *storm) called(life *stormLife, words ...any) (answer string, ok bool) {
	ctx, cancel := context.WithTimeout(s.ctx, answerTime)
	defer cancel()
	var values []lua.LValue
	for _, w := range words {
		if n, isNumber := w.(int); isNumber {
			values = append(values, lua.LNumber(n))
		} else {
			values = append(values, lua.LString(w.(string)))
		}
	}
	got, err := s.node.Call(ctx, life.handle, values...)
	if err != nil {
		if !life.dying.Load() || ctx.Err() != nil {
			s.t.Errorf("lost: %s %v: %v", life.name, words, err)
		}
		return "", false
	}
	var texts []string
	for _, v := range got {
		texts = append(texts, v.String())
	}
	return strings.Join(texts, " "), true
}

// call makes calls of a service, one after another, for all its lives.
func (s *storm) call(slot *stormSlot, caller int) {
	for life := slot.next(nil); life != nil; life = slot.next(life) {
		row := fmt.Sprintf("calls %d of %s", caller, life.row)
		for n := 1; !s.over() && !life.dying.Load(); n++ {
			text := fmt.Sprintf("text %d", n)
			answer, ok := s.called(life, "call", row, n, text)
			if !ok {
				break
			}
			s.calls.Add(1)
			if want := fmt.Sprintf("%d %s", n, text); answer != want {
				s.t.Errorf("%s: got %q, want %q", row, answer, want)
			}
		}
	}
}

// feed has the feeder send messages to a service, which are counted there.
func (s *storm) feed(slot *stormSlot) {
	for life := slot.next(nil); life != nil; life = slot.next(life) {
		for !s.over() && !life.dying.Load() {
			answer, ok := s.called(s.feeder, "send", fmt.Sprint(uint32(life.handle)), "sent to "+life.row, 10)
			if !ok {
				return
			}
			if _, err := fmt.Sscan(answer, &life.sent); err != nil {
				s.t.Errorf("the feeder: %q", answer)
			}
			s.messages.Add(10)
			s.called(life, "noted", "sent to "+life.row) // no more than it can take
		}
	}
}

// connect talks to a service over connections, one after another. Each line has to
// come back once, in order, and at last how many they were, also behind a half-close.
func (s *storm) connect(slot *stormSlot, r *rand.Rand) {
	for life := slot.next(nil); life != nil; life = slot.next(life) {
		port, ok := s.called(life, "port")
		for ok && !s.over() && !life.dying.Load() {
			lines := 1 + r.IntN(60)
			if err := s.talk("127.0.0.1:"+port, lines, r); err == nil {
				s.lines.Add(int64(lines))
			} else if !life.dying.Load() {
				s.t.Errorf("lost: a connection of %s: %v", life.row, err)
			}
		}
	}
}

func (s *storm) talk(address string, lines int, r *rand.Rand) error {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return err
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(answerTime))
	halfClose := r.IntN(3) > 0
	pauses := make([]time.Duration, lines)
	for i := range pauses {
		if r.IntN(5) == 0 {
			pauses[i] = time.Duration(r.IntN(20)) * time.Millisecond
		}
	}
	var writer sync.WaitGroup
	defer writer.Wait()
	writer.Go(func() {
		for n := range lines {
			line := fmt.Sprintf("%d of %d\n", n+1, lines)
			half := len(line) / 2
			_, _ = io.WriteString(conn, line[:half])
			time.Sleep(pauses[n]) // of the one who types
			_, _ = io.WriteString(conn, line[half:])
		}
		if !halfClose {
			_, _ = io.WriteString(conn, "quit\n")
		} else {
			_ = conn.(*net.TCPConn).CloseWrite()
		}
	})
	in := bufio.NewReader(conn)
	for n := range lines {
		if got, err := in.ReadString('\n'); err != nil || got != fmt.Sprintf("%d of %d\n", n+1, lines) {
			return fmt.Errorf("line %d of %d: got %q, %w", n+1, lines, got, noError(err))
		}
	}
	rest, err := io.ReadAll(in)
	if want := fmt.Sprintf("end %d\n", lines); string(rest) != want || err != nil {
		return fmt.Errorf("at the end, half closed %v: got %q, want %q: %w", halfClose, rest, want, noError(err))
	}
	return nil
}

// noError stands for an error that isn't there.
func noError(err error) error {
	if err == nil {
		return fmt.Errorf("no error")
	}
	return err
}
