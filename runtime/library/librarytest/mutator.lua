-- mutator is a function that returns a text with bytes changed, cut out, doubled, or put in from another one of a corpus.
local function mutator(corpus)
	return function(s)
		for _ = 1, math.random(0, 4) do
			local at, to = math.random(1, #s + 1), math.random(1, #s + 1)
			local how = math.random(5)
			if how == 1 then
				s = s:sub(1, at - 1) .. string.char(math.random(0, 255)) .. s:sub(at + 1)
			elseif how == 2 then
				s = s:sub(1, at - 1) .. s:sub(to)
			elseif how == 3 then
				s = s:sub(1, at) .. s:sub(at, to) .. s:sub(at)
			elseif how == 4 then
				local other = corpus[math.random(#corpus)]
				s = s:sub(1, at - 1) .. other:sub(math.random(1, #other + 1)) .. s:sub(at)
			else
				s = s:sub(1, at - 1) .. s:sub(at, at):rep(math.random(20)) .. s:sub(at + 1)
			end
		end
		return s
	end
end
