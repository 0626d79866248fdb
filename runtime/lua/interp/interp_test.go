package interp

import (
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// checkGoroutines fails the test if it leaves a goroutine.
func checkGoroutines(t *testing.T) {
	t.Helper()
	before := runtime.NumGoroutine()
	t.Cleanup(func() {
		for range 2000 {
			if runtime.NumGoroutine() <= before {
				return
			}
			time.Sleep(time.Millisecond)
		}
		t.Errorf("%d goroutines before, %d after", before, runtime.NumGoroutine())
	})
}

func TestRunFile(t *testing.T) {
	cases := []struct {
		name, src, in string
		args          []string
		out, err      string
		status        int
	}{
		{name: "output", src: "print(1, 'a', nil)", out: "1\ta\tnil\n"},
		{name: "arguments", src: "print(#arg, arg[0] == ..., arg[1], arg[2], ...)", args: []string{"a", "b"}, out: "2\tfalse\ta\tb\ta\tb\n"},
		{name: "shebang", src: "#!/usr/bin/lua\nprint(debug.getinfo(1, 'l').currentline)", out: "2\n"},
		{name: "error", src: "local function f()\n error('boom')\nend\nf()", err: "lua: FILE:2: boom\nstack traceback:\n\t[C]: in function 'error'\n\tFILE:2: in local 'f'\n\tFILE:4: in main chunk\n\t[C]: in ?\n", status: 1},
		{name: "error without position", src: "error('boom', 0)", err: "lua: boom\nstack traceback:\n\t[C]: in function 'error'\n\tFILE:1: in main chunk\n\t[C]: in ?\n", status: 1},
		{name: "error of the machine", src: "local t\nprint(t.x)", err: "lua: FILE:2: attempt to index a nil value (local 't')\nstack traceback:\n\tFILE:2: in main chunk\n\t[C]: in ?\n", status: 1},
		{name: "error object", src: "error({})", err: "lua: (error object is a table value)\nstack traceback:\n\t[C]: in function 'error'\n\tFILE:1: in main chunk\n\t[C]: in ?\n", status: 1},
		{name: "error object with text", src: "error(setmetatable({}, {__tostring = function() return 'text' end}))", err: "lua: text\n", status: 1},
		{name: "error nil", src: "error()", err: "lua: (error object is a nil value)\nstack traceback:\n\t[C]: in function 'error'\n\tFILE:1: in main chunk\n\t[C]: in ?\n", status: 1},
		{name: "syntax error", src: "x = = 1", err: "lua: FILE:1: unexpected symbol near '='\n", status: 1},
		{name: "exit", src: "print('a') os.exit(3) print('b')", out: "a\n", status: 3},
		{name: "exit inside everything", src: "pcall(function() coroutine.wrap(function() table.sort({2, 1}, function() os.exit(true) end) end)() end) print('b')"},
		{name: "exit false", src: "os.exit(false)", status: 1},
		{name: "input", src: "print(io.read('n', 'l', 'L', 'a'))", in: "12\nline\nrest\n", out: "12\t\tline\n\trest\n\n"},
		{name: "collected at the end", src: "x = setmetatable({}, {__gc = function() print('gc 1') end}) y = setmetatable({}, {__gc = function() print('gc 2') end})", out: "gc 2\ngc 1\n"},
		{name: "output of a child", src: "os.execute('echo child')", out: "child\n"},
	}
	oracle, _ := exec.LookPath("lua5.4")
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			checkGoroutines(t)
			dir := t.TempDir()
			file := filepath.Join(dir, "s.lua")
			if err := os.WriteFile(file, []byte(c.src), 0o666); err != nil {
				t.Fatal(err)
			}
			if oracle != "" {
				cmd := exec.Command(oracle, append([]string{file}, c.args...)...)
				cmd.Stdin = strings.NewReader(c.in)
				var out, errs bytes.Buffer
				cmd.Stdout, cmd.Stderr = &out, &errs
				cmd.Run()
				compare(t, "lua5.4", file, c.out, c.err, c.status, out.String(), strings.ReplaceAll(errs.String(), oracle+":", "lua:"), cmd.ProcessState.ExitCode())
			}
			var out, errs bytes.Buffer
			status := RunFile(context.Background(), file, c.args, Streams{In: strings.NewReader(c.in), Out: &out, Err: &errs})
			compare(t, "devnode", file, c.out, c.err, c.status, out.String(), errs.String(), status)
		})
	}
}

