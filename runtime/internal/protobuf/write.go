package protobuf

import "encoding/binary"

// AppendTag appends the tag of a field.
func AppendTag(b []byte, number int32, w WireType) []byte {
	return binary.AppendUvarint(b, uint64(Tag(number, w)))
}

// AppendBytes appends a length and the bytes.
func AppendBytes(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// Begin appends room for the length of what follows. End is given where that begins.
func Begin(b []byte) (longer []byte, at int) {
	b = append(b, 0)
	return b, len(b)
}

// End writes the length of what stands from at on into the room before it.
func End(b []byte, at int) []byte {
	n := len(b) - at
	if n < 0x80 {
		b[at-1] = byte(n)
		return b
	}
	var length [binary.MaxVarintLen64]byte
	size := binary.PutUvarint(length[:], uint64(n))
	b = append(b, length[1:size]...)
	copy(b[at+size-1:], b[at:at+n])
	copy(b[at-1:], length[:size])
	return b
}

// Zigzag makes a number with a sign one without, small where it was near to 0.
func Zigzag(n int64) uint64 { return uint64(n<<1) ^ uint64(n>>63) }

// Unzigzag is the number of which Zigzag made n.
func Unzigzag(n uint64) int64 { return int64(n>>1) ^ -int64(n&1) }

// Zigzag32 is Zigzag for 32 bits.
func Zigzag32(n int32) uint32 { return uint32(n<<1) ^ uint32(n>>31) }

// Unzigzag32 is the number of which Zigzag32 made n.
func Unzigzag32(n uint32) int32 { return int32(n>>1) ^ -int32(n&1) }
