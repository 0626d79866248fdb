// Package lualib holds what services may require, and launch, and that is written
// in Lua. It is part of the binary: `skynet/queue.lua` is require "skynet.queue",
// `service/gate.lua` is newservice "gate". What is written in Go is in package
// runtime.
package lualib

import (
	"embed"
	"io/fs"
	"strings"
	"sync"
)

//go:embed all:skynet all:snax all:service *.lua
var sources embed.FS

// serviceFolder holds the services.
const serviceFolder = "service/"

// Modules gives the source of each module by the name that require knows it
// by. The map must not be changed.
var Modules = sync.OnceValue(func() map[string]string {
	modules := make(map[string]string)
	eachSource(func(path, source string) {
		if !strings.HasPrefix(path, serviceFolder) {
			modules[strings.ReplaceAll(path, "/", ".")] = source
		}
	})
	return modules
})

// Services gives the source of each service by the name that it is launched by.
// The map must not be changed.
var Services = sync.OnceValue(func() map[string]string {
	services := make(map[string]string)
	eachSource(func(path, source string) {
		if name, ok := strings.CutPrefix(path, serviceFolder); ok {
			services[name] = source
		}
	})
	return services
})

// eachSource calls fn for each file, whose path it gives without its ending.
func eachSource(fn func(path, source string)) {
	fs.WalkDir(sources, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".lua") {
			return err
		}
		data, err := sources.ReadFile(path)
		if err == nil {
			fn(strings.TrimSuffix(path, ".lua"), string(data))
		}
		return err
	})
}
