package runtime

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// scriptEdit is a kind of edit. It says what it has done, nothing where it found
// nothing to do.
type scriptEdit struct {
	name string
	do   func(*script) string
}

var scriptEdits = []scriptEdit{
	{"a number in a body", (*script).editBodyNumber},
	{"a new line in a body", (*script).editNewLine},
	{"a line of a body gone", (*script).editLineGone},
	{"another result", (*script).editResult},
	{"another result", (*script).editResult},
	{"a line in a loop", (*script).editLoop},
	{"a new helper and its use", (*script).editNewHelper},
	{"a new command", (*script).editNewCommand},
	{"a new method", (*script).editNewMethod},
	{"a function gone", (*script).editFunctionGone},
	{"a rename", (*script).editRename},
	{"a rename", (*script).editRename},
	{"a function moved", (*script).editMove},
	{"statements change places", (*script).editOrder},
	{"a new variable and its use", (*script).editNewVariable},
	{"a variable gone", (*script).editVariableGone},
	{"another first value", (*script).editFirstValue},
	{"another first value", (*script).editFirstValue},
	{"a new entry", (*script).editNewEntry},
	{"an entry gone", (*script).editEntryGone},
	{"entries change places", (*script).editEntriesSwap},
	{"a new require", (*script).editRequire},
	{"callbacks exchanged", (*script).editCallbacks},
	{"a function becomes a method", (*script).editMethod},
	{"a function to a module", (*script).editToModule},
	{"a comment", (*script).editComment},
	{"white space", (*script).editSpace},
	{"the start function", (*script).editStart},
	{"a new command inside", (*script).editNewInside},
	{"a new command inside, a value and a helper", (*script).editNewInsideValue},
	{"a command inside gone", (*script).editInsideGone},
	{"commands inside change places", (*script).editInsideOrder},
}

// edit does one that finds something to do.
func (s *script) edit() string {
	for {
		e := pick(s.r, scriptEdits)
		if what := e.do(s); what != "" {
			return e.name + ": " + what
		}
	}
}

var numberPattern = regexp.MustCompile(`\$\(\d+\)|"[^"]*"|[A-Za-z_]\w*|\d+`)

// otherNumber changes one of the numbers in a text.
func (s *script) otherNumber(text string) (string, bool) {
	var at [][]int
	for _, m := range numberPattern.FindAllStringIndex(text, -1) {
		if c := text[m[0]]; c >= '0' && c <= '9' {
			at = append(at, m)
		}
	}
	if len(at) == 0 {
		return text, false
	}
	m := pick(s.r, at)
	return text[:m[0]] + fmt.Sprint(s.r.IntN(100)) + text[m[1]:], true
}

func (s *script) editBodyNumber() string {
	p, ok := s.pickSpot(partLine, partReturn)
	if !ok {
		return ""
	}
	was := p.part().head
	if strings.Contains(was, "% ") {
		return "" // of a remainder, or a condition
	}
	if p.part().head, ok = s.otherNumber(was); !ok {
		return ""
	}
	return was + " -> " + p.part().head
}

// codeAt is the code at a place in a body.
func (s *script) codeAt(p spot) code {
	c := code{f: p.file, top: p.top, rank: 1}
	for _, id := range refsIn(p.file.parts[p.top].all()) { // the lowest of what is defined there
		if n := s.names[id]; n.kind == nameFunction || n.kind == nameCommand || n.kind == nameMethod || n.kind == nameOther {
			c.rank = n.rank
			break
		}
	}
	if strings.Contains(p.file.parts[p.top].all(), "(x)") {
		c.locals = append(c.locals, "x")
	}
	for _, before := range (*p.list)[:p.at] {
		if name, ok := strings.CutPrefix(before.head, "local v"); ok && before.kind == partLine {
			c.locals = append(c.locals, "v"+strings.Fields(name)[0])
		}
	}
	return c
}

// bodySpot is a place in a body before a line.
func (s *script) bodySpot(kinds ...partKind) (spot, code, bool) {
	p, ok := s.pickSpot(kinds...)
	if !ok {
		return p, code{}, false
	}
	c := s.codeAt(p)
	return p, c, true
}

