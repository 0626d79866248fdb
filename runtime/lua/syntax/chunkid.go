package syntax

import "strings"

// maxChunkID is C Lua's LUA_IDSIZE without the final zero.
const maxChunkID = 59

// ChunkID is a chunk name as messages show it: "@dir/file.lua" gives
// "dir/file.lua", "=stdin" gives "stdin", and anything else is the source
// itself, of which it gives the first line as [string "…"].
func ChunkID(chunk string) string {
	switch {
	case strings.HasPrefix(chunk, "="):
		return chunk[1:min(len(chunk), maxChunkID+1)]
	case strings.HasPrefix(chunk, "@"):
		name := chunk[1:]
		if len(name) > maxChunkID {
			name = "..." + name[len(name)-maxChunkID+3:]
		}
		return name
	}
	const pre, dots, post = `[string "`, "...", `"]`
	room := maxChunkID - len(pre) - len(dots) - len(post)
	line, _, cut := strings.Cut(chunk, "\n")
	if len(line) <= room && !cut {
		return pre + line + post
	}
	return pre + line[:min(len(line), room)] + dots + post
}

// isFileChunk reports whether the chunk is a file or the standard input, which
// may begin with a byte order mark and a `#!` line; a string may not.
func isFileChunk(chunk string) bool {
	return strings.HasPrefix(chunk, "@") || chunk == "=stdin"
}
