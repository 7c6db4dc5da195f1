package domain_test

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"kassa/domain"
)

func TestOrderNumberNeverChanges(t *testing.T) {
	assert.Equal(t, "KA-JND9-9CK5-ESR3", domain.OrderNumber("3f2b7c1e-8d4a-4f60-9b1d-5a6c7e8f9012"))
}

func TestOrderNumberIsReadable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		id := domain.PurchaseID(uuid.UUID(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "id")).String())
		assert.Regexp(t, `^KA(-[0-9A-HJKMNP-TV-Z]{4}){3}$`, domain.OrderNumber(id))
	})
}

func TestOrderNumbersDiffer(t *testing.T) {
	const purchases = 50_000
	seen := make(map[string]bool, purchases)
	for n := range purchases {
		id := uuid.NewSHA1(uuid.Nil, []byte{byte(n), byte(n >> 8), byte(n >> 16)})
		number := domain.OrderNumber(domain.PurchaseID(id.String()))
		require.False(t, seen[number], "%s is the number of two purchases", number)
		seen[number] = true
	}
}
