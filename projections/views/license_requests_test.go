package views_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/domain"
	"kassa/domain/claim"
	"kassa/domain/licreq"
	"kassa/domain/subscription"
	"kassa/projections"
	"kassa/projections/projectiontest"
	"kassa/projections/views"
)

// asksFor records that anna asks for licences, and what becomes of that.
func (c *company) asksFor(people []domain.PersonID, then ...domain.Event) licreq.ID {
	id := licreq.ID(c.NewID())
	c.Record(licreq.Stream(id), projectiontest.Person(c.id, c.anna), licreq.Requested{
		Request: id, Tenant: c.id, Product: powerBI, AskedFor: powerBI, Requester: c.anna, For: people, Reason: licreq.TryingOut,
		Refusal: "policy_disabled", ExpiresAt: projectiontest.Noon.AddDate(1, 0, 0), At: projectiontest.Noon.Add(time.Duration(c.Facts) * time.Second),
	})
	if len(then) > 0 {
		c.Record(licreq.Stream(id), projectiontest.Person(c.id, c.omar), then...)
	}
	return id
}

func TestLicenseRequestsAreListedWithWhatCameOfThem(t *testing.T) {
	c := newCompany(t)
	both := []domain.PersonID{c.omar, c.anna}
	denied := c.asksFor(both, licreq.Denied{Reason: licreq.NotNeeded})
	partly := c.asksFor(both, licreq.PartlyApproved{For: []domain.PersonID{c.anna}, Subscription: c.centrals.Subscription},
		licreq.NotGiven{Person: c.anna, Code: "assignee_disabled"})
	pending := c.asksFor(both, licreq.Shared{With: c.omar})
	expired := c.asksFor(both, licreq.Expired{})
	p := c.Twice(t, views.LicenseRequestsView)
	asked := views.NewLicenseRequests(p)
	list := func(f views.LicenseRequestFilter) (ids []licreq.ID) {
		page, err := asked.List(t.Context(), c.id, f)
		require.NoError(t, err)
		assert.Equal(t, c.End(), page.AsOf)
		for _, r := range page.Items {
			ids = append(ids, r.Request)
		}
		return ids
	}
	assert.Equal(t, []licreq.ID{expired, pending, partly, denied}, list(views.LicenseRequestFilter{}))
	assert.Equal(t, []licreq.ID{pending}, list(views.LicenseRequestFilter{Pending: true}))
	assert.Equal(t, []licreq.ID{expired, partly, denied}, list(views.LicenseRequestFilter{Completed: true}))
	assert.Equal(t, []licreq.ID{pending}, list(views.LicenseRequestFilter{Person: c.omar}), "what was shared with him")
	assert.Len(t, list(views.LicenseRequestFilter{Person: c.anna}), 4)

	page, err := asked.List(t.Context(), c.id, views.LicenseRequestFilter{Limit: 2})
	require.NoError(t, err)
	page, err = asked.List(t.Context(), c.id, views.LicenseRequestFilter{Next: page.Next})
	require.NoError(t, err)
	require.Len(t, page.Items, 2)
	shown := page.Items[0]
	assert.Equal(t, views.LicenseRequest{
		Request: partly, Product: powerBI, Requester: c.anna, Reason: licreq.TryingOut, Refusal: "policy_disabled", Status: licreq.StatusPartlyApproved,
		People:       []licreq.Person{{ID: c.omar, Standing: licreq.NotChosen}, {ID: c.anna, Standing: licreq.HasItNot, Code: "assignee_disabled"}},
		Subscription: c.centrals.Subscription, AnsweredBy: c.omar, At: shown.At, AnsweredAt: shown.AnsweredAt, ExpiresAt: projectiontest.Noon.AddDate(1, 0, 0),
	}, shown)
	assert.Equal(t, licreq.NotNeeded, page.Items[1].Denial)
	other, err := asked.List(t.Context(), c.Tenant("Fabrikam"), views.LicenseRequestFilter{})
	require.NoError(t, err)
	assert.Empty(t, other.Items)
}

func TestLicenseRequestsWaitWhereThereIsSomethingToDo(t *testing.T) {
	missed := func(c *company) domain.Event { return licreq.SeatMissed{Person: c.anna} }
	for name, f := range map[string]struct {
		then func(c *company) []domain.Event // to the subscription of one seat, which omar has
		on   func(c *company) []domain.Event // to the request
		due  bool
	}{
		"an approval has to be carried out":  {due: true},
		"there is no seat":                   {on: func(c *company) []domain.Event { return []domain.Event{missed(c)} }},
		"a seat was bought":                  {on: func(c *company) []domain.Event { return []domain.Event{missed(c)} }, then: func(*company) []domain.Event { return []domain.Event{subscription.SeatsAdded{Delta: 1, Quantity: 2}} }, due: true},
		"a seat was released":                {on: func(c *company) []domain.Event { return []domain.Event{missed(c)} }, then: func(c *company) []domain.Event { return []domain.Event{subscription.SeatReleased{Person: c.omar}} }, due: true},
		"there will never be one":            {on: func(c *company) []domain.Event { return []domain.Event{missed(c)} }, then: func(*company) []domain.Event { return []domain.Event{expired, disabled} }, due: true},
		"the next term has more":             {on: func(c *company) []domain.Event { return []domain.Event{missed(c)} }, then: func(*company) []domain.Event { return []domain.Event{subscription.Renewed{Period: june}} }, due: true},
		"the licence was given":              {on: func(c *company) []domain.Event { return []domain.Event{licreq.Given{Person: c.anna}} }},
		"the wait for it is over":            {on: func(c *company) []domain.Event { return []domain.Event{missed(c), licreq.Expired{}} }},
		"what was given may have gone since": {on: func(c *company) []domain.Event { return []domain.Event{licreq.Given{Person: c.anna}} }, then: func(c *company) []domain.Event { return []domain.Event{subscription.SeatReleased{Person: c.omar}} }},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCompany(t)
			pool := c.Buy(c.id, c.omar, powerBI, domain.Central, 1, projectiontest.Euros(900))
			c.Assign(&pool, c.omar)
			id := c.asksFor([]domain.PersonID{c.anna}, licreq.Approved{For: []domain.PersonID{c.anna}, Subscription: pool.Subscription})
			if f.on != nil {
				c.Record(licreq.Stream(id), projectiontest.Importer, f.on(c)...)
			}
			if f.then != nil {
				c.Record(subscription.Stream(pool.Subscription), projectiontest.Importer, f.then(c)...)
			}
			due, asOf, err := views.LicensesToGive(t.Context(), c.Twice(t, views.LicenseRequestsView), 10)
			require.NoError(t, err)
			assert.Equal(t, c.End(), asOf)
			if f.due {
				assert.Equal(t, []licreq.ID{id}, due)
			} else {
				assert.Empty(t, due)
			}
		})
	}
}

