// Package scripts holds the Lua services that come with devnode: the demo, and
// the examples that `devnode new` starts a project from. They are part of the
// binary, so that it has them also where this folder isn't.
package scripts

import (
	"embed"
	"io/fs"
	"path"
)

//go:embed demo/*.lua examples/*/*
var files embed.FS

// Demo is the demo: "main.lua" and what it launches.
func Demo() fs.FS { return folder("demo") }

// Examples are the names of the examples, sorted.
func Examples() []string {
	entries, err := fs.ReadDir(files, "examples")
	if err != nil {
		panic(err) // the folder is part of the binary
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.Name()
	}
	return names
}

// Example is the example of that name, one of Examples: "main.lua", what it
// launches, and a README.
func Example(name string) fs.FS { return folder(path.Join("examples", name)) }

func folder(name string) fs.FS {
	f, err := fs.Sub(files, name)
	if err != nil {
		panic(err)
	}
	return f
}
