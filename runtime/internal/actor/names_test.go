package actor

import (
	"strconv"
	"testing"
	"time"
)

// TestManyNames asks for the names of one service, and takes it out, while another has many
// names: that must not take longer the more they are.
func TestManyNames(t *testing.T) {
	const many = 200_000
	hs := NewDirectory()
	greedy := hs.Register(&Actor{}, 0)
	for i := range many {
		hs.Name("."+strconv.Itoa(i), greedy)
	}
	began := time.Now()
	for i := range 2000 {
		h := hs.Register(&Actor{}, 0)
		name := ".modest" + strconv.Itoa(i)
		hs.Name(name, h)
		if got := hs.NamesOf(h); len(got) != 1 || got[0] != name {
			t.Fatal(got)
		}
		hs.Retire(h)
		if hs.Find(name) != 0 || len(hs.NamesOf(h)) != 0 {
			t.Fatal(name, "is still there")
		}
	}
	t.Log(time.Since(began)) // looking through all names twice for each service took ten seconds and more
	hs.Unname(".1", greedy)
	if n := len(hs.NamesOf(greedy)); n != many-1 || hs.Find(".1") != 0 {
		t.Errorf("%d names are left", n)
	}
	hs.Retire(greedy)
	if hs.Find(".2") != 0 {
		t.Error("a name outlives its service")
	}
}
