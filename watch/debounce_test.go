package watch

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestPace plays events on a clock of its own: "3a" is a whole save of a at
// 3 ms, "3a+" one whose writer goes on until "9a". What goes out is given the
// same way, "11:ab" for a batch of a and b at 11 ms.
func TestDebounce(t *testing.T) {
	for _, c := range []struct{ name, events, want string }{
		{"a lone save", "0a", "8:a"},
		{"two at once", "0a 1b", "26:ab"},
		{"several in turn", "0a 7b 27c 50d", "75:abcd"},
		{"lots", "0a 0b 0c 0d 0e 0f 0g 0h 0i 0j 0k 0l 0m 0n 0o 0p 40q", "90:abcdefghijklmnopq"},
		{"the same file again", "0a 5a", "13:a"},
		{"saves far apart", "0a 100b", "8:a 108:b"},
		{"a slow writer", "0a+ 90a", "98:a"},
		{"beside a slow writer", "0a+ 10b 90a", "115:ab"},
		{"beside one that doesn't end", "0a+ 10b 400a", "150:b 408:a"},
		{"after one that doesn't end", "0a+ 200b 400a", "208:b 408:a"},
		{"a file that changes all the time", every(0, 300, 5, "a"), "100:a 205:a 310:a"},
		{"beside a file that changes all the time", every(0, 300, 5, "a") + " 150b", "100:a 205:ab 310:a"},
		{"a torn burst, and the next one", "0a 20b 40c 1000a 1018b 1036c", "8:a 65:bc 1061:abc"},
		{"lone again after three", "0a 20b 500a 1000a 1500a 2000a", "8:a 45:b 530:a 1030:a 1530:a 2008:a"},
	} {
		if got := play(c.events, 8*time.Millisecond); got != c.want {
			t.Errorf("%s: %s\ngot  %s\nwant %s", c.name, c.events, got, c.want)
		}
	}
}

func every(from, to, step int, path string) string {
	var events []string
	for at := from; at <= to; at += step {
		events = append(events, fmt.Sprint(at, path))
	}
	return strings.Join(events, " ")
}

func play(script string, quiet time.Duration) string {
	start := time.Unix(1000, 0)
	at := func(ms int) time.Time { return start.Add(time.Duration(ms) * time.Millisecond) }
	type save struct {
		path string
		goes bool
	}
	saves := map[int][]save{}
	end := 0
	for _, word := range strings.Fields(script) {
		var ms int
		var path string
		fmt.Sscanf(word, "%d%s", &ms, &path)
		path, goes := strings.CutSuffix(path, "+")
		saves[ms] = append(saves[ms], save{path, goes})
		end = max(end, ms)
	}
	p := &debouncer{quiet: quiet}
	files, pending := map[string]*file{}, map[*file]struct{}{}
	var out []string
	for ms := 0; ms < end+2000; ms++ {
		now := at(ms)
		for _, s := range saves[ms] {
			f := files[s.path]
			if f == nil {
				f = &file{path: s.path}
				files[s.path] = f
			}
			f.stir(now)
			if pending[f] = struct{}{}; !s.goes {
				f.settleAt(now, now)
			}
		}
		chosen, _ := p.choose(pending, now)
		if len(chosen) == 0 {
			continue
		}
		var names []string
		for _, f := range chosen {
			names = append(names, f.path)
		}
		slices.Sort(names)
		out = append(out, fmt.Sprintf("%d:%s", ms, strings.Join(names, "")))
		slices.SortFunc(chosen, func(a, b *file) int { return strings.Compare(a.path, b.path) })
		p.sent(chosen, now)
		for _, f := range chosen {
			f.calm()
			delete(pending, f)
		}
	}
	return strings.Join(out, " ")
}
