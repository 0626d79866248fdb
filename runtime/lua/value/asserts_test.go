package value

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// machine are the packages that may look at one kind of numbers by itself: this one,
// and those that run and write code.
var machine = []string{"runtime/lua/value", "runtime/lua/layout", "runtime/lua/vm", "runtime/lua/syntax", "runtime/lua/bytecode"}

// TestKindsAreNotAssertedByHand reads the source: no code but the machine's asks
// whether a value is of one kind of numbers without asking for the others, nor
// whether it is a table of gopher-lua's. Read, ToInt and ToTable tell.
func TestKindsAreNotAssertedByHand(t *testing.T) {
	root := filepath.Join("..", "..", "..")
	files := 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && strings.HasPrefix(d.Name(), ".") && d.Name() != ".." {
			if d != nil && d.IsDir() && err == nil {
				return filepath.SkipDir
			}
			return err
		}
		rel, _ := filepath.Rel(root, path)
		if d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || inMachine(rel) {
			return nil
		}
		files++
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			for _, types := range assertedTypes(n) {
				if fault := partOfKinds(types); fault != "" {
					t.Errorf("%s: %s", fset.Position(n.Pos()), fault)
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 100 {
		t.Errorf("only %d files were read", files)
	}
}

func inMachine(path string) bool {
	for _, dir := range machine {
		if strings.HasPrefix(filepath.ToSlash(path), dir+"/") {
			return true
		}
	}
	return false
}

// assertedTypes are the types that a type assertion, or each case of a type switch,
// asks for.
func assertedTypes(n ast.Node) [][]ast.Expr {
	switch n := n.(type) {
	case *ast.TypeAssertExpr:
		if n.Type != nil {
			return [][]ast.Expr{{n.Type}}
		}
	case *ast.TypeSwitchStmt:
		var all [][]ast.Expr
		for _, c := range n.Body.List {
			all = append(all, c.(*ast.CaseClause).List)
		}
		return all
	}
	return nil
}

// partOfKinds says what is wrong with types that a value is asked for together.
func partOfKinds(types []ast.Expr) string {
	has := make(map[string]bool)
	for _, e := range types {
		prefix := ""
		if star, ok := e.(*ast.StarExpr); ok {
			e, prefix = star.X, "*"
		}
		if sel, ok := e.(*ast.SelectorExpr); ok {
			if pkg, ok := sel.X.(*ast.Ident); ok {
				has[prefix+pkg.Name+"."+sel.Sel.Name] = true
			}
		}
	}
	numbers := 0
	for _, kind := range []string{"lua.LNumber", "value.Int", "value.Float"} {
		if has[kind] {
			numbers++
		}
	}
	switch {
	case has["*lua.LTable"]:
		return "a table of gopher-lua's is asked for: value.ToTable knows both kinds"
	case numbers == 1 || numbers == 2:
		return "one kind of numbers is asked for: value.Read and ToInt know all of them"
	}
	return ""
}
