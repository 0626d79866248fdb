-- skynet.sharedata shares tables between the services of a node: one copy that all read,
-- and that an update replaces for those who have it already.
local tables = require "skynet.sharedata.tables"

local sharedata = {}

-- values_of makes the table that is shared: of a table, of code that sets globals or
-- returns one, or of "@" and the name of a file with such code.
local function values_of(name, source, ...)
	if type(source) == "table" then
		return source
	elseif source == nil then
		return {}
	elseif type(source) ~= "string" then
		error("sharedata: can't share a " .. type(source), 3)
	end
	local globals = setmetatable({}, { __index = _ENV })
	local chunk
	if source:sub(1, 1) == "@" then
		chunk = assert(loadfile(source:sub(2), "bt", globals))
	else
		chunk = assert(load(source, "=" .. name, "bt", globals))
	end
	local result = chunk(...)
	setmetatable(globals, nil)
	return type(result) == "table" and result or globals
end

-- new(name, values, ...) shares values under a name that is new.
function sharedata.new(name, source, ...)
	tables.share(name, values_of(name, source, ...))
end

-- update(name, values, ...) puts other values into the place of those that are shared.
function sharedata.update(name, source, ...)
	tables.share(name, values_of(name, source, ...), true)
end

function sharedata.delete(name)
	tables.drop(name)
end

-- query(name) is the table that shows them, also those of later updates. It can't be
-- written; what it was asked for as a number or a text stays that.
function sharedata.query(name)
	return tables.view(name)
end

-- deepcopy(name, key, ...) is a table of the caller's own.
function sharedata.deepcopy(name, ...)
	return tables.copy(name, ...)
end

-- flush is for those who know skynet: there is nothing to free here.
function sharedata.flush()
end

return sharedata