func TestLicenseRequestsExpireWhileSomebodyWaits(t *testing.T) {
	c := newCompany(t)
	anna := []domain.PersonID{c.anna}
	pending := c.asksFor(anna)
	waiting := c.asksFor(anna, licreq.Approved{For: anna, Subscription: c.centrals.Subscription}, licreq.SeatMissed{Person: c.anna})
	c.asksFor(anna, licreq.Denied{Reason: licreq.NotNeeded})
	c.asksFor(anna, licreq.Approved{For: anna, Subscription: c.centrals.Subscription}, licreq.Given{Person: c.anna})
	p := c.Twice(t, views.LicenseRequestsView)
	expiry := projectiontest.Noon.AddDate(1, 0, 0)
	early, _, err := views.LicenseRequestsToExpire(t.Context(), p, expiry.Add(-time.Microsecond), 10)
	require.NoError(t, err)
	assert.Empty(t, early)
	due, _, err := views.LicenseRequestsToExpire(t.Context(), p, expiry, 10)
	require.NoError(t, err)
	assert.ElementsMatch(t, []licreq.ID{pending, waiting}, due)
}

func TestAutoClaimsAreCountedByProductAndEnd(t *testing.T) {
	c := newCompany(t)
	claims := func(p domain.ProductID, at time.Time, then ...domain.Event) claim.ID {
		id := claim.ID(c.NewID())
		c.Record(claim.Stream(id), projectiontest.Person(c.id, c.anna),
			append([]domain.Event{claim.Started{Claim: id, Tenant: c.id, Person: c.anna, Product: p, At: at}}, then...)...)
		return id
	}
	long, noon := projectiontest.Noon.AddDate(0, 0, -8), projectiontest.Noon
	claims(powerBI, long, claim.Granted{})
	for range 2 {
		claims(powerBI, noon, claim.Granted{})
	}
	claims(powerBI, noon, claim.Refused{Code: "auto_claim_no_seat"}, claim.Granted{})
	claims(powerBI, noon, claim.Refused{Code: "auto_claim_no_seat"})
	claims(visio, noon, claim.Refused{Code: "auto_claim_not_covered"})
	open := claims(visio, noon)
	p := c.Twice(t, views.ClaimsView)
	counts, asOf, err := views.NewClaims(p).Count(t.Context(), c.id, noon.AddDate(0, 0, -7))
	require.NoError(t, err)
	assert.Equal(t, c.End(), asOf)
	assert.ElementsMatch(t, []views.ClaimCount{
		{Product: powerBI, Status: claim.StatusGranted, Claims: 3},
		{Product: powerBI, Status: claim.StatusRefused, Code: "auto_claim_no_seat", Claims: 1},
		{Product: visio, Status: claim.StatusRefused, Code: "auto_claim_not_covered", Claims: 1},
	}, counts)
	cut, _, err := views.ClaimsToFinish(t.Context(), p, noon.Add(time.Second), 10)
	require.NoError(t, err)
	assert.Equal(t, []claim.ID{open}, cut)
}

// Rows that were folded as the facts came equal rows folded from all of history.
func TestLicenseRequestsAndAutoClaimsAreRebuiltEqual(t *testing.T) {
	c := newCompany(t)
	p := projectiontest.Open(t, c.Config(t.TempDir()), views.LicenseRequestsView, views.ClaimsView)
	projectiontest.Run(t, p)
	c.asksFor([]domain.PersonID{c.anna, c.omar}, licreq.PartlyApproved{For: []domain.PersonID{c.omar}, Subscription: c.centrals.Subscription}, licreq.SeatMissed{Person: c.omar}, licreq.Given{Person: c.omar})
	c.asksFor([]domain.PersonID{c.anna}, licreq.Shared{With: c.omar}, licreq.Expired{})
	id := claim.ID(c.NewID())
	c.Record(claim.Stream(id), projectiontest.Person(c.id, c.anna), claim.Started{Claim: id, Tenant: c.id, Product: visio}, claim.Refused{Code: "auto_claim_off"})
	c.Trade(7, 200)
	p.Wake()
	for _, v := range []projections.Projection{views.LicenseRequestsView, views.ClaimsView} {
		require.NoError(t, p.Await(projectiontest.Within(t), v.Name, c.End()))
		report, err := p.Verify(t.Context(), v.Name, nil)
		require.NoError(t, err)
		assert.True(t, report.Equal, "%+v", report.Differences)
		assert.Positive(t, report.Rows)
	}
}
