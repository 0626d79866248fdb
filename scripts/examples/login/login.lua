-- The login server. It sends a challenge; the client answers with its name and
-- the challenge signed with its password, which itself never travels:
--
--	server  CHALLENGE                   8 bytes, in base64
--	client  NAME SIGNATURE              hmac64(hashkey(password), challenge)
--	server  200 TICKET, or 401 a reason

local skynet = require "skynet"
local crypt = require "skynet.crypt"
local lines = require "lines"

local passwords = { ann = "secret", bob = "hidden" }
local tickets = {} -- name by ticket

local function knows(name, signature, challenge)
	local password = passwords[name]
	return password and signature == crypt.base64encode(crypt.hmac64(crypt.hashkey(password), challenge))
end

local function serve(line, say)
	local challenge = crypt.randomkey()
	say(crypt.base64encode(challenge))
	local name, signature = (line() or ""):match "^(%w+) (%S+)$"
	if not name then
		say "400 want NAME SIGNATURE"
	elseif not knows(name, signature, challenge) then
		say "401 unknown name, or wrong password"
	else
		local ticket = crypt.hexencode(crypt.randomkey())
		tickets[ticket] = name
		say("200 " .. ticket)
	end
end

local command = {}

function command.open(port)
	return lines.serve(port, serve)
end

-- redeem says whose ticket it is. It is good once.
function command.redeem(ticket)
	local name = tickets[ticket]
	tickets[ticket] = nil
	return name
end

skynet.start(function()
	skynet.dispatch("lua", function(_, _, name, ...)
		skynet.retpack(command[name](...))
	end)
end)
