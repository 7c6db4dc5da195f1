package api

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/domain"
	v1 "kassa/services/api/v1"
)

// silent are the codes that are never told over HTTP, and who hears of them.
var silent = map[string]string{
	"development_identity_exposed":  "the operator, at start",
	"listen_address_invalid":        "the operator, at start",
	"data_directory_held":           "the operator, at start",
	"stripe_key_invalid":            "the operator, at start",
	"stripe_live_key_elsewhere":     "the operator, at start",
	"stripe_url_invalid":            "the operator, at start",
	"stripe_webhook_secret_invalid": "the operator, at start",
	"tenant_not_registered":         "an import, which registers the tenant first",
}

// rooms whose errors are for the operator, at start or in the log.
var behind = []string{"cmd/", "services/relay/", "services/broker/", "services/demo/", "eventstore/embedded/"}

func TestEveryErrorThatCanReachAPersonIsToldInSwedish(t *testing.T) {
	declared := map[string]string{} // by code, where
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		rel, _ := filepath.Rel(root, file)
		if err != nil || d.IsDir() || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") || isBehind(rel) {
			return err
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			if code := codeOf(n); code != "" {
				declared[code] = rel
			}
			return true
		})
		return nil
	})
	require.NoError(t, err)
	require.Greater(t, len(declared), 50, "the search itself must find something")
	for code, where := range declared {
		if _, known := silent[code]; known {
			continue
		}
		_, known := swedish(code)
		assert.True(t, known, "%s declares %s, which has no Swedish sentence", where, code)
	}
	for _, s := range told {
		if s.err.Kind != domain.Internal {
			assert.Contains(t, declared, s.err.Code, "told, but nobody declares it")
		}
	}
}

func isBehind(rel string) bool {
	for _, room := range behind {
		if strings.HasPrefix(filepath.ToSlash(rel), room) {
			return true
		}
	}
	return false
}

// codeOf is the code of the error that a node declares, if it is not one of our
// own faults, whose message nobody is shown.
func codeOf(n ast.Node) string {
	switch n := n.(type) {
	case *ast.CallExpr:
		if nameOf(n.Fun) == "Refuse" && len(n.Args) == 2 {
			return text(n.Args[0])
		}
	case *ast.CompositeLit:
		if nameOf(n.Type) != "Error" {
			return ""
		}
		var kind, code string
		for _, e := range n.Elts {
			pair, ok := e.(*ast.KeyValueExpr)
			switch {
			case ok && nameOf(pair.Key) == "Kind":
				kind = nameOf(pair.Value)
			case ok && nameOf(pair.Key) == "Code":
				code = text(pair.Value)
			}
		}
		if kind != "Internal" {
			return code
		}
	}
	return ""
}

func nameOf(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}

func text(e ast.Expr) string {
	if l, ok := e.(*ast.BasicLit); ok {
		s, _ := strconv.Unquote(l.Value)
		return s
	}
	return ""
}

// What huma finds wrong before any handler is told in our words, with HTTP's own
// status.
func TestARequestThatHumaRefusesHasOurCode(t *testing.T) {
	for status, want := range map[int]*domain.Error{
		http.StatusRequestEntityTooLarge: errBodyTooLarge,
		http.StatusUnsupportedMediaType:  errMediaType,
		http.StatusRequestTimeout:        errBodySlow,
	} {
		var p *v1.Problem
		require.ErrorAs(t, invalid(status, "of huma's"), &p)
		assert.Equal(t, want.Code, p.Code)
		assert.Equal(t, status, p.Status)
		assert.Equal(t, want.Message, p.Detail)
	}
}

func TestSentencesFitTheirRules(t *testing.T) {
	for _, s := range told {
		assert.True(t, strings.HasSuffix(s.swedish, "."), s.swedish)
		assert.True(t, strings.HasSuffix(s.err.Message, "."), s.err.Message)
		if domain.MessageKey(s.err.Code) == "contact_it_admin" { // R20
			assert.Contains(t, strings.ToLower(s.err.Message), "contact your it admin")
			assert.Contains(t, strings.ToLower(s.swedish), "kontakta din it-administratör")
		}
	}
	for _, a := range answers {
		assert.Contains(t, swedishTitles, a.title)
	}
}