// compare holds a run against what is wanted, where FILE stands for the file.
func compare(t *testing.T, who, file, out, errs string, status int, gotOut, gotErrs string, gotStatus int) {
	t.Helper()
	gotErrs = strings.ReplaceAll(gotErrs, file, "FILE")
	if gotOut != out || gotErrs != errs || gotStatus != status {
		t.Errorf("%s: status %d, output %q, errors %q\nwant status %d, output %q, errors %q", who, gotStatus, gotOut, gotErrs, status, out, errs)
	}
}

func TestMissingFile(t *testing.T) {
	var errs bytes.Buffer
	status := RunFile(context.Background(), "/nonexistent/x.lua", nil, Streams{In: strings.NewReader(""), Out: io.Discard, Err: &errs})
	if status != 1 || errs.String() != "lua: cannot open /nonexistent/x.lua\n" {
		t.Errorf("status %d, errors %q", status, errs.String())
	}
}

func TestInterrupt(t *testing.T) {
	for _, src := range []string{"while true do end", "io.read()", "pcall(function() while true do pcall(io.read) end end)"} {
		checkGoroutines(t)
		in, feed := io.Pipe()
		ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
		var errs bytes.Buffer
		begin := time.Now()
		status := runScript(ctx, []byte(src), "=test", "test", nil, Streams{In: in, Out: io.Discard, Err: &errs})
		cancel()
		feed.Close()
		if d := time.Since(begin); status != 1 || d > time.Minute || !strings.HasPrefix(errs.String(), "lua: interrupted!\n") {
			t.Errorf("%s: status %d after %v, errors %q", src, status, d, errs.String())
		}
	}
}

// typed is somebody at the prompt: it writes down the prompts too.
type typed struct {
	lines []string
	out   *bytes.Buffer
}

func (r *typed) ReadLine(prompt string) (string, error) {
	r.out.WriteString(prompt)
	if len(r.lines) == 0 {
		r.out.WriteString("\n")
		return "", io.EOF
	}
	line := r.lines[0]
	r.lines = r.lines[1:]
	r.out.WriteString(line + "\n")
	return line, nil
}

func TestREPL(t *testing.T) {
	cases := []struct {
		name, want string
		status     int
	}{
		{"expressions", "> 1 + 1\n2\n> 'a', nil\na\tnil\n> \n", 0},
		{"state", "> x = 5\n> x\n5\n> local y = 6\n> y\nnil\n> \n", 0},
		{"several lines", "> for i = 1, 2 do\n>> print(i)\n>> end\n1\n2\n> function f()\n>> return 7\n>> end\n> f()\n7\n> \n", 0},
		{"string over lines", "> s = [[\n>> a\n>> ]]\n> #s\n2\n> \n", 0},
		{"errors", "> x.y\nstdin:1: attempt to index a nil value (global 'x')\nstack traceback:\n\tstdin:1: in main chunk\n\t[C]: in ?\n> x =\n>> = 1\nstdin:2: unexpected symbol near '='\n> \n", 0},
		{"prompts", "> _PROMPT = '$ ' _PROMPT2 = '$$ '\n$ do\n$$ end\n$ \n", 0},
		{"exit", "> os.exit(4)\n", 4},
		{"end inside", "> do\n>> \nstdin:1: 'end' expected near <eof>\n> \n", 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			checkGoroutines(t)
			var out bytes.Buffer
			r := NewREPL(Streams{In: strings.NewReader(""), Out: &out, Err: &out})
			status := r.Run(context.Background(), &typed{lines: inputs(c.want), out: &out})
			r.Close()
			if out.String() != c.want || status != c.status {
				t.Errorf("status %d\n%s\nwant %d\n%s", status, out.String(), c.status, c.want)
			}
		})
	}
}

// inputs are the lines of a transcript that were typed.
func inputs(transcript string) []string {
	var lines []string
	for _, line := range strings.SplitAfter(transcript, "\n") {
		for _, p := range []string{"> ", ">> ", "$ ", "$$ "} {
			if rest, ok := strings.CutPrefix(line, p); ok && rest != "\n" {
				lines = append(lines, strings.TrimSuffix(rest, "\n"))
			}
		}
	}
	return lines
}
