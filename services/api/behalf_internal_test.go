package api

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A kind of fact that is yet to come may tell of a card as well.
func TestR56_NoFactThatTellsOfACardIsOpenToPartners(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "..", "eventstore", "testdata", "schema", "*.json"))
	require.NoError(t, err)
	found := 0
	for _, file := range files {
		stored, err := os.ReadFile(file)
		require.NoError(t, err)
		if strings.Contains(string(stored), `"last4"`) || strings.Contains(string(stored), `"brand"`) || strings.Contains(string(stored), `"token"`) {
			found++
			assert.True(t, closedToPartners(strings.TrimSuffix(filepath.Base(file), ".json")), file)
		}
	}
	assert.Positive(t, found)
}
