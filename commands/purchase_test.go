package commands_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/purchase"
	"kassa/domain/subscription"
	"kassa/domain/tenantpolicy"
	"kassa/services/payments"
)

func TestR14_ACheckoutEndsWithASubscription(t *testing.T) {
	h := newHouse(t)
	who := member(contoso, anna)

	quoted, err := h.purchases.Start(t.Context(), ask(who), seats3)
	require.NoError(t, err)
	assert.Equal(t, purchase.StatusQuoted, quoted.State.Status)
	assert.Equal(t, domain.Money{Minor: 2997, Currency: "USD"}, quoted.State.Total, "R34: 3 x 9.99")

	_, err = h.purchases.Submit(t.Context(), ask(who), submit(quoted.State.Purchase, "tok_visa"))
	require.NoError(t, err)
	done, err := h.fulfil.Pump(t.Context(), quoted.State.Purchase)
	require.NoError(t, err)
	assert.Equal(t, purchase.StatusCompleted, done.State.Status)
	assert.Equal(t, []string{"subscription.provisioned.v1"}, h.types(subscription.Stream(done.State.Subscription)))

	charges := h.charges()
	require.Len(t, charges, 1)
	assert.Equal(t, domain.Money{Minor: 2997, Currency: "USD"}, charges[0].Amount)
}

func TestR20_ARefusalIsRecordedAndExplained(t *testing.T) {
	h := newHouse(t)
	for name, c := range map[string]struct {
		who    commands.Principal
		change func(*commands.StartPurchase)
		code   string
	}{
		"R08 education":   {member(school, anna), nil, "tenant_kind"},
		"R21 guest":       {commands.Principal{Tenant: contoso, Person: omar, Guest: ptr(true)}, nil, "guest"},
		"R22 disabled":    {member(contoso, dora), nil, "account_disabled"},
		"R05 India":       {member(contoso, anna), func(c *commands.StartPurchase) { c.Market = "IN" }, "market_not_eligible"},
		"R10 unknown":     {member(contoso, "20000000-0000-4000-8000-00000000ffff"), nil, "person_unknown"},
		"R10 no tenant":   {member("10000000-0000-4000-8000-00000000ffff", anna), nil, "tenant_unknown"},
		"huge but guest":  {commands.Principal{Tenant: contoso, Person: omar, Guest: ptr(true)}, func(c *commands.StartPurchase) { c.Quantity = 1 << 40 }, "guest"},
		"by its older id": {member(school, anna), func(c *commands.StartPurchase) { c.Product = powerBIOld }, "tenant_kind"},
	} {
		t.Run(name, func(t *testing.T) {
			order := seats3
			if c.change != nil {
				c.change(&order)
			}
			r := ask(c.who)
			out, err := h.purchases.Start(t.Context(), r, order)
			require.ErrorIs(t, err, domain.Refusal(c.code))
			stream := purchase.Stream(out.State.Purchase)
			recorded := h.types(stream)
			assert.Equal(t, "purchase.refused.v1", recorded[len(recorded)-1])
			assert.NotZero(t, out.Position)

			_, again := h.purchases.Start(t.Context(), r, order)
			assert.ErrorIs(t, again, domain.Refusal(c.code), "the retry is answered alike")
			assert.Equal(t, recorded, h.types(stream), "and leaves nothing")
		})
	}
}

func TestARequestThatIsWrongLeavesNothing(t *testing.T) {
	h := newHouse(t)
	head, err := h.store.Head(t.Context())
	require.NoError(t, err)
	for code, change := range map[string]func(*commands.StartPurchase){
		"quantity_invalid":    func(c *commands.StartPurchase) { c.Quantity = 0 },
		"quantity_too_large":  func(c *commands.StartPurchase) { c.Quantity = 1001 },
		"market_unknown":      func(c *commands.StartPurchase) { c.Market = "XX" },
		"product_unknown":     func(c *commands.StartPurchase) { c.Product = "NOPE" },
		"channel_unknown":     func(c *commands.StartPurchase) { c.Channel = "barter" },
		"entry_point_unknown": func(c *commands.StartPurchase) { c.EntryPoint = "" },
		"price_unavailable":   func(c *commands.StartPurchase) { c.Market = "NO" },
		"currency_mismatch":   func(c *commands.StartPurchase) { c.Currency = "SEK" },
		"not_central_buyer":   func(c *commands.StartPurchase) { c.Channel = domain.Central },
	} {
		order := seats3
		change(&order)
		_, err := h.purchases.Start(t.Context(), ask(member(contoso, anna)), order)
		assert.ErrorIs(t, err, &domain.Error{Code: code}, code)
	}
	after, err := h.store.Head(t.Context())
	require.NoError(t, err)
	assert.Equal(t, head, after)
}

func TestR19_WhetherSomebodyIsAGuestIsNeverGuessed(t *testing.T) {
	h := newHouse(t)
	who := member(contoso, "20000000-0000-4000-8000-00000000ffff")
	who.Guest = nil // neither the token nor the directory can tell
	_, err := h.purchases.Start(t.Context(), ask(who), seats3)
	assert.ErrorIs(t, err, domain.ErrPersonUnknown)

	known := member(contoso, anna)
	known.Guest = nil // the directory can
	_, err = h.purchases.Start(t.Context(), ask(known), seats3)
	assert.NoError(t, err)
}

