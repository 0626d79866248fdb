package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// BenchmarkStart is the time from the start of the binary until a service has
// called another, been answered, and ended the node.
func BenchmarkStart(b *testing.B) {
	dir := b.TempDir()
	for name, code := range map[string]string{
		"main.lua": `local skynet = require "skynet"
skynet.start(function()
	local echo = skynet.newservice("echo")
	io.write(skynet.call(echo, "lua", "hello"))
	skynet.abort()
end)`,
		"echo.lua": `local skynet = require "skynet"
skynet.start(function() skynet.dispatch("lua", function(_, _, ...) skynet.retpack(...) end) end)`,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(code), 0o644); err != nil {
			b.Fatal(err)
		}
	}
	binary := filepath.Join(dir, "devnode.exe")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		b.Fatalf("go build: %v\n%s", err, out)
	}
	for b.Loop() {
		out, err := exec.Command(binary, "run", "--console", "127.0.0.1:0", filepath.Join(dir, "main.lua")).Output()
		if err != nil || string(out) != "hello" {
			b.Fatalf("%q, %v", out, err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N), "ms/start")
}
