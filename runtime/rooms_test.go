package runtime

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// TestRooms reads what the packages of the runtime import, and fails where one reaches
// up: the floors are those of rooms.txt.
func TestRooms(t *testing.T) {
	floors := readFloors(t)
	eachFile(t, func(file, from string) {
		floor, ok := floors.of(from)
		if !ok {
			t.Errorf("%s is in no line of rooms.txt", from)
			return
		}
		for _, to := range importsOf(t, file) {
			below, ok := floors.of(to)
			switch {
			case !ok:
				t.Errorf("%s imports %s, which is no room of the runtime", file, to)
			case to != from && below >= floor:
				t.Errorf("%s reaches up: it imports %s", file, to)
			}
		}
	})
}

// eachFile goes through the files of the runtime, but for tests, with the packages that
// they belong to.
func eachFile(t *testing.T, do func(file, room string)) {
	t.Helper()
	err := filepath.WalkDir(".", func(file string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && d.Name() == "testdata":
			return filepath.SkipDir
		case !d.IsDir() && strings.HasSuffix(file, ".go") && !strings.HasSuffix(file, "_test.go"):
			do(file, path.Join("runtime", filepath.ToSlash(filepath.Dir(file))))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// floors are the lines of rooms.txt, without what they say behind a #.
type floors [][]string

func readFloors(t *testing.T) (list floors) {
	t.Helper()
	text, err := os.ReadFile("rooms.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		rooms, _, _ := strings.Cut(line, "#")
		if names := strings.Fields(rooms); len(names) > 0 {
			list = append(list, names)
		}
	}
	return list
}

// of is the floor of a package: that of its own name, or else of a pattern.
func (list floors) of(name string) (floor int, ok bool) {
	for i, line := range list {
		for _, room := range line {
			if room == name {
				return i, true
			}
			if match, _ := path.Match(room, name); match {
				floor, ok = i, true
			}
		}
	}
	return floor, ok
}

// importsOf are the packages of this module that a file imports, without the module's
// name.
func importsOf(t *testing.T, file string) (list []string) {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	for _, spec := range f.Imports {
		name, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		if inside, ok := strings.CutPrefix(name, "devnode/"); ok {
			list = append(list, inside)
		}
	}
	return list
}
