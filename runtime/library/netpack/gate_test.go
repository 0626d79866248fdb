package netpack_test

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"devnode/runtime"
)

const watchdog = `
local skynet = require "skynet"
local gate
local agents = {}
local SOCKET = {}
function SOCKET.open(fd)
	agents[fd] = skynet.newservice("agent")
	skynet.call(agents[fd], "lua", "start", gate, fd)
end
function SOCKET.close(fd)
	skynet.send(agents[fd], "lua", "stop")
end
skynet.start(function()
	skynet.dispatch("lua", function(session, _, what, name, ...)
		if what == "socket" then
			if SOCKET[name] then SOCKET[name](...) end
		elseif what == "gate" then
			skynet.retpack(gate)
		end
	end)
	gate = skynet.newservice("gate")
	local _, port = skynet.call(gate, "lua", "open", { address = "127.0.0.1", port = 0, watchdog = skynet.self() })
	skynet.error("port " .. port)
end)`

const agent = `
local skynet = require "skynet"
local socketdriver = require "skynet.socketdriver"
local netpack = require "skynet.netpack"
local count, client = 0, nil
skynet.register_protocol { name = "client", id = skynet.PTYPE_CLIENT, unpack = skynet.tostring,
	dispatch = function(fd, _, text)
		skynet.ignoreret()
		assert(fd == client)
		count = count + 1
		local n = count
		if #text % 7 == 0 then skynet.sleep(0) end
		socketdriver.send(fd, netpack.pack(n .. " " .. text))
	end }
skynet.start(function()
	skynet.dispatch("lua", function(_, _, what, gate, fd)
		if what == "start" then
			client = fd
			skynet.retpack(skynet.call(gate, "lua", "forward", fd))
		else
			skynet.exit()
		end
	end)
end)`

// world is a node with a gate whose log says its port.
type world struct {
	*runtime.Node
	mu   sync.Mutex
	log  strings.Builder
	port chan string
}

// Write takes the log.
func (w *world) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, port, ok := strings.Cut(string(p), "] port "); ok {
		w.port <- strings.TrimSpace(port)
	}
	return w.log.Write(p)
}

func (w *world) text() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.log.String()
}

// TestGateAcrossReloads has clients send packages, cut at random, to agents behind a gate which is reloaded meanwhile: every
// one is answered, in order, and no client is lost.
func TestGateAcrossReloads(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"watchdog": watchdog, "agent": agent} {
		if err := os.WriteFile(filepath.Join(dir, name+".lua"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	w := &world{port: make(chan string, 1)}
	w.Node = runtime.New(runtime.Config{ServicePath: []string{dir + "/?.lua"}, Log: w})
	defer w.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	if _, err := w.Launch(ctx, "watchdog"); err != nil {
		t.Fatal(err)
	}
	address := "127.0.0.1:" + <-w.port
	gate := w.gate(t)

	const clients, packages = 20, 200
	var group sync.WaitGroup
	failed := make(chan error, clients)
	half := make(chan struct{}, clients)
	for client := range uint64(clients) {
		group.Go(func() {
			if err := converse(address, packages, client, half); err != nil {
				failed <- err
			}
		})
	}
	for range clients { // half of a package of each has been sent
		select {
		case <-half:
		case err := <-failed:
			t.Fatalf("%v\n%s", err, w.text())
		}
	}
	for range 5 {
		if err := w.Reload(ctx, []runtime.Handle{gate}, runtime.ReloadOptions{})[0].Err; err != nil {
			t.Fatal(err)
		}
	}
	group.Wait()
	close(failed)
	for err := range failed {
		t.Error(err)
	}
	if t.Failed() {
		t.Log(w.text())
	}
}

func (w *world) gate(t *testing.T) runtime.Handle {
	t.Helper()
	for _, s := range w.List() {
		if s.Script == "gate" {
			return s.Handle
		}
	}
	t.Fatal("no gate is there")
	return 0
}

// converse sends packages of random sizes in random pieces, and wants each back, with its number before it. half is told
// when a piece of a package is on its way.
func converse(address string, packages int, seed uint64, half chan<- struct{}) error {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return err
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(60 * time.Second))
	random := rand.New(rand.NewPCG(seed, 1))
	var stream []byte
	var want []string
	for i := range packages {
		text := strings.Repeat(string(rune('a'+i%26)), random.IntN(300)*random.IntN(20))
		stream = append(binary.BigEndian.AppendUint16(stream, uint16(len(text))), text...)
		want = append(want, fmt.Sprintf("%d %s", i+1, text))
	}
	sent := make(chan error, 1)
	go func() { sent <- sendInPieces(conn, stream, random, half) }()
	in := bufio.NewReader(conn)
	got := map[string]bool{}
	for range packages {
		var size [2]byte
		if _, err := io.ReadFull(in, size[:]); err != nil {
			return fmt.Errorf("after %d packages: %w", len(got), err)
		}
		text := make([]byte, binary.BigEndian.Uint16(size[:]))
		if _, err := io.ReadFull(in, text); err != nil {
			return err
		}
		got[string(text)] = true
	}
	for _, text := range want {
		if !got[text] {
			return fmt.Errorf("no answer for %.40q", text)
		}
	}
	return <-sent
}

func sendInPieces(conn net.Conn, stream []byte, random *rand.Rand, half chan<- struct{}) error {
	for first := true; len(stream) > 0; first = false {
		n := min(len(stream), 1+random.IntN(3000))
		if _, err := conn.Write(stream[:n]); err != nil {
			return err
		}
		stream = stream[n:]
		if first {
			half <- struct{}{}
		}
	}
	return nil
}
