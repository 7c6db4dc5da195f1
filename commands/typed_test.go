package commands_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/license"
	"kassa/domain/product"
	"kassa/domain/purchase"
	"kassa/domain/subscription"
	"kassa/eventstore"
)

// listening remembers which streams were asked for.
type listening struct {
	*house
	asked []string
}

func (l *listening) Read(ctx context.Context, stream string) ([]eventstore.Record, error) {
	l.asked = append(l.asked, stream)
	return l.store.Read(ctx, stream)
}

func (l *listening) Append(ctx context.Context, stream string, expected eventstore.Revision, drafts []eventstore.Draft) (eventstore.Written, error) {
	return l.store.Append(ctx, stream, expected, drafts)
}

// Names of streams stand in errors and logs, and a store refuses some. What a
// caller typed where an id belongs never becomes one.
func TestWhatIsNoIDNamesNoStream(t *testing.T) {
	h := newHouse(t)
	who := member(contoso, anna)
	own := h.buy(who, seats3, "tok_visa")
	for _, typed := range []string{"", "Anna Andersson", "\xff", "4242424242424242 is my card, and it has more than sixty-four characters"} {
		store := &listening{house: h}
		purchases, licenses, policies := *h.purchases, *h.licenses, *h.policies
		purchases.Store, licenses.Store, policies.Store = store, store, store
		order := seats3
		order.Product = domain.ProductID(typed)

		_, err := purchases.Start(t.Context(), ask(who), order)
		assert.ErrorIs(t, err, product.ErrUnknown)
		_, err = purchases.Submit(t.Context(), ask(who), submit(domain.PurchaseID(typed), "tok_visa"))
		assert.ErrorIs(t, err, purchase.ErrUnknown)
		_, err = purchases.Get(t.Context(), who, domain.PurchaseID(typed))
		assert.ErrorIs(t, err, purchase.ErrUnknown)
		_, err = licenses.Assign(t.Context(), ask(who), commands.AssignLicense{Subscription: own, Person: domain.PersonID(typed)})
		assert.ErrorIs(t, err, commands.ErrAssigneeUnknown)
		_, err = licenses.Unassign(t.Context(), ask(who), commands.AssignLicense{Subscription: own, Person: domain.PersonID(typed)})
		assert.ErrorIs(t, err, license.ErrUnknown)
		_, err = licenses.Assign(t.Context(), ask(who), commands.AssignLicense{Subscription: domain.SubscriptionID(typed), Person: omar})
		assert.ErrorIs(t, err, subscription.ErrUnknown)
		_, err = policies.Set(t.Context(), ask(member(contoso, gail, domain.RoleGlobalAdmin)),
			commands.SetPolicy{Product: domain.ProductID(typed), Value: domain.PolicyDisabled})
		assert.ErrorIs(t, err, product.ErrUnknown)
		for _, stream := range store.asked {
			assert.Regexp(t, `^[a-z]+(-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}){1,2}$`, stream)
		}
	}
}
