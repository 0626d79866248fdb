package layout

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// unsafeCode is what only this package may have: in a file with the tag !purego.
var unsafeCode = regexp.MustCompile(`(?m)^\s*(import )?(_ )?"unsafe"$|^//go:linkname `)

func TestUnsafeCodeIsHereOnly(t *testing.T) {
	root := filepath.Join("..", "..", "..")
	files := 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && strings.HasPrefix(d.Name(), ".") && d.Name() != "..":
			return filepath.SkipDir
		case d.IsDir() || !strings.HasSuffix(path, ".go"):
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files++
		here := filepath.ToSlash(filepath.Dir(path)) == "../../../runtime/lua/layout"
		switch {
		case !unsafeCode.Match(text):
		case !here:
			t.Errorf("%s has unsafe code", path)
		case !strings.HasPrefix(string(text), "//go:build !purego\n"):
			t.Errorf("%s has unsafe code with the tag purego, too", path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 100 {
		t.Errorf("only %d files were read", files)
	}
}
