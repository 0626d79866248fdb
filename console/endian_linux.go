package console

import "encoding/binary"

// nativeLittle tells the byte order in which the kernel prints addresses.
func nativeLittle() bool {
	return binary.NativeEndian.Uint16([]byte{1, 0}) == 1
}
