package runtime

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// The files in testdata/edits are services in the styles people write, each with
// the edits of a developer's day. The file named edits lists them:
//
//	# what it is
//	@ config.lua             the file that is edited; main.lua without it
//	- the old line           one or more: they stand once in the file
//	+ the new line           any number
//	do add ann = 1; n = 1    requests before the edit, and their answers
//	patch new CMD.size|…     it is a patch, and what it reports has these words
//	reload the reason|…      it is refused with these words
//	kept count = 3|…         what the report says to be kept; nothing without it
//	notes … | stale …        likewise
//	ask size = 2             requests after it
//	fresh size = 2           requests after it whose answers are the same from a
//	                         service that begins with the new text and was sent the
//	                         requests of do
//	back n = 1               requests after a patch to the old text again
//
// Without a line fresh, the answers of ask are compared so. A request that begins
// with ~ is repeated until its answer is the one expected, and one with an answer
// of * may answer anything.

// edit is one of them.
type edit struct {
	name, file          string
	replace             [][2]string
	before, after       string
	fresh, back         string
	patch               bool
	words               []string // of the report, or of the reason for a reload
	kept, notes, stale  []string
	compared, goingBack bool
}

func TestEdits(t *testing.T) {
	files, err := filepath.Glob("testdata/edits/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no services: %v", err)
	}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		sources, list := make(map[string]string), ""
		for _, f := range archive.Files {
			if f.Name == "edits" {
				list = string(f.Data)
			} else {
				sources[f.Name] = string(f.Data)
			}
		}
		for _, e := range parseEdits(t, list) {
			t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar")+"/"+e.name, func(t *testing.T) { e.run(t, sources) })
		}
	}
}

func parseEdits(t *testing.T, text string) []*edit {
	var list []*edit
	var e *edit
	last := byte(0)
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if strings.TrimSpace(line) == "" {
			continue
		}
		if name, ok := strings.CutPrefix(line, "# "); ok {
			e = &edit{name: name, file: "main.lua"}
			list = append(list, e)
			continue
		}
		mark := line[0]
		rest := strings.TrimPrefix(line[1:], " ")
		switch mark {
		case '@':
			e.file = rest
		case '-':
			if last != '-' {
				e.replace = append(e.replace, [2]string{})
			}
			e.replace[len(e.replace)-1][0] += rest + "\n"
		case '+':
			e.replace[len(e.replace)-1][1] += rest + "\n"
		default:
			word, rest, _ := strings.Cut(line, " ")
			if !e.expect(word, rest) {
				t.Fatalf("%s: no such line: %s", e.name, line)
			}
		}
		last = mark
	}
	return list
}

// expect takes a line of an edit that isn't a part of its text.
func (e *edit) expect(word, rest string) bool {
	words := strings.Split(rest, "|")
	switch word {
	case "do":
		e.before += rest + ";"
	case "ask":
		e.after += rest + ";"
	case "fresh":
		e.fresh, e.compared = e.fresh+rest+";", true
	case "back":
		e.back, e.goingBack = e.back+rest+";", true
	case "patch":
		e.patch, e.words = true, words
	case "reload":
		e.words = words
	case "kept":
		e.kept = words
	case "notes":
		e.notes = words
	case "stale":
		e.stale = words
	default:
		return false
	}
	return true
}

// edited is the text after the edit.
func (e *edit) edited(t *testing.T, text string) string {
	for _, r := range e.replace {
		if n := strings.Count(text, r[0]); n != 1 {
			t.Fatalf("the text to replace is there %d times:\n%s", n, r[0])
		}
		text = strings.Replace(text, r[0], r[1], 1)
	}
	return text
}

func (e *edit) run(t *testing.T, sources map[string]string) {
	tn := newTestNode(t, sources, nil)
	h := tn.launch("main")
	tn.requests(h, e.before)
	old := sources[e.file]
	new := e.edited(t, old)
	tn.write(e.file, new)
	kind, why := tn.Plan(testContext(t), h, nil)
	r := tn.patchOne(h)
	if !e.patch {
		if r.Err == nil {
			t.Errorf("patched: %s; want a reload", r.Summary())
		} else if kind != PlanReload || !strings.Contains(r.Err.Error(), why) {
			t.Errorf("the plan was %s: %s; the patch ended with %v", kind, why, r.Err)
		}
		wantWords(t, "the reason", fmt.Sprint(r.Err), e.words)
		tn.requests(h, e.after)
		return
	}
	if r.Err != nil || kind != PlanPatch {
		t.Errorf("refused: %v; the plan was %s", r.Err, kind)
		return
	}
	var stale []string
	for _, s := range r.Report.Stale {
		stale = append(stale, s.String())
	}
	wantWords(t, "the report", r.Report.Text(), e.words)
	wantAll(t, "kept", r.Report.Kept, e.kept)
	wantAll(t, "notes", r.Report.Notes, e.notes)
	wantAll(t, "stale", stale, e.stale)
	tn.requests(h, e.after)
	tn.requests(h, e.fresh)
	if !e.compared {
		e.fresh = e.after
	}
	fresh := tn.launch("main")
	tn.feed(fresh, e.before)
	t.Log("a service that begins with the new text:")
	tn.requests(fresh, e.fresh)
	if !e.goingBack {
		return
	}
	tn.write(e.file, old)
	if r := tn.patchOne(h); r.Err != nil {
		t.Errorf("back: %v", r.Err)
	}
	tn.requests(h, e.back)
}

func wantWords(t *testing.T, what, text string, words []string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(text, w) {
			t.Errorf("%s is %q, want %q in it", what, text, w)
		}
	}
}

// wantAll compares a list with parts of what it should have, in any order.
func wantAll(t *testing.T, what string, got, want []string) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: %q, want %q", what, got, want)
		return
	}
	wantWords(t, what, strings.Join(got, "\n"), want)
}

// requests is expect, with answers that have to be waited for.
func (tn *testNode) requests(h Handle, steps string) {
	tn.t.Helper()
	for step := range strings.SplitSeq(steps, ";") {
		words, want, _ := strings.Cut(strings.TrimSpace(step), " = ")
		words, want = strings.TrimSuffix(words, " ="), strings.TrimSpace(want)
		got := ""
		switch patient := strings.HasPrefix(words, "~"); {
		case words == "":
		case patient:
			if !waitFor(tn.t, step, func() bool { got = tn.command(h, words[1:]); return got == want }) {
				tn.t.Errorf("%s = %s", words, got)
			}
		default:
			if got = strings.TrimSpace(tn.command(h, words)); got != want && want != "*" {
				tn.t.Errorf("%s = %s, want %s", words, got, want)
			}
		}
	}
}

// feed sends the requests of steps, whatever they answer.
func (tn *testNode) feed(h Handle, steps string) {
	tn.t.Helper()
	for step := range strings.SplitSeq(steps, ";") {
		if words, _, _ := strings.Cut(strings.TrimSpace(step), " ="); words != "" {
			tn.command(h, strings.TrimPrefix(words, "~"))
		}
	}
}
