package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// repository is the folder of the module, seen from this package.
const repository = "../.."

// TestDocumentsNameWhatExists fails when a document names an identifier of the
// source, or a file, that isn't there any more: `runtime.Node.Reload`,
// `console/node.go`, `cmd/devnode/testdata/script`.
func TestDocumentsNameWhatExists(t *testing.T) {
	names := declaredNames(t)
	for _, doc := range []string{"README.md", "CONTRIBUTING.md", "docs/architecture.md", "docs/skynet.md", "docs/reload.md", "docs/watch.md", "docs/edits.md", "docs/coming-from-skynet.md", "docs/benchmarks.md", "docs/testing.md",
		"README.zh-CN.md", "docs/reload.zh-CN.md", "docs/skynet.zh-CN.md"} {
		text, err := os.ReadFile(filepath.Join(repository, doc))
		if err != nil {
			t.Fatal(err)
		}
		for _, span := range codeSpans(string(text)) {
			pkg, _, dotted := strings.Cut(span, ".")
			switch {
			case identifier.MatchString(span) && dotted && names[pkg] != nil:
				if !names[pkg][span] {
					t.Errorf("%s: there is no %s", doc, span)
				}
			case path.MatchString(span):
				if found, _ := filepath.Glob(filepath.Join(repository, span)); len(found) == 0 {
					t.Errorf("%s: there is no file %s", doc, span)
				}
			}
		}
		for _, m := range link.FindAllStringSubmatch(string(text), -1) {
			target := filepath.Join(repository, filepath.Dir(doc), m[1])
			if _, err := os.Stat(target); err != nil && !strings.Contains(m[1], "://") {
				t.Errorf("%s: a link leads nowhere: %s", doc, m[1])
			}
		}
	}
}

var (
	fence      = regexp.MustCompile("(?ms)^```.*?^```$")
	span       = regexp.MustCompile("`([^`\n]+)`")
	identifier = regexp.MustCompile(`^[a-z]\w*(\.\w+){1,2}$`)
	path       = regexp.MustCompile(`^(runtime|console|watch|scripts|cmd|docs|\.ci)/[\w./*-]*$`)
	link       = regexp.MustCompile(`\]\(([^)]+)\)`)
)

// codeSpans are the texts in backquotes, outside of blocks.
func codeSpans(text string) []string {
	var spans []string
	for _, m := range span.FindAllStringSubmatch(fence.ReplaceAllString(text, ""), -1) {
		spans = append(spans, m[1])
	}
	return spans
}

// declaredNames are the declarations of each package of the module, by package
// name: "runtime.Node.Reload". Tests count, files for other systems too; not the
// libraries, whose packages have the names of modules in Lua: socket.listen.
func declaredNames(t *testing.T) map[string]map[string]bool {
	t.Helper()
	names := map[string]map[string]bool{}
	files := token.NewFileSet()
	libraries := filepath.Join(repository, "runtime", "library")
	err := filepath.WalkDir(repository, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".go" || filepath.Dir(filepath.Dir(path)) == libraries {
			return err
		}
		file, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		pkg := strings.TrimSuffix(file.Name.Name, "_test")
		if names[pkg] == nil {
			names[pkg] = map[string]bool{}
		}
		for _, decl := range file.Decls {
			for _, name := range declares(decl) {
				names[pkg][pkg+"."+name] = true
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// declares lists the names of a declaration: of functions, methods behind their
// type, types and their fields and methods, variables and constants.
func declares(decl ast.Decl) []string {
	var list []string
	switch d := decl.(type) {
	case *ast.FuncDecl:
		name := d.Name.Name
		if d.Recv != nil {
			name = receiver(d.Recv.List[0].Type) + "." + name
		}
		list = append(list, name)
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch s := spec.(type) {
			case *ast.TypeSpec:
				list = append(list, s.Name.Name)
				for _, member := range members(s.Type) {
					list = append(list, s.Name.Name+"."+member)
				}
			case *ast.ValueSpec:
				for _, n := range s.Names {
					list = append(list, n.Name)
				}
			}
		}
	}
	return list
}

func receiver(t ast.Expr) string {
	switch t := t.(type) {
	case *ast.StarExpr:
		return receiver(t.X)
	case *ast.IndexExpr:
		return receiver(t.X)
	case *ast.Ident:
		return t.Name
	}
	return "?"
}

func members(t ast.Expr) []string {
	var fields *ast.FieldList
	switch t := t.(type) {
	case *ast.StructType:
		fields = t.Fields
	case *ast.InterfaceType:
		fields = t.Methods
	default:
		return nil
	}
	var list []string
	for _, f := range fields.List {
		for _, n := range f.Names {
			list = append(list, n.Name)
		}
	}
	return list
}
