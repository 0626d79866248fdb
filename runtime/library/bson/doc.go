// Package bson is bson and skynet.mongo.driver for Lua services: MongoDB's documents, and the messages that carry them, so that
// skynet.db.mongo of a checkout of skynet runs.
//
// A document is an object with its bytes. What Lua has no type for (dates, object ids, 64-bit integers that are to be such)
// stands in strings of a zero byte, the type's number, and the value.
package bson
