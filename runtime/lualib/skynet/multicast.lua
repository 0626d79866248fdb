-- skynet.multicast: channels, to which services subscribe, and to all of whose
-- subscribers a message goes that one of them publishes.
local skynet = require "skynet"
local channels = require "skynet.multicast.channels"

local multicast = {}
local methods = {}
local subscribers = {} -- by the channel's number

local meta = {
	__index = methods,
	__tostring = function(self)
		return string.format("[Multicast:%x]", self.channel)
	end,
}

-- new{ channel =, pack =, unpack =, dispatch = } is a channel: one that there is, by its
-- number, or a new one. dispatch(channel, source, ...) is called with what is published.
function multicast.new(conf)
	conf = conf or {}
	return setmetatable({
		channel = conf.channel or channels.new(),
		__pack = conf.pack or skynet.pack,
		__unpack = conf.unpack or skynet.unpack,
		__dispatch = conf.dispatch,
	}, meta)
end

-- delete ends the channel for all.
function methods:delete()
	channels.delete(assert(self.channel))
	self.channel, self.__subscribe = nil, nil
end

function methods:publish(...)
	channels.publish(assert(self.channel), self.__pack(...))
end

function methods:subscribe()
	local channel = assert(self.channel)
	if not self.__subscribe then
		channels.subscribe(channel)
		self.__subscribe = true
		subscribers[channel] = self
	end
end

function methods:unsubscribe()
	if self.__subscribe then
		channels.unsubscribe(self.channel)
		self.__subscribe = nil
		subscribers[self.channel] = nil
	end
end

skynet.register_protocol {
	name = "multicast",
	id = skynet.PTYPE_MULTICAST,
	unpack = function(msg, sz)
		return msg, sz
	end,
	dispatch = function(channel, source, msg, sz)
		skynet.ignoreret()
		local self = subscribers[channel]
		if self and self.__subscribe then
			self.__dispatch(self, source, self.__unpack(msg, sz))
		end
	end,
}

return multicast
