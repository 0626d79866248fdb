-- sprotoloader shares protocols between the services of a node, by the numbers 0 to 15.
-- Where the service that saved one saves another under its number, all have that.
local parser = require "sprotoparser"
local core = require "sproto.core"
local sproto = require "sproto"

local loader = {}

-- register(file, number) shares the protocol of a text in a file.
function loader.register(filename, index)
	local file = assert(io.open(filename), "Can't open sproto file")
	local text = file:read "a"
	file:close()
	loader.save(parser.parse(text, filename), index)
end

-- save(bytes, number) shares a protocol of what a parser has made of its text.
function loader.save(bytes, index)
	core.saveproto(core.newproto(bytes), index)
end

-- load(number) is the protocol that is shared under a number.
function loader.load(index)
	return sproto.sharenew(core.loadproto(index))
end

return loader
