package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const module = "kassa/"

// rooms lists what each top-level directory may import of the others. Data
// flows one way; an arrow that is not here is a failing test.
var rooms = map[string]string{
	"domain":      "",
	"eventstore":  "domain",
	"commands":    "domain eventstore",
	"projections": "domain eventstore",
	"services":    "domain eventstore commands projections",
	"cmd":         "domain eventstore commands projections services",
}

// impure is what domain may not know of, beside every other module's code.
var impure = []string{"context", "crypto/rand", "database", "io", "log", "math/rand", "net", "os", "runtime", "sync", "syscall", "unsafe"}

// keys are the packages that may open a door to the outside which nobody else
// may use, by the import path that opens it.
var keys = map[string][]string{
	"github.com/EventStore/EventStore-Client-Go": {"eventstore/esdb", "eventstore/embedded", "eventstore/protocoltest"},
	"modernc.org/sqlite":                         {"eventstore/embedded", "projections", "services/durable", "services/bench"},
	"github.com/nats-io/nats-server":             {"services/broker"},
	"github.com/go-jose/go-jose":                 {"services/identity"},
	"github.com/danielgtaylor/huma":              {"services/api"},
	"github.com/alecthomas/kong":                 {"cmd/kassa"},
	"github.com/wneessen/go-mail":                {"services/mail"},
	"github.com/emersion/go-smtp":                {"services/mail"},
}

// source is one parsed file: its path from the root with forward slashes.
type source struct {
	path string
	*ast.File
}

func (s source) dir() string  { return path.Dir(s.path) }
func (s source) room() string { room, _, _ := strings.Cut(s.path, "/"); return room }

func (s source) imports() []string {
	var all []string
	for _, spec := range s.Imports {
		imp, _ := strconv.Unquote(spec.Path.Value)
		all = append(all, imp)
	}
	return all
}

// sources reads the tree here rather than by "go list": go test caches a passing
// result, and only files that this process opens make it look again. Other
// modules in the tree are left out.
func sources(t *testing.T) []source {
	t.Helper()
	root := filepath.Join("..", "..")
	var all []source
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && file != root && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" || d.Name() == "tools") {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return nil
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly|parser.ParseComments)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, file)
		all = append(all, source{filepath.ToSlash(rel), parsed})
		return err
	})
	require.NoError(t, err)
	require.Greater(t, len(all), 50, "the walk itself must find something")
	return all
}

func TestRoomsImportOnlyDownwards(t *testing.T) {
	for _, s := range sources(t) {
		allowed, known := rooms[s.room()]
		if !assert.True(t, known, "%s is in no known room", s.path) {
			continue
		}
		for _, imp := range s.imports() {
			inner, inside := strings.CutPrefix(imp, module)
			to, _, _ := strings.Cut(inner, "/")
			if inside && to != s.room() {
				assert.Contains(t, strings.Fields(allowed), to, "%s imports %s", s.path, imp)
			}
		}
	}
}

func TestDomainIsPureAndAggregatesKeepToThemselves(t *testing.T) {
	for _, s := range sources(t) {
		if s.room() != "domain" || path.Base(s.dir()) == "domaintest" {
			continue
		}
		for _, imp := range s.imports() {
			inner, inside := strings.CutPrefix(imp, module)
			switch {
			case inside:
				assert.Equal(t, "domain", inner, "%s: aggregates share words through domain, never each other", s.path)
			default:
				assert.NotContains(t, imp, ".", "%s: domain is pure", s.path)
				for _, p := range impure {
					assert.False(t, imp == p || strings.HasPrefix(imp, p+"/"), "%s imports %s: domain is pure", s.path, imp)
				}
			}
		}
	}
}

func TestDoorsToTheOutsideHaveOneKeeper(t *testing.T) {
	for _, s := range sources(t) {
		for _, imp := range s.imports() {
			for door, keepers := range keys {
				if imp != door && !strings.HasPrefix(imp, door+"/") {
					continue
				}
				kept := slices.ContainsFunc(keepers, func(k string) bool { return s.dir() == k || strings.HasPrefix(s.dir(), k+"/") })
				assert.True(t, kept, "%s imports %s, which is for %v", s.path, imp, keepers)
			}
		}
	}
}

func TestEveryPackageSaysWhatItIsFor(t *testing.T) {
	documented := map[string]bool{}
	for _, s := range sources(t) {
		documented[s.dir()] = documented[s.dir()] || s.Doc != nil && len(s.Doc.Text()) > 40
	}
	for _, dir := range slices.Sorted(maps.Keys(documented)) {
		assert.True(t, documented[dir], "%s has no package comment", dir)
	}
}

func TestNobodyRunsCodeBeforeMain(t *testing.T) {
	root := filepath.Join("..", "..")
	for _, s := range sources(t) {
		full, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, s.path), nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		for _, d := range full.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil {
				assert.NotEqual(t, "init", f.Name.Name, s.path)
			}
		}
	}
}
