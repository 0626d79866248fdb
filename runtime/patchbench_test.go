package runtime

import (
	"fmt"
	"strings"
	"testing"
)

// BenchmarkPatch patches one function of a service of 500 lines back and
// forth. The figure plan+apply is for what happens inside the service, between
// two messages.
func BenchmarkPatch(b *testing.B) {
	for _, records := range []int{0, 10_000, 1_000_000} {
		b.Run(fmt.Sprintf("records=%d", records), func(b *testing.B) {
			var body strings.Builder
			fmt.Fprintf(&body, "local db = {} for i = 1, %d do db[i] = {id = i} end\n", records)
			for i := range 124 {
				fmt.Fprintf(&body, "function CMD.f%d(a)\n  if a == 'x' then db[a] = %d end\n  return db[a]\nend\n", i, i)
			}
			versions := [2]string{patchService(body.String()), patchService(strings.Replace(body.String(), "return db", "return nil, db", 1))}
			tn := newTestNode(b, map[string]string{"main.lua": versions[0]}, nil)
			h := tn.launch("main")
			path := absolute(tn.dir + "/main.lua")
			inside := 0.0
			for i := 0; b.Loop(); i++ {
				r := tn.Patch(testContext(b), []Handle{h}, ReloadOptions{Files: map[string][]byte{path: []byte(versions[1-i%2])}})[0]
				if r.Err != nil {
					b.Fatal(r.Err)
				}
				inside += float64(r.Switch.Microseconds())
			}
			b.ReportMetric(inside/float64(b.N), "inside-µs/op")
		})
	}
}
