package runtime

import (
	"fmt"
	"slices"
	"strings"
)

// Edits inside of what runs once, the start function and blocks of the top level, and
// a style of classes that copy what they inherit.

// once finds a start function or a block, and how the variable is written that it
// declares first.
func (s *script) once() (inside *scriptPart, at int, v string) {
	f := s.mainFile()
	var list []int
	for i, p := range f.parts {
		if p.head == "skynet.start(function()" || p.head == "do" {
			list = append(list, i)
		}
	}
	at = pick(s.r, list)
	return f.parts[at], at, refPattern.FindString(f.parts[at].parts[0].head)
}

// handlerInside puts a command into a place that runs once.
func (s *script) handlerInside(inside *scriptPart, at int, v string, locals ...string) *scriptName {
	f := s.mainFile()
	n := s.add(f, nameCommand, "cmd", "CMD.%s")
	head := "function " + n.use + "(x)"
	if s.r.IntN(2) == 0 {
		head = n.use + " = function(x)"
	}
	fn := s.function(head, "end", code{f: f, top: at, rank: n.rank, locals: append([]string{"x", v}, locals...)}, 0)
	inside.parts = slices.Insert(inside.parts, 1+s.r.IntN(2), fn)
	return n
}

func (s *script) editNewInside() string {
	inside, at, v := s.once()
	return s.handlerInside(inside, at, v).name
}

// editNewInsideValue is a new value and a new function inside, and a new command that
// uses them.
func (s *script) editNewInsideValue() string {
	inside, at, v := s.once()
	f := s.mainFile()
	value, helper := s.add(f, nameOther, "given", "%s"), s.add(f, nameOther, "aid", "%s")
	n := s.handlerInside(inside, at, v, value.use, helper.use+"(x)")
	inside.parts = slices.Insert(inside.parts, 1,
		&scriptPart{head: fmt.Sprintf("local %s = %d", value.use, s.r.IntN(90))},
		s.function("local function "+ref(helper.id)+"(x)", "end", code{f: f, top: at, rank: helper.rank, locals: []string{"x", value.use}}, 0))
	return n.name
}

// editInsideGone takes a command away from inside of what runs once.
func (s *script) editInsideGone() string {
	inside, _, _ := s.once()
	for i, p := range inside.parts {
		if p.kind != partFunction || !strings.Contains(p.head, "CMD.$") {
			continue
		}
		id := refsIn(p.head)[0]
		if s.mentions(id) != 1 {
			continue
		}
		inside.parts = slices.Delete(inside.parts, i, i+1)
		s.names[id].gone = true
		return s.names[id].name
	}
	return ""
}

// editInsideOrder has two definitions inside of what runs once change places.
func (s *script) editInsideOrder() string {
	inside, _, _ := s.once()
	for i := 1; i+1 < len(inside.parts); i++ {
		a, b := inside.parts[i], inside.parts[i+1]
		if isCommand(a) && isCommand(b) && s.r.IntN(2) == 0 {
			inside.parts[i], inside.parts[i+1] = b, a
			return a.head
		}
	}
	return ""
}

func isCommand(p *scriptPart) bool {
	return strings.HasPrefix(p.head, "function CMD.") || strings.HasPrefix(p.head, "CMD.")
}

// copied puts a class into a file that copies the methods of another one, by a
// function that goes through it.
func (s *script) copied(f *scriptFile) {
	inherit := s.add(f, nameOther, "inherit", "%s")
	base, class, one := s.add(f, nameOther, "Base", "%s"), s.add(f, nameOther, "Copy", "%s"), s.add(f, nameOther, "object", "%s")
	put := func(defines int, format string, args ...any) {
		f.put(&scriptPart{defines: defines, head: fmt.Sprintf(format, args...)})
	}
	put(inherit.id, "local function %s(t) local r = {} for k, v in pairs(t) do r[k] = v end r.__index = r return r end", inherit.use)
	put(base.id, "local %s = {}", base.use)
	put(0, "%s.__index = %s", base.use, base.use)
	m := s.add(f, nameMethod, "method", base.use+".%s")
	f.put(s.function(fmt.Sprintf("function %s:%s(x)", base.use, ref(m.id)), "end", f.end(m, "x", "self.v"), 0))
	put(class.id, "local %s = %s(%s)", class.use, inherit.use, base.use)
	put(one.id, "local %s = setmetatable({v = %d}, %s)", one.use, s.r.IntN(9), class.use)
	s.command(f, fmt.Sprintf("%s.v = %s.v + 1 return %s:%s(x)", one.use, one.use, one.use, ref(m.id)))
	s.command(f, fmt.Sprintf("local n = 0 for _ in pairs(%s) do n = n + 1 end return n", class.use))
}
