// Package stm is skynet.stm: a message that one service writes, and of which others read
// the newest there is.
//
//	local writer = stm.new(skynet.pack(1))     -- in one service
//	local copy = stm.copy(writer)              -- is sent to others
//	local reader = stm.newcopy(copy)           -- which read it
//	local changed, value = reader(skynet.unpack)
//	writer(skynet.pack(2))
//
// The first result is false where nothing was written since this reader has read, and once
// the writer is gone. There is one copy of the message, however many read it.
package stm
