package watch

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// ignoreFile is the name of the files with further patterns, in any folder of
// a root; each speaks for its folder and what is below, as .gitignore does.
const ignoreFile = ".devnodeignore"

// DefaultIgnore returns the patterns that are always ignored: swap, backup
// and lock files of vim, emacs, kate, nano, joe, JetBrains and GNOME's
// editors, version control, and the hidden folders behind a Kubernetes
// ConfigMap (whose files are seen through their links). A later pattern with
// a leading "!" takes one back.
func DefaultIgnore() []string {
	return []string{
		".*.sw?", "4913", "*~", ".#*", `\#*#`, ".*.kate-swp",
		"*___jb_tmp___", "*___jb_old___", ".goutputstream-*",
		".git/", ".hg/", ".svn/", "..?*",
	}
}

// rule is one line of gitignore's form.
type rule struct {
	glob    string // for doublestar, matched against the path below the folder
	negated bool
	dirOnly bool
}

// parseRule reads one line. A line that says nothing (blank, a comment) gives
// a rule with no glob. Matching is doublestar's; gitignore's own part is
// which of the slashes anchor, what "!" and a trailing slash mean, that braces
// are plain characters, and the classes with names.
func parseRule(line string) (rule, error) {
	text := strings.TrimRight(line, "\r")
	if strings.HasPrefix(text, "#") {
		return rule{}, nil
	}
	text = trimSpaces(text)
	var r rule
	if rest, ok := strings.CutPrefix(text, "!"); ok {
		r.negated, text = true, rest
	}
	if rest, ok := strings.CutSuffix(text, "/"); ok {
		r.dirOnly, text = true, rest
	}
	if text == "" {
		return rule{}, nil
	}
	anchored := strings.Contains(text, "/")
	text = strings.TrimPrefix(text, "/")
	text = strings.NewReplacer("{", `\{`, "}", `\}`,
		"[:alnum:]", "a-zA-Z0-9", "[:alpha:]", "a-zA-Z", "[:digit:]", "0-9", "[:xdigit:]", "0-9a-fA-F",
		"[:lower:]", "a-z", "[:upper:]", "A-Z", "[:space:]", " \t").Replace(text)
	if !anchored {
		text = "**/" + text
	}
	if !doublestar.ValidatePattern(text) {
		return rule{}, fmt.Errorf("ignore pattern %q: malformed, see gitignore's documentation", line)
	}
	r.glob = text
	return r, nil
}

// trimSpaces takes away trailing spaces, but for one that is quoted by a
// backslash.
func trimSpaces(s string) string {
	t := strings.TrimRight(s, " ")
	if len(t) < len(s) && strings.HasSuffix(t, `\`) {
		t += " "
	}
	return t
}

func (r rule) matches(rel string, dir bool) bool {
	if r.dirOnly && !dir {
		return false
	}
	if ok, _ := doublestar.Match(r.glob, rel); !ok {
		return false
	}
	// "a/**" means what is inside a, not a itself; doublestar takes both.
	return !strings.HasSuffix(r.glob, "/**") || rel != strings.TrimSuffix(r.glob, "/**")
}

// ruleset is the rules of one folder on top of those of the folders above.
type ruleset struct {
	above *ruleset
	base  string // the folder
	text  string // of its .devnodeignore, if the rules are from there
	rules []rule
}

// newRuleset takes the patterns that are valid and returns the first fault.
func newRuleset(above *ruleset, base string, lines []string) (*ruleset, error) {
	set := &ruleset{above: above, base: base}
	var fault error
	for _, line := range lines {
		r, err := parseRule(line)
		if err != nil {
			if fault == nil {
				fault = err
			}
			continue
		}
		if r.glob != "" {
			set.rules = append(set.rules, r)
		}
	}
	return set, fault
}

// matches reports whether the last rule that speaks of file takes it. What
// lies in an excluded folder needs no rule, as such a folder isn't entered.
func (s *ruleset) matches(file string, dir bool) bool {
	for ; s != nil; s = s.above {
		rel, err := filepath.Rel(s.base, file)
		if err != nil {
			continue
		}
		rel = path.Clean(filepath.ToSlash(rel))
		for i := len(s.rules) - 1; i >= 0; i-- {
			if s.rules[i].matches(rel, dir) {
				return !s.rules[i].negated
			}
		}
	}
	return false
}

// withFile returns s, or s with the rules of the .devnodeignore in folder on
// top of it when there is one. The folder is read at dir, and known as base.
func (s *ruleset) withFile(dir, base string) (*ruleset, error) {
	data, err := readOwnFile(filepath.Join(dir, ignoreFile))
	if err != nil {
		if os.IsNotExist(err) {
			return s, nil
		}
		return s, fmt.Errorf("read %s: %w", ignoreFile, err)
	}
	set, err := newRuleset(s, base, strings.Split(string(data), "\n"))
	if err != nil {
		err = fmt.Errorf("%s: %w", filepath.Join(base, ignoreFile), err)
	}
	set.text = string(data)
	return set, err
}
