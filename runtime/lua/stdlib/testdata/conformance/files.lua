-- Buffers, standard files, and what rename does with folders.
local name, other = os.tmpname(), os.tmpname()
local f, r = assert(io.open(name, "w")), assert(io.open(name))
assert(f:setvbuf("full", 2000))
f:write("x")
print("full", (r:read("a")))
f:close() r:seek("set")
print("closed", (r:read("a")))
f = assert(io.open(name, "w")) f:setvbuf("no") f:write("y") r:seek("set")
print("no", (r:read("a")))
f:close()
f = assert(io.open(name, "a")) f:setvbuf("line") r:seek("set") r:read("a")
f:write("a") print("line", (r:read("a")))
f:write("b\nc", 1, "d") print("line", (r:read("a")))
f:write("e\n") print("line", (r:read("a")))
f:close()
r:close()

-- What comes before an argument that is no text is written.
f = assert(io.open(name, "w"))
print(pcall(f.write, f, "a", 1, {}, "b"))
print(pcall(f.write, f))
print(f:write() == f, f:write(1, 2.5, "x") == f)
f:close()
print(io.open(name):read("a"))

print(io.stdout:close())
print(io.close(io.stderr))
print(pcall(io.close))
print(io.type(io.stdout), io.type(io.stdin), io.stdin:close())
io.output(name) io.write("to a file") io.close() print(pcall(io.write, "x"))
io.output(io.stdout) io.write("still ", "here", 1, "\n")
do local out <close> = io.stdout end
print(io.type(io.stdout))

-- rename
os.remove(name) os.remove(other)
os.execute("mkdir " .. name .. " " .. other)
print(os.rename(name, other))            -- an empty folder gives way
print(os.rename(name, other))            -- it is gone
io.open(other .. "/f", "w"):close()
os.execute("mkdir " .. name)
print(os.rename(name, other))            -- not empty
print(os.rename(other .. "/f", name))    -- a file onto a folder
print(os.rename(name, other .. "/f"))    -- a folder onto a file
print(os.rename(name, name .. "/below"))
os.remove(other .. "/f") os.remove(other) os.remove(name)
