package commands_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/price"
	"kassa/domain/purchase"
	"kassa/eventstore"
)

// overtaken is a process that something else happens before as soon as it wants
// to append.
type overtaken struct {
	*house
	by func()
}

func (o *overtaken) Read(ctx context.Context, stream string) ([]eventstore.Record, error) {
	return o.store.Read(ctx, stream)
}

func (o *overtaken) Append(ctx context.Context, stream string, expected eventstore.Revision, drafts []eventstore.Draft) (eventstore.Written, error) {
	if by := o.by; by != nil {
		o.by = nil
		by()
	}
	return o.store.Append(ctx, stream, expected, drafts)
}

// A caller who gave up waiting and asked again has one request in two processes.
// Here the price changes between their decisions.
func TestOneCommandInTwoProcessesHasOneAnswer(t *testing.T) {
	h := newHouse(t)
	r := ask(member(contoso, anna))
	var first commands.Outcome[purchase.State]
	slow := *h.purchases
	slow.Store = &overtaken{house: h, by: func() {
		h.given(price.Stream(powerBI, domain.SelfService, "US"), price.Published{
			Product: powerBI, Channel: domain.SelfService, Market: "US", Amount: domain.Money{Minor: 1099, Currency: "USD"},
			Term: domain.Monthly, ValidFrom: noon,
		})
		var err error
		first, err = h.purchases.Start(t.Context(), r, seats3)
		require.NoError(t, err)
	}}
	second, err := slow.Start(t.Context(), r, seats3)
	require.NoError(t, err)
	assert.Equal(t, int64(3297), first.State.Total.Minor)
	assert.Equal(t, first, second, "what is stored, not what the slower one would have stored")
}
