package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A test says what it shows by its name (TestR23_R24_Title) or by the name of a
// case in it ("R23 somebody elsewhere", "a person elsewhere (R23)"). Nothing
// else counts: no comment, no message, no other text.
var (
	inTest = regexp.MustCompile(`^Test((?:[RV]\d\d_)+)`)
	inCase = regexp.MustCompile(`^((?:[RV]\d\d[ /,]+)+)\S|\(((?:[RV]\d\d[ /,]*)+)\)$`)
	ids    = regexp.MustCompile(`[RV]\d\d`)
)

// outside are the packages whose tests go through the HTTP API or the command
// line, as far as they do: see function.asks.
var outside = []string{"cmd/kassa", "services/api", "services/mscommerce"}

// test is a test function and what it shows.
type test struct {
	file, name string
	through    bool                // it asks over HTTP, or runs the command line
	shows      map[string][]string // by id, the names of the cases; none: the test as a whole
	says       map[string]bool     // texts, and names with their package, that stand in it
	texts      string              // the same, one a line
}

// function is a function of a package's tests, or a table beside them.
type function struct {
	file, name string
	asks       bool // it sends an HTTP request, or runs the command line, by itself
	calls      map[string]bool
	cases      []string
	says       map[string]bool
	table      bool // it is a variable
}

// readTests reads every test below root.
func readTests(root fs.FS) ([]test, error) {
	packages := map[string]map[string]function{} // by directory and package name
	err := eachFile(root, func(file string, parsed *ast.File) {
		if !strings.HasSuffix(file, "_test.go") && !isContract(file) {
			return
		}
		key := path.Dir(file) + " " + parsed.Name.Name
		if packages[key] == nil {
			packages[key] = map[string]function{}
		}
		for _, d := range parsed.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				packages[key][d.Name.Name] = functionOf(file, d.Name.Name, d)
			case *ast.GenDecl:
				for _, table := range tables(d) {
					f := functionOf(file, table.Names[0].Name, table)
					f.table = true
					packages[key][f.name] = f
				}
			}
		}
	})
	var tests []test
	for _, functions := range packages {
		for name, f := range functions {
			if strings.HasPrefix(name, "Test") || isContract(f.file) && ast.IsExported(name) {
				tests = append(tests, testOf(f, functions))
			}
		}
	}
	slices.SortFunc(tests, func(a, b test) int { return strings.Compare(a.file+" "+a.name, b.file+" "+b.name) })
	return tests, err
}

// isContract says whether a file is of a package of tests that others run, such
// as services/payments/gatewaytest.
func isContract(file string) bool { return strings.HasSuffix(path.Dir(file), "test") }

// tables are the variables that a declaration gives a value to.
func tables(d *ast.GenDecl) (vars []*ast.ValueSpec) {
	for _, spec := range d.Specs {
		if v, ok := spec.(*ast.ValueSpec); ok && d.Tok == token.VAR {
			vars = append(vars, v)
		}
	}
	return vars
}

// eachFile parses every Go file below root, other modules' apart.
func eachFile(root fs.FS, f func(file string, parsed *ast.File)) error {
	return fs.WalkDir(root, ".", func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && file != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" || d.Name() == "tools") {
			return fs.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(file, ".go") {
			return nil
		}
		source, err := fs.ReadFile(root, file)
		if err != nil {
			return err
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, source, parser.SkipObjectResolution)
		if err == nil {
			f(file, parsed)
		}
		return err
	})
}

// testOf is what a test shows, itself and in the functions that it calls.
func testOf(f function, all map[string]function) test {
	t := test{file: f.file, name: f.name, shows: map[string][]string{}, says: map[string]bool{}}
	for _, id := range ids.FindAllString(inTest.FindString(f.name), -1) {
		t.shows[id] = nil
	}
	whole := maps.Clone(t.shows)
	reached := map[string]function{}
	reach(f, all, reached)
	for _, g := range reached {
		maps.Copy(t.says, g.says)
		t.through = t.through || g.asks && slices.Contains(outside, path.Dir(f.file))
		for _, c := range g.cases {
			for _, id := range ids.FindAllString(inCase.FindString(c), -1) {
				if _, ok := whole[id]; !ok {
					t.shows[id] = append(t.shows[id], c)
				}
			}
		}
	}
	t.texts = strings.Join(slices.Collect(maps.Keys(t.says)), "\n")
	for id, cases := range t.shows {
		slices.Sort(cases)
		t.shows[id] = slices.Compact(cases)
	}
	return t
}

// reach collects f and what it calls or reads, of the same package's tests.
func reach(f function, all, reached map[string]function) {
	reached[f.name] = f
	for name, g := range all {
		needed := f.calls[name] || (g.table || isContract(g.file)) && f.says["."+name]
		if _, seen := reached[name]; needed && !seen {
			reach(g, all, reached)
		}
	}
}

func functionOf(file, name string, f ast.Node) function {
	found := function{file: file, name: name, calls: map[string]bool{}, says: map[string]bool{}}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BasicLit:
			found.says[unquote(n)] = true
		case *ast.SelectorExpr:
			from, name := callee(n)
			found.says[from+"."+name] = true
		case *ast.Ident:
			found.says["."+n.Name] = true
		case *ast.CallExpr:
			from, name := callee(n.Fun)
			found.calls[name] = true
			found.asks = found.asks || from == "http" && slices.Contains([]string{"Get", "NewRequestWithContext"}, name) ||
				path.Dir(file) == "cmd/kassa" && from == "" && name == "run"
			if name == "Run" {
				found.caseIn(n.Args)
			}
		case *ast.KeyValueExpr:
			if field, ok := n.Key.(*ast.Ident); ok && strings.EqualFold(field.Name, "name") {
				found.caseIn([]ast.Expr{n.Value})
			}
			found.caseIn([]ast.Expr{n.Key}) // of a map
		case *ast.CompositeLit:
			for _, row := range n.Elts {
				found.caseOf(row)
			}
		}
		return true
	})
	return found
}

// caseOf notes the name that a row of a table begins with.
func (f *function) caseOf(row ast.Expr) {
	switch row := row.(type) {
	case *ast.CompositeLit:
		f.caseIn(row.Elts)
	case *ast.CallExpr:
		f.caseIn(row.Args)
	}
}

// caseIn notes the first of values, if it is text.
func (f *function) caseIn(values []ast.Expr) {
	if len(values) == 0 {
		return
	}
	if l, ok := values[0].(*ast.BasicLit); ok && l.Kind == token.STRING {
		f.cases = append(f.cases, unquote(l))
	}
}

// unquote is the text of a literal, empty where it is no text.
func unquote(l *ast.BasicLit) string {
	text, err := strconv.Unquote(l.Value)
	if err != nil || l.Kind != token.STRING {
		return ""
	}
	return text
}

// callee is what a call calls: a package or value, where there is one, and a name.
func callee(e ast.Expr) (from, name string) {
	switch e := e.(type) {
	case *ast.Ident:
		return "", e.Name
	case *ast.SelectorExpr:
		if x, ok := e.X.(*ast.Ident); ok {
			from = x.Name
		}
		return from, e.Sel.Name
	case *ast.IndexExpr:
		return callee(e.X)
	}
	return "", ""
}
