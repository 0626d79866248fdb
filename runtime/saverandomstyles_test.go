package runtime

import (
	"fmt"
	"strings"
)

// code is where an expression of a random script stands: statement top of a file, in
// a function of a rank, which sees these locals.
type code struct {
	f      *scriptFile
	top    int
	rank   int
	locals []string
}

// number makes an expression that gives a number.
func (s *script) number(c code, depth int) string {
	switch k := s.r.IntN(12); {
	case k < 2 || depth > 2:
		return fmt.Sprint(s.r.IntN(50))
	case k < 4 && len(c.locals) > 0:
		return pick(s.r, c.locals)
	case k < 5:
		return fmt.Sprintf("(%s + %s)", s.number(c, depth+1), s.number(c, depth+1))
	case k < 6:
		return fmt.Sprintf("math.max(%s, %s)", s.number(c, depth+1), s.number(c, depth+1))
	case k < 8:
		if list := s.usable(c.f, c.top, nameFunction); len(list) > 0 {
			if fn := pick(s.r, list); fn.rank < c.rank {
				return fmt.Sprintf("%s(%s)", fn.use, s.number(c, depth+1))
			}
		}
	}
	list := s.usable(c.f, c.top, nameNumber, nameConstant, nameList, nameDict)
	if len(list) == 0 {
		return fmt.Sprint(s.r.IntN(50))
	}
	switch n := pick(s.r, list); n.kind {
	case nameList:
		return "#" + n.use
	case nameDict:
		return fmt.Sprintf("(%s.k%d or 0)", n.use, s.r.IntN(3))
	default:
		return n.use
	}
}

// line makes a statement, and the local that it declares.
func (s *script) line(c code) (p *scriptPart, local string) {
	p = &scriptPart{kind: partLine}
	e := s.number(c, 0)
	switch s.r.IntN(6) {
	case 0:
		s.last++
		local = fmt.Sprintf("v%d", s.last)
		p.head = fmt.Sprintf("local %s = %s", local, e)
		return p, local
	case 1:
		if list := s.usable(c.f, c.top, nameList); len(list) > 0 {
			l := pick(s.r, list)
			p.head = fmt.Sprintf("if #%s < 8 then %s[#%s + 1] = %s end", l.use, l.use, l.use, e)
			return p, ""
		}
	case 2:
		if list := s.usable(c.f, c.top, nameDict); len(list) > 0 {
			p.head = fmt.Sprintf("%s.k%d = %s", pick(s.r, list).use, s.r.IntN(3), e)
			return p, ""
		}
	}
	if list := s.usable(c.f, c.top, nameNumber); len(list) > 0 {
		n := pick(s.r, list)
		p.head = fmt.Sprintf("%s = %s + %s", n.use, n.use, e)
		if s.r.IntN(3) == 0 {
			p.head = fmt.Sprintf("if %s > %d then %s = %s end", s.number(c, 1), s.r.IntN(20), n.use, e)
		}
		p.head = strings.Replace(p.head, " = "+n.use+" +", fmt.Sprintf(" = %s %% 1000 +", n.use), 1)
		return p, ""
	}
	p.head = "local _ = " + e
	return p, ""
}

// function makes a function of the text head, which has parameters.
func (s *script) function(head, tail string, c code, defines int) *scriptPart {
	p := &scriptPart{kind: partFunction, head: head, tail: tail, defines: defines}
	for range s.r.IntN(3) {
		line, local := s.line(c)
		p.parts = append(p.parts, line)
		if local != "" {
			c.locals = append(c.locals[:len(c.locals):len(c.locals)], local)
		}
	}
	p.parts = append(p.parts, &scriptPart{kind: partReturn, head: "return " + s.number(c, 0)})
	return p
}

// data makes a constructor of constants. Its entries are names of their own.
func (s *script) data(f *scriptFile, head, tail, use string, depth int) *scriptPart {
	p := &scriptPart{kind: partTable, head: head, tail: tail}
	for range 1 + s.r.IntN(3) {
		p.parts = append(p.parts, s.entry(f, use, depth))
	}
	return p
}

