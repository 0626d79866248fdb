// Package scripts holds the Lua services that come with devnode: the demo, and
// what `devnode new` starts a project from. They are part of the binary, so that
// it runs them also where this folder isn't.
package scripts

import (
	"embed"
	"io/fs"
)

//go:embed demo/*.lua
var files embed.FS

// Files are the scripts, by their paths below this folder: "demo/main.lua".
func Files() fs.FS { return files }
