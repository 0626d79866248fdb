-- sproto is the protocol of messages that sproto.core encodes: objects with methods for
-- its types and requests, and hosts, which dispatch packed requests and their answers.
local core = require "sproto.core"

local sproto = { pack = core.pack, unpack = core.unpack }
local host = {}
local sproto_meta = { __index = sproto }
local host_meta = { __index = host }
local weak = { __mode = "kv" }

-- sharenew(object) is a protocol that others use, too: one of sproto.core's.
function sproto.sharenew(object)
	return setmetatable({ __cobj = object, __tcache = setmetatable({}, weak), __pcache = setmetatable({}, weak) }, sproto_meta)
end

-- new(bytes) is a protocol of what a parser has made of its text.
function sproto.new(bytes)
	return sproto.sharenew(assert(core.newproto(bytes)))
end

-- parse(text) is a protocol of its text.
function sproto.parse(text)
	return sproto.new(require "sprotoparser".parse(text))
end

local function type_of(self, name)
	local found = self.__tcache[name]
	if not found then
		found = assert(core.querytype(self.__cobj, name), "type not found")
		self.__tcache[name] = found
	end
	return found
end

-- queryproto(name or tag) is { name, tag, request, response } of a request.
function sproto:queryproto(key)
	local found = self.__pcache[key]
	if not found then
		local other, request, response = core.protocol(self.__cobj, key)
		assert(other, key .. " not found")
		local name, tag = key, other
		if tonumber(key) then
			name, tag = other, key
		end
		found = { name = name, tag = tag, request = request, response = response }
		self.__pcache[name] = found
		self.__pcache[tag] = found
	end
	return found
end

local queryproto = sproto.queryproto

function sproto:exist_type(name)
	return self.__tcache[name] ~= nil or core.querytype(self.__cobj, name) ~= nil
end

function sproto:exist_proto(key)
	return self.__pcache[key] ~= nil or core.protocol(self.__cobj, key) ~= nil
end

function sproto:encode(name, values)
	return core.encode(type_of(self, name), values)
end

function sproto:decode(name, ...)
	return core.decode(type_of(self, name), ...)
end

-- pencode and pdecode are encode and decode of packed bytes.
function sproto:pencode(name, values)
	return core.pack(core.encode(type_of(self, name), values))
end

function sproto:pdecode(name, ...)
	return core.decode(type_of(self, name), core.unpack(...))
end

function sproto:request_encode(key, values)
	local proto = queryproto(self, key)
	return proto.request and core.encode(proto.request, values) or "", proto.tag
end

function sproto:response_encode(key, values)
	local response = queryproto(self, key).response
	return response and core.encode(response, values) or ""
end

function sproto:request_decode(key, ...)
	local proto = queryproto(self, key)
	if not proto.request then
		return nil, proto.name
	end
	return core.decode(proto.request, ...), proto.name
end

function sproto:response_decode(key, ...)
	local response = queryproto(self, key).response
	if response then
		return core.decode(response, ...)
	end
end

-- default(type), or default(request, "REQUEST" or "RESPONSE"), is a table of defaults.
function sproto:default(key, which)
	if which == nil then
		return core.default(type_of(self, key))
	end
	local proto = queryproto(self, key)
	if which ~= "REQUEST" and which ~= "RESPONSE" then
		error "Invalid type"
	end
	local of = which == "REQUEST" and proto.request or which == "RESPONSE" and proto.response
	if of then
		return core.default(of)
	end
end

-- host(package) takes requests and answers of this protocol apart; package is the type
-- of what stands before each: type, session, ud.
function sproto:host(package)
	return setmetatable({
		__proto = self,
		__package = assert(core.querytype(self.__cobj, package or "package"), "type package not found"),
		__session = {},
	}, host_meta)
end

-- packed is a header and what follows it.
local function packed(self, header, of, values)
	header = core.encode(self.__package, header)
	return core.pack(of and header .. core.encode(of, values) or header)
end

-- dispatch(packed bytes) returns "REQUEST", name, values, and a function that makes the
-- answer where one is wanted, or "RESPONSE", session, values; and what the header has.
function host:dispatch(...)
	local bytes = core.unpack(...)
	local header, size = core.decode(self.__package, bytes, {})
	local content = bytes:sub(size + 1)
	if header.type == nil then
		local session = assert(header.session, "session not found")
		local response = assert(self.__session[session], "Unknown session")
		self.__session[session] = nil
		return "RESPONSE", session, response ~= true and core.decode(response, content) or nil, header.ud
	end
	local proto = queryproto(self.__proto, header.type)
	local values = proto.request and core.decode(proto.request, content) or nil
	local answer
	if header.session then
		function answer(result, ud)
			return packed(self, { session = header.session, ud = ud }, proto.response, result)
		end
	end
	return "REQUEST", proto.name, values, answer, header.ud
end

-- attach(protocol) is a function that makes requests of it, whose answers this host
-- takes apart.
function host:attach(protocol)
	return function(name, values, session, ud)
		local proto = queryproto(protocol, name)
		if session then
			self.__session[session] = proto.response or true
		end
		return packed(self, { type = proto.tag, session = session, ud = ud }, proto.request, values)
	end
end

return sproto
