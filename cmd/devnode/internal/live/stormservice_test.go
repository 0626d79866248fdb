package live

import (
	"fmt"
	"strings"
)

// stormService is a service of the storm. It notes which number comes next in each
// row of calls and messages and on each connection, and what came instead. VERSION,
// FLAVOUR and START are filled in by each save.
const stormService = `local skynet = require "skynet"
local socket = require "skynet.socket"
local reload = require "reload"
local common = require "common"
local state = reload.keep("state", { rows = {}, lines = {}, faults = {} })
local CMD = {}

local function count(row, n)
	local want = (state.rows[row] or 0) + 1
	if n ~= want and #state.faults < 20 then
		state.faults[#state.faults + 1] = row .. ": " .. n .. " instead of " .. want
	end
	state.rows[row] = n
end
local function serve(id)
	socket.start(id)
	local line = socket.readline(id)
	while line and line ~= "quit" do
		local n = tonumber(line:match("^%d+"))
		local want = state.lines[id] + 1
		if n ~= want and #state.faults < 20 then
			state.faults[#state.faults + 1] = "line " .. tostring(line) .. " instead of " .. want
		end
		state.lines[id] = n
		socket.write(id, line .. "\n")
		line = socket.readline(id)
	end
	socket.write(id, "end " .. state.lines[id] .. "\n")
	state.lines[id] = nil
	socket.close(id)
end

function CMD.version() return "VERSION FLAVOUR " .. common.version() end
function CMD.call(row, n, text)
	count(row, n)
	if n % 5 == 0 then skynet.sleep(n % 3) end
	if n % 7 == 0 then skynet.yield() end
	return n, text
end
function CMD.note(row, n) count(row, n) end
function CMD.noted(row) return state.rows[row] or 0 end
function CMD.faults() return table.concat(state.faults, "; ") end
function CMD.send(to, row, n)
	local last = state.rows[row] or 0
	for i = last + 1, last + n do skynet.send(tonumber(to), "lua", "note", row, i) end
	state.rows[row] = last + n
	return last + n
end
function CMD.exit() -- at once: a timer could be lost to a reload
	skynet.retpack()
	skynet.exit()
end

reload.accept(function()
	for id in pairs(state.lines) do skynet.fork(serve, id) end
end)
skynet.start(function()
	local listener, _, port = socket.listen("127.0.0.1", 0)
	socket.start(listener, function(id)
		state.lines[id] = 0
		skynet.fork(serve, id)
	end)
	function CMD.port() return port end
	START
	skynet.dispatch("lua", function(session, _, cmd, ...)
		if session == 0 then return CMD[cmd](...) end
		skynet.retpack(CMD[cmd](...))
	end)
end)
`

// stormText is a version of a service's script.
func stormText(version int, flavour, start string) string {
	return strings.NewReplacer("VERSION", fmt.Sprint(version), "FLAVOUR", flavour, "START", start).Replace(stormService)
}

// commonText is a version of the module that all require.
func commonText(version int) string {
	return fmt.Sprintf("local M = {}\nfunction M.version() return \"common %d\" end\nreturn M\n", version)
}

// brokenText is a script that can't be loaded, or doesn't get through its start.
func brokenText(kind, version int) string {
	switch kind {
	case 0:
		return stormText(version, "broken", "local x = = 1")
	case 1:
		return stormText(version, "broken", `error "as it was to be"`)
	case 2:
		return stormText(version, "broken", `socket.listen("127.0.0.1", 0) skynet.sleep(1) error "as it was to be"`)
	case 3:
		return `require "nosuch"`
	}
	return ""
}
