package domain_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"kassa/domain"
)

func TestWordsAreKnown(t *testing.T) {
	for _, v := range []domain.PolicyValue{"Enabled", "OnlyTrialsWithoutPaymentMethod", "Disabled"} {
		assert.True(t, v.Known(), v)
	}
	for _, k := range []domain.TenantKind{"commercial", "education", "nonprofit", "gcc", "gcch", "dod"} {
		assert.True(t, k.Known(), k)
	}
	for _, c := range []domain.Channel{"self-service", "central"} {
		assert.True(t, c.Known(), c)
	}
	assert.False(t, domain.PolicyValue("enabled").Known())
	assert.False(t, domain.PolicyValue("").Known())
	assert.False(t, domain.TenantKind("government").Known())
	assert.False(t, domain.TenantKind("").Known())
	assert.False(t, domain.Channel("partner").Known())
	assert.False(t, domain.Channel("").Known())
}