func TestR41_ThePolicyIsAskedAgainAtSubmission(t *testing.T) {
	h := newHouse(t)
	who := member(contoso, anna)
	quoted, err := h.purchases.Start(t.Context(), ask(who), seats3)
	require.NoError(t, err)
	_, err = h.policies.Set(t.Context(), ask(member(contoso, gail, domain.RoleGlobalAdmin)),
		commands.SetPolicy{Product: powerBIOld, Value: domain.PolicyDisabled}) // by its older id
	require.NoError(t, err)

	_, err = h.purchases.Submit(t.Context(), ask(who), submit(quoted.State.Purchase, "tok_visa"))
	assert.ErrorIs(t, err, domain.ErrPolicyDisabled)
	assert.Empty(t, h.charges(), "nothing was charged")
}

func TestR35_CentralPurchasesArePaidByAgreement(t *testing.T) {
	h := newHouse(t)
	order := seats3
	order.Channel = domain.Central
	id := h.buy(member(contoso, gail, domain.RoleBillingAdmin), order, "")
	assert.NotEmpty(t, id)
	assert.Empty(t, h.charges())
}

func TestACardThatIsDeclinedMayBeReplaced(t *testing.T) {
	h := newHouse(t)
	who := member(contoso, anna)
	quoted, err := h.purchases.Start(t.Context(), ask(who), seats3)
	require.NoError(t, err)
	for _, step := range []struct {
		card string
		want purchase.Status
	}{{"tok_declined", purchase.StatusDeclined}, {"tok_expired", purchase.StatusDeclined}, {"tok_visa", purchase.StatusCompleted}} {
		_, err = h.purchases.Submit(t.Context(), ask(who), submit(quoted.State.Purchase, step.card))
		require.NoError(t, err)
		out, err := h.fulfil.Pump(t.Context(), quoted.State.Purchase)
		require.NoError(t, err)
		assert.Equal(t, step.want, out.State.Status, step.card)
	}
}

func TestALostAnswerIsAskedForAndNeverChargedTwice(t *testing.T) {
	h := newHouse(t)
	h.buy(member(contoso, anna), seats3, "tok_timeout")
	assert.Len(t, h.charges(), 1)
}

func TestR13_ACardNumberIsTurnedAway(t *testing.T) {
	h := newHouse(t)
	who := member(contoso, anna)
	quoted, err := h.purchases.Start(t.Context(), ask(who), seats3)
	require.NoError(t, err)
	_, err = h.purchases.Submit(t.Context(), ask(who), submit(quoted.State.Purchase, "4242 4242 4242 4242"))
	assert.ErrorIs(t, err, payments.ErrCardNumber)
}

func TestOnesCheckoutIsNobodyElses(t *testing.T) {
	h := newHouse(t)
	quoted, err := h.purchases.Start(t.Context(), ask(member(contoso, anna)), seats3)
	require.NoError(t, err)
	for _, other := range []commands.Principal{member(contoso, omar), member(fabrikam, anna)} {
		_, err := h.purchases.Submit(t.Context(), ask(other), submit(quoted.State.Purchase, "tok_visa"))
		assert.ErrorIs(t, err, purchase.ErrUnknown)
	}
}

func TestARetryGetsTheFirstResultAlsoAfterTheStateMovedOn(t *testing.T) {
	h := newHouse(t)
	who := member(contoso, anna)
	start := ask(who)
	first, err := h.purchases.Start(t.Context(), start, seats3)
	require.NoError(t, err)
	_, err = h.purchases.Submit(t.Context(), ask(who), submit(first.State.Purchase, "tok_visa"))
	require.NoError(t, err)
	_, err = h.fulfil.Pump(t.Context(), first.State.Purchase)
	require.NoError(t, err)

	again, err := h.purchases.Start(t.Context(), start, seats3)
	require.NoError(t, err)
	assert.Equal(t, first, again)

	other := start
	other.Digest = "another body"
	_, err = h.purchases.Start(t.Context(), other, seats3)
	assert.ErrorIs(t, err, commands.ErrReused)
}

func TestR03_OnlyPolicyAdministratorsSetAPolicy(t *testing.T) {
	h := newHouse(t)
	set := commands.SetPolicy{Product: powerBI, Value: domain.PolicyDisabled}
	_, err := h.policies.Set(t.Context(), ask(member(contoso, anna)), set)
	assert.ErrorIs(t, err, commands.ErrNotPolicyAdmin)
	assert.Empty(t, h.types(tenantpolicy.Stream(contoso)))

	out, err := h.policies.Set(t.Context(), ask(member(contoso, gail, domain.RoleBillingAdmin)), set)
	require.NoError(t, err)
	value, own := out.State.Value(powerBI)
	assert.True(t, own)
	assert.Equal(t, domain.PolicyDisabled, value)

	stale := ask(member(contoso, gail, domain.RoleBillingAdmin))
	stale.Revision = ptr(out.Revision - 1)
	set.Value = domain.PolicyEnabled
	_, err = h.policies.Set(t.Context(), stale, set)
	assert.ErrorIs(t, err, commands.ErrStale, "two administrators at once have one winner")
	stale.Revision = ptr(out.Revision)
	_, err = h.policies.Set(t.Context(), stale, set)
	assert.NoError(t, err)

	_, err = h.policies.Get(t.Context(), member(contoso, anna))
	assert.ErrorIs(t, err, commands.ErrNotPolicyReader)
}

func (h *house) charges() []domain.Charge {
	h.Helper()
	var all []domain.Charge
	for c, err := range h.gateway.Charges(h.Context()) {
		require.NoError(h, err)
		all = append(all, c)
	}
	return all
}

func ptr[T any](v T) *T { return &v }
