// Package pb is lua-protobuf: messages of Protocol Buffers as Lua tables, by descriptions that a program loads. Its modules are pb,
// pb.slice, pb.buffer, pb.conv, pb.io and pb.unsafe. A project's protoc.lua, which reads .proto files, runs on it.
//
// What is loaded belongs to a service, and its next version begins with it. Other services have it by pb.unsafe.use "global".
package pb