func (s *script) entry(f *scriptFile, use string, depth int) *scriptPart {
	switch k := s.r.IntN(6); {
	case k == 0 && depth < 2:
		n := s.add(f, nameData, "sub", use+".%s")
		p := s.data(f, ref(n.id)+" = {", "},", n.use, depth+1)
		p.kind = partEntry
		return p
	case k == 1:
		n := s.add(f, nameOther, "rows", use+".%s")
		n.kind = nameList
		return &scriptPart{kind: partEntry, head: fmt.Sprintf("%s = {%d, %d, %d},", ref(n.id), s.r.IntN(9), s.r.IntN(9), s.r.IntN(9))}
	}
	n := s.add(f, nameConstant, "field", use+".%s")
	return &scriptPart{kind: partEntry, head: fmt.Sprintf("%s = %d,", ref(n.id), s.r.IntN(100))}
}

// put appends a statement to a file.
func (f *scriptFile) put(p *scriptPart) { f.parts = append(f.parts, p) }

// end is the place behind a file's last statement, for code of a name.
func (f *scriptFile) end(n *scriptName, locals ...string) code {
	return code{f: f, top: len(f.parts), rank: n.rank, locals: locals}
}

// variables puts some top-level locals into a file.
func (s *script) variables(f *scriptFile) {
	for range 2 + s.r.IntN(3) {
		f.put(s.variable(f))
	}
	for range s.r.IntN(3) {
		n := s.add(f, nameConstant, "derived", "%s")
		f.put(&scriptPart{kind: partValue, defines: n.id, head: fmt.Sprintf("local %s = %s or 0", ref(n.id), s.number(code{f: f, top: len(f.parts)}, 1))})
	}
}

func (s *script) variable(f *scriptFile) *scriptPart {
	switch s.r.IntN(6) {
	case 0:
		n := s.add(f, nameList, "list", "%s")
		p := &scriptPart{kind: partTable, defines: n.id, head: "local " + ref(n.id) + " = {", tail: "}"}
		for range s.r.IntN(4) {
			p.parts = append(p.parts, &scriptPart{kind: partEntry, head: fmt.Sprintf("%d,", s.r.IntN(9))})
		}
		return p
	case 1:
		n := s.add(f, nameDict, "dict", "%s")
		return &scriptPart{kind: partTable, defines: n.id, head: "local " + ref(n.id) + " = {", tail: "}"}
	case 2:
		n := s.add(f, nameData, "data", "%s")
		p := s.data(f, "local "+ref(n.id)+" = {", "}", n.use, 0)
		p.defines = n.id
		return p
	case 3:
		n := s.add(f, nameConstant, "limit", "%s")
		return &scriptPart{kind: partValue, defines: n.id, head: fmt.Sprintf("local %s = %d", ref(n.id), s.r.IntN(100))}
	case 4:
		n := s.add(f, nameNumber, "G", "%s")
		return &scriptPart{kind: partValue, defines: n.id, head: fmt.Sprintf("%s = %d", ref(n.id), s.r.IntN(10))}
	}
	n := s.add(f, nameNumber, "count", "%s")
	return &scriptPart{kind: partValue, defines: n.id, head: fmt.Sprintf("local %s = %d", ref(n.id), s.r.IntN(10))}
}

// helpers puts local functions into a file.
func (s *script) helpers(f *scriptFile, n int) {
	for range n {
		fn := s.add(f, nameFunction, "help", "%s")
		head, tail := "local function "+ref(fn.id)+"(x)", "end"
		switch s.r.IntN(5) {
		case 0:
			head = "local " + ref(fn.id) + " = function(x)"
		case 1:
			fn.name = "G" + fn.name
			head = "function " + ref(fn.id) + "(x)"
		}
		f.put(s.function(head, tail, f.end(fn, "x"), fn.id))
	}
}

