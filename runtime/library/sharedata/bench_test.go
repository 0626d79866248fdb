package sharedata_test

import (
	"strconv"
	"strings"
	"testing"

	"devnode/runtime/library/librarytest"
)

// BenchmarkReads prints how long a read of a shared table takes, for one of a table of the service's own: of a field of a row
// (field), and by way of the table of all rows (row). go test -bench Reads ./runtime/library/sharedata
func BenchmarkReads(b *testing.B) {
	got := librarytest.Run(b, `
		local skynet = require "skynet"
		local rounds = tonumber(...)
		local function rows()
			local t = {}
			for i = 1, 1000 do t[i] = { id = i, name = "row " .. i, cost = i, damage = 2 * i, rate = i / 7 } end
			return t
		end
		local function field(t)
			local row, sum = t[500], 0
			local from = skynet.hpc()
			for _ = 1, rounds * 1000 do sum = sum + row.damage end
			return skynet.hpc() - from
		end
		local function row(t)
			local sum = 0
			local from = skynet.hpc()
			for _ = 1, rounds do
				for i = 1, 1000 do sum = sum + t[i].damage end
			end
			return skynet.hpc() - from
		end
		skynet.start(function()
			local own = rows()
			require "skynet.sharetable".loadtable("rows", rows())
			require "skynet.sharedata".new("rows", rows())
			require "skynet.datasheet.builder".new("rows", rows())
			local shared = {
				sharetable = require "skynet.sharetable".query "rows",
				sharedata = require "skynet.sharedata".query "rows",
				datasheet = require "skynet.datasheet".query "rows",
			}
			for name, measure in pairs { field = field, row = row } do
				for kind, t in pairs(shared) do
					local best, bestOwn = math.huge, math.huge
					for _ = 1, 300 do -- in turns, the best of each: others use the machine, too
						best, bestOwn = math.min(best, measure(t)), math.min(bestOwn, measure(own))
					end
					print(kind .. "-" .. name, best / bestOwn)
				end
			end
		end)`, strconv.Itoa(5))
	for line := range strings.Lines(got) {
		name, ratio, _ := strings.Cut(strings.TrimSpace(line), "\t")
		n, err := strconv.ParseFloat(ratio, 64)
		if err != nil {
			b.Fatal(line)
		}
		b.ReportMetric(n, name+"/own")
	}
	b.ReportMetric(0, "ns/op")
}
