package protobuf

// Name is a text of a description, which may be absent.
type Name struct {
	Text string
	Set  bool
}

// FileInfo is what a description says of one .proto file.
type FileInfo struct {
	Name, Package, Syntax Name
	Dependencies          []string
	Messages              []MessageInfo
	Enums                 []EnumInfo
	Extensions            []FieldInfo
}

// MessageInfo describes a message.
type MessageInfo struct {
	Name       Name
	Map        bool // the entries of a map
	Fields     []FieldInfo
	Extensions []FieldInfo
	Enums      []EnumInfo
	Messages   []MessageInfo
	Oneofs     []Name
}

// FieldInfo describes a field.
type FieldInfo struct {
	Name, TypeName, Extendee, Default Name
	Number, Label                     int32
	Kind                              Kind
	Oneof                             int32 // of the message's Oneofs, from 1; 0 for none
	Packed                            int32 // -1 where nothing is said
}

// Repeated is the label of a field that has many values.
const Repeated = 3

// EnumInfo describes an enumeration.
type EnumInfo struct {
	Name   Name
	Values []EnumValue
}

// EnumValue is a value of an enumeration.
type EnumValue struct {
	Name   Name
	Number int32
}

// maxNested is how deep messages may be declared in each other.
const maxNested = 200

// ReadSet reads a FileDescriptorSet, as protoc writes it. At is where it ends, or couldn't go on.
func ReadSet(data string) (files []FileInfo, at int, ok bool) {
	p := &parser{r: NewReader(data)}
	ok = p.fields(func(tag uint32) bool {
		if tag != Tag(1, Length) {
			return p.skip(tag)
		}
		files = append(files, FileInfo{})
		return p.file(&files[len(files)-1])
	})
	return files, p.r.At, ok
}

// parser reads descriptions. Where it fails its reader stands at the place.
type parser struct {
	r      Reader
	nested int
}

// fields calls read for each tag.
func (p *parser) fields(read func(tag uint32) bool) bool {
	for {
		tag, ok := p.r.Tag()
		if !ok {
			return true
		}
		if !read(tag) {
			return false
		}
	}
}

func (p *parser) skip(tag uint32) bool { return p.r.Skip(tag, func() {}) }

// message reads a message's fields.
func (p *parser) message(read func(tag uint32) bool) bool {
	part, ok := p.r.Bytes()
	if !ok {
		return false
	}
	outer := p.r
	p.r = part
	if !p.fields(read) {
		return false
	}
	p.r = outer
	return true
}

func (p *parser) name(n *Name) bool {
	part, ok := p.r.Bytes()
	if ok {
		*n = Name{part.Text(), true}
	}
	return ok
}

func (p *parser) number(n *int32) bool {
	v, ok := p.r.Varint()
	if ok {
		*n = int32(v)
	}
	return ok
}

// grow adds an item to a list.
func grow[T any](list *[]T) *T {
	var item T
	*list = append(*list, item)
	return &(*list)[len(*list)-1]
}

func (p *parser) file(f *FileInfo) bool {
	return p.message(func(tag uint32) bool {
		switch tag {
		case Tag(1, Length):
			return p.name(&f.Name)
		case Tag(2, Length):
			return p.name(&f.Package)
		case Tag(3, Length):
			var n Name
			ok := p.name(&n)
			f.Dependencies = append(f.Dependencies, n.Text)
			return ok
		case Tag(4, Length):
			return p.messageInfo(grow(&f.Messages))
		case Tag(5, Length):
			return p.enum(grow(&f.Enums))
		case Tag(7, Length):
			return p.field(grow(&f.Extensions))
		case Tag(12, Length):
			return p.name(&f.Syntax)
		}
		return p.skip(tag)
	})
}

func (p *parser) messageInfo(m *MessageInfo) bool {
	if p.nested++; p.nested > maxNested {
		return false
	}
	defer func() { p.nested-- }()
	return p.message(func(tag uint32) bool {
		switch tag {
		case Tag(1, Length):
			return p.name(&m.Name)
		case Tag(2, Length):
			return p.field(grow(&m.Fields))
		case Tag(3, Length):
			return p.messageInfo(grow(&m.Messages))
		case Tag(4, Length):
			return p.enum(grow(&m.Enums))
		case Tag(6, Length):
			return p.field(grow(&m.Extensions))
		case Tag(7, Length):
			return p.option(7, func(n int32) { m.Map = n != 0 })
		case Tag(8, Length):
			return p.message(func(tag uint32) bool {
				if tag == Tag(1, Length) {
					return p.name(grow(&m.Oneofs))
				}
				return p.skip(tag)
			})
		}
		return p.skip(tag)
	})
}

// option reads options, of which one matters.
func (p *parser) option(number int32, set func(int32)) bool {
	return p.message(func(tag uint32) bool {
		if tag != Tag(number, Varint) {
			return p.skip(tag)
		}
		var n int32
		ok := p.number(&n)
		set(n)
		return ok
	})
}

func (p *parser) field(f *FieldInfo) bool {
	f.Packed = -1
	return p.message(func(tag uint32) bool {
		switch tag {
		case Tag(1, Length):
			return p.name(&f.Name)
		case Tag(2, Length):
			return p.name(&f.Extendee)
		case Tag(3, Varint):
			return p.number(&f.Number)
		case Tag(4, Varint):
			return p.number(&f.Label)
		case Tag(5, Varint):
			return p.number((*int32)(&f.Kind))
		case Tag(6, Length):
			return p.name(&f.TypeName)
		case Tag(7, Length):
			return p.name(&f.Default)
		case Tag(8, Length):
			return p.option(2, func(n int32) { f.Packed = n })
		case Tag(9, Varint):
			ok := p.number(&f.Oneof)
			f.Oneof++
			return ok
		}
		return p.skip(tag)
	})
}

func (p *parser) enum(e *EnumInfo) bool {
	return p.message(func(tag uint32) bool {
		switch tag {
		case Tag(1, Length):
			return p.name(&e.Name)
		case Tag(2, Length):
			v := grow(&e.Values)
			return p.message(func(tag uint32) bool {
				switch tag {
				case Tag(1, Length):
					return p.name(&v.Name)
				case Tag(2, Varint):
					return p.number(&v.Number)
				}
				return p.skip(tag)
			})
		}
		return p.skip(tag)
	})
}
