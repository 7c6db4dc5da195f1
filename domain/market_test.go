package domain_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"kassa/domain"
)

func TestKnownMarket(t *testing.T) {
	for _, cc := range []string{"AD", "BR", "CD", "IN", "SE", "US", "ZW"} {
		assert.True(t, domain.KnownMarket(cc), cc)
	}
	for _, cc := range []string{"", "se", "S", "SWE", "UK", "XX", "EU", "D "} {
		assert.False(t, domain.KnownMarket(cc), cc)
	}
}

// ISO 3166-1 has 249 officially assigned codes. A code out of order would be
// in the table and yet not be found.
func TestEveryAssignedMarketIsFound(t *testing.T) {
	found := 0
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			if domain.KnownMarket(string(a) + string(b)) {
				found++
			}
		}
	}
	assert.Equal(t, 249, found)
}
