-- agent: a service of the size that real projects have many of, for the
-- benchmarks in scale_test.go. It keeps a player, its bag and its friends.
local skynet = require "skynet"

local id = ...

local MAX_LEVEL = 60
local BAG_SIZE = 40
local SAVE_EVERY = 6000

local CMD = {}
local player
local bag = {}
local friends = {}
local dirty = false
local online = false
local watchers = {}

local prices = { sword = 120, shield = 80, potion = 5, scroll = 12, gem = 400 }

local function exp_for(level)
	return level * level * 50
end

local function mark()
	dirty = true
end

local function notify(event, ...)
	for address in pairs(watchers) do
		skynet.send(address, "lua", "event", id, event, ...)
	end
end

local function level_up()
	while player.level < MAX_LEVEL and player.exp >= exp_for(player.level) do
		player.exp = player.exp - exp_for(player.level)
		player.level = player.level + 1
		notify("level", player.level)
	end
end

local function count_items()
	local n = 0
	for _, amount in pairs(bag) do
		n = n + amount
	end
	return n
end

function CMD.login(name)
	player.name = name or player.name
	online = true
	notify("online", true)
	return player
end

function CMD.logout()
	online = false
	notify("online", false)
	return CMD.save()
end

function CMD.gain(exp)
	assert(type(exp) == "number" and exp >= 0, "experience is a number")
	player.exp = player.exp + exp
	level_up()
	mark()
	return player.level, player.exp
end

function CMD.add(item, amount)
	amount = amount or 1
	if not prices[item] then
		return nil, "no such item: " .. tostring(item)
	end
	if count_items() + amount > BAG_SIZE then
		return nil, "the bag is full"
	end
	bag[item] = (bag[item] or 0) + amount
	mark()
	return bag[item]
end

function CMD.remove(item, amount)
	amount = amount or 1
	local have = bag[item] or 0
	if have < amount then
		return nil, string.format("%d of %s, not %d", have, item, amount)
	end
	bag[item] = have > amount and have - amount or nil
	mark()
	return have - amount
end

function CMD.sell(item, amount)
	local left, err = CMD.remove(item, amount)
	if not left then
		return nil, err
	end
	player.gold = player.gold + prices[item] * (amount or 1) // 2
	return player.gold
end

function CMD.buy(item, amount)
	local cost = (prices[item] or math.huge) * (amount or 1)
	if cost > player.gold then
		return nil, "not enough gold"
	end
	local have, err = CMD.add(item, amount)
	if have then
		player.gold = player.gold - cost
	end
	return have, err
end

function CMD.befriend(other, address)
	friends[other] = { since = skynet.now(), address = address }
	mark()
	return true
end

function CMD.friends()
	local list = {}
	for other in pairs(friends) do
		list[#list + 1] = other
	end
	table.sort(list)
	return list
end

function CMD.watch(address)
	watchers[address] = true
end

function CMD.unwatch(address)
	watchers[address] = nil
end

function CMD.status()
	return { level = player.level, gold = player.gold, items = count_items(), online = online, dirty = dirty }
end

function CMD.save()
	dirty = false
	return true
end

local function autosave()
	if dirty then
		CMD.save()
	end
	skynet.timeout(SAVE_EVERY, autosave)
end

skynet.start(function()
	player = { id = id, name = "player" .. id, level = 1, exp = 0, gold = 100 }
	skynet.dispatch("lua", function(session, source, cmd, ...)
		local f = CMD[cmd]
		if not f then
			return skynet.error("unknown command", cmd, "from", skynet.address(source))
		end
		if session == 0 then
			f(...)
		else
			skynet.retpack(f(...))
		end
	end)
	skynet.timeout(SAVE_EVERY, autosave)
end)
