package api_test

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/autoclaim"
	"kassa/domain/claim"
	"kassa/eventstore"
	v1 "kassa/services/api/v1"
	"kassa/services/licensing"
)

// licensing runs what gives out licences in the background until the test ends.
func (h *house) licensing() {
	m := &licensing.Manager{
		Projector: h.Projector, Requests: h.LicenseRequests.(*commands.LicenseRequests), Claims: h.AutoClaims.(*commands.AutoClaims),
		Every: 10 * time.Millisecond, Now: h.Now, Log: slog.New(slog.DiscardHandler),
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(h.Context()))
	ended := make(chan error)
	go func() { ended <- m.Run(ctx) }()
	h.Cleanup(func() { stop(); require.NoError(h, <-ended) })
}

// eventually waits, however the facts come about, until something is so.
func (h *house) eventually(so func() bool) {
	h.Helper()
	require.Eventually(h, so, 10*time.Second, 10*time.Millisecond)
}

const autoClaim = "/v1/auto-claim"

func (h *house) gives(products string) {
	h.Helper()
	is[v1.AutoClaim](h.ask("gail@contoso.example", "PUT", autoClaim, products), 200)
}

func (h *house) opens(as string, id domain.ProductID, headers ...string) answer {
	h.Helper()
	return h.ask(as, "POST", "/v1/licenses/claim", `{"productId":"`+string(id)+`"}`, headers...)
}

func TestAutoClaimIsForGlobalAdministratorsToTurnOn(t *testing.T) {
	h := newHouse(t)
	const on = `{"primary":"CFQ7TTC0L3PB","backups":["CFQ7TTC0HD32"]}`
	assert.False(t, is[v1.AutoClaim](h.ask("gail@contoso.example", "GET", autoClaim, ""), 200).On, "off by default")
	h.ask("bill@contoso.example", "PUT", autoClaim, on).problem(403, commands.ErrNotAutoClaimAdmin.Code)
	h.ask(buyer, "GET", autoClaim, "").problem(403, commands.ErrNotAutoClaimReader.Code)
	h.ask(buyer, "GET", autoClaim+"/report", "").problem(403, commands.ErrNotAutoClaimReader.Code)
	h.ask("gail@contoso.example", "PUT", autoClaim, `{"primary":""}`).problem(400, autoclaim.ErrNoProduct.Code)
	h.ask("gail@contoso.example", "PUT", autoClaim, `{"primary":"NOPE"}`).problem(404, "product_unknown")
	h.ask("gail@contoso.example", "PUT", autoClaim, `{"primary":"CFQ7TTC0H9MP","backups":["CFQ7TTC0L3PB"]}`).problem(400, autoclaim.ErrTwice.Code)
	set := is[v1.AutoClaim](h.ask("gail@contoso.example", "PUT", autoClaim, on), 200)
	assert.Equal(t, v1.AutoClaim{On: true, Primary: powerBI, Backups: []domain.ProductID{visio}, Position: set.Position}, set, "by their current ids")
	off := is[v1.AutoClaim](h.ask("gail@contoso.example", "DELETE", autoClaim, ""), 200)
	assert.False(t, off.On)
	assert.False(t, is[v1.AutoClaim](h.ask("gail@fabrikam.example", "GET", autoClaim, ""), 200).On)
}

func TestAutoClaimGivesASeatOfThePrimaryProductElseOfABackup(t *testing.T) {
	h := newHouse(t)
	backup, primary := h.pool(visio, "1"), h.pool(powerBI, "1")
	h.gives(`{"primary":"CFQ7TTC0H9MP","backups":["CFQ7TTC0HD32"]}`)

	first := is[v1.Claim](h.opens(buyer, powerBIOld, "Idempotency-Key", "1"), 200)
	assert.Equal(t, v1.Claim{SubscriptionID: primary, ProductID: powerBI, Position: first.Position}, first)
	again := is[v1.Claim](h.opens(buyer, powerBI), 200)
	assert.True(t, again.AlreadyHeld)
	assert.Equal(t, primary, again.SubscriptionID)
	second := is[v1.Claim](h.opens("omar@contoso.example", powerBI), 200)
	assert.Equal(t, backup, second.SubscriptionID)
	assert.Equal(t, visio, second.ProductID)
	assert.True(t, is[v1.Claim](h.opens("omar@contoso.example", powerBI), 200).AlreadyHeld, "a backup is a licence too")
	refused := h.opens("sync@contoso.example", powerBI).problem(409, claim.ErrNoSeat.Code)
	assert.NotZero(t, refused.Position)

	is[v1.AutoClaim](h.ask("gail@contoso.example", "DELETE", autoClaim, ""), 200)
	h.opens("sync@contoso.example", powerBI).problem(422, claim.ErrOff.Code)
	assert.True(t, is[v1.Claim](h.opens(buyer, powerBI), 200).AlreadyHeld, "nobody loses a licence")
	assert.Equal(t, first, is[v1.Claim](h.opens(buyer, powerBIOld, "Idempotency-Key", "1"), 200), "a repeated request is answered as the first was")

	report := is[v1.AutoClaimReport](h.ask("gail@contoso.example", "GET", autoClaim+"/report?days=7", "", "Kassa-Position", uintText(h.head())), 200)
	assert.Equal(t, []v1.AutoClaimProduct{{ProductID: powerBI, Claimed: 2, Failed: 2, Reasons: []v1.AutoClaimReason{
		{Code: "auto_claim_no_seat", Claims: 1}, {Code: "auto_claim_off", Claims: 1},
	}}}, report.Items)
	h.passes(now.AddDate(0, 0, 8))
	assert.Empty(t, is[v1.AutoClaimReport](h.ask("gail@contoso.example", "GET", autoClaim+"/report?days=7", ""), 200).Items)
	h.ask("gail@contoso.example", "GET", autoClaim+"/report?days=8", "").problem(400, "parameter_invalid")
}

