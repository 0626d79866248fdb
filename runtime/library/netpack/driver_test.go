package netpack_test

import (
	"testing"

	"devnode/runtime/library/librarytest"
)

// TestDriver wants what skynet.socketdriver tells to be what it tells in skynet, where the same script was run (but for
// the datagrams, whose port it doesn't tell): the kinds of messages, their numbers and their order. Bytes come in pieces of any size, so they are joined here.
func TestDriver(t *testing.T) {
	got := librarytest.Run(t, `
		local skynet = require "skynet"
		local driver = require "skynet.socketdriver"
		if ... == "client" then
			local socket = require "skynet.socket"
			skynet.start(function()
				skynet.dispatch("lua", function(_, _, port, what)
					local id = assert(socket.open("127.0.0.1", port))
					socket.write(id, "question")
					if what == "close" then
						socket.close(id)
						skynet.retpack()
					else
						skynet.retpack(socket.readall(id) or "") -- false where the end came before readall, as in skynet
					end
				end)
			end)
			return
		end
		local names = { "data", "connect", "close", "accept", "error", "udp", "warning" }
		local events, waiting = {}, nil
		local on = {}
		local labels, count = {}, 0 -- sockets by the order in which they are heard of
		local function label(id)
			if not labels[id] then count = count + 1 labels[id] = count end
			return labels[id]
		end
		skynet.register_protocol { name = "socket", id = skynet.PTYPE_SOCKET, unpack = driver.unpack,
			dispatch = function(_, _, kind, id, ud, data, address)
				if type(data) == "userdata" then data = skynet.tostring(data, ud) end
				if kind == 4 or kind == 2 and data == "127.0.0.1" then data = "address" end
				if kind == 2 and ud > 0 then ud = "port" end
				events[#events + 1] = table.concat({ names[kind], label(id), kind == 4 and label(ud) or ud, data }, " ")
				if on[names[kind]] then on[names[kind]](id, ud, data, address) end
				if waiting and events[#events]:find(waiting[1]) then skynet.wakeup(waiting[2]) waiting = nil end
			end }
		-- told waits for an event, and prints all since the last time.
		local function told(last, quiet)
			waiting = { last, coroutine.running() }
			for _, e in ipairs(events) do if e:find(last) then waiting = nil end end
			if waiting then skynet.wait(waiting[2]) end
			if quiet then return end
			local lines = {} -- those of one socket are in order
			for i, e in ipairs(events) do lines[i] = { tonumber(e:match("%d+")), i, e } end
			table.sort(lines, function(a, b) return a[1] < b[1] or a[1] == b[1] and a[2] < b[2] end)
			for i, e in ipairs(lines) do lines[i] = e[3] end
			print(table.concat(lines, ", "))
			events = {}
		end
		skynet.start(function()
			local client = skynet.newservice("main", "client")
			local l = driver.listen("127.0.0.1", 0)
			told("connect 1 port address")
			driver.start(l)
			told("start")
			local function portOf(id)
				for _, s in ipairs(driver.info()) do
					if s.id == id then return tonumber(s.sock:match(":(%d+)$")) end
				end
			end
			local port = portOf(l)
			on.accept = function(_, id) driver.start(id) end
			skynet.call(client, "lua", port, "close")
			told("close 2")
			on.data = function(id) driver.send(id, "answer") driver.close(id) end
			print(skynet.call(client, "lua", port))
			told("close 3")
			on.data = function(id) driver.shutdown(id) end
			print(skynet.call(client, "lua", port))
			told("close 4")
			on.data = nil
			on.accept = function(_, id) driver.close(id) end
			skynet.call(client, "lua", port)
			told("close 5")
			on.accept = function(_, id) driver.start(id) end
			local c = driver.connect("127.0.0.1", port)
			label(c)
			told("connect 6", true)
			print(driver.send(c, "hello"))
			told("data 7 5 hello")
			driver.pause(c)
			driver.start(c)
			told("transfer")
			driver.close(c)
			told("close 6", true)
			told("close 7")
			print(driver.send(c, "late"))
			driver.start(12345)
			told("invalid")
			label(12345)
			label(driver.connect("127.0.0.1", 1))
			told("refused")
			local here = driver.udp("127.0.0.1", 0)
			local there = driver.udp()
			label(here) label(there)
			local p = portOf(here)
			driver.udp_connect(there, "127.0.0.1", p)
			on.udp = function(id, _, _, from) print(driver.udp_send(id, from, "back"), #from, (driver.udp_address(from))) on.udp = nil end
			print(driver.send(there, "dgram"))
			told("back")
			driver.close(l)
			told("close 1 ")
			local buffer, pool = driver.buffer(), {}
			for _, piece in ipairs { "one\ntw", "o\nthree" } do print(driver.push(buffer, pool, driver.str2p(piece))) end
			print(driver.readline(buffer, nil, "\n"), driver.readline(buffer, pool, "\n"), driver.readline(buffer, pool, "\n"), driver.readline(buffer, pool, "\n"))
			print(driver.pop(buffer, pool, 6))
			print(driver.pop(buffer, pool, 2))
			print(driver.readall(buffer, pool), driver.pop(buffer, pool, 1))
		end)`)
	want := `connect 1 port address
connect 1 0 start
accept 1 2 address, connect 2 0 start, data 2 8 question, close 2 0 
answer
accept 1 3 address, connect 3 0 start, data 3 8 question, close 3 0 

accept 1 4 address, connect 4 0 start, data 4 8 question, close 4 0 
accept 1 5 address, close 5 0 
true
accept 1 7 address, connect 6 0 address, connect 7 0 start, data 7 5 hello
connect 6 0 transfer
close 6 0 , close 7 0 
false
error 8 0 invalid socket
error 9 0 Connection refused
true
true	7	127.0.0.1
udp 10 5 dgram, udp 11 4 back
close 1 0 
6
13
true	one	two
nil	5
th	3
ree	nil	0
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