func (s *script) editNewLine() string {
	p, c, ok := s.bodySpot(partLine, partReturn)
	if !ok {
		return ""
	}
	line, _ := s.line(c)
	p.insert(line)
	return line.head
}

func (s *script) editLineGone() string {
	p, ok := s.pickSpot(partLine)
	if !ok || strings.HasPrefix(p.part().head, "local") || strings.Contains(p.part().head, "wait") {
		return ""
	}
	was := p.part().head
	p.remove()
	return was
}

func (s *script) editResult() string {
	p, c, ok := s.bodySpot(partReturn)
	if !ok || !strings.HasPrefix(p.part().head, "return") {
		return ""
	}
	p.part().head = "return " + s.number(c, 0)
	return p.part().head
}

func (s *script) editLoop() string {
	p, ok := s.pickSpot(partLine)
	if !ok || strings.HasPrefix(p.part().head, "local") || strings.Contains(p.part().head, "for ") {
		return ""
	}
	p.part().head = fmt.Sprintf("for i = 1, %d do %s end", 1+s.r.IntN(3), p.part().head)
	return p.part().head
}

// topSpot is the place of a statement of a file.
func (s *script) topSpot(f *scriptFile, at int) spot { return spot{f, &f.parts, at, at} }

func (s *script) editNewHelper() string {
	p, c, ok := s.bodySpot(partReturn)
	if !ok || c.rank < 10 || !strings.HasPrefix(p.part().head, "return ") {
		return ""
	}
	n := s.add(p.file, nameFunction, "new", "%s")
	n.rank = c.rank - 1 - s.r.IntN(3)
	fn := s.function("local function "+n.use+"(x)", "end", code{f: p.file, top: p.top, rank: n.rank, locals: []string{"x"}}, n.id)
	p.part().head += " + " + n.use + "(" + s.number(c, 2) + ")"
	s.topSpot(p.file, p.top).insert(fn)
	return n.name + " for " + p.part().head
}

func (s *script) mainFile() *scriptFile { return s.files[len(s.files)-1] }

func (s *script) editNewCommand() string {
	f := s.mainFile()
	n := s.command(f, "")
	fn := f.parts[len(f.parts)-1]
	f.parts = f.parts[:len(f.parts)-1]
	at := len(f.parts) - 1 // before the start function
	f.parts = slices.Insert(f.parts, at, fn)
	return n.name
}

func (s *script) editNewMethod() string {
	list := s.namesOf(nameMethod)
	if len(list) == 0 {
		return ""
	}
	class := strings.TrimSuffix(pick(s.r, list).use, "."+refPattern.FindAllString(list[0].use, -1)[1])
	class = refPattern.FindString(class)
	n := s.add(s.mainFile(), nameMethod, "method", class+".%s")
	for i, p := range n.file.parts {
		if p.head == class+".__index = "+class {
			fn := s.function(fmt.Sprintf("function %s:%s(x)", class, ref(n.id)), "end", code{f: n.file, top: i, rank: n.rank, locals: []string{"x", "self.v"}}, 0)
			n.file.parts = slices.Insert(n.file.parts, i+1+s.r.IntN(2), fn)
			return n.name
		}
	}
	return ""
}

func (s *script) namesOf(kinds ...nameKind) (list []*scriptName) {
	for id := 1; id <= s.last; id++ {
		if n := s.names[id]; n != nil && !n.gone && slices.Contains(kinds, n.kind) {
			list = append(list, n)
		}
	}
	return list
}

func (s *script) editFunctionGone() string {
	for _, n := range s.namesOf(nameFunction, nameCommand, nameMethod) {
		if s.r.IntN(4) > 0 || s.mentions(n.id) != 1 {
			continue
		}
		for i, p := range n.file.parts {
			if p.kind == partFunction && strings.Contains(p.head, ref(n.id)) {
				s.topSpot(n.file, i).remove()
				n.gone = true
				return n.name
			}
		}
	}
	return ""
}

var renamePrefix = regexp.MustCompile(`^[A-Za-z]+`)