func TestAutoClaimRefusesWhoMayNot(t *testing.T) {
	h := newHouse(t)
	h.pool(powerBI, "5")
	h.gives(`{"primary":"CFQ7TTC0H9MP"}`)
	own := h.buy("sync@contoso.example", "1").SubscriptionID // which nobody claims
	h.opens("gustav@contoso.example", powerBI).problem(422, claim.ErrGuest.Code)
	h.opens("dora@contoso.example", powerBI).problem(422, "account_disabled")
	h.opens(buyer, visio).problem(422, claim.ErrNotCovered.Code)
	h.opens("anna@fabrikam.example", powerBI).problem(422, claim.ErrOff.Code)
	got := is[v1.Claim](h.opens("sync@contoso.example", powerBI), 200)
	assert.NotEqual(t, own, got.SubscriptionID, "only the organisation's own subscriptions")
}

func TestR42_AutoClaimGivesNothingThatGovernanceKeepsOut(t *testing.T) {
	h := newHouse(t)
	h.pool(powerBI, "1")
	h.gives(`{"primary":"CFQ7TTC0H9MP"}`)
	operator := commands.Request{Who: commands.Principal{Roles: []string{commands.RoleOperator}}, ID: commands.CommandID(commands.Principal{}, "test", h.Name())}
	_, err := h.Directory.(*commands.Directory).PutTenant(t.Context(), operator, commands.Organisation{Tenant: organisations[0], Blocked: []domain.ProductID{powerBIOld}})
	require.NoError(t, err)
	h.opens(buyer, powerBI).problem(422, domain.ErrProductBlocked.Code)
}

func TestAutoClaimHasOneWinnerOfTheLastSeat(t *testing.T) {
	h := newHouse(t)
	pool := h.pool(powerBI, "1")
	h.gives(`{"primary":"CFQ7TTC0H9MP"}`)
	people := []string{buyer, "omar@contoso.example", "sync@contoso.example", "bill@contoso.example"}
	answers := make([]answer, len(people))
	var all sync.WaitGroup
	for i, p := range people {
		all.Go(func() { answers[i] = h.opens(p, powerBI) })
	}
	all.Wait()
	won := 0
	for _, a := range answers {
		if a.status == 200 {
			won++
			assert.Equal(t, pool, into[v1.Claim](a).SubscriptionID)
			continue
		}
		a.problem(409, claim.ErrNoSeat.Code)
	}
	assert.Equal(t, 1, won)
}

// What a kill leaves of a claim, the manager finishes: here the claim is written
// down, and nothing else has happened.
func TestAutoClaimIsFinishedAfterACrash(t *testing.T) {
	h := newHouse(t)
	pool := h.pool(powerBI, "1")
	h.gives(`{"primary":"CFQ7TTC0H9MP"}`)
	anna := residents[0]
	id := claim.ID("50000000-0000-4000-8000-000000000001")
	h.records(claim.Stream(id), anna, claim.Started{Claim: id, Tenant: anna.Tenant, Person: anna.Person, Product: powerBI, AskedFor: powerBI, From: []domain.SubscriptionID{pool}, At: now.Add(-time.Minute)})
	h.licensing()
	h.eventually(func() bool { return h.products("bill@contoso.example")[0].Assigned == 1 })
	assert.True(t, is[v1.Claim](h.opens(buyer, powerBI), 200).AlreadyHeld)
	report := is[v1.AutoClaimReport](h.ask("gail@contoso.example", "GET", autoClaim+"/report?days=1", "", "Kassa-Position", uintText(h.head())), 200)
	require.Len(t, report.Items, 1)
	assert.EqualValues(t, 1, report.Items[0].Claimed)
}

// records appends facts as if somebody's command had been killed after them.
func (h *house) records(stream string, by commands.Person, events ...domain.Event) {
	h.Helper()
	meta := eventstore.Meta{Command: uuid.New(), Tenant: by.Tenant, Actor: domain.Actor{Kind: domain.ActorPurchaser, Tenant: by.Tenant, Person: by.Person}, At: now}
	drafts, err := eventstore.Drafts(stream, meta, events...)
	require.NoError(h, err)
	_, err = h.store.Append(h.Context(), stream, eventstore.NoStream, drafts)
	require.NoError(h, err)
}
