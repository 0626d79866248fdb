package sharedata_test

import (
	"testing"

	"devnode/runtime/library/librarytest"
)

// TestSharedata has a service read what another one shares, updates and deletes, and wants writing, and what can't be shared, to be
// errors that name the table.
func TestSharedata(t *testing.T) {
	got := librarytest.Run(t, `
		local skynet = require "skynet"
		local sharedata = require "skynet.sharedata"
		if ... == "other" then
			skynet.start(function()
				local conf = sharedata.query "conf"
				local weapons = conf.weapons
				skynet.dispatch("lua", function()
					local n = {}
					for k, v in pairs(weapons) do n[#n + 1] = k .. "=" .. v.damage end
					skynet.retpack(conf.level, #weapons, table.concat(n, ","), conf.weapons == weapons, weapons[1] == weapons[1.0], conf)
				end)
			end)
			return
		end
		local function fails(...)
			local ok, message = pcall(...)
			print(ok, (message:gsub("^.-:%d+: ", ""):gsub("^.-:%d+: ", "")))
		end
		skynet.start(function()
			sharedata.new("conf", { level = 1, weapons = { { damage = 5 }, { damage = 7 } }, big = math.maxinteger })
			fails(sharedata.query, "nothing")
			local other = skynet.newservice("main", "other")
			print(select(2, skynet.call(other, "lua")))
			sharedata.update("conf", { level = 2, weapons = { { damage = 50 }, { damage = 70 }, { damage = 9 } } })
			local answer = table.pack(skynet.call(other, "lua"))
			print(table.unpack(answer, 1, 5))
			print(answer[6].weapons[2].damage, getmetatable(answer[6]))
			local conf = sharedata.query "conf"
			print(type(conf), conf == sharedata.query "conf", require "sharedata" == sharedata)
			fails(function() conf.level = 5 end)
			fails(function() conf.weapons[1].x = 5 end)
			local copy = sharedata.deepcopy("conf", "weapons", 2)
			copy.damage = copy.damage + 1
			print(copy.damage, sharedata.deepcopy("conf", "level"), sharedata.deepcopy("conf").weapons[2].damage)
			sharedata.update("conf", { level = 3 })
			fails(skynet.call, other, "lua")
			sharedata.update("conf", "level = 4 weapons = { { damage = ... } }", 77)
			print(table.unpack({ skynet.call(other, "lua") }, 1, 3))
			sharedata.update("conf", "return { level = 5, weapons = {} }")
			print(table.unpack({ skynet.call(other, "lua") }, 1, 3))
			fails(sharedata.new, "bad", { f = print })
			fails(sharedata.new, "bad", { [{}] = 1 })
			fails(sharedata.new, "bad", 5)
			local ring = {}
			ring.ring = ring
			fails(sharedata.new, "bad", ring)
			sharedata.delete "conf"
			print(conf.level)
			fails(sharedata.query, "conf")
		end)`)
	want := `false	sharedata: there is none with the name nothing; sharedata.new makes one
2	1=5,2=7	true	true	table: 0x`
	if len(got) < len(want) || got[:len(want)] != want {
		t.Fatalf("got\n%s\nwant it to begin\n%s", got, want)
	}
	_, rest := cut(got[len(want):])
	want = `2	3	1=50,2=70,3=9	true	true
70	nil
table	true	true
false	attempt to change a shared table: conf is read only
false	attempt to change a shared table: conf.weapons[1] is read only
71	2	70
false	call failed: The key [.weapons] doesn't exist after update of sharedata conf
4	1	1=77
5	0	
false	sharedata: the value of f is a function, which can't be shared
false	sharedata: a key is a table, want a string or a number
false	sharedata: can't share a number
false	sharedata: tables are nested too deep, or a table is in itself
5
false	sharedata: there is none with the name conf; sharedata.new makes one
`
	if rest != want {
		t.Errorf("got\n%s\nwant\n%s", rest, want)
	}
}

// cut takes the first line off.
func cut(text string) (line, rest string) {
	for i := range len(text) {
		if text[i] == '\n' {
			return text[:i], text[i+1:]
		}
	}
	return text, ""
}

// TestReaders has services read while another one updates: what one reads in one go belongs together, and all see the last one.
func TestReaders(t *testing.T) {
	got := librarytest.Run(t, `
		local skynet = require "skynet"
		local sharedata = require "skynet.sharedata"
		if ... == "reader" then
			skynet.start(function()
				local conf = sharedata.query "conf"
				skynet.dispatch("lua", function(_, _, last)
					local seen, count = 0, 0
					repeat
						for _, row in pairs(conf.rows) do
							assert(row.a == row.b)
							count = count + 1
						end
						assert(conf.version >= seen, "an older version")
						seen = conf.version
						skynet.yield()
					until seen == last
					skynet.retpack(count > 0)
				end)
			end)
			return
		end
		local function values(n)
			local rows = {}
			for i = 1, 50 do rows[i] = { a = n * i, b = n * i } end
			return { version = n, rows = rows }
		end
		skynet.start(function()
			sharedata.new("conf", values(1))
			local left, caller, failed = 8, coroutine.running(), nil
			for i = 1, left do
				local reader = skynet.newservice("main", "reader")
				skynet.fork(function()
					local ok, message = pcall(skynet.call, reader, "lua", 60)
					failed = failed or not ok and message
					left = left - 1
					if left == 0 then skynet.wakeup(caller) end
				end)
			end
			for n = 2, 60 do
				skynet.yield()
				sharedata.update("conf", values(n))
			end
			if left > 0 then skynet.wait(caller) end
			print(failed or "all have seen the last one")
		end)`)
	if got != "all have seen the last one\n" {
		t.Error(got)
	}
}

// TestReload wants new code to share anew what the code before has shared, and a view to go over.
func TestReload(t *testing.T) {
	before, after := librarytest.AcrossReload(t, `
		local skynet = require "skynet"
		local sharedata = require "skynet.sharedata"
		local calls = 0
		skynet.start(function()
			sharedata.new("conf", { word = "hello" })
			local conf = sharedata.query "conf"
			skynet.dispatch("lua", function()
				calls = calls + 1
				skynet.retpack(conf.word .. sharedata.query "conf".word .. calls)
				sharedata.update("conf", { word = "changed" })
			end)
		end)`)
	if before != "[hellohello1]" || after != "[hellohello2]" {
		t.Errorf("before %s, after %s", before, after)
	}
}
