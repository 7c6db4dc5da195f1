package domain_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"kassa/domain"
)

func TestProductIDs(t *testing.T) {
	for _, id := range []domain.ProductID{"CFQ7TTC0H9MP", "a", "7", "a.b_c-d", domain.ProductID(strings.Repeat("a", 64))} {
		assert.True(t, id.Valid(), id)
	}
	for _, id := range []domain.ProductID{"", "-a", ".a", "a b", "a/b", "å", "a\n", "\xff", domain.ProductID(strings.Repeat("a", 65))} {
		assert.False(t, id.Valid(), id)
	}
}