// command puts a command into main.lua whose body is given, or random where that is
// empty.
func (s *script) command(f *scriptFile, body string) *scriptName {
	n := s.add(f, nameCommand, "cmd", "CMD.%s")
	head := "function " + n.use + "(x)"
	if body != "" {
		f.put(&scriptPart{kind: partFunction, head: head, tail: "end", parts: []*scriptPart{{kind: partFixed, head: body}}})
		return n
	}
	f.put(s.function(head, "end", f.end(n, "x"), 0))
	return n
}

// build makes a service of random styles.
func (s *script) build() {
	main := &scriptFile{name: "main.lua"}
	if s.r.IntN(2) == 0 {
		s.config(main)
	}
	if s.r.IntN(2) == 0 {
		s.module(main)
	}
	main.parts = append([]*scriptPart{{head: `local skynet = require "skynet"`}, {head: `local queue = require "skynet.queue"`}, {head: `local CMD = {}`}}, main.parts...)
	s.files = append(s.files, main)
	s.variables(main)
	s.helpers(main, 1+s.r.IntN(3))
	styles := []func(*scriptFile){s.class, s.makers, s.callbacks, s.operators, s.tasks, s.lock, s.block, s.listener, s.chain, s.rows, s.pending, s.wrapped, s.derived, s.shapes, s.branches, s.copied}
	s.r.Shuffle(len(styles), func(i, j int) { styles[i], styles[j] = styles[j], styles[i] })
	for _, style := range styles[:3+s.r.IntN(3)] {
		style(main)
	}
	for range 2 + s.r.IntN(2) {
		s.command(main, "")
	}
	s.start(main)
}

func (s *script) config(main *scriptFile) {
	f := &scriptFile{name: "config.lua"}
	n := s.add(main, nameOther, "config", "%s")
	f.put(s.data(f, "return {", "}", n.use, 0))
	main.put(&scriptPart{kind: partFixed, defines: n.id, head: fmt.Sprintf("local %s = require \"config\"", n.use)})
	s.files = append(s.files, f)
}

func (s *script) module(main *scriptFile) {
	f := &scriptFile{name: "util.lua"}
	m := s.add(main, nameOther, "util", "%s")
	f.put(&scriptPart{head: "local M = {}"})
	s.variables(f)
	s.helpers(f, s.r.IntN(2))
	for range 1 + s.r.IntN(2) {
		n := s.add(f, nameFunction, "calc", m.use+".%s")
		f.put(s.function("function M."+ref(n.id)+"(x)", "end", f.end(n, "x"), 0))
	}
	n := s.add(f, nameConstant, "size", m.use+".%s")
	f.put(&scriptPart{kind: partValue, head: fmt.Sprintf("M.%s = %d", ref(n.id), s.r.IntN(100))})
	f.put(&scriptPart{head: "return M"})
	main.put(&scriptPart{kind: partFixed, defines: m.id, head: fmt.Sprintf("local %s = require \"util\"", m.use)})
	s.files = append(s.files, f)
}

// class puts a class, its objects and commands for them into a file.
func (s *script) class(f *scriptFile) {
	c, objects := s.add(f, nameOther, "Class", "%s"), s.add(f, nameOther, "objects", "%s")
	put := func(defines int, format string, args ...any) {
		f.put(&scriptPart{defines: defines, head: fmt.Sprintf(format, args...)})
	}
	put(c.id, "local %s = {}", c.use)
	put(0, "%s.__index = %s", c.use, c.use)
	put(objects.id, "local %s = {}", objects.use)
	f.put(&scriptPart{head: fmt.Sprintf("function %s.new(v) return setmetatable({v = v}, %s) end", c.use, c.use)})
	s.command(f, fmt.Sprintf("if #%s < 5 then table.insert(%s, %s.new(x)) end return #%s", objects.use, objects.use, c.use, objects.use))
	for range 1 + s.r.IntN(3) {
		m := s.add(f, nameMethod, "method", c.use+".%s")
		f.put(s.function(fmt.Sprintf("function %s:%s(x)", c.use, ref(m.id)), "end", f.end(m, "x", "self.v"), 0))
		s.command(f, fmt.Sprintf("local o = %s[x %% 3 + 1] if o then o.v = o.v + 1 return o:%s(x) end return -1", objects.use, ref(m.id)))
	}
}

