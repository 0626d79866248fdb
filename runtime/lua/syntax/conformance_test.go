package syntax_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestConformance runs the programs of testdata/conformance, whose output must
// be that of lua5.4 as it is installed.
func TestConformance(t *testing.T) {
	files, _ := filepath.Glob("testdata/conformance/*.lua")
	if len(files) == 0 {
		t.Fatal("no programs")
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".lua"), func(t *testing.T) {
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			chunk := "@" + filepath.Base(file)
			want := runOracle(t, string(src), chunk)
			got := newMachine(t, newPool(t)).run(string(src), chunk)
			if got != want {
				t.Errorf("output differs from lua5.4\n%s", firstDifference(got, want))
			}
		})
	}
}

func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range max(len(g), len(w)) {
		a, b := "(nothing)", "(nothing)"
		if i < len(g) {
			a = g[i]
		}
		if i < len(w) {
			b = w[i]
		}
		if a != b {
			return "got:  " + a + "\nwant: " + b
		}
	}
	return ""
}