func (s *script) editRename() string {
	list := s.namesOf(nameNumber, nameConstant, nameList, nameDict, nameFunction, nameMethod, nameData)
	if len(list) == 0 {
		return ""
	}
	n := pick(s.r, list)
	if n.kind == nameNumber && strings.HasPrefix(n.name, "G") {
		return ""
	}
	was := n.name
	s.last++
	n.name = fmt.Sprintf("%s%d", renamePrefix.FindString(was), s.last)
	return was + " -> " + n.name
}

func (s *script) editMove() string {
	for range 20 {
		f := pick(s.r, s.files)
		from := s.r.IntN(len(f.parts))
		p := f.parts[from]
		if p.kind != partFunction {
			continue
		}
		f.parts = slices.Delete(f.parts, from, from+1)
		to := 1 + s.r.IntN(len(f.parts)-1)
		f.parts = slices.Insert(f.parts, to, p)
		if to != from && s.inOrder(f) {
			return fmt.Sprintf("%s from %d to %d", p.head, from, to)
		}
		f.parts = slices.Delete(f.parts, to, to+1)
		f.parts = slices.Insert(f.parts, from, p)
	}
	return ""
}

// inOrder tells whether all locals of a file are declared before they are used.
func (s *script) inOrder(f *scriptFile) bool {
	for i, p := range f.parts {
		defined := p.all()
		if p.defines > 0 {
			defined = strings.ReplaceAll(defined, ref(p.defines), "")
		}
		if !s.declaredBefore(f, i, s.ownNames(p, defined)) {
			return false
		}
		if strings.HasPrefix(p.head, "return") && i != len(f.parts)-1 || strings.HasPrefix(f.parts[0].head, "function") {
			return false
		}
		if strings.Contains(p.all(), "CMD.") && !slices.ContainsFunc(f.parts[:i], func(p *scriptPart) bool { return p.head == "local CMD = {}" }) && p.head != "local CMD = {}" {
			return false
		}
		if strings.Contains(p.all(), "M.") && !strings.Contains(p.all(), "local M") && f.name == "util.lua" && !slices.ContainsFunc(f.parts[:i], func(p *scriptPart) bool { return p.head == "local M = {}" }) {
			return false
		}
	}
	return true
}

// ownNames is a text without the names that the part itself declares inside.
func (s *script) ownNames(p *scriptPart, text string) string {
	for _, id := range s.hidden {
		text = strings.ReplaceAll(text, ref(id), "")
	}
	return text
}

func (s *script) editOrder() string {
	for range 20 {
		f := pick(s.r, s.files)
		i := s.r.IntN(len(f.parts))
		if i+1 >= len(f.parts) || f.parts[i].kind == partFixed || f.parts[i].kind == partEffect || f.parts[i+1].kind == partFixed {
			continue
		}
		f.parts[i], f.parts[i+1] = f.parts[i+1], f.parts[i]
		if s.inOrder(f) {
			return f.parts[i].head + " before " + f.parts[i+1].head
		}
		f.parts[i], f.parts[i+1] = f.parts[i+1], f.parts[i]
	}
	return ""
}

func (s *script) editNewVariable() string {
	p, c, ok := s.bodySpot(partReturn)
	if !ok || !strings.HasPrefix(p.part().head, "return ") {
		return ""
	}
	v := s.variable(p.file)
	n := s.names[v.defines]
	use := n.use
	switch n.kind {
	case nameList:
		use = "#" + use
	case nameDict:
		use = "(" + use + ".k0 or 0)"
	case nameData:
		use = "(next(" + use + ") and 1 or 0)"
	case nameNumber:
		line := &scriptPart{kind: partLine, head: fmt.Sprintf("%s = %s + %s", n.use, n.use, s.number(c, 2))}
		p.insert(line)
		p.at++
	}
	p.part().head += " + " + use
	s.topSpot(p.file, p.top).insert(v)
	return v.head
}

