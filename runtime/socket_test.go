package runtime

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// lineServer answers each line with its version, and knows nothing of reloads:
// it listens anew, and goes on with the connections that it finds.
const lineServer = `local skynet = require "skynet"
local socket = require "skynet.socket"
local VERSION = %d
local function serve(id)
	socket.start(id)
	while true do
		local line = socket.readline(id)
		if not line then break end
		socket.write(id, VERSION .. " " .. line .. "\n")
	end
	socket.close(id)
end
skynet.start(function()
	local id, addr, port = socket.listen("127.0.0.1", 0)
	PORT = port
	socket.start(id, function(id) skynet.fork(serve, id) end)
	for id, kind in pairs(socket.list()) do
		if kind == "tcp" then skynet.fork(serve, id) end
	end
	skynet.dispatch("lua", function(_, _, cmd, ...)
		if cmd == "port" then skynet.retpack(PORT) end
		if cmd == "readline" then skynet.retpack(socket.readline(...)) end
	end)
end)
`

// connect opens a connection to a service that tells its port. It is closed
// with the test.
func (tn *testNode) connect(h Handle) (net.Conn, *bufio.Reader) {
	tn.t.Helper()
	conn, err := net.Dial("tcp", "127.0.0.1:"+tn.ask(h, "port"))
	if err != nil {
		tn.t.Fatal(err)
	}
	conn.SetDeadline(time.Now().Add(60 * time.Second))
	tn.t.Cleanup(func() { conn.Close() })
	return conn, bufio.NewReader(conn)
}

func say(t *testing.T, conn net.Conn, r *bufio.Reader, line, want string) {
	t.Helper()
	if _, err := io.WriteString(conn, line+"\n"); err != nil {
		t.Fatal(err)
	}
	got, err := r.ReadString('\n')
	if err != nil || got != want+"\n" {
		t.Fatalf("got %q, %v; want %q", got, err, want)
	}
}

func TestReload11ConnectionsOutliveReloads(t *testing.T) {
	tn := newTestNode(t, map[string]string{"s.lua": fmt.Sprintf(lineServer, 1)}, nil)
	h := tn.launch("s")
	port := tn.ask(h, "port")
	conn, r := tn.connect(h)
	say(t, conn, r, "a", "1 a")
	io.WriteString(conn, "half of ") // waits in the inbox over the reload
	for version := 2; version <= 5; version++ {
		tn.write("s.lua", fmt.Sprintf(lineServer, version))
		tn.mustReload(h)
		if got := tn.ask(h, "port"); got != port {
			t.Fatalf("the port was %s and is %s", port, got)
		}
		say(t, conn, r, "a line", fmt.Sprintf("%d half of a line", version))
		io.WriteString(conn, "half of ")
		other, or := tn.connect(h)
		say(t, other, or, "b", fmt.Sprintf("%d b", version))
	}
	var kinds []string
	for _, i := range tn.Sockets() {
		if i.Service != h {
			t.Errorf("socket %d belongs to %s", i.ID, i.Service)
		}
		kinds = append(kinds, i.Type)
	}
	if got := strings.Join(kinds, " "); got != "LISTEN TCP TCP TCP TCP TCP" {
		t.Errorf("sockets: %s", got)
	}
	tn.wantNoLog("Unknown session")
	tn.wantNoLog("has no function for its connections")
}

// No byte is lost or doubled, and no connection refused, while the code is
// replaced again and again.
func TestBytesUnderReloads(t *testing.T) {
	tn := newTestNode(t, map[string]string{"s.lua": fmt.Sprintf(lineServer, 1)}, nil)
	h := tn.launch("s")
	const clients, lines = 8, 400
	var wg sync.WaitGroup
	for c := range clients {
		conn, r := tn.connect(h)
		wg.Go(func() {
			for i := range lines {
				fmt.Fprintf(conn, "line %d of %d\n", i, c)
			}
		})
		wg.Go(func() {
			for i := range lines {
				got, err := r.ReadString('\n')
				_, text, _ := strings.Cut(got, " ")
				if want := fmt.Sprintf("line %d of %d\n", i, c); err != nil || text != want {
					t.Errorf("got %q, %v; want %q", got, err, want)
					return
				}
			}
		})
	}
	over := make(chan struct{})
	go func() { wg.Wait(); close(over) }()
	for version := 2; ; version++ {
		select {
		case <-over:
			tn.wantNoLog("Unknown session")
			return
		default:
			tn.write("s.lua", fmt.Sprintf(lineServer, version))
			tn.mustReload(h)
		}
	}
}

// A request that waits for a line is answered by the code that it came to.
func TestRequestReadsOnAfterReload(t *testing.T) {
	tn := newTestNode(t, map[string]string{"s.lua": `local skynet = require "skynet"
local socket = require "skynet.socket"
local reload = require "reload"
local ids = reload.keep("ids", {})
skynet.start(function()
	local l, _, port = socket.listen("127.0.0.1", 0)
	socket.start(l, function(id) socket.start(id) ids[#ids + 1] = id end)
	skynet.dispatch("lua", function(_, _, cmd)
		if cmd == "port" then return skynet.retpack(port) end
		if cmd == "count" then return skynet.retpack(#ids) end
		if cmd == "write" then return skynet.retpack(socket.write(ids[1], "from the new\n")) end
		skynet.retpack(socket.readline(ids[1]))
	end)
end)`}, nil)
	h := tn.launch("s")
	conn, r := tn.connect(h)
	waitFor(t, "the connection", func() bool { return tn.ask(h, "count") == "1" })
	answer := make(chan string, 1)
	go func() { got, _ := tn.tryAsk(h, "read"); answer <- got }()
	waitFor(t, "the reader", func() bool { return tn.tasks(h) >= 1 })
	tn.mustReload(h)
	if got := tn.ask(h, "write"); got != "true" {
		t.Errorf("write: %s", got)
	}
	if line, _ := r.ReadString('\n'); line != "from the new\n" {
		t.Errorf("got %q", line)
	}
	io.WriteString(conn, "to the old\nto the new\n")
	if got := <-answer; got != "to the old" {
		t.Errorf("the old request got %q", got)
	}
	if got := tn.ask(h, "read"); got != "to the new" {
		t.Errorf("the new request got %q", got)
	}
}

