package lpeg

import "devnode/runtime/library"

// instruction is one of the machine's.
type instruction struct {
	op      opcode
	capture capture
	char    byte
	to      int32    // where to jump; of a range of code points: its last one
	n       int32    // a number of bytes, a value's index; of a range: its first code point
	set     *charset // of set, testSet and span
	text    string   // of opText
}

type opcode uint8

const (
	opEnd           opcode = iota // the match is through
	opReturn                      // from a rule
	opAny                         // n bytes
	opChar                        // a byte
	opText                        // a text
	opSet                         // a byte of a set
	opSpan                        // bytes of a set, as many as there are
	opUTF                         // a code point
	opTestAny                     // jump unless there are n bytes
	opTestChar                    // jump unless that byte is there
	opTestSet                     // jump unless one of a set is there
	opBehind                      // n bytes back
	opJump                        //
	opCall                        // a rule
	opChoice                      // where what follows fails go on at to, from here
	opCommit                      // what followed a choice didn't fail
	opPartialCommit               // and may fail again, from here
	opBackCommit                  // and goes back to where it began
	opFail                        // back to the last choice
	opFailTwice                   // back to the one before
	opOpen                        // a capture begins
	opClose                       // and ends
	opFull                        // a capture of n bytes has ended
	opCloseRuntime                // a capture ends for which a function is called
)

// program is a compiled pattern.
type program struct {
	code   []instruction
	values []library.Value // those that captures name by their index, 0 is nil
}

// none is the index of no instruction.
const none = -1

// emit adds an instruction and returns its index.
func (p *compiler) emit(i instruction) int {
	p.code = append(p.code, i)
	return len(p.code) - 1
}

// land has an instruction jump to what is emitted next.
func (p *compiler) land(at int) {
	if at != none {
		p.code[at].to = int32(len(p.code))
	}
}

// value is the index of a value in the program.
func (p *compiler) value(v library.Value) int32 {
	if v.IsNil() {
		return 0
	}
	if i, known := p.indexes[v]; known {
		return i
	}
	p.values = append(p.values, v)
	i := int32(len(p.values) - 1)
	p.indexes[v] = i
	return i
}
