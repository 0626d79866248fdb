package console

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// A thousand connections come and go, cut wherever it hurts, while one works.
// Nothing of them is left, and the one never notices.
func TestThousandConnections(t *testing.T) {
	s := serveFake(t, ListenConfig{})
	stop := make(chan struct{})
	worked := make(chan int, 1)
	worker := s.dialPlain()
	go func() { worked <- keepsPinging(t, worker, stop) }()

	const workers = 20
	each := 1000 / workers
	if testing.Short() {
		each = 5
	}
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			rnd := rand.New(rand.NewPCG(uint64(w), 7))
			for range each {
				comeAndGo(t, s.addr, rnd)
			}
		})
	}
	wg.Wait()
	close(stop)
	if n := <-worked; n == 0 {
		t.Error("the working connection got no answer")
	}
	if got := s.pipe("ping echo\n"); got != banner+"\n0\n<CMD OK>\n" {
		t.Errorf("afterwards: %q", got)
	}
	s.stop()
	if n := s.node.waiting(); n != 0 {
		t.Errorf("%d calls are left", n)
	}
}

// keepsPinging sends pings one after another and checks each answer.
func keepsPinging(t *testing.T, c net.Conn, stop <-chan struct{}) (n int) {
	in := bufio.NewReader(c)
	_ = c.SetDeadline(time.Now().Add(2 * time.Minute))
	fmt.Fprintln(c)
	if line, err := in.ReadString('\n'); err != nil || line != banner+"\n" {
		t.Errorf("%q, %v", line, err)
		return 0
	}
	for {
		select {
		case <-stop:
			return n
		default:
		}
		fmt.Fprintln(c, "info echo")
		for {
			line, err := in.ReadString('\n')
			if err != nil {
				t.Error("the working connection:", err)
				return 0
			}
			if line == "<CMD OK>\n" {
				break
			}
		}
		n++
	}
}

// comeAndGo is one connection that ends in one of the bad ways.
func comeAndGo(t *testing.T, addr string, rnd *rand.Rand) {
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Error(err)
		return
	}
	defer func() { _ = c.Close() }()
	_ = c.(*net.TCPConn).SetLinger(0) // no port waits afterwards, and the node sees a reset
	_ = c.SetDeadline(time.Now().Add(30 * time.Second))
	noise := make([]byte, 3000)
	for i := range noise {
		noise[i] = byte(rnd.Uint32())
	}
	some := func(n int) { _, _ = io.CopyN(io.Discard, c, int64(n)) }
	switch rnd.IntN(9) {
	case 0: // gone at once
	case 1: // in mid-line
		_, _ = io.WriteString(c, "call echo \"ad")
		some(len(banner) + 1)
	case 2: // in mid-output
		_, _ = io.WriteString(c, strings.Repeat("call echo \"rows\"\n", 20))
		some(100 + rnd.IntN(5000))
	case 3: // in half a negotiation
		_, _ = c.Write([]byte{255, 250, 31, 0, 255})
		some(3)
	case 4: // a telnet in mid-line
		_, _ = io.WriteString(c, "\xff\xfd\x01\xff\xfd\x03\xff\xfc\x1fcall echo \"add")
		some(60)
	case 5: // a telnet in mid-command
		_, _ = io.WriteString(c, "\xff\xfd\x01\xff\xfd\x03\xff\xfc\x1fcall spin 1\r")
		some(60)
	case 6: // noise
		_, _ = c.Write(noise)
	case 7: // a telnet that sends noise
		_, _ = c.Write(append([]byte("\xff\xfd\x01\xff\xfd\x03\xff\xfc\x1f"), noise...))
		some(60)
	case 8: // a hung call
		_, _ = io.WriteString(c, "call spin 1\n")
		some(len(banner) + 1)
	}
}

