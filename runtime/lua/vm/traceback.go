package vm

import (
	"fmt"
	"strings"
)

// How many levels a traceback shows at its two ends (LEVELS1, LEVELS2).
const (
	traceTop    = 10
	traceBottom = 11
)

// Traceback is luaL_traceback: message, if any, and the fiber's stack from
// level on. It may be that of a fiber which isn't running.
func (f *Fiber) Traceback(message string, level int) string {
	var b strings.Builder
	if message != "" {
		b.WriteString(message)
		b.WriteByte('\n')
	}
	b.WriteString("stack traceback:")
	if f.vm.Edition != nil {
		if edition := f.vm.Edition(); edition != "" {
			b.WriteString(" (" + edition + ")")
		}
	}
	total := f.depth()
	skipFrom, skipTo := total, total
	if total-level > traceTop+traceBottom+1 {
		skipFrom, skipTo = level+traceTop, total-traceBottom
	}
	n := 0
	for _, fr := range f.frames {
		switch {
		case n < level:
		case n == skipFrom:
			fmt.Fprintf(&b, "\n\t...\t(skipping %d levels)", skipTo-skipFrom-1)
		case n < skipFrom || n >= skipTo:
			f.describe(&b, f.info(fr))
		}
		n++
	}
	return b.String()
}

// describe writes one level of a traceback.
func (f *Fiber) describe(b *strings.Builder, info Info) {
	fn := info.Fn
	if fn.IsG {
		b.WriteString("\n\t[C]: in ")
	} else {
		fmt.Fprintf(b, "\n\t%s:%d: in ", fn.Proto.SourceName, info.Line)
	}
	name := ""
	if f.vm.NameFunc != nil {
		name = f.vm.NameFunc(fn)
	}
	switch {
	case name != "":
		fmt.Fprintf(b, "function '%s'", name)
	case info.NameWhat == "global":
		fmt.Fprintf(b, "function '%s'", info.Name)
	case info.NameWhat != "":
		fmt.Fprintf(b, "%s '%s'", info.NameWhat, info.Name)
	case fn.IsG:
		b.WriteString("?")
	case fn.Proto.LineDefined == 0:
		b.WriteString("main chunk")
	default:
		fmt.Fprintf(b, "function <%s:%d>", fn.Proto.SourceName, fn.Proto.LineDefined)
	}
	if info.Tail {
		b.WriteString("\n\t(...tail calls...)")
	}
}
