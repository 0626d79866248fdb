package protobuf

// Reader reads the bytes of Data from At up to End.
type Reader struct {
	Data    string
	At, End int
}

// NewReader reads all of a text.
func NewReader(data string) Reader { return Reader{data, 0, len(data)} }

// Len is how many bytes are left.
func (r *Reader) Len() int { return r.End - r.At }

// maxVarint is how many bytes a varint has at most.
const maxVarint = 10

// Varint reads a varint. Where there is none it is false, and the reader stays where it is.
func (r *Reader) Varint() (v uint64, ok bool) {
	if r.At < r.End {
		if b := r.Data[r.At]; b < 0x80 {
			r.At++
			return uint64(b), true
		}
	}
	return r.longVarint()
}

func (r *Reader) longVarint() (v uint64, ok bool) {
	for i := 0; i < maxVarint && r.At+i < r.End; i++ {
		b := r.Data[r.At+i]
		v |= uint64(b&0x7f) << (7 * i)
		if b < 0x80 {
			r.At += i + 1
			return v, true
		}
	}
	return 0, false
}

// Tag reads a tag.
func (r *Reader) Tag() (tag uint32, ok bool) {
	v, ok := r.Varint()
	return uint32(v), ok
}

// Fixed32 reads four bytes.
func (r *Reader) Fixed32() (v uint32, ok bool) {
	if r.Len() < 4 {
		return 0, false
	}
	s := r.Data[r.At : r.At+4]
	r.At += 4
	return uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24, true
}

// Fixed64 reads eight bytes.
func (r *Reader) Fixed64() (v uint64, ok bool) {
	if r.Len() < 8 {
		return 0, false
	}
	low, _ := r.Fixed32()
	high, _ := r.Fixed32()
	return uint64(high)<<32 | uint64(low), true
}

// Take reads n bytes.
func (r *Reader) Take(n uint64) (part Reader, ok bool) {
	if n > uint64(max(r.Len(), 0)) {
		return Reader{}, false
	}
	part = Reader{r.Data, r.At, r.At + int(n)}
	r.At = part.End
	return part, true
}

// Bytes reads a length, and so many bytes.
func (r *Reader) Bytes() (part Reader, ok bool) {
	at := r.At
	n, ok := r.Varint()
	if ok {
		part, ok = r.Take(n)
	}
	if !ok {
		r.At = at
	}
	return part, ok
}

// Text is what is left.
func (r *Reader) Text() string {
	if r.At >= r.End {
		return ""
	}
	return r.Data[r.At:r.End]
}

// maxGroups is how many groups in each other are skipped.
const maxGroups = 10000

// Skip skips the value of a tag. Where it can't, it is false, and the reader stays where it is. poll is called now and then.
func (r *Reader) Skip(tag uint32, poll func()) bool {
	at := r.At
	var groups []uint32
	for steps := 1; ; steps++ {
		ok := true
		switch number := tag >> 3; WireType(tag & 7) {
		case Varint:
			ok = r.skipVarint()
		case Wire64:
			_, ok = r.Take(8)
		case Wire32:
			_, ok = r.Take(4)
		case Length:
			_, ok = r.Bytes()
		case GroupStart:
			groups = append(groups, number)
			ok = len(groups) <= maxGroups
		case GroupEnd:
			if ok = len(groups) > 0 && groups[len(groups)-1] == number; ok {
				groups = groups[:len(groups)-1]
			}
		default:
			ok = false
		}
		if ok && len(groups) == 0 {
			return true
		}
		if ok {
			tag, ok = r.Tag()
		}
		if !ok {
			r.At = at
			return false
		}
		if steps%4096 == 0 {
			poll()
		}
	}
}

// skipVarint skips a varint of any length.
func (r *Reader) skipVarint() bool {
	for at := r.At; at < r.End; at++ {
		if r.Data[at] < 0x80 {
			r.At = at + 1
			return true
		}
	}
	return false
}
