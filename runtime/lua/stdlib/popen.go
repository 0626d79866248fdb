package stdlib

import (
	"io"
	"os"

	lua "github.com/yuin/gopher-lua"
)

// ioPopen starts a program, and gives a file that reads what it writes, or
// writes what it reads.
func ioPopen(L *lua.LState) int {
	line, mode := checkString(L, 1), optString(L, 2, "r")
	if mode != "r" && mode != "w" {
		argError(L, 2, "invalid mode")
	}
	l := libOf(L)
	cmd := shell(line)
	cmd.Stderr = forChild(l.Stderr)
	f := &file{lib: l, cmd: cmd}
	var pipe io.Closer
	var err error
	if mode == "r" {
		cmd.Stdin = osFile(l.Stdin)
		var r io.ReadCloser
		r, err = cmd.StdoutPipe()
		f.src, pipe = &source{lib: l, r: r, slow: true}, r
	} else {
		cmd.Stdout = forChild(l.Stdout)
		var w io.WriteCloser
		w, err = cmd.StdinPipe()
		f.dst, pipe = &sink{lib: l, w: w}, w
	}
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		return fileResult(L, err, line)
	}
	if of, ok := pipe.(*os.File); ok {
		f.os = of
	} else {
		f.pipe = pipe
	}
	L.Push(l.files().add(f))
	return 1
}
