package commands_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/product"
	"kassa/domain/tenantpolicy"
)

func TestR03_AnOlderIDsPolicyIsWhatTheCurrentOneHadBefore(t *testing.T) {
	h := newHouse(t)
	h.given(tenantpolicy.Stream(contoso), tenantpolicy.ProductSet{
		Product: powerBIOld, AskedFor: powerBIOld, Value: domain.PolicyDisabled, Previous: domain.PolicyEnabled, At: noon,
	})
	admin := member(contoso, gail, domain.RoleGlobalAdmin)
	set := commands.SetPolicy{Product: powerBI, Value: domain.PolicyDisabled}
	already, err := h.policies.Set(t.Context(), ask(admin), set)
	require.NoError(t, err)
	assert.False(t, already.Wrote, "the block was carried over")
	set.Value = domain.PolicyEnabled
	_, err = h.policies.Set(t.Context(), ask(admin), set)
	require.NoError(t, err)
	history, err := h.policies.History(t.Context(), admin)
	require.NoError(t, err)
	require.Len(t, history, 2)
	assert.Equal(t, domain.PolicyDisabled, history[1].Before)
	assert.Equal(t, domain.PolicyEnabled, history[1].After)
}

func TestR03_PoliciesAreForAdministrators(t *testing.T) {
	h := newHouse(t)
	for name, c := range map[string]struct {
		roles       []string
		read, write error
	}{
		"a member":               {nil, commands.ErrNotPolicyReader, commands.ErrNotPolicyAdmin},
		"a user administrator":   {[]string{domain.RoleUserAdmin}, commands.ErrNotPolicyReader, commands.ErrNotPolicyAdmin},
		"a global reader":        {[]string{domain.RoleGlobalReader}, nil, commands.ErrNotPolicyAdmin},
		"a billing admin":        {[]string{domain.RoleBillingAdmin}, nil, nil},
		"a global administrator": {[]string{domain.RoleGlobalAdmin}, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			who := member(contoso, gail, c.roles...)
			_, err := h.policies.Get(t.Context(), who)
			assert.ErrorIs(t, err, c.read)
			_, err = h.policies.History(t.Context(), who)
			assert.ErrorIs(t, err, c.read)
			_, err = h.policies.Set(t.Context(), ask(who), commands.SetPolicy{Product: powerBI, Value: domain.PolicyEnabled})
			assert.ErrorIs(t, err, c.write)
			_, err = h.policies.SetDefault(t.Context(), ask(who), domain.PolicyEnabled)
			assert.ErrorIs(t, err, c.write)
			_, err = h.policies.SetOfferType(t.Context(), ask(who), commands.SetOfferType{OfferType: "SaaS", Value: domain.PolicyEnabled})
			assert.ErrorIs(t, err, c.write)
		})
	}
}

func TestAProductThatWasNeverListedHasNoPolicy(t *testing.T) {
	h := newHouse(t)
	_, err := h.policies.Set(t.Context(), ask(member(contoso, gail, domain.RoleGlobalAdmin)), commands.SetPolicy{Product: "NOPE", Value: domain.PolicyDisabled})
	assert.ErrorIs(t, err, product.ErrUnknown)
}

// Parts of one request are intents of their own, the same ones each time.
func TestPartsOfARequest(t *testing.T) {
	r := ask(member(contoso, gail))
	assert.Equal(t, r.Part(1), r.Part(1))
	assert.NotEqual(t, r.Part(0).ID, r.Part(1).ID)
	assert.NotEqual(t, r.ID, r.Part(0).ID)
	assert.Equal(t, r.Correlation, r.Part(0).Correlation)
}
