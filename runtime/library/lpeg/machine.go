package lpeg

import (
	"strings"

	"devnode/runtime/library"
)

// frame is what the machine comes back to: of a call the address behind it, of a choice the other way.
type frame struct {
	pc       int32
	at       int32 // where in the subject a choice began, -1 for a call
	captures int32 // how many captures there were
	open     int32 // the one that was open
	made     int32 // how many values functions had made
}

// mark is an entry of the list of captures.
type mark struct {
	kind  capture
	form  form
	value int32 // the index of its value in the program, a number, or of what a function made
	begin int32 // where it begins, or ends
	other int32 // of one that is open: the entry that closes it; of a close: what it closes; of a full one: its end
	outer int32 // of one that is open: the open one around it
}

type form uint8

const (
	openMark form = iota
	closeMark
	fullMark
)

// capturesLimit is how many entries the list may have.
const capturesLimit = 1 << 25

// madeLimit is how many values functions may make in a match.
const madeLimit = 32_760

// pollEvery is after how many jumps a match lets itself be interrupted.
const pollEvery = 8192

// machine is one match.
type machine struct {
	c       library.Call
	program *program
	subject string
	extra   int // how many extra arguments there are
	stack   []frame
	limit   int // of the stack
	marks   []mark
	open    int32 // the mark that is open, -1 for none
	made    []library.Value
	steps   int
	at      int
}

// run matches the subject from at, and tells whether it did. at is where it ended then.
func (m *machine) run() bool {
	code, s := m.program.code, m.subject
	pc, i := int32(0), m.at
	m.stack = append(m.stack, frame{pc: -1, at: int32(i), open: -1})
	for {
		in := &code[pc]
		switch in.op {
		case opEnd:
			m.at = i
			return true
		case opReturn:
			top := len(m.stack) - 1
			pc = m.stack[top].pc
			m.stack = m.stack[:top]
			continue
		case opAny:
			if len(s)-i < int(in.n) {
				goto fail
			}
			i += int(in.n)
			pc++
			continue
		case opChar:
			if i >= len(s) || s[i] != in.char {
				goto fail
			}
			i++
			pc++
			continue
		case opText:
			if !strings.HasPrefix(s[i:], in.text) {
				goto fail
			}
			i += len(in.text)
			pc++
			continue
		case opSet:
			if i >= len(s) || !in.set.has(s[i]) {
				goto fail
			}
			i++
			pc++
			continue
		case opSpan:
			for i < len(s) && in.set.has(s[i]) {
				i++
			}
			pc++
			continue
		case opUTF:
			r, size := decode(s[i:])
			if size == 0 || r < in.n || r > in.to {
				goto fail
			}
			i += size
			pc++
			continue
		case opTestAny:
			if len(s)-i >= int(in.n) {
				pc++
			} else {
				pc = in.to
			}
			continue
		case opTestChar:
			if i < len(s) && s[i] == in.char {
				pc++
			} else {
				pc = in.to
			}
			continue
		case opTestSet:
			if i < len(s) && in.set.has(s[i]) {
				pc++
			} else {
				pc = in.to
			}
			continue
		case opBehind:
			if i < int(in.n) {
				goto fail
			}
			i -= int(in.n)
			pc++
			continue
		case opJump:
			m.step()
			pc = in.to
			continue
		case opCall:
			m.step()
			m.push(frame{pc: pc + 1, at: -1})
			pc = in.to
			continue
		case opChoice:
			m.push(frame{in.to, int32(i), int32(len(m.marks)), m.open, int32(len(m.made))})
			pc++
			continue
		case opCommit:
			m.stack = m.stack[:len(m.stack)-1]
			pc = in.to
			continue
		case opPartialCommit:
			m.step()
			top := &m.stack[len(m.stack)-1]
			top.at, top.captures, top.open, top.made = int32(i), int32(len(m.marks)), m.open, int32(len(m.made))
			pc = in.to
			continue
		case opBackCommit:
			i = m.restore()
			pc = in.to
			continue
		case opFull:
			m.add(mark{kind: in.capture, form: fullMark, value: in.n, begin: int32(i) - in.to, other: int32(i)})
			pc++
			continue
		case opOpen:
			m.add(mark{kind: in.capture, form: openMark, value: in.n, begin: int32(i), outer: m.open})
			m.open = int32(len(m.marks) - 1)
			pc++
			continue
		case opClose:
			m.close(i)
			pc++
			continue
		case opCloseRuntime:
			to, ok := m.runtime(i)
			if !ok {
				goto fail
			}
			i = to
			pc++
			continue
		case opFailTwice:
			m.stack = m.stack[:len(m.stack)-1]
		}
	fail:
		m.step()
		for m.stack[len(m.stack)-1].at < 0 {
			m.stack = m.stack[:len(m.stack)-1]
		}
		pc = m.stack[len(m.stack)-1].pc
		i = m.restore()
		if pc < 0 {
			return false
		}
	}
}

