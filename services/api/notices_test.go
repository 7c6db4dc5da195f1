package api

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
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
			if call, ok := n.(*ast.CallExpr); ok && nameOf(call.Fun) == "tells" && len(call.Args) > 0 {
				made[text(call.Args[0])] = true
			}
			return true
		})
	}
	require.NotEmpty(t, made, "the search itself must find something")
	for code := range made {
		assert.NotEmpty(t, noticed[code].english, code)
		assert.NotEmpty(t, noticed[code].swedish, code)
	}
	for code := range noticed {
		assert.True(t, made[code], "%s is told, but no notice is made", code)
	}
}
