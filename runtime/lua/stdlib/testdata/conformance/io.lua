local function try(f, ...) print(pcall(f, ...)) end
local name = os.tmpname()
local f = assert(io.open(name, "w")) print(io.type(f), io.type(io.stdout), io.type(5), (tostring(f):gsub("0x%x+", "ADDR"))) print(f:write("line 1\n", 2, " ", 3.5, "\nlast") == f, f:seek("cur"), f:close()) print(io.type(f), tostring(f)) try(f.write, f, "x") try(function() f:read() end) try(f.close)
for l in io.lines(name) do io.write("[", l, "]") end print() for l in io.lines(name, "L") do io.write("[", l, "]") end print() for a, b in io.lines(name, 1, 2) do io.write(a, "|", tostring(b), ";") end print()
f = io.open(name) print(f:read("l", "n", "n", "l", "a", "a", "l", "n")) f:close() f = io.open(name) print(f:read("*l"), f:read("*L"), f:read(3), f:read(0), f:read("*a"), f:read(0), f:read(5), f:read("a"), f:read("l")) f:close()
f = io.open(name) print(f:read(100)) f:close() f = io.open(name) print(f:seek("end"), f:seek("set", 2), f:read(3), f:seek("cur", -1), f:read(1), f:seek("cur")) print(f:seek("set", -1)) try(f.seek, f, "nope") try(f.seek, f, "set", "x") try(f.read, f, "x") try(f.read, f, "*x") try(f.read, f, {}) f:close()
f = io.open(name, "a") f:write("+app") f:close() f = io.open(name, "r+") f:write("LINE") f:seek("set", 0) print(f:read("a")) f:close() f = io.open(name, "w+") f:write("abc") f:seek("set") print(f:read("a")) f:close() f = io.open(name, "rb") print(f:read("a"), f:write("x")) f:close() f = io.open(name, "w") print(f:read("a")) f:close()
try(io.open, name, "z") try(io.open, name, "rw") try(io.open, name, "r+b+") print(io.open("/nonexistent/x")) print(io.open("/", "w")) try(io.open) try(io.lines, "/nonexistent/x") try(io.lines, name, "x")
-- numbers
f = io.open(name, "w") f:write("12 -3.5 0x1F 1e3 .5 nope 7,8 0x 99") f:close() f = io.open(name) print(f:read("n", "n", "n")) print(f:read("n") == 1000, f:read("n"), f:read("n")) print(f:read(3)) f:close()
f = io.open(name, "w") f:write("a\r\nb\0c\n\n") f:close() for l in io.lines(name) do io.write(#l, " ") end print() f = io.open(name) print(#f:read("L"), #f:read("L"), f:read("L"), f:read("L")) f:close()
-- default files
local old = io.output() print(io.output(name) ~= old, io.write("via default\n") == io.output(), io.close()) io.output(old) try(function() local o = io.output() io.output(name) io.close() local ok, e = pcall(io.write, "x") io.output(o) print(ok, e) end)
io.input(name) print(io.read(), io.read(), io.close(io.input())) try(io.read) io.input(io.stdin)
for l in io.lines(name) do break end
f = io.open(name) local it = f:lines() print(it()) f:close() try(it) it = io.lines(name) print(it()) try(it) try(it)
-- the loop closes the file, early as well
do local h for l in (function() local a, b, c, d = io.lines(name) h = d return a, b, c, d end)() do break end print(io.type(h)) end
f = io.tmpfile() f:write("tmp") f:seek("set") print(f:read("a"), f:setvbuf("no"), f:setvbuf("full", 1024), f:setvbuf("line"), f:flush() == f or f:flush()) f:close() try(f.setvbuf, io.stdout, "x")
local p = io.popen("echo out; exit 3") print(p:read("a"), p:close()) p = io.popen("cat >/dev/null", "w") p:write("x") print(p:close()) try(io.popen, "x", "z") p = io.popen("printf 'a\\nb\\n'") for l in p:lines() do io.write(l, ";") end print(p:close())
do local g <close> = io.open(name) f = g end print(io.type(f)) try(io.write, {}) try(io.stdout.write, io.stdout, nil) try(io.stdout.write) try(io.stdout.write, {}, 1) print(io.stdout:write("") == io.stdout) try(io.type) try(io.close, 5) print(getmetatable(io.stdout).__name, getmetatable(io.stdout).__index == getmetatable(io.stdout).__index)
os.remove(name)