func (s *script) editVariableGone() string {
	for _, n := range s.namesOf(nameNumber, nameConstant, nameList, nameDict, nameData) {
		if s.mentions(n.id) != 1 {
			continue
		}
		for i, p := range n.file.parts {
			if p.defines == n.id && s.dataless(p) {
				s.topSpot(n.file, i).remove()
				s.forget(p.all())
				return n.name
			}
		}
	}
	return ""
}

// dataless tells whether nothing else uses the names that a part defines.
func (s *script) dataless(p *scriptPart) bool {
	for _, id := range refsIn(p.all()) {
		if n := s.names[id]; strings.Contains(n.use, ".") && s.mentions(id) != strings.Count(p.all(), ref(id)) {
			return false
		}
	}
	return true
}

// forget notes that what a text has defined is gone.
func (s *script) forget(text string) {
	for _, id := range refsIn(text) {
		if s.mentions(id) == 0 {
			s.names[id].gone = true
		}
	}
}

func (s *script) editFirstValue() string {
	p, ok := s.pickSpot(partValue, partEntry)
	if !ok {
		return ""
	}
	was := p.part().head
	if p.part().head, ok = s.otherNumber(was); !ok || p.part().head == was {
		return ""
	}
	return was + " -> " + p.part().head
}

func (s *script) editNewEntry() string {
	list := s.spots(partTable)
	if len(list) == 0 {
		return ""
	}
	p := pick(s.r, list)
	t := p.part()
	var entry *scriptPart
	switch {
	case t.defines > 0 && s.names[t.defines].kind == nameList:
		entry = &scriptPart{kind: partEntry, head: fmt.Sprintf("%d,", s.r.IntN(9))}
	case t.defines > 0 && s.names[t.defines].kind == nameData, strings.HasPrefix(t.head, "return"):
		use := ""
		if t.defines > 0 {
			use = s.names[t.defines].use
		} else {
			for _, n := range s.namesOf(nameOther) {
				if strings.HasPrefix(n.name, "config") {
					use = n.use
				}
			}
		}
		entry = s.entry(p.file, use, 0)
	case t.defines > 0 && strings.HasPrefix(s.names[t.defines].name, "ops"):
		s.last++
		entry = s.function(fmt.Sprintf("[\"k%d\"] = function(x)", s.last), "end,", code{f: p.file, top: p.top, rank: 1000 * s.last, locals: []string{"x"}}, 0)
	case t.defines > 0 && strings.HasPrefix(s.names[t.defines].name, "chain"):
		entry = s.function("function(x)", "end,", code{f: p.file, top: p.top, rank: s.names[t.defines].rank, locals: []string{"x"}}, 0)
	default:
		return ""
	}
	t.parts = slices.Insert(t.parts, s.r.IntN(len(t.parts)+1), entry)
	return entry.head
}

func (s *script) editEntryGone() string {
	t := s.tableOfTwo()
	if t == nil {
		return ""
	}
	i := s.r.IntN(len(t.parts))
	p := t.parts[i]
	if p.kind == partEntry && !s.dataless(p) {
		return ""
	}
	t.parts = slices.Delete(t.parts, i, i+1)
	s.forget(p.all())
	return p.head
}

// tableOfTwo is a table that has at least two entries, nil where the one picked has not.
func (s *script) tableOfTwo() *scriptPart {
	list := s.spots(partTable)
	if len(list) == 0 {
		return nil
	}
	t := pick(s.r, list).part()
	if len(t.parts) < 2 {
		return nil
	}
	return t
}

func (s *script) editEntriesSwap() string {
	t := s.tableOfTwo()
	if t == nil {
		return ""
	}
	i := s.r.IntN(len(t.parts) - 1)
	t.parts[i], t.parts[i+1] = t.parts[i+1], t.parts[i]
	return t.parts[i].head + " before " + t.parts[i+1].head
}

