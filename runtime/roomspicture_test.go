package runtime

import (
	"flag"
	"fmt"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
)

var updatePicture = flag.Bool("update", false, "draw the rooms anew in docs/architecture.md")

// The picture of the rooms in docs/architecture.md stands between these lines.
const (
	pictureBegins = "<!-- rooms: go test ./runtime -run Rooms -update -->\n"
	pictureEnds   = "<!-- end of rooms -->\n"
)

// TestRoomsPicture draws the rooms from what they import, and fails where the picture in
// docs/architecture.md is another one.
func TestRoomsPicture(t *testing.T) {
	const page = "../docs/architecture.md"
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, begins := strings.Cut(string(text), pictureBegins)
	was, after, ends := strings.Cut(rest, pictureEnds)
	if !begins || !ends {
		t.Fatalf("%s has no place for the picture", page)
	}
	is := picture(t)
	switch {
	case was == is:
	case *updatePicture:
		if err := os.WriteFile(page, []byte(before+pictureBegins+is+pictureEnds+after), 0o644); err != nil {
			t.Fatal(err)
		}
	default:
		t.Errorf("the picture in %s is stale: go test ./runtime -run Rooms -update", page)
	}
}

// box is some rooms that stand on the same ones.
type box struct {
	names []string
	on    []string // what they import, but for what that imports itself
}

// picture is the rooms as a diagram of GitHub's, the highest floor first. An arrow is
// left out where a longer way leads to the same room.
func picture(t *testing.T) string {
	imports := readImports(t)
	floors := readFloors(t)
	var boxes []*box
	for name := range imports {
		on := directly(imports, name)
		i := slices.IndexFunc(boxes, func(b *box) bool {
			here, _ := floors.of(name)
			there, _ := floors.of(b.names[0])
			return here == there && slices.Equal(b.on, on)
		})
		if i < 0 {
			i, boxes = len(boxes), append(boxes, &box{on: on})
		}
		boxes[i].names = append(boxes[i].names, name)
	}
	for _, b := range boxes {
		slices.Sort(b.names)
	}
	slices.SortFunc(boxes, func(a, b *box) int {
		above, _ := floors.of(a.names[0])
		below, _ := floors.of(b.names[0])
		if above != below {
			return below - above
		}
		return strings.Compare(a.names[0], b.names[0])
	})
	return draw(boxes)
}

func draw(boxes []*box) string {
	var b strings.Builder
	b.WriteString("\n```mermaid\nflowchart TD\n")
	id := map[string]int{}
	for i, box := range boxes {
		for _, name := range box.names {
			id[name] = i
		}
		fmt.Fprintf(&b, "\tr%d[\"%s\"]\n", i, box.label())
	}
	for i, box := range boxes {
		var to []string
		for _, name := range box.on {
			if other := fmt.Sprintf("r%d", id[name]); !slices.Contains(to, other) {
				to = append(to, other)
			}
		}
		if len(to) > 0 {
			fmt.Fprintf(&b, "\tr%d --> %s\n", i, strings.Join(to, " & "))
		}
	}
	b.WriteString("```\n\n")
	return b.String()
}

// label is what a box is called: its rooms, or their folder where they are many, so that
// one more of a kind makes no other picture.
func (b *box) label() string {
	if folder := path.Dir(b.names[0]); len(b.names) > 3 && folder == path.Dir(b.names[len(b.names)-1]) {
		return folder + "/*"
	}
	return strings.Join(b.names, "<br>")
}

// readImports has what each room imports of the others.
func readImports(t *testing.T) map[string][]string {
	imports := map[string][]string{}
	eachFile(t, func(file, room string) {
		list := append(imports[room], importsOf(t, file)...)
		slices.Sort(list)
		imports[room] = slices.Compact(list)
	})
	return imports
}

// directly is what a room imports, but for what one of these rooms imports itself.
func directly(imports map[string][]string, room string) (list []string) {
	for _, to := range imports[room] {
		byAnother := slices.ContainsFunc(imports[room], func(other string) bool {
			return other != to && reaches(imports, other, to)
		})
		if to != room && !byAnother {
			list = append(list, to)
		}
	}
	return list
}

// reaches tells whether a room imports another one, by whatever way.
func reaches(imports map[string][]string, from, to string) bool {
	return slices.ContainsFunc(imports[from], func(next string) bool {
		return next == to || next != from && reaches(imports, next, to)
	})
}