// makers puts a function that makes objects of closures into a file.
func (s *script) makers(f *scriptFile) {
	maker, list := s.add(f, nameOther, "counter", "%s"), s.add(f, nameOther, "counters", "%s")
	s.closures = list.id
	f.put(&scriptPart{defines: list.id, head: fmt.Sprintf("local %s = {}", list.use)})
	add := s.function("add = function(x)", "end,", f.end(maker, "x", "n", "step"), 0)
	add.parts = append([]*scriptPart{{kind: partLine, head: "n = n % 1000 + step"}}, add.parts...)
	get := s.function("get = function(x)", "end,", f.end(maker, "x", "n"), 0)
	f.put(&scriptPart{kind: partFixed, defines: maker.id, head: fmt.Sprintf("local function %s(step, from)", maker.use), tail: "end", parts: []*scriptPart{
		{head: "local n = from or 0"},
		{head: "return {", tail: "}", parts: []*scriptPart{add, get, {head: "tell = function() return step, n end,"}}},
	}})
	s.command(f, fmt.Sprintf("if #%s < 4 then table.insert(%s, %s(x)) end return #%s", list.use, list.use, maker.use, list.use))
	s.command(f, fmt.Sprintf("local c = %s[x %% 3 + 1] if c then return c.add(x) end return -1", list.use))
	s.command(f, fmt.Sprintf("local c = %s[x %% 3 + 1] if c then return c.get(x) end return -1", list.use))
	f.put(&scriptPart{head: fmt.Sprintf("function CMD.tellclosures() local t = {} for i, c in ipairs(%s) do local step, n = c.tell() t[i] = step .. ':' .. n end return table.concat(t, ' ') end", list.use)})
	f.put(&scriptPart{head: fmt.Sprintf("function CMD.makeclosure(step, n) table.insert(%s, %s(tonumber(step), tonumber(n))) end", list.use, maker.use)})
}

// callbacks puts functions that are registered by calls into a file.
func (s *script) callbacks(f *scriptFile) {
	on, list, slot := s.add(f, nameOther, "on", "%s"), s.add(f, nameOther, "handlers", "%s"), s.add(f, nameOther, "slot", "%s")
	f.put(&scriptPart{defines: list.id, head: fmt.Sprintf("local %s = {}", list.use)})
	f.put(&scriptPart{defines: on.id, head: fmt.Sprintf("local function %s(name, fn) %s[name] = fn end", on.use, list.use)})
	for i := range 1 + s.r.IntN(3) {
		p := s.function(fmt.Sprintf("%s(\"k%d\", function(x)", on.use, i), "end)", f.end(list, "x"), 0)
		p.kind = partEffect
		f.put(p)
	}
	s.command(f, fmt.Sprintf("local h = %s[\"k\" .. x %% 3] return h and h(x) or -1", list.use))
	if fns := s.usable(f, len(f.parts), nameFunction); len(fns) > 0 {
		f.put(&scriptPart{defines: slot.id, head: fmt.Sprintf("local %s = {call = %s}", slot.use, pick(s.r, fns).use)})
		s.command(f, fmt.Sprintf("return %s.call(x)", slot.use))
		s.command(f, fmt.Sprintf("%s.call = %s return 0", slot.use, pick(s.r, fns).use))
	}
}

