package main

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var root = filepath.Join("..", "..")

func TestPagesAreCurrent(t *testing.T) {
	pages, err := pages(os.DirFS(root))
	require.NoError(t, err)
	for name, want := range pages {
		got, err := os.ReadFile(filepath.Join(root, name))
		require.NoError(t, err)
		assert.Equal(t, want, string(got), "%s is stale: make docs", name)
	}
}

func TestEveryRuleIsShownThroughTheAPI(t *testing.T) {
	tests, err := readTests(os.DirFS(root))
	require.NoError(t, err)
	shown := func(id string, through ...bool) bool {
		return slices.ContainsFunc(through, func(b bool) bool { return len(lines(id, tests, b)) > 0 })
	}
	require.Len(t, rules, 59)
	require.Len(t, vectors, 22)
	for _, r := range rules {
		assert.True(t, shown(r.id, true), "nothing shows %s", r.id)
	}
	for _, v := range vectors {
		assert.True(t, shown(v.id, true, false), "nothing shows %s", v.id)
	}
}

func TestEveryErrorIsAsserted(t *testing.T) {
	tests, err := readTests(os.DirFS(root))
	require.NoError(t, err)
	c, err := readErrors(os.DirFS(root))
	require.NoError(t, err)
	require.Greater(t, len(c.refusals), 100, "the search itself must find something")
	for _, r := range c.refusals {
		assert.NotEmpty(t, c.tests(r, tests), "no test asserts %s of %s", r.code, r.name)
		assert.NotEmpty(t, r.english, r.name)
		assert.NotZero(t, c.statuses[r.kind], r.name)
	}
}

func TestEveryNumberIsThatOfARule(t *testing.T) {
	tests, err := readTests(os.DirFS(root))
	require.NoError(t, err)
	known := map[string]bool{}
	for _, topic := range slices.Concat(rules, vectors) {
		known[topic.id] = true
	}
	for _, test := range tests {
		for id := range test.shows {
			assert.True(t, known[id], "%s of %s: there is no %s", test.name, test.file, id)
		}
	}
}

// What counts, and what does not.
func TestOnlyNamesCount(t *testing.T) {
	const source = `package api_test
// TestNothing shows R01.
func TestNothing(t *testing.T) {
	// R02 is shown here
	h.ask("R03 a path")
	assert.True(t, ok, "R04 a message")
	what := []string{"R05 a list"}
	t.Log("R06")
}
func TestR07_R08_ByName(t *testing.T) { t.Run("R08 again", nil); h.ask() }
func TestCases(t *testing.T) {
	t.Run("R10 run", nil)
	for _, c := range []struct{ name string }{{"R11, V11 first of a row"}, {name: "a field (R12)"}, made("by a call (R13/R14)", 0)} {}
	for name := range map[string]int{"R15 key of a map": 1} {}
	deeper(t)
}
func deeper(t *testing.T) { t.Run("R16 in what the test calls", nil); h.ask() }
func TestBelow(t *testing.T) { t.Run("R17 without a request", nil) }
func (h *house) ask() { http.NewRequestWithContext() }
`
	tests, err := readTests(fstest.MapFS{"services/api/a_test.go": {Data: []byte(source)}, "services/api/a.go": {Data: []byte("package api")}})
	require.NoError(t, err)
	shown := map[string][]string{}
	for _, test := range tests {
		shown[test.name] = slices.Sorted(maps.Keys(test.shows))
		assert.Equal(t, test.name != "TestBelow", test.through, test.name)
	}
	assert.Equal(t, map[string][]string{
		"TestNothing":        nil,
		"TestR07_R08_ByName": {"R07", "R08"},
		"TestCases":          {"R10", "R11", "R12", "R13", "R14", "R15", "R16", "V11"},
		"TestBelow":          {"R17"},
	}, shown)

	elsewhere, err := readTests(fstest.MapFS{"services/client/a_test.go": {Data: []byte(source)}})
	require.NoError(t, err)
	for _, test := range elsewhere {
		assert.False(t, test.through, test.name)
	}
}
