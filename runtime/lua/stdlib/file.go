package stdlib

import (
	"bufio"
	"errors"
	"io"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"syscall"
	"weak"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

// file is an open file, a pipe or a standard stream, with C's buffering.
type file struct {
	lib       *library
	os        *os.File  // nil for the standard streams
	src       *source   // nil: not open for reading
	dst       io.Writer // nil: not open for writing
	in        *bufio.Reader
	out       *bufio.Writer
	cmd       *exec.Cmd // of popen
	pipe      io.Closer // to or from cmd
	lines     bool      // flushed up to the last newline
	unbuffer  bool
	std       bool // not closed by the script
	temporary bool
	closed    bool
}

var (
	errNotReadable = syscall.EBADF
	errBusy        = errors.New("file is in use by another task")
)

// openFiles are the files of a VM that are still open, to be closed with it.
// It doesn't keep a file that nobody refers to: such a one closes itself.
type openFiles struct {
	mu    sync.Mutex
	files map[weak.Pointer[file]]struct{}
}

// add makes a file a Lua value, and has it closed at last.
func (s *ioState) add(f *file) *lua.LUserData {
	s.open.add(f)
	return s.wrap(f)
}

func (o *openFiles) add(f *file) {
	p := weak.Make(f)
	o.mu.Lock()
	if o.files == nil {
		o.files = make(map[weak.Pointer[file]]struct{})
	}
	o.files[p] = struct{}{}
	o.mu.Unlock()
	runtime.SetFinalizer(f, func(f *file) { f.release() })
}

func (o *openFiles) remove(f *file) {
	o.mu.Lock()
	delete(o.files, weak.Make(f))
	o.mu.Unlock()
}

func (o *openFiles) closeAll() {
	o.mu.Lock()
	files := o.files
	o.files = nil
	o.mu.Unlock()
	for p := range files {
		if f := p.Value(); f != nil {
			runtime.SetFinalizer(f, nil)
			f.release()
		}
	}
}

// release closes a file whose script has forgotten it.
func (f *file) release() {
	if f.closed {
		return
	}
	f.closeStream()
	if f.cmd != nil {
		cmd := f.cmd
		go cmd.Wait() // so that it doesn't stay a zombie
	}
}

// source is what a file reads from. It doesn't refer to the file, whose
// finalizer would otherwise never run.
type source struct {
	lib   *library
	r     io.Reader
	slow  bool      // reading may take long
	fiber *vm.Fiber // that reads now
}

// Read reads while the fiber is parked, if that may take long.
func (s *source) Read(p []byte) (n int, err error) {
	if !s.slow || s.fiber == nil {
		return s.r.Read(p)
	}
	s.lib.Block(s.fiber, func() { n, err = s.r.Read(p) })
	return n, err
}

func (f *file) reader() (*bufio.Reader, error) {
	if f.src == nil {
		return nil, errNotReadable
	}
	if f.out != nil {
		if err := f.out.Flush(); err != nil {
			return nil, err
		}
	}
	if f.in == nil {
		f.in = bufio.NewReader(f.src)
	}
	return f.in, nil
}

// writer is where to write: behind what was read, not behind what was read
// ahead.
func (f *file) writer() (io.Writer, error) {
	if f.dst == nil {
		return nil, errNotReadable
	}
	if err := f.dropReadAhead(); err != nil {
		return nil, err
	}
	if f.std || f.unbuffer {
		return f.dst, nil
	}
	if f.out == nil {
		f.out = bufio.NewWriter(f.dst)
	}
	return f.out, nil
}

func (f *file) dropReadAhead() error {
	if f.in == nil || f.os == nil || f.in.Buffered() == 0 {
		return nil
	}
	_, err := f.os.Seek(int64(-f.in.Buffered()), io.SeekCurrent)
	f.in.Reset(f.src)
	return err
}

func (f *file) flush() error {
	if f.out == nil {
		return nil
	}
	return f.out.Flush()
}

func (f *file) closeStream() error {
	f.closed = true
	err := f.flush()
	if f.os != nil {
		if e := f.os.Close(); err == nil {
			err = e
		}
		if f.temporary {
			os.Remove(f.os.Name())
		}
	}
	if f.pipe != nil {
		f.pipe.Close()
	}
	f.in, f.out = nil, nil
	return err
}

// closeResult closes the file and pushes what close returns.
func (f *file) closeResult(L *lua.LState) int {
	if f.std {
		return failure(L, "cannot close standard file")
	}
	runtime.SetFinalizer(f, nil)
	f.lib.io.open.remove(f)
	err := f.closeStream()
	if f.cmd == nil {
		return fileResult(L, err, "")
	}
	f.lib.Block(vm.Of(L), func() { err = f.cmd.Wait() })
	return exitResult(L, err)
}

func fileClose(L *lua.LState) int {
	f := checkFile(L, 1)
	if err := f.flushFor(L); err == errBusy {
		return fileResult(L, err, "")
	}
	return f.closeResult(L)
}

// fileCollect is __gc and __close: files that are closed, and the standard
// ones, are left alone.
func fileCollect(L *lua.LState) int {
	if _, f := checkFileValue(L, 1); !f.closed && !f.std {
		f.closeResult(L)
	}
	return 0
}

func fileFlush(L *lua.LState) int { return fileResult(L, checkFile(L, 1).flushFor(L), "") }

func fileWrite(L *lua.LState) int {
	f := checkFile(L, 1)
	return f.write(L, 2, L.Get(1).(*lua.LUserData))
}

// write writes the arguments from n on, and pushes the file itself.
func (f *file) write(L *lua.LState, n int, self *lua.LUserData) int {
	done, err := f.using(L)
	if err != nil {
		return fileResult(L, err, "")
	}
	defer done()
	w, err := f.writer()
	if err == nil {
		err = f.writeText(vm.Of(L), w, textArguments(L, n))
	}
	for ; n <= L.GetTop(); n++ {
		checkString(L, n) // those before it are written, as in C Lua
	}
	if err != nil {
		return fileResult(L, err, "")
	}
	L.Push(self)
	return 1
}

// textArguments are the arguments from n on, up to one that is no text.
func textArguments(L *lua.LState, n int) (parts []string) {
	for ; n <= L.GetTop(); n++ {
		v := L.Get(n)
		s, ok := asText(v)
		if !ok {
			return parts
		}
		if _, f, kind := value.Read(v); kind == value.Real {
			s = string(value.AppendG14(nil, f)) // C Lua writes 1.0 as 1
		}
		parts = append(parts, s)
	}
	return parts
}

func fileSetvbuf(L *lua.LState) int {
	f := checkFile(L, 1)
	mode := checkOption(L, 2, "", "no", "full", "line")
	size := optInt(L, 3, 4096)
	err := f.flushFor(L)
	f.out, f.unbuffer, f.lines = nil, mode == 0, mode == 2
	if f.dst != nil && !f.std && mode != 0 {
		f.out = bufio.NewWriterSize(f.dst, int(max(16, min(size, 1<<20))))
	}
	return fileResult(L, err, "")
}

func fileSeek(L *lua.LState) int {
	f := checkFile(L, 1)
	whence := checkOption(L, 2, "cur", "set", "cur", "end")
	offset := optInt(L, 3, 0)
	if f.os == nil || f.cmd != nil {
		return results(L, lua.LNil, lua.LString("Illegal seek"), lua.LNumber(29))
	}
	err := f.flushFor(L)
	if err == nil {
		err = f.dropReadAhead()
	}
	at := int64(0)
	if err == nil {
		at, err = f.os.Seek(offset, whence)
	}
	if err != nil {
		return fileResult(L, err, "")
	}
	return number(L, at)
}
