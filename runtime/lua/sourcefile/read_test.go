package sourcefile_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"devnode/runtime/lua/sourcefile"
)

func TestRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.lua")
	if err := os.WriteFile(path, []byte("return 1"), 0o666); err != nil {
		t.Fatal(err)
	}
	for name, read := range map[string]func(string) ([]byte, error){"Read": sourcefile.Read, "ReadAny": sourcefile.ReadAny} {
		if data, err := read(path); string(data) != "return 1" || err != nil {
			t.Errorf("%s: %q, %v", name, data, err)
		}
		if _, err := read(path + ".none"); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s of a file that isn't there: %v", name, err)
		}
		if _, err := read(filepath.Dir(path)); err == nil || !strings.Contains(err.Error(), "directory") {
			t.Errorf("%s of a folder: %v", name, err)
		}
	}
}

func TestReadRefusesWhatIsTooLarge(t *testing.T) {
	path := filepath.Join(t.TempDir(), "large.lua")
	if err := os.WriteFile(path, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, sourcefile.MaxSize+1); err != nil {
		t.Fatal(err)
	}
	for name, read := range map[string]func(string) ([]byte, error){"Read": sourcefile.Read, "ReadAny": sourcefile.ReadAny} {
		if _, err := read(path); err == nil || !strings.Contains(err.Error(), "larger than 16 MB") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := os.Truncate(path, sourcefile.MaxSize); err != nil {
		t.Fatal(err)
	}
	if data, err := sourcefile.Read(path); len(data) != sourcefile.MaxSize || err != nil {
		t.Errorf("%d bytes, %v", len(data), err)
	}
}
