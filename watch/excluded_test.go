package watch

import (
	"os"
	"path/filepath"
	"testing"
)

func TestExcluded(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		".devnodeignore":     "# what a tool writes\ngen/\n*_pb.lua\n!keep_pb.lua\n/only.lua\n",
		"lib/.devnodeignore": "!mine_pb.lua\nown.lua\n",
	} {
		path := filepath.Join(dir, name)
		must(t, os.MkdirAll(filepath.Dir(path), 0o755))
		must(t, os.WriteFile(path, []byte(text), 0o644))
	}
	for name, want := range map[string]bool{
		"a.lua": false, "a_pb.lua": true, "keep_pb.lua": false, "only.lua": true, "lib/only.lua": false,
		"gen/x/a.lua": true, "lib/gen/a.lua": true, "lib/mine_pb.lua": false, "mine_pb.lua": true,
		"lib/own.lua": true, "own.lua": false, "nowhere/yet/b_pb.lua": true,
	} {
		if got, err := Excluded(filepath.Join(dir, name)); got != want || err != nil {
			t.Errorf("%s: %v, %v, want %v", name, got, err, want)
		}
	}
	must(t, os.WriteFile(filepath.Join(dir, ".devnodeignore"), []byte("[\n*_pb.lua\n"), 0o644))
	if got, err := Excluded(filepath.Join(dir, "a_pb.lua")); !got || err == nil {
		t.Errorf("with a fault: %v, %v", got, err)
	}
}
