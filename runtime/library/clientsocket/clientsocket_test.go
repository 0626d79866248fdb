package clientsocket_test

import (
	"bytes"
	"io"
	"net"
	"strings"
	"testing"

	"devnode/runtime"
	"devnode/runtime/library/librarytest"
	"devnode/runtime/lua/interp"
)

// echo serves connections: what comes goes back, and "bye" after the end of it.
func echo(t *testing.T) (port string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				io.Copy(conn, conn)
				io.WriteString(conn, "bye")
			}()
		}
	}()
	_, port, _ = net.SplitHostPort(l.Addr().String())
	return port
}

// receive is Lua that waits for so many bytes, or for the end.
const receive = `
	local function receive(id, size)
		local all = ""
		while #all < size do
			local piece = socket.recv(id)
			if piece == "" then return all, "over" end
			if piece then
				assert(#piece <= 4096)
				all = all .. piece
			else
				socket.usleep(100)
			end
		end
		return all
	end
`

func TestInAService(t *testing.T) {
	out := librarytest.Run(t, `
		local skynet = require "skynet"
		local socket = require "client.socket"
		assert(require("clientsocket").connect, "the old name")
		`+receive+`
		local port = tonumber((...))
		skynet.start(function()
			local id = socket.connect("127.0.0.1", port)
			print("number", math.type(id), socket.connect("127.0.0.1", port) ~= id)
			print("nothing yet", select("#", socket.recv(id)))
			print("sent", select("#", socket.send(id, "hello")), receive(id, 5))
			local long = ("0123456789"):rep(20000)
			socket.send(id, long)
			print("long", receive(id, #long) == long)
			print("empty", select("#", socket.send(id, "")))
			print("half", select("#", socket.shutdown(id, "w")), receive(id, 100))
			print("again", receive(id, 1))
			print("closed", select("#", socket.close(id)), select("#", socket.close(id)))
			print(pcall(socket.recv, id))
			print(pcall(socket.send, id, "x"))
			print(pcall(socket.connect, "127.0.0.1"))
			print(pcall(socket.connect, "localhost", 1))
			print(pcall(socket.connect, "::1", 1))
			print(pcall(socket.connect, "127.0.0.1", 1))
			print(pcall(socket.shutdown, id, "x"))
			print(pcall(socket.shutdown, id, ""))
			print(pcall(socket.send, 99))
			print("slept", select("#", socket.usleep(-1)), select("#", socket.usleep(1.5)), pcall(socket.usleep))
			print("input", select("#", socket.readstdin()))
		end)`, echo(t))
	want := `number	integer	true
nothing yet	0
sent	0	hello
long	true
empty	0
half	0	bye	over
again		over
closed	0	0
false	socket error: Bad file descriptor
false	socket error: Bad file descriptor
false	bad argument #2 to 'client.socket.connect' (number expected, got no value)
false	Connect localhost 1 failed
false	Connect ::1 1 failed
false	Connect 127.0.0.1 1 failed
false	Invalid mode x
false	mode should be r or/and w
false	bad argument #2 to 'client.socket.send' (string expected, got no value)
slept	0	0	false	bad argument #1 to 'client.socket.usleep' (number expected, got no value)
input	0
`
	if out != want {
		t.Errorf("got\n%s\nwant\n%s", out, want)
	}
}

// TestInAProgram runs a client without services, with other libraries: it ends with its input, and with status 1, as one of
// skynet's.
func TestInAProgram(t *testing.T) {
	var out, errs bytes.Buffer
	status := interp.RunString(t.Context(), `
		local socket = require "client.socket"
		local crypt = require "client.crypt"
		local cjson = require "cjson"
		assert(require "lpeg" and require "sproto.core" and require "sprotoparser")
		`+receive+`
		local id = socket.connect("127.0.0.1", tonumber((...)))
		while true do
			local line = socket.readstdin()
			if line then
				local text = cjson.encode { crypt.base64encode(line) }
				socket.send(id, text)
				print(receive(id, #text))
			else
				socket.usleep(100)
			end
		end`, "=client", []string{echo(t)}, interp.Streams{
		Out: &out, Err: &errs, Attach: runtime.PlainLibraries(strings.NewReader("one\n\nlast"), &errs),
	})
	want := "[\"b25l\"]\n[\"\"]\n[\"bGFzdA==\"]\n"
	if status != 1 || out.String() != want || errs.Len() > 0 {
		t.Errorf("status %d, printed %q, errors %q", status, out.String(), errs.String())
	}
}
