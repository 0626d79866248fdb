package runtime

import (
	"fmt"
	"strings"
	"testing"

	"devnode/runtime/lua/syntax"
)

// TestTextsAreBounded keeps the newest text of each file, up to a size in all.
func TestTextsAreBounded(t *testing.T) {
	text, err := syntax.ReadText([]byte("x = 1"), "=x")
	if err != nil {
		t.Fatal(err)
	}
	key := func(file, version int) compiledKey {
		return compiledKey{HashOf([]byte{byte(version)}), fmt.Sprintf("@%d.lua", file)}
	}
	var kept texts
	for version := range 5 {
		kept.keep(key(0, version), text, maxTexts/4)
	}
	if kept.find(key(0, 3)) != nil || kept.find(key(0, 4)) == nil || kept.size != maxTexts/4 {
		t.Errorf("of one file %d bytes are kept, want its newest text", kept.size)
	}
	for file := 1; file <= 4; file++ {
		kept.keep(key(file, 0), text, maxTexts/4)
	}
	if kept.find(key(0, 4)) != nil || kept.find(key(1, 0)) == nil || kept.size != maxTexts {
		t.Errorf("%d bytes are kept, want %d without the oldest", kept.size, maxTexts)
	}
	kept.keep(key(4, 1), text, maxTexts+1)
	if kept.find(key(4, 1)) != nil || kept.find(key(4, 0)) != nil || kept.size != maxTexts*3/4 {
		t.Errorf("a file of more than the bound is kept: %d bytes", kept.size)
	}
	kept.clear()
	if kept.find(key(1, 0)) != nil || kept.size != 0 {
		t.Errorf("%d bytes are kept after clear", kept.size)
	}
}

// TestPatchKeepsTheNewText saves a file twice: the second save finds what the first
// has read.
func TestPatchKeepsTheNewText(t *testing.T) {
	version := func(n int) string { return patchService(fmt.Sprintf("function CMD.version() return %d end", n)) }
	tn := newTestNode(t, map[string]string{"main.lua": version(0)}, nil)
	h := tn.launch("main")
	path := absolute(tn.dir + "/main.lua")
	s, err := tn.Service(h)
	if err != nil {
		t.Fatal(err)
	}
	for n := 1; n <= 3; n++ {
		r := tn.Patch(testContext(t), []Handle{h}, ReloadOptions{Files: map[string][]byte{path: []byte(version(n))}})[0]
		if r.Err != nil {
			t.Fatal(r.Err)
		}
		tn.expect(h, fmt.Sprintf("version = %d", n))
		for at := range n + 1 {
			text := version(at)
			found := false
			for chunk := range tn.texts.known {
				found = found || strings.HasSuffix(chunk, "main.lua") && tn.texts.find(compiledKey{HashOf([]byte(text)), chunk}) != nil
			}
			if found != (at == n) {
				t.Errorf("after save %d of %s the text of save %d is kept: %t", n, s.script, at, found)
			}
		}
	}
}