// operators puts a table of functions by strings into a file.
func (s *script) operators(f *scriptFile) {
	ops := s.add(f, nameOther, "ops", "%s")
	p := &scriptPart{kind: partTable, defines: ops.id, head: fmt.Sprintf("local %s = {", ops.use), tail: "}"}
	for i := range 1 + s.r.IntN(3) {
		p.parts = append(p.parts, s.function(fmt.Sprintf("[\"k%d\"] = function(x)", i), "end,", f.end(ops, "x"), 0))
	}
	f.put(p)
	s.command(f, fmt.Sprintf("local h = %s[\"k\" .. x %% 3] return h and h(x) or -1", ops.use))
}

// chain puts a list of functions into a file.
func (s *script) chain(f *scriptFile) {
	list := s.add(f, nameOther, "chain", "%s")
	p := &scriptPart{kind: partTable, defines: list.id, head: fmt.Sprintf("local %s = {", list.use), tail: "}"}
	for range 1 + s.r.IntN(3) {
		p.parts = append(p.parts, s.function("function(x)", "end,", f.end(list, "x"), 0))
	}
	f.put(p)
	s.command(f, fmt.Sprintf("for _, step in ipairs(%s) do x = step(x) %% 1000 end return x", list.use))
}

// tasks puts tasks into a file that go on when a command wakes them: a loop, a
// function that hands itself on, and functions that requests leave behind.
func (s *script) tasks(f *scriptFile) {
	step, tick := s.add(f, nameFunction, "step", "%s"), s.add(f, nameOther, "tick", "%s")
	f.put(s.function("local function "+ref(step.id)+"(x)", "end", f.end(step, "x"), step.id))
	loop := s.function("while true do", "end", f.end(tick), 0)
	loop.parts = append([]*scriptPart{{head: `skynet.wait("tick")`}}, loop.parts[:len(loop.parts)-1]...)
	loop.parts = append(loop.parts, &scriptPart{head: step.use + "(1)"})
	loop.kind = partFixed
	f.put(&scriptPart{defines: tick.id, head: fmt.Sprintf("local function %s()", tick.use), tail: "end", parts: []*scriptPart{loop}})
	again := s.add(f, nameOther, "again", "%s")
	p := s.function(fmt.Sprintf("local function %s()", again.use), "end", f.end(again), again.id)
	p.parts[len(p.parts)-1] = &scriptPart{head: fmt.Sprintf("skynet.fork(function() skynet.wait(\"again\") %s() end)", again.use)}
	f.put(p)
	s.command(f, `skynet.wakeup("tick") skynet.yield() skynet.yield() return 0`)
	s.command(f, `skynet.wakeup("again") skynet.yield() skynet.yield() return 0`)
	f.put(&scriptPart{head: fmt.Sprintf("local function begin() skynet.fork(%s) skynet.fork(function() skynet.wait(\"again\") %s() end) end", tick.use, again.use)})
	f.put(&scriptPart{head: "BEGIN = begin"})
}

// lock puts commands into a file that go through a queue.
func (s *script) lock(f *scriptFile) {
	lock := s.add(f, nameOther, "lock", "%s")
	f.put(&scriptPart{defines: lock.id, head: fmt.Sprintf("local %s = queue()", lock.use)})
	if fns := s.usable(f, len(f.parts), nameFunction); len(fns) > 0 {
		s.command(f, fmt.Sprintf("return %s(%s, x)", lock.use, pick(s.r, fns).use))
	}
	n := s.add(f, nameCommand, "cmd", "CMD.%s")
	inner := s.function(fmt.Sprintf("return %s(function()", lock.use), "end)", f.end(n, "x"), 0)
	f.put(&scriptPart{head: "function " + n.use + "(x)", tail: "end", parts: []*scriptPart{inner}})
}