// step counts what a match does, so that none runs on without being interruptible.
func (m *machine) step() {
	if m.steps++; m.steps >= pollEvery {
		m.steps = 0
		m.c.Poll()
	}
}

func (m *machine) push(f frame) {
	if len(m.stack) >= m.limit {
		m.c.Raise("backtrack stack overflow (current limit is %d)", maxStack.Of(m.c.Generation()).limit)
	}
	m.stack = append(m.stack, f)
}

// restore takes the last choice from the stack, goes back to what there was then, and returns where in the subject.
func (m *machine) restore() int {
	top := len(m.stack) - 1
	f := m.stack[top]
	m.stack = m.stack[:top]
	m.marks, m.open = m.marks[:f.captures], f.open
	if int(f.made) < len(m.made) {
		clear(m.made[f.made:])
		m.made = m.made[:f.made]
	}
	return int(f.at)
}

func (m *machine) add(e mark) {
	if len(m.marks) >= capturesLimit {
		m.c.Raise("too many captures")
	}
	m.marks = append(m.marks, e)
}

// close ends the capture that is open.
func (m *machine) close(at int) {
	open := m.open
	m.marks[open].other = int32(len(m.marks))
	m.open = m.marks[open].outer
	m.add(mark{form: closeMark, begin: int32(at), other: open})
}

// runtime calls the function of a match-time capture, and returns where to go on, unless that fails.
func (m *machine) runtime(at int) (to int, ok bool) {
	open := m.open
	m.close(at)
	results := evaluate(m, open, at)
	first := len(m.made) // of the values that functions made inside of it, which are no more
	for _, e := range m.marks[open:] {
		if e.kind == madeCapture {
			first = int(e.value)
			break
		}
	}
	m.marks, m.made = m.marks[:open+1], m.made[:first]
	if len(results) == 0 || !results[0].Truth() {
		return 0, false
	}
	to = m.position(results[0], at)
	if results = results[1:]; len(results) == 0 {
		m.marks = m.marks[:open]
		return to, true
	}
	if len(m.made)+len(results) > madeLimit {
		m.c.Raise("too many results in match-time capture")
	}
	m.marks[open].value = 0 // an anonymous group
	m.open = open
	for _, v := range results {
		m.made = append(m.made, v)
		m.add(mark{kind: madeCapture, form: fullMark, value: int32(len(m.made) - 1), begin: int32(to), other: int32(to)})
	}
	m.close(to)
	return to, true
}

// position is where a function says that the match goes on.
func (m *machine) position(v library.Value, at int) int {
	if _, ok := v.Bool(); ok {
		return at
	}
	to, _ := integer(v)
	if to < int64(at)+1 || to > int64(len(m.subject))+1 {
		m.c.Raise("invalid position returned by match-time capture")
	}
	return int(to - 1)
}
