package api_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/license"
	"kassa/domain/subscription"
	v1 "kassa/services/api/v1"
)

// seatsOf asks for the seats of several people at once.
func (h *house) seatsOf(as string, id domain.SubscriptionID, verb, key string, users ...string) answer {
	h.Helper()
	body := `{"users":["` + strings.Join(users, `","`) + `"]}`
	return h.ask(as, "POST", "/v1/subscriptions/"+string(id)+"/licenses/"+verb, body, "Idempotency-Key", key)
}

// outcomes is what came of each person: their licence, or a code.
func outcomes(r v1.LicenseResults) (all []string) {
	for _, item := range r.Items {
		switch {
		case item.Error != nil:
			all = append(all, item.Error.Code)
		case item.License.Assigned:
			all = append(all, "assigned")
		default:
			all = append(all, "unassigned")
		}
	}
	return all
}

func TestR28_ManyPeopleGetSeatsEachByThemselves(t *testing.T) {
	h := newHouse(t)
	id := h.buy(buyer, "3").SubscriptionID
	people := []string{"omar@contoso.example", "dora@contoso.example", "gail@fabrikam.example", "bill@contoso.example",
		"nobody@contoso.example", "omar@contoso.example", buyer, "sync@contoso.example"}
	first := is[v1.LicenseResults](h.seatsOf(buyer, id, "assign", "1", people...), 200)
	assert.Equal(t, []string{
		"assigned", commands.ErrAssigneeDisabled.Code, license.ErrOtherTenant.Code, "assigned", // R23
		"person_unknown", "assigned", "assigned", subscription.ErrNoSeat.Code, // the last seats go to the first
	}, outcomes(first))
	assert.Equal(t, people[2], first.Items[2].User, "each is named as they were")
	assert.NotZero(t, first.Position)
	own := is[v1.Products](h.ask(buyer, "GET", "/v1/purchases", "", "Kassa-Position", uintText(first.Position)), 200)
	assert.EqualValues(t, 3, own.Items[0].Assigned)

	taken := is[v1.LicenseResults](h.seatsOf(buyer, id, "unassign", "1", "bill@contoso.example", "sync@contoso.example"), 200)
	assert.Equal(t, []string{"unassigned", license.ErrUnknown.Code}, outcomes(taken))

	again := is[v1.LicenseResults](h.seatsOf(buyer, id, "assign", "1", people...), 200)
	assert.Equal(t, "assigned", outcomes(again)[7], "what failed is tried again")
	assert.Equal(t, first.Items[3], again.Items[3], "what was done is not done again")
	for _, p := range first.Problems() {
		assert.NotEmpty(t, p.Instance, "a problem inside an answer is as whole as one that is the answer")
	}
	h.seatsOf(buyer, id, "assign", "1", "sync@contoso.example").problem(422, commands.ErrReused.Code)
}

func TestR24_WhoMayAssignNobodyIsToldOnce(t *testing.T) {
	h := newHouse(t)
	id := h.buy(buyer, "3").SubscriptionID
	h.seatsOf("omar@contoso.example", id, "assign", "1", "omar@contoso.example", buyer).problem(403, commands.ErrNotYourPurchase.Code)
	h.seatsOf("gail@contoso.example", id, "unassign", "2", "omar@contoso.example").problem(409, commands.ErrTakeoverRequired.Code)
}

func TestMoreThanTwentyPeopleAreRefusedAsAWhole(t *testing.T) {
	h := newHouse(t)
	id := h.buy(buyer, "30").SubscriptionID
	many := strings.Split(strings.Repeat(buyer+" ", 21), " ")[:21]
	h.seatsOf(buyer, id, "assign", "1", many...).problem(400, "too_many_users")
	h.ask(buyer, "POST", "/v1/subscriptions/"+string(id)+"/licenses/assign", `{"users":[]}`).problem(400, "body_invalid")
	assert.Len(t, is[v1.LicenseResults](h.seatsOf(buyer, id, "assign", "1", many[:20]...), 200).Items, 20)
}

func TestR28_TheLastSeatGoesToExactlyOne(t *testing.T) {
	h := newHouse(t)
	id := h.buy(buyer, "1").SubscriptionID
	people := []string{buyer, "omar@contoso.example", "bill@contoso.example", "gail@contoso.example", "sync@contoso.example"}
	answers := make([]answer, len(people))
	var wg sync.WaitGroup
	for i, person := range people {
		wg.Go(func() {
			answers[i] = h.ask(buyer, "POST", "/v1/subscriptions/"+string(id)+"/licenses", `{"user":"`+person+`"}`)
		})
	}
	wg.Wait()
	var winners int
	for _, a := range answers {
		if a.status == 200 {
			winners++
			continue
		}
		a.problem(409, subscription.ErrNoSeat.Code)
	}
	require.Equal(t, 1, winners)
	own := is[v1.Products](h.ask(buyer, "GET", "/v1/purchases", "", "Kassa-Position", uintText(h.head())), 200)
	assert.Len(t, own.Items[0].AssignedUsers, 1)
}