// block puts a block with a local of its own into a file.
func (s *script) block(f *scriptFile) {
	v := s.add(f, nameOther, "private", "%s")
	n := s.add(f, nameCommand, "cmd", "CMD.%s")
	s.hidden = append(s.hidden, v.id)
	fn := s.function("function "+n.use+"(x)", "end", f.end(n, "x", v.use), 0)
	fn.parts = append([]*scriptPart{{kind: partLine, head: fmt.Sprintf("%s = %s %% 1000 + x", v.use, v.use)}}, fn.parts...)
	f.put(&scriptPart{kind: partFixed, head: "do", tail: "end", parts: []*scriptPart{
		{kind: partBlock, head: fmt.Sprintf("local %s = %d", v.use, s.r.IntN(5))},
		fn,
		{head: fmt.Sprintf("function CMD.tell%d() return %s end", v.id, v.use)},
		{head: fmt.Sprintf("function CMD.set%d(x) %s = x end", v.id, v.use)},
	}})
}

// listener puts a server of lines into a file.
func (s *script) listener(f *scriptFile) {
	s.agent = true
	reply, serve := s.add(f, nameFunction, "reply", "%s"), s.add(f, nameOther, "serve", "%s")
	f.put(&scriptPart{head: `local socket = require "skynet.socket"`})
	f.put(s.function("local function "+ref(reply.id)+"(x)", "end", f.end(reply, "x"), reply.id))
	loop := &scriptPart{kind: partFixed, head: "while true do", tail: "end", parts: []*scriptPart{
		{head: "local line = socket.readline(fd)"}, {head: "if not line then break end"},
		{kind: partLine, head: "local lines = 1"},
		{head: fmt.Sprintf("socket.write(fd, %s(tonumber(line)) .. \"\\n\")", reply.use)},
	}}
	f.put(&scriptPart{defines: serve.id, head: fmt.Sprintf("local function %s(fd)", serve.use), tail: "end", parts: []*scriptPart{{head: "socket.start(fd)"}, loop}})
	f.put(&scriptPart{head: fmt.Sprintf("function LISTEN() local id, _, port = socket.listen('127.0.0.1', 0) PORT = port socket.start(id, function(fd) skynet.fork(%s, fd) end) end", serve.use)})
}

// rows puts a table of records into a file, which commands change and refer to.
func (s *script) rows(f *scriptFile) {
	rows, pick := s.add(f, nameOther, "table", "%s"), s.add(f, nameOther, "chosen", "%s")
	p := &scriptPart{kind: partTable, defines: rows.id, head: "local " + rows.use + " = {", tail: "}"}
	for i := range 1 + s.r.IntN(3) {
		p.parts = append(p.parts, &scriptPart{kind: partEntry, head: fmt.Sprintf("{name = \"n%d\", cost = %d, tags = {%d, %d}},", i, s.r.IntN(50), s.r.IntN(9), s.r.IntN(9))})
	}
	f.put(p)
	f.put(&scriptPart{defines: pick.id, head: fmt.Sprintf("local %s = {}", pick.use)})
	if s.r.IntN(2) == 0 {
		index := s.add(f, nameOther, "chosenby", "%s")
		f.put(&scriptPart{defines: index.id, head: fmt.Sprintf("local %s = {}", index.use)})
		f.put(&scriptPart{head: fmt.Sprintf("for _, row in ipairs(%s) do %s[row.name] = row end", rows.use, index.use)})
		s.command(f, fmt.Sprintf("local row = %s[\"n\" .. x %% 3] if row then return row.cost * 2 end return -1", index.use))
	}
	s.command(f, fmt.Sprintf("local row = %s[x] if row then %s.row = row return row.cost + #row.tags end return -1", rows.use, pick.use))
	s.command(f, fmt.Sprintf("if %s.row then return %s.row.cost end return -1", pick.use, pick.use))
	s.command(f, fmt.Sprintf("if %s[1] then %s[1].cost = %s[1].cost + 1 end return #%s", rows.use, rows.use, rows.use, rows.use))
}

