package notice

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Every notice that the view makes has its sentences, and no sentence is left
// without a notice.
func TestEveryNoticeIsToldInBothLanguages(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "..", "projections", "views", "*.go"))
	require.NoError(t, err)
	made := map[string]bool{}
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		ast.Inspect(parsed, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok && len(call.Args) > 0 {
				name, _ := call.Fun.(*ast.Ident)
				code, literal := call.Args[0].(*ast.BasicLit)
				if literal && name != nil && (slices.Contains([]string{"tells", "confirms", "reminds"}, name.Name)) {
					made[strings.Trim(code.Value, `"`)] = true
				}
			}
			return true
		})
	}
	require.NotEmpty(t, made, "the search itself must find something")
	for code := range made {
		for _, words := range []Words{Told(code, "en"), Told(code, "sv")} {
			assert.NotEmpty(t, words.Subject, code)
			assert.NotEmpty(t, words.Text, code)
		}
	}
	for code := range told {
		assert.True(t, made[code], "%s is told, but no notice is made", code)
	}
}
