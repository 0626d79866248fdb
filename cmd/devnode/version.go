package main

import (
	"runtime/debug"
	"strings"

	"devnode/runtime/lua/layout"
)

// version says which devnode this is: its release, or the commit it was built from,
// and the Go that built it; purego, where that was without unsafe code.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	settings := map[string]string{}
	for _, s := range info.Settings {
		settings[s.Key] = s.Value
	}
	words := []string{info.Main.Version}
	if commit := settings["vcs.revision"]; len(commit) >= 12 && !strings.Contains(info.Main.Version, commit[:12]) {
		words = append(words, commit[:12])
	}
	if settings["vcs.modified"] == "true" && !strings.Contains(info.Main.Version, "dirty") {
		words = append(words, "with changes")
	}
	words = append(words, info.GoVersion, settings["GOOS"]+"/"+settings["GOARCH"])
	if layout.Own {
		words = append(words, "purego")
	}
	return strings.Join(words, " ")
}
