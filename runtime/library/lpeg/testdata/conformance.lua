-- Prints what patterns make of subjects: first what stands here, then patterns that are put together at random, the same each
-- time. A line that begins with "e " is an error.
local lpeg = require "lpeg"

local P, S, R, V, B = lpeg.P, lpeg.S, lpeg.R, lpeg.V, lpeg.B
local C, Cs, Ct, Cc, Cg, Cf, Cmt, Cb, Cp, Carg = lpeg.C, lpeg.Cs, lpeg.Ct, lpeg.Cc, lpeg.Cg, lpeg.Cf, lpeg.Cmt, lpeg.Cb, lpeg.Cp, lpeg.Carg

local function show(v, depth)
	if type(v) == "string" then return ("%q"):format(v):gsub("\n", "n") end
	if type(v) ~= "table" then return type(v) == "number" and tostring(v) or type(v) == "boolean" and tostring(v) or type(v) end
	if (depth or 0) > 8 then return "..." end
	local keys, out = {}, {}
	for k in pairs(v) do keys[#keys + 1] = k end
	table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
	for i, k in ipairs(keys) do out[i] = tostring(k) .. "=" .. show(v[k], (depth or 0) + 1) end
	return "{" .. table.concat(out, ",") .. "}"
end

local prefix = ""
local function line(...)
	local results = table.pack(pcall(...))
	if not results[1] then
		return print(prefix .. "e " .. (tostring(results[2]):gsub("0x%x+", "0x"):gsub("^[^ ]*%.lua:%d+: ", "")))
	end
	for i = 2, results.n do results[i] = show(results[i]) end
	print(prefix .. (#table.concat(results, " ", 2) > 2000 and "long" or table.concat(results, " ", 2)))
end

-- Errors of the functions.
line(P) line(P, nil) line(P, io) line(S) line(R, "abc") line(R, 1) line(V, nil) line(B, P "a" ^ 0) line(B, C "a")
line(B, P(256)) line(Cf, "a") line(Cmt, "a", {}) line(Carg, 0) line(Carg, 1e9) line(Cb) line(lpeg.utfR, 5, 3)
line(lpeg.utfR, 5, 0x110000) line(lpeg.setmaxstack, 0) line(lpeg.setmaxstack, "x") line(lpeg.match, "a") line(lpeg.match, P "a", {})
line(function() return P "" ^ 0 end) line(function() return P "a" / io.stdout end) line(function() return P "a" / nil end)
line(function() return P "a" / -1 end) line(function() return P "a" ^ "x" end) line(function() return P "a" ^ 1.5 end)
line(function() return P "a" * {} end) line(function() return P "a" + nil end) line(function() return -P {} end)
line(P, {}) line(P, { "x" }) line(P, { 5 }) line(P, { P "a", x = 4 }) line(P, { V "x" }) line(P, { V(1) }) line(P, { V "a", a = V "b", b = V "a" })
line(P, { P "a" ^ 0 * V(1) }) line(P, { V "x" ^ 0, x = P "a" ^ -1 }) line(P, { [1] = "s", s = V(print) }) line(P, { [print] = 3, P "a" })
line(lpeg.match, V "x", "a") line(lpeg.match, P "a" * V(2), "a") line(lpeg.ptree, P(1)) line(lpeg.pcode, P(1))
line(lpeg.type, P(1)) line(lpeg.type, "a") line(lpeg.type) line(function() return lpeg.version end)
line(lpeg.match, Carg(2), "", 1, "x") line(lpeg.match, Carg(2), "", 1, "x", "y") line(lpeg.match, Cb "x", "") line(lpeg.match, Cb(print), "")
line(lpeg.match, Cb(4.5), "") line(lpeg.match, C "a" / "%2", "a") line(lpeg.match, C "a" / "%1%0%%%x", "a") line(lpeg.match, P "a" / "%", "a")
line(lpeg.match, P "a" / 1, "a") line(lpeg.match, C "a" / 2, "a") line(lpeg.match, C "a" / 0, "a") line(lpeg.match, Cf(P "a", print), "a")
line(lpeg.match, Cs(P "a" / {}), "a") line(lpeg.match, Cs(P "a" / { a = {} }), "a") line(lpeg.match, Cs(P "a" / { a = 1.5 }), "a")
line(lpeg.match, Cs(P "a" / { a = true }), "a") line(lpeg.match, P "a" / function() end / "%1", "a") line(lpeg.match, Cmt("a", function() return 9 end), "a")
line(lpeg.match, Cmt("a", function() return {} end), "a") line(lpeg.match, Cmt("a", function() return "2", 7 end), "a") line(lpeg.match, Cmt("a", function() end), "a")
line(lpeg.match, P "a" % print, "a") line(lpeg.match, Cs(P "a" % print), "a") line(lpeg.match, Cc(1) * (C "a" % function(a, b) return a .. b end), "a")
line(lpeg.match, Ct(Cg(C "a", "x") * Cg(Cc(1, 2), 2) * Cg(Cc(nil), "n") * Cp()), "a") line(lpeg.match, Cc(), "") line(lpeg.match, Cc(nil, 1, nil), "")
line(function() return P { V(1) * "a" + "b" } end) line(lpeg.match, P { "a" * V(1) * "b" + "" }, ("a"):rep(1000) .. ("b"):rep(1000))
lpeg.setmaxstack(3000)
line(lpeg.match, P { "a" * V(1) * "b" + "" }, ("a"):rep(1000) .. ("b"):rep(1000))
line(lpeg.match, P { "a" * V(1) + "b" }, ("a"):rep(10000) .. "b")
line(lpeg.match, P(1) ^ 0, "abc", -1) line(lpeg.match, P(1) ^ 0, "abc", -9) line(lpeg.match, Cp(), "abc", 9) line(lpeg.match, Cp(), "abc", 0)
line(lpeg.match, Cp(), "abc", math.mininteger) line(lpeg.match, -1, "") line(lpeg.match, "ab", "abc") line(lpeg.match, 2, "abc") line(lpeg.match, true, "") line(lpeg.match, false, "")
line(lpeg.match, function(s, i) return i + 1, s end, "abc")
for _, r in ipairs { { 0, 0x7f }, { 0x80, 0x7ff }, { 0x800, 0xffff }, { 0x20, 0x10ffff }, { 0xd800, 0xdfff } } do
	for _, s in ipairs { "a", "\u{80}", "\u{7ff}", "\u{800}", "\u{d800}", "\u{10ffff}", "\xc0\x80", "\xf8", "\xe0\x80\x80", "\x80", "\xe2\x82" } do
		line(lpeg.match, C(lpeg.utfR(r[1], r[2])), s)
	end
end
local names = {}
for name, p in pairs(lpeg.locale()) do
	local is = {}
	for c = 0, 255 do if p:match(string.char(c)) then is[#is + 1] = c end end
	names[#names + 1] = name .. ": " .. table.concat(is, " ")
end
table.sort(names)
print(table.concat(names, "\n"))

-- An arithmetic of five rules, and a table of what is between commas.
local space = S " \n" ^ 0
local number = C(P "-" ^ -1 * R "09" ^ 1) / tonumber * space
local function op(set) return C(S(set)) * space end
local function eval(a, o, b) return o == "+" and a + b or o == "-" and a - b or o == "*" and a * b or a / b end
local G = P { "Exp",
	Exp = Cf(V "Term" * Cg(op "+-" * V "Term") ^ 0, eval), Term = Cf(V "Factor" * Cg(op "*/" * V "Factor") ^ 0, eval),
	Factor = number + "(" * space * V "Exp" * ")" * space }
for _, s in ipairs { "1 + 2*3", "(1+2)*3 - -4", "7/2", "((((((1))))))", "1+", "" } do line(lpeg.match, G, s) end
local field = '"' * Cs(((P(1) - '"') + P '""' / '"') ^ 0) * '"' + C((1 - S ',\n"') ^ 0)
local record = Ct(field * ("," * field) ^ 0) * (P "\n" + -1)
for _, s in ipairs { 'a,b,c', 'a,"b ""x"", y",', '', '"a' } do line(lpeg.match, record, s) end
local long = "[" * Cg(P "=" ^ 0, "init") * "[" * C((1 - Cmt("]" * C(P "=" ^ 0) * "]" * Cb "init", function(_, _, a, b) return a == b end)) ^ 0) * "]" * P "=" ^ 0 * "]"
for _, s in ipairs { "[[a]]", "[==[a]=]b]==]", "[=[a]]" } do line(lpeg.match, long, s) end

-- Random ones.
local state = 20240229
local function random(n)
	state = (state * 1103515245 + 12345) % 2147483648
	return state // 65536 % n + 1
end
local function pick(list) return list[random(#list)] end
local function join(...)
	local out = table.pack(...)
	for i = 1, out.n do out[i] = show(out[i]) end
	return "<" .. table.concat(out, ";") .. ">"
end
local gen
local makers = {
	function() return P(pick { "a", "b", "ab", "ba", "c", "" }) end,
	function() return P(pick { 1, 1, 2, -1, 0, true, false }) end,
	function() return S(pick { "ab", "a", "bc", "" }) end,
	function() return R(pick { "ab", "ac", "bc" }) end,
	function(d) return gen(d) * gen(d) end, function(d) return gen(d) * gen(d) end, function(d) return gen(d) * gen(d) end,
	function(d) return gen(d) + gen(d) end, function(d) return gen(d) + gen(d) end, function(d) return gen(d) + gen(d) end,
	function(d) return gen(d) ^ pick { 0, 0, 1, 2, -1, -2 } end, function(d) return gen(d) ^ 0 end,
	function(d) return gen(d) - gen(d) end, function(d) return -gen(d) end, function(d) return #gen(d) end,
	function(d) return B(gen(d)) end,
	function(d) return C(gen(d)) end, function(d) return Cs(gen(d)) end, function(d) return Ct(gen(d)) end,
	function() return Cc(pick { 1, "x", false }, pick { 2, "y" }) end, function() return Cc(nil) end, function() return Cp() end,
	function(d) return Cg(gen(d)) end, function(d) return Cg(gen(d), pick { "x", "y" }) end, function() return Cb(pick { "x", "y" }) end,
	function(d) return Cf(C(gen(d)) * gen(d), join) end,
	function(d) return gen(d) / join end, function(d) return gen(d) / pick { "[%0]", "%1", "%2%1", "z" } end,
	function(d) return gen(d) / pick { 0, 1, 2 } end, function(d) return gen(d) / { a = 1, ab = "q", b = true } end,
	function(d) return Cmt(gen(d), function(_, i, ...) return i, join(...) end) end,
	function(d) return Cmt(gen(d), function(_, _, v) return v == "a" end) end,
	function() return Carg(random(2)) end,
	function(d) return P { "s", s = gen(d) * V "t" ^ -1 + "a" * V "s", t = gen(d) + "b" * V "s" } end,
	function(d) return P { gen(d) * "c" + 1 * V(1) } end,
}
function gen(depth)
	if depth <= 0 then return makers[random(4)]() end
	return makers[random(#makers)](depth - 1)
end
for n = 1, ... or 1500 do
	local ok, p = pcall(gen, 2 + n % 4)
	if not ok then
		print(n .. "\te " .. (tostring(p):gsub("0x%x+", "0x"):gsub("^[^ ]*%.lua:%d+: ", "")))
	else
		prefix = n .. "\t"
		local s = {}
		for i = 1, random(7) - 1 do s[i] = pick { "a", "a", "b", "b", "c" } end
		line(lpeg.match, p, table.concat(s), 1, "arg")
	end
end
