package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestTranslations holds each document in Chinese against the English one: the
// same levels of headings, blocks of code, rows of tables and links, in the same
// order. What the sentences say it can't know.
func TestTranslations(t *testing.T) {
	var files []string
	for _, pattern := range []string{"*.zh-CN.md", "docs/*.zh-CN.md"} {
		found, err := filepath.Glob(filepath.Join(repository, pattern))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	for _, name := range []string{"README", "docs/reload", "docs/skynet"} {
		if file := filepath.Join(repository, name+".zh-CN.md"); !slices.Contains(files, file) {
			t.Errorf("there is no %s", file)
		}
	}
	for _, file := range files {
		original := strings.TrimSuffix(file, ".zh-CN.md") + ".md"
		got, want := skeleton(t, file), skeleton(t, original)
		for i := range max(len(got), len(want)) {
			if g, w := at(got, i), at(want, i); g != w {
				t.Errorf("%s: part %d is\n%s\nwant that of %s:\n%s", filepath.Base(file), i+1, g, filepath.Base(original), w)
				break
			}
		}
	}
}

var (
	skeletonPart = regexp.MustCompile("(?ms)^```.*?^```$|^#+ |^\\|[^\n]*$")
	languages    = regexp.MustCompile(`(?m)^\[(中文|English)\]\(.*\)$\n`)
)

// skeleton lists what a document and its translation have in common.
func skeleton(t *testing.T, file string) []string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	plain := languages.ReplaceAllString(string(text), "")
	var parts []string
	for _, part := range skeletonPart.FindAllString(plain, -1) {
		if strings.HasPrefix(part, "|") {
			part = fmt.Sprintf("a row of %d cells", strings.Count(part, "|")-1)
		}
		parts = append(parts, part)
	}
	var links []string
	for _, m := range link.FindAllStringSubmatch(plain, -1) {
		links = append(links, strings.ReplaceAll(m[1], ".zh-CN.md", ".md"))
	}
	slices.Sort(links) // a sentence may name them in another order
	return append(parts, links...)
}

func at(list []string, i int) string {
	if i < len(list) {
		return list[i]
	}
	return "nothing"
}