func (s *script) editRequire() string {
	p, c, ok := s.bodySpot(partReturn)
	if !ok || !strings.HasPrefix(p.part().head, "return ") {
		return ""
	}
	n := s.add(p.file, nameOther, "lib", "%s")
	def := &scriptPart{kind: partValue, defines: n.id}
	call := "#" + n.use + ".format('%d', "
	switch s.r.IntN(3) {
	case 0:
		def.head = "local " + n.use + ` = require "string"`
	case 1:
		def.head, call = "local "+n.use+" = math.abs", n.use+"("
	default:
		def.head = "local " + n.use + " = string"
	}
	p.part().head += " + " + call + s.number(c, 2) + ")"
	s.topSpot(p.file, p.top).insert(def)
	return def.head
}

func (s *script) editCallbacks() string {
	list := s.spots(partEffect)
	if len(list) < 2 {
		return ""
	}
	a, b := pick(s.r, list).part(), pick(s.r, list).part()
	if a == b {
		return ""
	}
	if s.r.IntN(2) == 0 {
		a.head, b.head = b.head, a.head
	} else {
		a.parts, b.parts = b.parts, a.parts
	}
	return a.head
}

func (s *script) editMethod() string {
	list := s.spots(partFunction)
	for range 10 {
		if len(list) == 0 {
			return ""
		}
		p := pick(s.r, list).part()
		was := p.head
		if rest, ok := strings.CutPrefix(was, "function "); ok && strings.Contains(was, ":") {
			p.head = "function " + strings.Replace(strings.Replace(rest, ":", ".", 1), "(x)", "(self, x)", 1)
			return p.head
		}
		if strings.Contains(was, "(self, ") {
			p.head = strings.Replace(strings.Replace(was, "(self, ", "(", 1), ".", ":", 1)
			return p.head
		}
	}
	return ""
}

// editToModule moves a function that uses no locals of its file from main.lua to
// util.lua, and has its users call it there.
func (s *script) editToModule() string {
	if len(s.files) < 2 || s.files[len(s.files)-2].name != "util.lua" {
		return ""
	}
	util, main := s.files[len(s.files)-2], s.mainFile()
	module := ""
	for _, n := range s.namesOf(nameOther) {
		if strings.HasPrefix(n.name, "util") {
			module = n.use
		}
	}
	for i, p := range main.parts {
		if p.kind != partFunction || p.defines == 0 || !strings.HasPrefix(p.head, "local function ") || !s.mayMove(p, util) {
			continue
		}
		n := s.names[p.defines]
		s.topSpot(main, i).remove()
		p.head = strings.Replace(p.head, "local function ", "function M.", 1)
		s.replaceUses(main, n.use, module+"."+ref(n.id))
		p.defines, n.use, n.file = 0, module+"."+ref(n.id), util
		util.parts = slices.Insert(util.parts, len(util.parts)-1, p)
		return n.name
	}
	return ""
}

// mayMove tells whether a function uses only what is known in another file.
func (s *script) mayMove(p *scriptPart, to *scriptFile) bool {
	for _, id := range refsIn(p.all()) {
		if id != p.defines && !(s.names[id].file == to && s.names[id].use == ref(id)) && !strings.HasPrefix(s.names[id].name, "G") {
			return false
		}
	}
	return true
}

func (s *script) replaceUses(f *scriptFile, was, is string) {
	var visit func(list []*scriptPart)
	visit = func(list []*scriptPart) {
		for _, p := range list {
			p.head, p.tail = strings.ReplaceAll(p.head, was, is), strings.ReplaceAll(p.tail, was, is)
			visit(p.parts)
		}
	}
	visit(f.parts)
}

func (s *script) editComment() string {
	p, ok := s.pickSpot(partValue, partFunction, partLine, partReturn, partTable)
	if !ok {
		return ""
	}
	p.part().comment = fmt.Sprintf("note %d", s.r.IntN(1000))
	return p.part().comment
}

func (s *script) editSpace() string {
	s.loose = !s.loose
	return fmt.Sprint(s.loose)
}

func (s *script) editStart() string {
	if s.r.IntN(3) > 0 {
		return ""
	}
	p, ok := s.pickSpot(partStart, partBlock)
	if !ok {
		return ""
	}
	was := p.part().head
	if p.part().head, ok = s.otherNumber(was); !ok || p.part().head == was {
		return ""
	}
	return was + " -> " + p.part().head
}