// What a generation opens that never takes over is closed; what it claimed
// stays with the old one.
func TestAbortedReloadLeavesSocketsAlone(t *testing.T) {
	tn := newTestNode(t, map[string]string{"s.lua": fmt.Sprintf(lineServer, 1)}, nil)
	h := tn.launch("s")
	conn, r := tn.connect(h)
	say(t, conn, r, "a", "1 a")
	tn.write("s.lua", strings.Replace(fmt.Sprintf(lineServer, 2), "skynet.dispatch", `socket.listen("127.0.0.1", 0) error "no"
	skynet.dispatch`, 1))
	if rec := tn.reload1(h, ReloadOptions{}); rec.Err == nil {
		t.Fatal("the reload succeeded")
	}
	say(t, conn, r, "b", "1 b")
	other, or := tn.connect(h)
	say(t, other, or, "c", "1 c")
	waitFor(t, "the new listener to close", func() bool { return len(tn.Sockets()) == 3 })
}

func TestListenerWithoutFunctionIsReported(t *testing.T) {
	server := fmt.Sprintf(lineServer, 1)
	tn := newTestNode(t, map[string]string{"s.lua": server}, nil)
	h := tn.launch("s")
	port := tn.ask(h, "port")
	mute := strings.Replace(server, `local id, addr, port = socket.listen("127.0.0.1", 0)`, "do return end local id", 1)
	tn.write("s.lua", mute)
	tn.mustReload(h)
	waitFor(t, "the report", func() bool {
		return strings.Contains(tn.log.String(), "listens at 127.0.0.1:0, but generation 2 has no function for its connections")
	})
	conn, err := net.Dial("tcp", "127.0.0.1:"+port)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	io.WriteString(conn, "waits\n")
	tn.write("s.lua", server)
	tn.mustReload(h)
	if line, err := bufio.NewReader(conn).ReadString('\n'); line != "1 waits\n" {
		t.Errorf("got %q, %v", line, err)
	}
}

func TestSocketsCloseWithTheirService(t *testing.T) {
	tn := newTestNode(t, map[string]string{"s.lua": fmt.Sprintf(lineServer, 1)}, nil)
	h := tn.launch("s")
	conn, r := tn.connect(h)
	say(t, conn, r, "a", "1 a")
	if err := tn.Kill(h); err != nil {
		t.Fatal(err)
	}
	if _, err := r.ReadByte(); err != io.EOF {
		t.Errorf("reading gave %v", err)
	}
	waitFor(t, "the sockets to close", func() bool { return len(tn.Sockets()) == 0 })
}

// A service that doesn't read makes the sender wait, and loses nothing.
// inboxFull is how much of a connection that nobody reads is taken in.
const inboxFull = 256 << 10

func TestSlowReaderHoldsTheSenderBack(t *testing.T) {
	tn := newTestNode(t, map[string]string{"s.lua": `local skynet = require "skynet"
local socket = require "skynet.socket"
local conn
skynet.start(function()
	local l, _, port = socket.listen("127.0.0.1", 0)
	socket.start(l, function(id) socket.start(id) conn = id end)
	skynet.dispatch("lua", function(_, _, cmd, n)
		if cmd == "port" then return skynet.retpack(port) end
		skynet.retpack(#socket.read(conn, n))
	end)
end)`}, nil)
	h := tn.launch("s")
	conn, _ := tn.connect(h)
	const size = 16 << 20
	sent := make(chan error, 1)
	go func() { _, err := conn.Write(make([]byte, size)); sent <- err }()
	waitFor(t, "the inbox to fill", func() bool {
		for _, i := range tn.Sockets() {
			if i.Unread >= inboxFull {
				return true
			}
		}
		return false
	})
	for _, i := range tn.Sockets() {
		if i.Unread > 2*inboxFull {
			t.Errorf("%d bytes wait unread", i.Unread)
		}
	}
	if got := tn.ask(h, "read", size); got != fmt.Sprint(size) {
		t.Errorf("read %s bytes", got)
	}
	if err := <-sent; err != nil {
		t.Error(err)
	}
}

func TestStdinAsASocket(t *testing.T) {
	in, out := io.Pipe()
	defer out.Close()
	tn := newTestNode(t, map[string]string{"s.lua": `local skynet = require "skynet"
local socket = require "skynet.socket"
skynet.start(function()
	local id = socket.stdin()
	skynet.dispatch("lua", function() skynet.retpack(socket.readline(id)) end)
end)`}, func(c *Config) { c.Stdin = in })
	h := tn.launch("s")
	go io.WriteString(out, "typed\n")
	if got := tn.ask(h, "read"); got != "typed" {
		t.Errorf("got %q", got)
	}
	out.Close()
}
