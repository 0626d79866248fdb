package memoryuse

import "runtime/metrics"

// figure is a number that skynet's jemalloc would give, and the figures of Go's that make it up.
type figure struct {
	name   string
	plus   []string
	except []string
}

const (
	objects  = "/memory/classes/heap/objects:bytes"
	unused   = "/memory/classes/heap/unused:bytes"
	released = "/memory/classes/heap/released:bytes"
	total    = "/memory/classes/total:bytes"
	blocks   = "/gc/heap/objects:objects"
)

// figures are those of jestat, in its order.
var figures = []figure{
	{name: "stats.allocated", plus: []string{objects}},
	{name: "stats.resident", plus: []string{total}, except: []string{released}},
	{name: "stats.retained", plus: []string{released}},
	{name: "stats.mapped", plus: []string{total}, except: []string{released}},
	{name: "stats.active", plus: []string{objects, unused}},
}

// value is the figure now, in bytes.
func (f figure) value() (n int64) {
	for _, name := range f.plus {
		n += read(name)
	}
	for _, name := range f.except {
		n -= read(name)
	}
	return max(n, 0)
}

// read is one of Go's figures.
func read(name string) int64 {
	sample := []metrics.Sample{{Name: name}}
	metrics.Read(sample)
	return int64(sample[0].Value.Uint64())
}
