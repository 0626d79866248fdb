package runtime

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A random script is a tree of pieces of text, in which names are numbers: $(12) is
// the name number 12, whatever it is called just now. So an edit can rename what it
// likes, and what was edited is known by its number, not by its look.

// scriptPart is a statement, an entry of a constructor, or a line of a body.
type scriptPart struct {
	kind       partKind
	head, tail string
	parts      []*scriptPart // between head and tail
	defines    int           // the name that it gives a first value to, 0 for none
	comment    string        // a line before it
}

type partKind uint8

const (
	partFixed    partKind = iota // the frame of a script, which no edit changes
	partValue                    // local NAME = literal
	partTable                    // local NAME = { entries }
	partEntry                    // an entry of a constructor
	partFunction                 // a definition of a function; its parts are its body
	partLine                     // a line of a body
	partReturn                   // the last line of a body
	partEffect                   // a statement of the top level that does something
	partBlock                    // a block of the top level, with definitions in it
	partStart                    // the start function, or a function inside it
)

// nameKind says what a name of a script is.
type nameKind uint8

const (
	nameNumber   nameKind = iota // a number that functions assign to
	nameConstant                 // a number that nothing assigns to
	nameList                     // a list of numbers
	nameDict                     // a table of numbers by strings
	nameData                     // a table of constants
	nameFunction                 // a function of one number
	nameCommand                  // a field of CMD
	nameMethod                   // of a class
	nameOther                    // a class, a module, a function with other arguments
)

// scriptName is something that a script has a name for.
type scriptName struct {
	id   int
	kind nameKind
	name string
	use  string      // how it is written, with the names that lead to it
	file *scriptFile // that defines it
	rank int         // a function calls only those of a lower rank
	gone bool
}

type scriptFile struct {
	name  string
	parts []*scriptPart
}

// script is a service's files, and who calls what.
type script struct {
	r     *rand.Rand
	files []*scriptFile
	names map[int]*scriptName
	last  int
	agent bool // it listens for connections
	// closures names the list of objects that are made of closures, 0 for none.
	closures int
	// hidden are variables that only functions of a block see: commands tell and
	// set them.
	hidden []int
	loose  bool // empty lines between statements
}

func newScript(r *rand.Rand) *script { return &script{r: r, names: make(map[int]*scriptName)} }

// add makes a name. use says how it is written, with %s for itself.
func (s *script) add(f *scriptFile, kind nameKind, prefix, use string) *scriptName {
	s.last++
	n := &scriptName{id: s.last, rank: 1000 * s.last, kind: kind, name: fmt.Sprintf("%s%d", prefix, s.last), file: f}
	n.use = strings.ReplaceAll(use, "%s", ref(n.id))
	s.names[n.id] = n
	return n
}

func ref(id int) string { return fmt.Sprintf("$(%d)", id) }

var refPattern = regexp.MustCompile(`\$\((\d+)\)`)

// refsIn lists the names in a text.
func refsIn(text string) (ids []int) {
	for _, m := range refPattern.FindAllStringSubmatch(text, -1) {
		id, _ := strconv.Atoi(m[1])
		ids = append(ids, id)
	}
	return ids
}

// text is a file as it is saved.
func (s *script) text(f *scriptFile) string {
	var b strings.Builder
	for _, p := range f.parts {
		p.write(&b, "")
		if s.loose {
			b.WriteString("\n")
		}
	}
	return refPattern.ReplaceAllStringFunc(b.String(), func(m string) string { return s.names[refsIn(m)[0]].name })
}

func (p *scriptPart) write(b *strings.Builder, indent string) {
	if p.comment != "" {
		b.WriteString(indent + "-- " + p.comment + "\n")
	}
	b.WriteString(indent + p.head + "\n")
	for _, inner := range p.parts {
		inner.write(b, indent+"\t")
	}
	if p.tail != "" {
		b.WriteString(indent + p.tail + "\n")
	}
}

// all is the text of a part with all in it.
func (p *scriptPart) all() string {
	var b strings.Builder
	p.write(&b, "")
	return b.String()
}

// sources are the texts of all files, and of bare.lua, which is main.lua with a
// start function that does nothing to the variables.
func (s *script) sources() map[string]string {
	m := make(map[string]string)
	for _, f := range s.files {
		m[f.name] = s.text(f)
	}
	main := s.mainFile()
	bare := &scriptFile{parts: slices.Clone(main.parts)}
	start := *main.parts[len(main.parts)-1]
	start.parts = slices.DeleteFunc(slices.Clone(start.parts), func(p *scriptPart) bool {
		return strings.HasPrefix(p.head, "if ") || strings.HasPrefix(p.head, "table.insert")
	})
	bare.parts[len(bare.parts)-1] = &start
	m["bare.lua"] = s.text(bare)
	return m
}

// spot is a place among parts: of a file, or of a part.
type spot struct {
	file *scriptFile
	list *[]*scriptPart
	at   int
	top  int // the statement of the file that it is in
}

func (p spot) part() *scriptPart { return (*p.list)[p.at] }

// spots lists the places of parts of some kinds.
func (s *script) spots(kinds ...partKind) (list []spot) {
	for _, f := range s.files {
		var visit func(of *[]*scriptPart, top int)
		visit = func(of *[]*scriptPart, top int) {
			for i, p := range *of {
				at := top
				if at < 0 {
					at = i
				}
				if slices.Contains(kinds, p.kind) {
					list = append(list, spot{f, of, i, at})
				}
				visit(&p.parts, at)
			}
		}
		visit(&f.parts, -1)
	}
	return list
}

func (s *script) pickSpot(kinds ...partKind) (spot, bool) {
	list := s.spots(kinds...)
	if len(list) == 0 {
		return spot{}, false
	}
	return list[s.r.IntN(len(list))], true
}

// insert puts a part before a place, and remove takes the one there away.
func (p spot) insert(part *scriptPart) { *p.list = slices.Insert(*p.list, p.at, part) }
func (p spot) remove()                 { *p.list = slices.Delete(*p.list, p.at, p.at+1) }

// declaredBefore tells whether all names in a text can be seen by statement top of
// a file: the locals among them are declared before it.
func (s *script) declaredBefore(f *scriptFile, top int, text string) bool {
	before := make(map[int]bool)
	for _, p := range f.parts[:min(top, len(f.parts))] {
		before[p.defines] = true
	}
	for _, id := range refsIn(text) {
		if local := s.names[id].use == ref(id) && !strings.HasPrefix(s.names[id].name, "G"); local && !before[id] {
			return false
		}
	}
	return true
}

// usable lists the names of some kinds that statement top of a file can use.
func (s *script) usable(f *scriptFile, top int, kinds ...nameKind) (list []*scriptName) {
	for id := 1; id <= s.last; id++ {
		n := s.names[id]
		if n != nil && !n.gone && slices.Contains(kinds, n.kind) && s.declaredBefore(f, top, n.use) {
			list = append(list, n)
		}
	}
	return list
}

// mentions counts the places where a name is used, beyond its definition.
func (s *script) mentions(id int) int {
	n := 0
	for _, f := range s.files {
		for _, p := range f.parts {
			n += strings.Count(p.all(), ref(id))
		}
	}
	return n
}