// pending puts commands into a file that leave closures behind, and call them.
func (s *script) pending(f *scriptFile) {
	list := s.add(f, nameOther, "pending", "%s")
	n := s.add(f, nameCommand, "cmd", "CMD.%s")
	f.put(&scriptPart{defines: list.id, head: fmt.Sprintf("local %s = {}", list.use)})
	inner := s.function(fmt.Sprintf("%s[#%s %% 4 + 1] = function(y)", list.use, list.use), "end", f.end(n, "x", "y", "z"), 0)
	f.put(&scriptPart{kind: partFixed, head: "function " + n.use + "(x)", tail: "end", parts: []*scriptPart{{kind: partLine, head: "local z = x + 1"}, inner, {head: "return 0"}}})
	s.command(f, fmt.Sprintf("local f = %s[x %% 4 + 1] if f then return f(x) end return -1", list.use))
}

// wrapped puts functions into a file that another one has made at the top level.
func (s *script) wrapped(f *scriptFile) {
	maker := s.add(f, nameOther, "wrap", "%s")
	inner := s.function("return function(x)", "end", f.end(maker, "x", "extra"), 0)
	f.put(&scriptPart{kind: partFixed, defines: maker.id, head: fmt.Sprintf("local function %s(extra)", maker.use), tail: "end", parts: []*scriptPart{inner}})
	for range 1 + s.r.IntN(2) {
		w := s.add(f, nameOther, "wrapped", "%s")
		f.put(&scriptPart{defines: w.id, head: fmt.Sprintf("local %s = %s(%d)", w.use, maker.use, s.r.IntN(9))})
		s.command(f, fmt.Sprintf("return %s(x)", w.use))
	}
}

// derived puts a class and one that is derived from it into a file.
func (s *script) derived(f *scriptFile) {
	base, class, one := s.add(f, nameOther, "Base", "%s"), s.add(f, nameOther, "Derived", "%s"), s.add(f, nameOther, "object", "%s")
	put := func(defines int, format string, args ...any) {
		f.put(&scriptPart{defines: defines, head: fmt.Sprintf(format, args...)})
	}
	put(base.id, "local %s = {}", base.use)
	put(0, "%s.__index = %s", base.use, base.use)
	m := s.add(f, nameMethod, "method", base.use+".%s")
	f.put(s.function(fmt.Sprintf("function %s:%s(x)", base.use, ref(m.id)), "end", f.end(m, "x", "self.v"), 0))
	put(class.id, "local %s = setmetatable({}, {__index = %s})", class.use, base.use)
	put(0, "%s.__index = %s", class.use, class.use)
	put(one.id, "local %s = setmetatable({v = %d}, %s)", one.use, s.r.IntN(9), class.use)
	o := s.add(f, nameMethod, "method", class.use+".%s")
	f.put(s.function(fmt.Sprintf("function %s:%s(x)", class.use, ref(o.id)), "end", f.end(o, "x", "self.v"), 0))
	for _, m := range []*scriptName{m, o} {
		s.command(f, fmt.Sprintf("%s.v = %s.v + 1 return %s:%s(x)", one.use, one.use, one.use, ref(m.id)))
	}
}

