package subscription_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"kassa/domain"
	. "kassa/domain/domaintest"
	"kassa/domain/subscription"
)

func TestR57_ThePurchaserLeaves(t *testing.T) {
	at := day("2026-02-10")
	mark := subscription.MarkPurchaser{Purchaser: february.Purchaser, Left: true, At: at}
	unmark := subscription.MarkPurchaser{Purchaser: february.Purchaser, At: at}
	left := subscription.PurchaserMarkedAsLeft{Purchaser: february.Purchaser, Orphaned: true, At: at}
	returned := subscription.PurchaserReturned{Purchaser: february.Purchaser, At: at}
	central := february
	central.Channel, central.Payer = domain.Central, ""
	Run(t, subscription.Decider, []is{
		{Name: "the purchase is orphaned", Given: facts{february}, When: mark, Then: facts{left}},
		{Name: "once", Given: facts{february, left}, When: mark},
		{Name: "until they return", Given: facts{february, left}, When: unmark, Then: facts{returned}},
		{Name: "once", Given: facts{february, left, returned}, When: unmark},
		{Name: "who never left does not return", Given: facts{february}, When: unmark},
		{Name: "they leave again", Given: facts{february, left, returned}, When: mark, Then: facts{left}},
		{Name: "an expired one is orphaned too", Given: facts{february, subscription.Expired{At: february.End, NextAt: february.End.Add(subscription.Grace)}}, When: mark, Then: facts{left}},
		{Name: "nothing follows the last fact", Given: facts{february, subscription.Deleted{At: at}}, When: mark},
		{Name: "whoever else leaves orphans nothing", Given: facts{february}, When: subscription.MarkPurchaser{Purchaser: "zoe", Left: true, At: at}},
		{Name: "what the organisation bought stays its own", Given: facts{central}, When: mark},
		{Name: "what was never bought", When: mark, Rejects: subscription.ErrUnknown},
	})
}

// The mark is no more than a mark: whatever is decided is decided without it.
func TestR57_R58_NothingElseChanges(t *testing.T) {
	before := subscription.Decider.Fold(subscription.State{}, february, subscription.SeatReserved{Person: "bob"})
	after := subscription.Decider.Fold(before, subscription.PurchaserMarkedAsLeft{Purchaser: february.Purchaser, Orphaned: true})
	assert.True(t, after.Orphaned)
	after.Orphaned = false
	assert.Equal(t, before, after)
}
