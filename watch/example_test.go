package watch_test

import (
	"fmt"
	"os"
	"path/filepath"

	"devnode/watch"
)

// A save is heard once, with the bytes it left.
func Example() {
	scripts, err := os.MkdirTemp("", "scripts")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(scripts)

	w, err := watch.New(watch.Config{Roots: []string{scripts}, Files: []string{"*.lua"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer w.Close()

	os.WriteFile(filepath.Join(scripts, "echo.lua"), []byte("return 1"), 0o644)
	batch := <-w.Batches()
	for _, c := range batch.Changes {
		fmt.Println(c.Op, filepath.Base(c.Path), c.Hash, string(c.Data))
	}
	// Output: created echo.lua 486d9aff return 1
}

// A consumer says what it loaded itself, and hears of anything else.
func ExampleWatcher_SetKnown() {
	dir, err := os.MkdirTemp("", "lib")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	w, err := watch.New(watch.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer w.Close()

	path := filepath.Join(dir, "mod.lua")
	w.SetKnown(path, watch.Hash{}) // looked for, and not found
	os.WriteFile(path, []byte("return 1"), 0o644)
	batch := <-w.Batches()
	fmt.Println(batch.Changes[0].Op, filepath.Base(batch.Changes[0].Path))
	// Output: created mod.lua
}
