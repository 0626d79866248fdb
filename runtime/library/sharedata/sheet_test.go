package sharedata_test

import (
	"testing"

	"devnode/runtime/library/librarytest"
)

// TestDatasheet calls every function of datasheet and its builder, with what is wrong, too, and wants what skynet prints: but that
// numbers keep their 64 bits, who updates sees it at once, a table that comes back is the one that it was, and writing is an
// error.
func TestDatasheet(t *testing.T) {
	got := librarytest.Run(t, `
		local skynet = require "skynet"
		local builder = require "skynet.datasheet.builder"
		local datasheet = require "skynet.datasheet"
		local function try(label, f, ...)
			local r = table.pack(pcall(f, ...))
			for i = 1, r.n do r[i] = tostring(r[i]):gsub("^%S*:%d+: ", ""):gsub("0x%x+", "PTR") end
			print(label, table.concat(r, "|"))
		end
		local function sorted(t)
			local n = {}
			for k, v in pairs(t) do n[#n + 1] = tostring(k) .. "=" .. (type(v) == "table" and "table" or tostring(v)) end
			table.sort(n)
			return table.concat(n, " ")
		end
		skynet.start(function()
			try("query none", datasheet.query, "none")
			builder.new("x", { a = 1, b = 2.5, s = "str", t = true, f = false, arr = { 1, "two", { 3 } }, sub = { k = 1, deep = { z = 1 } }, 10, 20 })
			local x = datasheet.query "x"
			try("same", function() return x == datasheet.query "x", x.sub == x.sub end)
			print(sorted(x))
			print(#x, x[1], x[3], #x.arr, x.arr[2], x.arr[3][1], x.nope)
			try("type", function() return type(x), getmetatable(x) end)
			try("write", function() x.a = 5 end)
			try("write", function() x.sub.deep.z = 5 end)
			try("new dup", builder.new, "x", {})
			try("update none", builder.update, "nonexist", {})
			try("bad fn", builder.new, "bad", { f = print })
			try("bad key", builder.new, "bad", { [1.5] = 1 })
			try("bad sparse", builder.new, "bad", { {}, [3] = 1 })
			try("bad bool", builder.new, "bad", { [true] = 1 })
			try("bad root", builder.new, "bad", 1)
			local sub, deep, arr = x.sub, x.sub.deep, x.arr
			builder.update("x", { a = 2, sub = { k = 2, deep = { z = 2 }, n = 1 } })
			print("upd", x.a, sub.k, deep.z, sub.n, x.sub == sub, x.b)
			try("arr gone", function() return arr[1] end)
			try("arr gone", function() return #arr end)
			try("arr gone", function() for k in pairs(arr) do end end)
			builder.update("x", { a = 3, arr = { 9 }, sub = 5 })
			print("upd2", x.a, x.sub, x.arr == arr, x.arr[1])
			try("sub gone", function() return sub.k end)
			try("deep gone", function() return deep.z end)
			local packed = builder.compile { a = 1, list = { 1, 2, { x = "y" } }, s = "hello", no = false, yes = true, half = 0.5 }
			builder.new("str", packed)
			local s = datasheet.query "str"
			print(sorted(s), #s.list, s.list[3].x)
			print(#builder.compile { a = 1, b = 2.5, c = true, list = { 1, 2, { x = "y" } }, s = "hi" })
			for n = 0, #packed - 1 do pcall(builder.new, "cut" .. n, packed:sub(1, n)) end
			try("garbage", builder.new, "garbage", ("\255"):rep(100))
			builder.new("big", { i = 1 << 60, f = 1.1, neg = -1, m = math.mininteger })
			local b = datasheet.query "big"
			print(b.i, b.f, b.neg, b.m)
		end)`)
	want := `query none	false|call failed: create data first: there is no datasheet none
same	true|true|true
1=10 2=20 a=1 arr=table b=2.5 f=false s=str sub=table t=true
2	10	nil	3	two	3	nil
type	true|table|nil
write	false|attempt to change a shared table: x is read only
write	false|attempt to change a shared table: x.sub.deep is read only
new dup	false|assertion failed!
update none	false|assertion failed!
bad fn	false|Unsupport value function: PTR
bad key	false|assertion failed!
bad sparse	false|assertion failed!
bad bool	false|assertion failed!
bad root	false|attempt to index a number value
upd	2	2	2	1	true	nil
arr gone	false|datasheet x.arr: it is no more since the last update
arr gone	false|datasheet x.arr: it is no more since the last update
arr gone	false|datasheet x.arr: it is no more since the last update
upd2	3	5	true	9
sub gone	false|datasheet x.sub: it is no more since the last update
deep gone	false|datasheet x.sub.deep: it is no more since the last update
a=1 half=0.5 list=table no=false s=hello yes=true	3	y
140
garbage	false|Invalid data at 3
1152921504606846976	1.1	-1	-9223372036854775808
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestSkynetsDatasheet is skynet's own test of datasheet, but that the child says when it has the sheet.
func TestSkynetsDatasheet(t *testing.T) {
	got := librarytest.Run(t, `
		local skynet = require "skynet"
		local mode = ...
		local function dump(t, prefix)
			local keys = {}
			for k in pairs(t) do keys[#keys + 1] = k end
			table.sort(keys)
			for _, k in ipairs(keys) do
				local v = t[k]
				print(prefix, k, type(v) == "table" and "table" or v)
				if type(v) == "table" then dump(v, prefix .. "." .. k) end
			end
		end
		local datasheet = require "skynet.datasheet"
		if mode == "child" then
			skynet.start(function() dump(datasheet.query("foobar"), "[CHILD]") end)
			return
		end
		local builder = require "skynet.datasheet.builder"
		skynet.start(function()
			builder.new("foobar", { a = 1, b = 2, c = { 3 } })
			skynet.newservice("main", "child")
			local t = datasheet.query "foobar"
			local c = t.c
			dump(t, "[1]")
			builder.update("foobar", { b = 4, c = { 5 } })
			dump(t, "[2]")
			dump(c, "[2.c]")
			builder.update("foobar", { a = 6, c = 7, d = 8 })
			dump(t, "[3]")
		end)`)
	want := `[CHILD]	a	1
[CHILD]	b	2
[CHILD]	c	table
[CHILD].c	1	3
[1]	a	1
[1]	b	2
[1]	c	table
[1].c	1	3
[2]	b	4
[2]	c	table
[2].c	1	5
[2.c]	1	5
[3]	a	6
[3]	c	7
[3]	d	8
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestLargeTables wants a table that is filled as it is read to have what it should, in any order of reading, and after updates.
func TestLargeTables(t *testing.T) {
	got := librarytest.Run(t, `
		local skynet = require "skynet"
		local sharedata = require "skynet.sharedata"
		local function values(v)
			local rows, named = {}, {}
			for i = 1, 1000 do rows[i] = { id = i, v = v } end
			for i = 1, 1000 do named["n" .. i] = i % 2 == 0 and { id = i, v = v } or i * v end
			return { rows = rows, named = named }
		end
		skynet.start(function()
			sharedata.new("big", values(1))
			local big = sharedata.query "big"
			local rows, named = big.rows, big.named
			local row, other = rows[500], named.n6
			print(#rows, row.id, rows[500] == row, rows[1001], other.v, named.n7, named.x, rows[500.0] == row)
			local n, sum = 0, 0
			for i, r in ipairs(rows) do n, sum = n + 1, sum + (r.id == i and r.v or 0) end
			print(n, sum)
			n, sum = 0, 0
			for k, v in pairs(named) do n = n + 1 if type(v) == "table" then sum = sum + v.v end end
			print(n, sum, named.n6 == other)
			for k, r in pairs(rows) do
				if k == 300 then sharedata.update("big", values(2)) end
				assert(r.id == k and r.v == (k < 300 and 1 or 2) or k == 300)
			end
			print(row.v, other.v, rows[500] == row, named.n6 == other, named.n7, rows[7].v)
			local short = values(3)
			short.rows = { short.rows[1] }
			for i in pairs(rows) do
				if i == 10 then sharedata.update("big", short) break end
			end
			print(#rows, rows[1].v, rows[2], pcall(function() return row.v end))
			local copied = skynet.unpack(skynet.pack(big))
			copied.rows[1].v = 9
			print(copied.rows[1].v, rows[1].v, copied.named.n6.v, #copied.rows)
		end)`)
	want := `1000	500	true	nil	1	7	nil	true
1000	1000
1000	500	true
2	2	true	true	14	2
1	3	nil	false	The key [.rows.500] doesn't exist after update of sharedata big
9	3	3	1
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
