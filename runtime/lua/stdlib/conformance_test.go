package stdlib

import (
	"bytes"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"devnode/runtime/lua/layout"
	"devnode/runtime/lua/vm"
)

var update = flag.Bool("update", false, "record what lua5.4 prints for the scripts in testdata/conformance")

// TestConformance runs every script of testdata/conformance and compares what
// it prints with what C Lua 5.4 prints: the one that is installed, and the one
// that the .out files were recorded from.
func TestConformance(t *testing.T) {
	scripts, err := filepath.Glob("testdata/conformance/*.lua")
	if err != nil || len(scripts) == 0 {
		t.Fatal("no scripts", err)
	}
	oracle, _ := exec.LookPath("lua5.4")
	for _, script := range scripts {
		t.Run(strings.TrimSuffix(filepath.Base(script), ".lua"), func(t *testing.T) {
			if layout.Own && filepath.Base(script) == "longaddress.lua" {
				t.Skip("without unsafe code strings have no addresses")
			}
			recorded := strings.TrimSuffix(script, ".lua") + ".out"
			if oracle != "" {
				got := runOracle(t, oracle, script)
				if *update {
					if err := os.WriteFile(recorded, got, 0o666); err != nil {
						t.Fatal(err)
					}
				}
			}
			want, err := os.ReadFile(recorded)
			if err != nil {
				t.Fatal(err)
			}
			if oracle != "" && !bytes.Equal(runOracle(t, oracle, script), want) {
				t.Errorf("%s isn't what the installed lua5.4 prints: run with -update", recorded)
			}
			compareLines(t, runScript(t, script), string(want))
		})
	}
}

func runOracle(t *testing.T, oracle, script string) []byte {
	t.Helper()
	var out bytes.Buffer
	cmd := exec.Command(oracle, script)
	cmd.Env = append(os.Environ(), "TZ=UTC", "LUA_PATH=", "LUA_CPATH=")
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		t.Logf("%s %s: %v\n%s", oracle, script, err, tail(out.String()))
	}
	return mask(out.Bytes())
}

// mask hides what differs from run to run.
func mask(b []byte) []byte { return addresses.ReplaceAll(b, []byte("ADDR")) }

func runScript(t *testing.T, script string) string {
	t.Helper()
	t.Setenv("TZ", "UTC")
	src, err := os.ReadFile(script)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	v := newTestVM(t, Options{Stdout: &out, Stderr: &out, Warn: func(string) {}})
	fn, err := of(v).compile(nil, src, "@"+script, "t")
	if err != nil {
		t.Fatal(err)
	}
	f := v.NewFiber(nil)
	defer f.Release()
	// A program's main function has C below it, and so it is here.
	f.Start(v.NewFunction(callMain), fn)
	for f.Resume() == vm.Parked {
	}
	if e := f.Failure(); e != nil {
		out.WriteString("error: " + e.Error() + "\n")
	}
	return string(mask(out.Bytes()))
}

func tail(s string) string { return s[max(0, len(s)-400):] }

func compareLines(t *testing.T, got, want string) {
	t.Helper()
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	bad := 0
	for i := 0; i < max(len(g), len(w)) && bad < 40; i++ {
		var gl, wl string
		if i < len(g) {
			gl = g[i]
		}
		if i < len(w) {
			wl = w[i]
		}
		if gl != wl {
			bad++
			t.Errorf("line %d of the output\n got %s\nwant %s", i+1, gl, wl)
		}
	}
}
