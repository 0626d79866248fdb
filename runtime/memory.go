package runtime

import (
	"context"

	lua "github.com/yuin/gopher-lua"
)

// Memory estimates the bytes that a service's Lua values take: what can be
// reached from its globals, its handlers and its kept state. The values that
// only a running function's locals hold aren't seen, and compiled code, which
// services share, isn't counted. It takes the service time in proportion to
// its values, up to memoryLimit of them.
func (n *Node) Memory(ctx context.Context, h Handle) (int64, error) {
	s, err := n.Service(h)
	if err != nil {
		return 0, err
	}
	var bytes int64
	err = n.ask(ctx, s, func(s *Service) { bytes = s.weigh() })
	return bytes, err
}

// weigh is Memory, on the service's own worker.
func (s *Service) weigh() int64 {
	w := weigher{seen: map[any]struct{}{}, left: memoryLimit}
	for _, g := range s.generations() {
		if g.vm == nil {
			continue
		}
		w.value(g.vm.Globals())
		w.value(g.vm.Registry())
		for _, p := range g.protos {
			w.value(p.dispatch)
			w.value(p.unpack)
		}
		for range g.tasks() {
			w.bytes += taskWeight
		}
	}
	for _, v := range s.kept {
		w.value(v)
	}
	return w.bytes
}

const (
	memoryLimit = 2_000_000
	taskWeight  = 4 << 10 // a fiber with its thread and stack
)

// weigher adds up the values of a graph, each once.
type weigher struct {
	seen  map[any]struct{}
	left  int
	bytes int64
}

func (w *weigher) value(root lua.LValue) {
	stack := []lua.LValue{root}
	for len(stack) > 0 && w.left > 0 {
		v := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		w.left--
		switch v := v.(type) {
		case lua.LString:
			w.bytes += int64(len(v))
		case *lua.LTable:
			if v == nil || !w.first(v) {
				continue
			}
			w.bytes += 120
			stack = append(stack, v.Metatable)
			array := v.Len()
			entries := 0
			v.ForEach(func(k, e lua.LValue) {
				entries++
				stack = append(stack, e)
				if _, isText := k.(lua.LString); isText {
					stack = append(stack, k)
				}
			})
			w.bytes += 16*int64(array) + 96*int64(max(0, entries-array))
		case *lua.LFunction:
			if v == nil || v.IsG || !w.first(v) {
				continue
			}
			w.bytes += 64
			for _, uv := range v.Upvalues {
				if uv != nil {
					w.bytes += 48
					stack = append(stack, uv.Value())
				}
			}
		case *lua.LUserData:
			if v != nil && w.first(v) {
				w.bytes += 64
			}
		}
	}
}

func (w *weigher) first(v any) bool {
	if _, known := w.seen[v]; known {
		return false
	}
	w.seen[v] = struct{}{}
	return true
}
