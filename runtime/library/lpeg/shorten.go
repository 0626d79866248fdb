package lpeg

// shorten has jumps to jumps go to where these go, and a call behind which there is only a return be a jump: so a rule that
// calls itself last takes no stack.
func (p *compiler) shorten() {
	for i := range p.code {
		in := &p.code[i]
		switch in.op {
		case opCall:
			in.to = p.target(in.to)
			if p.code[p.target(int32(i+1))].op == opReturn {
				in.op = opJump
			}
		case opChoice, opCommit, opPartialCommit, opBackCommit, opTestAny, opTestChar, opTestSet:
			in.to = p.target(in.to)
		}
	}
	for i := range p.code {
		if p.code[i].op == opJump {
			p.jump(&p.code[i])
		}
	}
}

// target is where code at an address goes on.
func (p *compiler) target(at int32) int32 {
	for range len(p.code) {
		if p.code[at].op != opJump {
			break
		}
		at = p.code[at].to
	}
	return at
}

// jump puts what a jump goes to in its place, where that goes on elsewhere itself.
func (p *compiler) jump(in *instruction) {
	in.to = p.target(in.to)
	switch to := p.code[in.to]; to.op {
	case opReturn, opFail, opFailTwice, opEnd, opCommit, opPartialCommit, opBackCommit:
		*in = to
	}
}
