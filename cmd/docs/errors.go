package main

import (
	"cmp"
	"fmt"
	"go/ast"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strings"
)

// refusal is an error as it is declared.
type refusal struct {
	code, kind, english string
	name                string // with its package: commands.ErrStale
	file                string
}

// catalogue is every error, and how it is told.
type catalogue struct {
	refusals []refusal
	swedish  map[string]string // by name, as services/api tells it
	statuses map[string]int    // by kind
	special  map[string]int    // by name, where HTTP has a status of its own
}

// readErrors reads every error that is declared below root, beside no function.
func readErrors(root fs.FS) (catalogue, error) {
	c := catalogue{swedish: map[string]string{}, statuses: map[string]int{}, special: map[string]int{}}
	err := eachFile(root, func(file string, parsed *ast.File) {
		if strings.HasSuffix(file, "_test.go") {
			return
		}
		for _, d := range parsed.Decls {
			if g, ok := d.(*ast.GenDecl); ok {
				for _, v := range tables(g) {
					c.read(file, parsed.Name.Name, v)
				}
			}
		}
	})
	slices.SortFunc(c.refusals, func(a, b refusal) int {
		return cmp.Or(strings.Compare(a.code, b.code), strings.Compare(a.name, b.name))
	})
	return c, err
}

func (c *catalogue) read(file, pkg string, v *ast.ValueSpec) {
	if len(v.Values) != 1 {
		return
	}
	if r, ok := refusalOf(v.Values[0]); ok {
		r.file, r.name = file, pkg+"."+v.Names[0].Name
		c.refusals = append(c.refusals, r)
	}
	list, ok := v.Values[0].(*ast.CompositeLit)
	if !ok || path.Dir(file) != "services/api" {
		return
	}
	for _, e := range list.Elts {
		switch v.Names[0].Name {
		case "told":
			row := e.(*ast.CompositeLit)
			c.swedish[qualified(row.Elts[0], pkg)] = text(row.Elts[1])
		case "answers":
			row := e.(*ast.KeyValueExpr)
			c.statuses[lastName(row.Key)] = status(row.Value.(*ast.CompositeLit).Elts[0])
		case "statuses":
			row := e.(*ast.KeyValueExpr)
			c.special[pkg+"."+row.Key.(*ast.SelectorExpr).X.(*ast.Ident).Name] = status(row.Value)
		}
	}
}

// refusalOf reads &domain.Error{…} and domain.Refuse(…).
func refusalOf(e ast.Expr) (r refusal, ok bool) {
	switch e := e.(type) {
	case *ast.UnaryExpr:
		lit, _ := e.X.(*ast.CompositeLit)
		if lit == nil || lastName(lit.Type) != "Error" {
			return r, false
		}
		for _, field := range lit.Elts {
			pair, _ := field.(*ast.KeyValueExpr)
			if pair == nil {
				return r, false
			}
			switch lastName(pair.Key) {
			case "Kind":
				r.kind = lastName(pair.Value)
			case "Code":
				r.code = text(pair.Value)
			case "Message":
				r.english = text(pair.Value)
			}
		}
	case *ast.CallExpr:
		if lastName(e.Fun) != "Refuse" || len(e.Args) != 2 {
			return r, false
		}
		r = refusal{kind: "Refused", code: text(e.Args[0]), english: text(e.Args[1])}
	}
	return r, r.code != ""
}

func lastName(e ast.Expr) string {
	_, name := callee(e)
	return name
}

func qualified(e ast.Expr, pkg string) string {
	from, name := callee(e)
	return cmp.Or(from, pkg) + "." + name
}

func text(e ast.Expr) string {
	if l, ok := e.(*ast.BasicLit); ok {
		return unquote(l)
	}
	return ""
}

// status is the number behind a name such as http.StatusConflict.
func status(e ast.Expr) int {
	name := strings.TrimPrefix(lastName(e), "Status")
	for code := 400; code < 600; code++ {
		if strings.ReplaceAll(http.StatusText(code), " ", "") == name {
			return code
		}
	}
	return 0
}

// asserts says whether a test names the error: its code, alone or quoted in an
// answer, or its variable.
func (t test) asserts(r refusal) bool {
	pkg, name, _ := strings.Cut(r.name, ".")
	return t.says[r.code] || t.says[r.name] || t.says["."+name] && path.Base(path.Dir(t.file)) == pkg ||
		strings.Contains(t.texts, `"`+r.code+`"`) || strings.Contains(t.texts, "("+r.code+")")
}

const errorsIntro = `# Every error

Made by ` + "`make docs`" + ` from the code; do not edit. The code is stable, and the HTTP status follows from the kind of the
error. Where no Swedish is given, only the operator hears of it, at start or in the log. The last column names tests that
assert the code, those through the API first; a test of ` + "`cmd/docs`" + ` fails while there is none.

| Code | HTTP | In English | In Swedish | Declared | Tests |
|---|---|---|---|---|---|
`

// shownTests is how many tests a row names.
const shownTests = 2

// errorsPage is docs/errors.md.
func errorsPage(c catalogue, tests []test) string {
	var b strings.Builder
	b.WriteString(errorsIntro)
	for _, r := range c.refusals {
		told := c.swedish[r.name]
		code := cmp.Or(c.special[r.name], c.statuses[r.kind])
		fmt.Fprintf(&b, "| `%s` | %d | %s | %s | [%s](../%s) | %s |\n",
			r.code, code, r.english, cmp.Or(told, "–"), r.name, r.file, strings.Join(c.tests(r, tests), "<br>"))
	}
	return b.String()
}

// tests are the first few that assert an error.
func (c catalogue) tests(r refusal, tests []test) (names []string) {
	for _, through := range []bool{true, false} {
		for _, t := range tests {
			if t.through == through && t.asserts(r) && len(names) < shownTests {
				names = append(names, fmt.Sprintf("[%s](../%s)", t.name, t.file))
			}
		}
	}
	return names
}
