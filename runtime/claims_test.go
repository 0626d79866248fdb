package runtime

import (
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// claimant claims all that a service can in its start function, and then does what
// the test puts in the place of END. Its answers tell that it has them all.
const claimant = `local skynet = require "skynet"
local socket = require "skynet.socket"
skynet.start(function()
	local heard
	local l = socket.listen("127.0.0.1", TCP)
	socket.start(l, function(id) socket.start(id) socket.write(id, "VERSION\n") socket.close(id) end)
	local u = socket.udp(function(data) heard = data end, "127.0.0.1", UDP)
	socket.udp_connect(u, "127.0.0.1", TO)
	local input = socket.stdin()
	socket.open("127.0.0.1", TCP)
	skynet.register ".claimant"
	END
	skynet.dispatch("lua", function(_, _, cmd)
		if cmd == "read" then return skynet.retpack(socket.readline(input)) end
		if cmd == "to" then socket.write(u, "VERSION") return skynet.retpack() end
		skynet.retpack "VERSION"
	end)
end)
`

// freePorts finds n ports of a network that nobody uses.
func freePorts(t *testing.T, network string, n int) []int {
	t.Helper()
	var ports []int
	for range n {
		var held io.Closer
		if network == "udp" {
			c, err := net.ListenPacket("udp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			held, ports = c, append(ports, c.LocalAddr().(*net.UDPAddr).Port)
		} else {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			held, ports = l, append(ports, l.Addr().(*net.TCPAddr).Port)
		}
		defer held.Close()
	}
	return ports
}

// claims is a node with a service that claims sockets, and what it takes to see
// that it has them.
type claims struct {
	*testNode
	tcp, udp int
	heard    net.PacketConn // what the service's datagrams come to
	other    net.PacketConn // what those of a dropped generation would come to
	typed    *io.PipeWriter
}

func newClaims(t *testing.T, change func(*Config)) *claims {
	in, typed := io.Pipe()
	c := &claims{tcp: freePorts(t, "tcp", 1)[0], udp: freePorts(t, "udp", 1)[0], typed: typed}
	for _, to := range []*net.PacketConn{&c.heard, &c.other} {
		conn, err := net.ListenPacket("udp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		*to = conn
	}
	c.testNode = newTestNode(t, nil, func(config *Config) {
		config.Stdin = in
		if change != nil {
			change(config)
		}
	})
	t.Cleanup(func() { typed.Close() }) // before the node's own
	return c
}

// save writes a version of the script with what its start function ends with.
func (c *claims) save(version, end string, to net.PacketConn) {
	port := to.LocalAddr().(*net.UDPAddr).Port
	c.write("s.lua", strings.NewReplacer("VERSION", version, "TCP", fmt.Sprint(c.tcp), "UDP", fmt.Sprint(c.udp),
		"TO", fmt.Sprint(port), "END", end).Replace(claimant))
}

// holds fails the test unless the service of that version has all that it claims.
func (c *claims) holds(h Handle, version string) {
	c.t.Helper()
	if got := c.ask(h, "version"); got != version {
		c.t.Fatalf("version %s answers, want %s", got, version)
	}
	conn, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", c.tcp))
	if err != nil {
		c.t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(60 * time.Second))
	if got, err := io.ReadAll(conn); string(got) != version+"\n" {
		c.t.Errorf("the listener of version %s says %q, %v", version, got, err)
	}
	c.ask(h, "to")
	buf := make([]byte, 16)
	c.heard.SetDeadline(time.Now().Add(60 * time.Second))
	if n, _, err := c.heard.ReadFrom(buf); string(buf[:n]) != version {
		c.t.Errorf("the datagram of version %s is %q, %v", version, buf[:n], err)
	}
	go io.WriteString(c.typed, "typed "+version+"\n")
	if got := c.ask(h, "read"); got != "typed "+version {
		c.t.Errorf("version %s reads %q", version, got)
	}
	if got, _ := c.Find(".claimant"); got != h {
		c.t.Errorf("the name is %s's", got)
	}
	want := "LISTEN PIPE UDP"
	waitFor(c.t, "the sockets to be "+want, func() bool {
		kinds := map[string]int{}
		for _, so := range c.Sockets() {
			kinds[so.Type]++
		}
		return kinds["LISTEN"] == 1 && kinds["PIPE"] == 1 && kinds["UDP"] == 1
	})
}

// TestWhatAnAttemptClaimedIsGivenBack saves a service that claims sockets and a
// name: versions whose start ends in all the ways in which it doesn't succeed,
// each twice, and then one that does.
func TestWhatAnAttemptClaimedIsGivenBack(t *testing.T) {
	for name, end := range map[string]string{
		"error":     `error "no"`,
		"exit":      `skynet.exit()`,
		"waits":     `skynet.wait {}`,
		"computes":  `while true do end`,
		"listens":   `socket.listen("127.0.0.1", TCP)`,
		"closes":    `socket.abandon(l) socket.abandon(u) error "no"`,
		"compute-x": `skynet.fork(function() while true do skynet.yield() end end) error "no"`,
	} {
		t.Run(name, func(t *testing.T) {
			c := newClaims(t, func(c *Config) { c.ReloadTimeout = 200 * time.Millisecond })
			c.save("1", "", c.heard)
			h := c.launch("s")
			c.holds(h, "1")
			for range 2 {
				c.save("2", end, c.other)
				if r := c.reload1(h, ReloadOptions{}); r.Err == nil {
					t.Fatal("the reload succeeded")
				}
				c.holds(h, "1")
			}
			c.save("3", "", c.heard)
			if r := c.reload1(h, ReloadOptions{}); r.Err != nil {
				t.Fatal(r.Err)
			}
			c.holds(h, "3")
		})
	}
}

// TestSupersededAttemptGivesBack is the same for a start that is given up for a
// newer save, and for a service that ends meanwhile.
func TestSupersededAttemptGivesBack(t *testing.T) {
	c := newClaims(t, nil)
	c.save("1", "", c.heard)
	h := c.launch("s")
	c.holds(h, "1")
	given := make(chan ReloadRecord, 3)
	for i := range cap(given) {
		c.save("2", "skynet.wait {}", c.other)
		go func() { given <- c.reload1(h, ReloadOptions{}) }()
		waitFor(t, "the listener of the newest", func() bool { return len(given) == i && c.info(h).Preparing > 0 && c.tasks(h) > 0 })
	}
	c.save("3", "", c.heard)
	c.mustReload(h)
	for range cap(given) {
		if r := <-given; r.Err == nil {
			t.Error("a preparation that waits succeeded")
		}
	}
	c.holds(h, "3")
	c.save("4", "skynet.wait {}", c.other)
	go func() { given <- c.reload1(h, ReloadOptions{}) }()
	waitFor(t, "the listener", func() bool { return c.info(h).Preparing > 0 && c.tasks(h) > 0 })
	if err := c.Kill(h); err != nil {
		t.Fatal(err)
	}
	<-given
	c.save("5", "", c.heard)
	c.holds(c.launch("s"), "5")
}

// TestFailedLaunchGivesBack launches a service whose first start doesn't succeed,
// and at once again.
func TestFailedLaunchGivesBack(t *testing.T) {
	for name, end := range map[string]string{"error": `error "no"`, "exit": `skynet.exit()`, "kill": `skynet.kill(skynet.self())`, "listens": `socket.listen("127.0.0.1", TCP)`} {
		t.Run(name, func(t *testing.T) {
			c := newClaims(t, nil)
			for range 3 {
				c.save("1", end, c.other)
				if _, err := c.Launch(context.Background(), "s"); err == nil {
					t.Fatal("the launch succeeded")
				} else if name != "listens" && strings.Contains(err.Error(), "Address already in use") {
					t.Fatal(err)
				}
			}
			c.save("2", "", c.heard)
			c.holds(c.launch("s"), "2")
		})
	}
}
