package views_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/domain"
	"kassa/domain/paymentmethod"
	"kassa/domain/purchase"
	"kassa/domain/subscription"
	"kassa/projections/projectiontest"
	"kassa/projections/views"
)

// today is when the cards of these histories are looked at.
var today = projectiontest.Noon.AddDate(0, 0, 1)

func (c *company) methods(t *testing.T) views.PaymentMethods {
	return views.NewPaymentMethods(c.Twice(t, views.PaymentMethodsView))
}

func TestR31_R36_APersonSeesTheirCardsAndWhatTheyPayFor(t *testing.T) {
	c := newCompany(t)
	used, other := c.Keep(c.annas)
	page, err := c.methods(t).List(t.Context(), c.id, c.anna, today)
	require.NoError(t, err)
	require.Len(t, page.Items, 2)
	assert.Equal(t, c.End(), page.AsOf)
	assert.Equal(t, views.PaymentMethod{
		ID: used, Brand: "Visa", Last4: "4242", ExpMonth: 12, ExpYear: 2030, Default: true, AddedAt: page.Items[0].AddedAt,
		Pays: []views.PaidWith{{Subscription: c.annas.Subscription, Product: powerBI, ProductName: "Power BI Pro", Renews: true}},
	}, page.Items[0])
	assert.Equal(t, other, page.Items[1].ID)
	assert.Empty(t, page.Items[1].Pays)
	for _, of := range []struct {
		tenant domain.TenantID
		person domain.PersonID
	}{{c.id, c.omar}, {c.Tenant("Fabrikam", "fabrikam.example"), c.anna}} {
		page, err := c.methods(t).List(t.Context(), of.tenant, of.person, today)
		require.NoError(t, err)
		assert.Empty(t, page.Items, "nobody sees another's")
	}
}

func TestWhatIsPaidForCountsOrdersUnderWayAndNotWhatCameToNothing(t *testing.T) {
	c := newCompany(t)
	order := func(then ...domain.Event) domain.SubscriptionID {
		o, id := c.Start(c.id, c.anna, visio, domain.SelfService), domain.SubscriptionID(c.NewID())
		c.Record(purchase.Stream(o.Purchase), projectiontest.Person(c.id, c.anna), append([]domain.Event{
			purchase.PurchaserAuthenticated{Person: c.anna, Tenant: c.id},
			purchase.PaymentMethodAttached{Kind: purchase.CreditCard, Token: "tok_visa", ExpMonth: 12, ExpYear: 2030},
			purchase.Submitted{Attempt: 1, Subscription: id},
		}, then...)...)
		return id
	}
	underWay := order()
	order(purchase.PaymentDeclined{Attempt: 1, Code: "card_declined"})
	order(purchase.PaymentDeclined{Attempt: 1, Code: "card_declined"}, purchase.Refused{Code: "policy_disabled"})
	gone := c.Buy(c.id, c.anna, visio, domain.SelfService, 1, projectiontest.Euros(500))
	c.Record(subscription.Stream(gone.Subscription), projectiontest.Importer, subscription.Deleted{})
	ids, err := c.methods(t).Paid(t.Context(), c.id, c.anna)
	require.NoError(t, err)
	assert.ElementsMatch(t, []domain.SubscriptionID{c.annas.Subscription, underWay}, ids)
}

func TestWhatIsLeftToDoAboutCards(t *testing.T) {
	c := newCompany(t)
	by := projectiontest.Person(c.id, c.anna)
	owner := views.CardOwner{Tenant: c.id, Person: c.anna}
	stream := paymentmethod.Stream(c.id, c.anna)
	found := func() (unlisted []domain.PurchaseID, moving []views.CardOwner, expired []domain.PaymentMethodID) {
		v := c.methods(t)
		cards, _, err := v.Unlisted(t.Context(), 10)
		require.NoError(t, err)
		for _, u := range cards {
			unlisted = append(unlisted, u.Purchase)
		}
		moving, _, err = v.Moving(t.Context(), 10)
		require.NoError(t, err)
		over, _, err := v.Expired(t.Context(), time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC), 10)
		require.NoError(t, err)
		for _, e := range over {
			assert.Equal(t, owner, e.CardOwner)
			expired = append(expired, e.Method)
		}
		return unlisted, moving, expired
	}
	unlisted, moving, expired := found()
	require.Len(t, unlisted, 2, "a card of each of the two people, on no list")
	assert.Equal(t, c.annas.Purchase, unlisted[0])
	assert.Empty(t, moving)
	assert.Empty(t, expired)

	used, other := c.Keep(c.annas)
	unlisted, _, expired = found()
	assert.NotContains(t, unlisted, c.annas.Purchase)
	assert.Equal(t, []domain.PaymentMethodID{other}, expired)

	c.Record(stream, by, paymentmethod.CardReplaced{Card: used, By: other}, paymentmethod.CardSetAsDefault{Card: other})
	_, moving, _ = found()
	assert.Equal(t, []views.CardOwner{owner}, moving, "the subscription still pays with the card that is gone")

	c.Record(purchase.Stream(c.annas.Purchase), by, purchase.PaymentMethodAttached{Kind: purchase.CreditCard, Token: "tok_other", ExpMonth: 6, ExpYear: 2026})
	unlisted, moving, _ = found()
	assert.Empty(t, moving)
	assert.NotContains(t, unlisted, c.annas.Purchase, "an old order brings no card back")

	life := subscription.Stream(c.annas.Subscription)
	c.Record(life, projectiontest.Importer, subscription.RenewalDeclined{Number: 2, Code: "card_declined"})
	_, moving, _ = found()
	assert.Empty(t, moving, "there is no other card than the one that was declined")
	c.Record(purchase.Stream(c.annas.Purchase), by, purchase.PaymentMethodAttached{Kind: purchase.CreditCard, Token: "tok_new", ExpMonth: 12, ExpYear: 2030})
	unlisted, moving, _ = found()
	assert.Equal(t, []views.CardOwner{owner}, moving, "what was declined is to be asked for with the new card")
	assert.Contains(t, unlisted, c.annas.Purchase)
	c.Record(life, projectiontest.Importer, subscription.ReactivationRequested{Reactivation: "r1"})
	_, moving, _ = found()
	assert.Empty(t, moving, "it has been")
}
