package centralisation_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"kassa/domain/centralisation"
	processes "kassa/services/centralisation"
)

func TestNext(t *testing.T) {
	planned := []centralisation.Event{
		centralisation.Planned{Centralisation: "c1"},
		centralisation.SourcesListed{Sources: []centralisation.Source{{Subscription: "s1"}}},
		centralisation.UsersListed{Users: []centralisation.User{{Person: "u1"}}},
	}
	chosen := centralisation.CentralSubscriptionChosen{Subscription: "s9"}
	assigned := centralisation.UsersReassigned{Users: []centralisation.Reassigned{{Person: "u1"}}}
	asked := centralisation.PurchasersAskedToCancel{Asked: []centralisation.Asked{{Subscription: "s1", Request: "r1"}}}
	answered := centralisation.PurchasersAnswered{Answers: []centralisation.Answered{{Request: "r1", Answer: centralisation.Declined}}}
	for _, c := range []struct {
		name string
		then []centralisation.Event
		want processes.Step
	}{
		{"an administrator is to find seats", nil, processes.Nothing},
		{"seats are ordered", []centralisation.Event{centralisation.CentralPurchaseOrdered{}}, processes.Buy},
		{"there are some", []centralisation.Event{chosen}, processes.Assign},
		{"there are no more", []centralisation.Event{chosen, centralisation.SeatsRanOut{}}, processes.Nothing},
		{"everybody has been seen to", []centralisation.Event{chosen, assigned}, processes.Ask},
		{"the purchaser is asked", []centralisation.Event{chosen, assigned, asked}, processes.Follow},
		{"and has answered", []centralisation.Event{chosen, assigned, asked, answered}, processes.Finish},
		{"it is closed", []centralisation.Event{chosen, assigned, asked, answered, centralisation.Closed{Outcome: centralisation.Partial}}, processes.Nothing},
		{"or called off", []centralisation.Event{centralisation.Withdrawn{}}, processes.Nothing},
	} {
		s := centralisation.Decider.Fold(centralisation.State{}, append(append([]centralisation.Event{}, planned...), c.then...)...)
		assert.Equal(t, c.want, processes.Next(s), c.name)
	}
	assert.Equal(t, processes.Nothing, processes.Next(centralisation.Decider.Fold(centralisation.State{})))
}
