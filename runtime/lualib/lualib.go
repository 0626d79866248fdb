// Package lualib holds the modules that services require and that are written
// in Lua. They are part of the binary: `skynet/queue.lua` is require
// "skynet.queue". Those written in Go are in package runtime.
package lualib

import (
	"embed"
	"io/fs"
	"strings"
	"sync"
)

//go:embed all:skynet
var sources embed.FS

// Modules gives the source of each module by the name that require knows it
// by. The map must not be changed.
var Modules = sync.OnceValue(func() map[string]string {
	modules := make(map[string]string)
	fs.WalkDir(sources, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".lua") {
			return err
		}
		data, err := sources.ReadFile(path)
		if err == nil {
			name := strings.ReplaceAll(strings.TrimSuffix(path, ".lua"), "/", ".")
			modules[name] = string(data)
		}
		return err
	})
	return modules
})