// shapes puts definitions of other forms into a file: several names in one, a name
// declared twice, one that is declared before it is given a function, an alias, a
// name that is built from others.
func (s *script) shapes(f *scriptFile) {
	a, b := s.add(f, nameNumber, "first", "%s"), s.add(f, nameConstant, "second", "%s")
	f.put(&scriptPart{kind: partValue, defines: a.id, head: fmt.Sprintf("local %s, %s = %d, %d", a.use, b.use, s.r.IntN(9), s.r.IntN(9))})
	b.use = ref(b.id)
	late := s.add(f, nameFunction, "late", "%s")
	f.put(&scriptPart{defines: late.id, head: "local " + late.use})
	f.put(s.function(late.use+" = function(x)", "end", f.end(late, "x"), 0))
	text := s.add(f, nameOther, "text", "%s")
	f.put(&scriptPart{kind: partValue, defines: text.id, head: fmt.Sprintf("local %s = \"a\" .. %d .. \"b\"", text.use, s.r.IntN(9))})
	s.command(f, fmt.Sprintf("return #%s + x", text.use))
	t := s.add(f, nameOther, "opts", "%s")
	f.put(&scriptPart{kind: partTable, defines: t.id, head: fmt.Sprintf("local %s = {", t.use), tail: "}", parts: []*scriptPart{
		{kind: partEntry, head: fmt.Sprintf("limit = %d,", s.r.IntN(9))},
		{kind: partEntry, head: fmt.Sprintf("[%d] = %d,", 10+s.r.IntN(9), s.r.IntN(9))},
		{head: fmt.Sprintf("call = %s,", late.use)},
	}})
	s.command(f, fmt.Sprintf("%s.limit = %s.limit + 1 return %s.call(x) + %s.limit", t.use, t.use, t.use, t.use))
	alias := s.add(f, nameOther, "alias", "%s")
	f.put(&scriptPart{defines: alias.id, head: fmt.Sprintf("local %s = %s", alias.use, t.use)})
	s.command(f, fmt.Sprintf("return %s.limit + x", alias.use))
}

// branches puts definitions into a file that stand in a branch or a loop.
func (s *script) branches(f *scriptFile) {
	n := s.add(f, nameCommand, "cmd", "CMD.%s")
	fn := s.function("function "+n.use+"(x)", "end", f.end(n, "x"), 0)
	f.put(&scriptPart{kind: partFixed, head: "if CMD then", tail: "end", parts: []*scriptPart{fn}})
	m := s.add(f, nameOther, "each", "%s")
	each := s.function("CMD[\"each\" .. i] = function(x)", "end", f.end(m, "x", "i"), 0)
	f.put(&scriptPart{kind: partFixed, head: "for i = 1, 2 do", tail: "end", parts: []*scriptPart{each}})
	m.gone = true
	s.command(f, "return CMD.each1(x) + CMD.each2(x)")
}

// start puts the start function into a file.
func (s *script) start(f *scriptFile) {
	v := s.add(f, nameOther, "inner", "%s")
	s.hidden = append(s.hidden, v.id)
	n := s.add(f, nameOther, "dispatch", "%s")
	body := s.function("if cmd == \"own\" then", "end", f.end(n, "x", v.use), 0)
	body.kind = partFixed
	last := body.parts[len(body.parts)-1]
	last.head = "answer = " + strings.TrimPrefix(last.head, "return ")
	body.parts = append([]*scriptPart{{kind: partLine, head: fmt.Sprintf("%s = %s %% 1000 + 1", v.use, v.use)}}, body.parts...)
	parts := []*scriptPart{
		{kind: partStart, head: fmt.Sprintf("local %s = %d", v.use, s.r.IntN(5))},
		{head: fmt.Sprintf("function CMD.tell%d() return %s end", v.id, v.use)},
		{head: fmt.Sprintf("function CMD.set%d(x) %s = x end", v.id, v.use)},
		{head: "skynet.dispatch(\"lua\", function(_, _, cmd, x, ...)", tail: "end)", parts: []*scriptPart{
			{head: "local answer"},
			body,
			{head: "local fn = CMD[cmd]"},
			{head: "if answer then skynet.retpack(true, answer) elseif fn then skynet.retpack(pcall(fn, x, ...)) else skynet.retpack('none') end"},
		}},
		{head: "if BEGIN then BEGIN() end"},
		{head: "if LISTEN then LISTEN() end"},
	}
	if list := s.usable(f, len(f.parts), nameList); len(list) > 0 && s.r.IntN(2) == 0 {
		parts = append(parts, &scriptPart{kind: partStart, head: fmt.Sprintf("table.insert(%s, 7)", pick(s.r, list).use)})
	}
	f.put(&scriptPart{head: "skynet.start(function()", tail: "end)", parts: parts})
}
