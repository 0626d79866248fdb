package runtime

import (
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// halfCloser serves connections by the function that its messages name, and tells
// what it has noticed of their end.
const halfCloser = `local skynet = require "skynet"
local socket = require "skynet.socket"
local reload = require "reload"
local VERSION = %d
local serve = {}
local ended = reload.keep("ended", {})
function serve.lines(id)
	local line = socket.readline(id)
	while line do
		skynet.sleep(1)
		socket.write(id, "echo " .. line .. "\n")
		line = socket.readline(id)
	end
end
function serve.all(id)
	local all = socket.readall(id) or "" -- false, as in skynet, where the end has come before
	for i = 1, 3 do
		skynet.sleep(1)
		socket.write(id, #all .. " bytes, part " .. i .. "\n")
	end
end
function serve.state(id)
	socket.onclose(id, function() ended.calls = (ended.calls or 0) + 1 end)
	local rest = select(2, socket.read(id, 100))
	local kind
	for _, s in ipairs(socket.netstat()) do
		if s.id == id then kind = s.type end
	end
	skynet.sleep(1)
	socket.write(id, table.concat({ rest, kind, tostring(socket.disconnected(id)), tostring(socket.read(id)),
		tostring(socket.block(id)), tostring(socket.write(id, "")), ended.calls }, " ") .. "\n")
end
function serve.wait(id)
	ended.id = id
	while socket.read(id) do end
	ended.over = true
	skynet.wait(serve)
end
local how = "lines"
local PORT
skynet.start(function()
	local l, _, port = socket.listen("127.0.0.1", 0)
	PORT = port
	socket.start(l, function(id)
		socket.start(id)
		skynet.fork(function()
			serve[how](id)
			socket.close(id)
		end)
	end)
	skynet.dispatch("lua", function(_, _, cmd, arg)
		if cmd == "port" then return skynet.retpack(PORT) end
		if cmd == "how" then how = arg return skynet.retpack(how) end
		if cmd == "over" then return skynet.retpack(ended.over == true) end
		if cmd == "answer" then
			local id = ended.id
			local done = socket.write(id, "from version " .. VERSION .. "\n")
			socket.close(id)
			return skynet.retpack(done, socket.write(id, "late"))
		end
		if cmd == "open" then
			local id = socket.open("127.0.0.1", arg)
			local all = socket.readall(id)
			skynet.sleep(1)
			socket.write(id, "after " .. all)
			socket.close(id)
			return skynet.retpack(all)
		end
	end)
end)
`

// halfClose sends text and no more, and returns all that comes back.
func (tn *testNode) halfClose(h Handle, text string) string {
	tn.t.Helper()
	conn, r := tn.connect(h)
	io.WriteString(conn, text)
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		tn.t.Fatal(err)
	}
	all, err := io.ReadAll(r)
	if err != nil {
		tn.t.Fatal(err)
	}
	return string(all)
}

// A peer that sends no more may read on: what the service writes arrives until it
// closes the socket.
func TestHalfClose(t *testing.T) {
	tn := newTestNode(t, map[string]string{"s.lua": fmt.Sprintf(halfCloser, 1)}, nil)
	h := tn.launch("s")
	for _, c := range []struct{ how, sent, want string }{
		{"lines", "a\nb\nrest", "echo a\necho b\n"},
		{"all", "four", "4 bytes, part 1\n4 bytes, part 2\n4 bytes, part 3\n"},
		{"all", "", "0 bytes, part 1\n0 bytes, part 2\n0 bytes, part 3\n"},
		{"state", "rest", "rest CLOSING true false false true 1\n"},
	} {
		tn.ask(h, "how", c.how)
		if got := tn.halfClose(h, c.sent); got != c.want {
			t.Errorf("%s: got %q, want %q", c.how, got, c.want)
		}
	}
	waitFor(t, "the sockets to close", func() bool { return len(tn.Sockets()) == 1 })
	tn.wantNoLog("error")
}

// The same for a connection that the service has opened.
func TestHalfCloseOfTheServer(t *testing.T) {
	tn := newTestNode(t, map[string]string{"s.lua": fmt.Sprintf(halfCloser, 1)}, nil)
	h := tn.launch("s")
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	got := make(chan string, 1)
	go func() {
		conn, err := listener.Accept()
		if err != nil {
			got <- err.Error()
			return
		}
		defer conn.Close()
		io.WriteString(conn, "greeting")
		conn.(*net.TCPConn).CloseWrite()
		conn.SetDeadline(time.Now().Add(60 * time.Second))
		all, _ := io.ReadAll(conn)
		got <- string(all)
	}()
	if all := tn.ask(h, "open", listener.Addr().(*net.TCPAddr).Port); all != "greeting" {
		t.Errorf("read %q", all)
	}
	if all := <-got; all != "after greeting" {
		t.Errorf("the server got %q", all)
	}
}

// New code, by a reload or a patch, writes to a peer that has sent all.
func TestHalfCloseOutlivesNewCode(t *testing.T) {
	for _, how := range []string{"reload", "patch"} {
		t.Run(how, func(t *testing.T) {
			tn := newTestNode(t, map[string]string{"s.lua": fmt.Sprintf(halfCloser, 1)}, nil)
			h := tn.launch("s")
			tn.ask(h, "how", "wait")
			conn, r := tn.connect(h)
			io.WriteString(conn, "all")
			conn.(*net.TCPConn).CloseWrite()
			waitFor(t, "the service to see the end", func() bool { return tn.ask(h, "over") == "true" })
			want := "from version 2\n"
			if how == "reload" {
				tn.write("s.lua", fmt.Sprintf(halfCloser, 2))
				tn.mustReload(h)
			} else {
				tn.write("s.lua", strings.Replace(fmt.Sprintf(halfCloser, 1), `"from version "`, `"patched "`, 1))
				if r := tn.patchOne(h); r.Err != nil {
					t.Fatal(r.Err)
				}
				want = "patched 1\n"
			}
			if got := tn.ask(h, "answer"); got != "true false" {
				t.Errorf("write before and after socket.close: %s", got)
			}
			if all, err := io.ReadAll(r); string(all) != want || err != nil {
				t.Errorf("got %q, %v; want %q", all, err, want)
			}
		})
	}
}
