package runtime

import (
	"math/rand/v2"
	"testing"
)

// TestSessions compares the table with a map, over random numbers that collide.
func TestSessions(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	var ss sessions
	model := map[int32]*Task{}
	for range 100_000 {
		session := 1 + int32(rnd.IntN(40))<<rnd.IntN(8)
		switch rnd.IntN(3) {
		case 0:
			model[session] = &Task{}
			ss.put(session, wait{task: model[session]})
		case 1:
			if got := ss.take(session); got.task != model[session] {
				t.Fatalf("take(%d) = %v, want %v", session, got.task, model[session])
			}
			delete(model, session)
		default:
			if got := ss.get(session); got.task != model[session] {
				t.Fatalf("get(%d) = %v, want %v", session, got.task, model[session])
			}
		}
		if ss.len() != len(model) {
			t.Fatalf("%d sessions, want %d", ss.len(), len(model))
		}
	}
	for session, w := range ss.all() {
		if model[session] != w.task {
			t.Errorf("all has %d with %v, want %v", session, w.task, model[session])
		}
		delete(model, session)
	}
	if len(model) > 0 {
		t.Errorf("all lacks %v", model)
	}
}