// Who sends commands and never reads the answers holds up nobody, also not the
// end of the node.
func TestStalledReader(t *testing.T) {
	s := serveFake(t, ListenConfig{})
	stalled := s.dial()
	written := make(chan struct{})
	go func() {
		defer close(written)
		lots := []byte(strings.Repeat("call echo \"rows\"\n", 1000))
		for {
			if _, err := stalled.Write(lots); err != nil {
				return
			}
		}
	}()
	for range 20 {
		if got := s.pipe("ping echo\n"); got != banner+"\n0\n<CMD OK>\n" {
			t.Fatalf("%q", got)
		}
	}
	start := time.Now()
	s.stop()
	if d := time.Since(start); d > time.Minute {
		t.Errorf("stopping took %v", d)
	}
	<-written
}

// A line of 100 MB costs its sender the connection, and the node no memory.
func TestEndlessLine(t *testing.T) {
	s := serveFake(t, ListenConfig{})
	c := s.dial()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	piece := bytes.Repeat([]byte("x"), 1<<20)
	sent := 0
	for ; sent < 100; sent++ {
		if _, err := c.Write(piece); err != nil {
			break
		}
	}
	if sent == 100 {
		t.Error("100 MB were taken")
	}
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 16<<20 {
		t.Errorf("the heap grew by %d bytes", grown)
	}
	s.logged("longer than 64 KiB")
}

// 500 rows to a program are 500 lines, at once.
func TestManyRows(t *testing.T) {
	s := serveFake(t, ListenConfig{})
	got := s.pipe("call echo \"rows\"\n")
	if n := strings.Count(got, "\n"); n != 1+500+1+1 {
		t.Errorf("%d lines", n)
	}
}

// Each connection has a state of its own.
func TestUseIsPerConnection(t *testing.T) {
	s := serveFake(t, ListenConfig{})
	one, two := s.dialPlain(), s.dialPlain()
	fmt.Fprint(one, "use echo\n")
	fmt.Fprint(two, "ping echo\n")
	fmt.Fprint(one, "x\nquit\n.quit\n")
	fmt.Fprint(two, "quit\n")
	a, _ := io.ReadAll(one)
	b, _ := io.ReadAll(two)
	if want := banner + "\n<CMD OK>\n\"x\"\n<CMD OK>\nnil\n<CMD OK>\n"; string(a) != want {
		t.Errorf("got %q, want %q", a, want)
	}
	if want := banner + "\n0\n<CMD OK>\n"; string(b) != want {
		t.Errorf("got %q, want %q", b, want)
	}
}

// A program follows the log until it sends its next line.
func TestTailOverTCP(t *testing.T) {
	s := serveFake(t, ListenConfig{})
	c := s.dial()
	in := bufio.NewReader(c)
	fmt.Fprint(c, "tail echo -n 1\n")
	want := func(line string) {
		t.Helper()
		if got, err := in.ReadString('\n'); err != nil || got != line {
			t.Fatalf("got %q, %v, want %q", got, err, line)
		}
	}
	want(banner + "\n")
	want("12:00:00.000\tinfo\t:00000009\thello\n")
	at := time.Date(2026, 1, 2, 13, 0, 0, 0, time.UTC)
	s.journal.Append(LogLine{Time: at, Level: "warn", Address: 10, Text: "not this one"})
	s.journal.Append(LogLine{Time: at, Level: "warn", Address: 9, Text: "new"})
	want("13:00:00.000\twarn\t:00000009\tnew\n")
	for i := range 1000 {
		s.journal.Append(LogLine{Time: at, Level: "info", Address: 10, Text: fmt.Sprint(i)}) // more than it keeps
	}
	fmt.Fprint(c, "ping echo\n")
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		if line == "<CMD OK>\n" {
			break
		}
	}
	want("0\n")
}

// What is asked of nc, run through the real one.
func TestRealNetcat(t *testing.T) {
	nc, err := exec.LookPath("nc")
	if err != nil {
		t.Skip("no nc here")
	}
	s := serveFake(t, ListenConfig{})
	host, port, _ := strings.Cut(s.addr, ":")
	cmd := exec.Command(nc, "-N", host, port)
	cmd.Stdin = strings.NewReader("list\nstat\nhelp\n")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	if bytes.ContainsAny(out, "\x1b\r") || bytes.IndexByte(out, 0xff) >= 0 || bytes.Count(out, []byte("<CMD OK>\n")) != 3 {
		t.Errorf("%q", out)
	}
}
