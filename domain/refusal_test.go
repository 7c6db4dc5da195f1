package domain_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"kassa/domain"
)

var refusals = []*domain.Error{
	domain.ErrTenantUnknown, domain.ErrTenantKind, domain.ErrTenantUnmanaged, domain.ErrPersonUnknown,
	domain.ErrCannotVerify, domain.ErrGuest, domain.ErrAccountDisabled, domain.ErrProductEndOfSale,
	domain.ErrProductNotEligible, domain.ErrMarketNotEligible, domain.ErrProductBlocked,
	domain.ErrPolicyDisabled, domain.ErrPolicyTrialsOnly, domain.ErrNotBillingAdmin,
}

func TestEveryRefusalIsFoundByItsCode(t *testing.T) {
	for _, want := range refusals {
		assert.Same(t, want, domain.Refusal(want.Code), want.Code)
	}
}

func TestR20_ReasonsOfOrganisationAndMarketSendPeopleToTheirAdmin(t *testing.T) {
	for _, e := range []*domain.Error{
		domain.ErrTenantKind, domain.ErrTenantUnmanaged, domain.ErrMarketNotEligible,
		domain.ErrProductBlocked, domain.ErrPolicyDisabled, domain.ErrPolicyTrialsOnly,
	} {
		assert.True(t, strings.HasSuffix(e.Message, " Contact your IT admin."), e.Code)
		assert.Equal(t, "contact_it_admin", domain.MessageKey(e.Code))
		assert.Equal(t, domain.Refused, e.Kind, e.Code)
	}
	assert.Equal(t, "guest", domain.MessageKey("guest"), "a guest's own organisation may let them buy")
}

func TestWhatCannotBeVerifiedIsWorthAnotherTry(t *testing.T) {
	assert.Equal(t, domain.Unavailable, domain.KindOf(domain.ErrCannotVerify))
}

func TestARetiredCodeStillRefuses(t *testing.T) {
	e := domain.Refusal("moon_phase")
	assert.Equal(t, domain.Refused, e.Kind)
	assert.Equal(t, "moon_phase", e.Code)
	assert.NotEmpty(t, e.Message)
}

func TestTheFirstFailedCheckIsTheRefusal(t *testing.T) {
	v := domain.Verdict{Checks: []domain.Check{{Code: "a", Passed: true}, {Code: "b"}, {Code: "c"}}}
	failed, refused := v.Refusal()
	assert.True(t, refused)
	assert.Equal(t, "b", failed.Code)
	_, refused = domain.Verdict{Checks: v.Checks[:1]}.Refusal()
	assert.False(t, refused)
}
