package trial_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"kassa/domain"
	. "kassa/domain/domaintest"
	"kassa/domain/trial"
)

type (
	is    = Case[trial.Command, trial.Event]
	facts = []trial.Event
)

func TestTrialIsTakenOnce(t *testing.T) {
	at := time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
	taken := func(p domain.ProductID, by domain.PurchaseID) trial.Taken {
		return trial.Taken{Tenant: "t", Person: "ann", Product: p, Purchase: by, At: at}
	}
	Run(t, trial.Decider, []is{
		{Name: "a product is tried", When: trial.Take{Taken: taken("new", "p1")}, Then: facts{taken("new", "p1")}},
		{Name: "another order does not try it again", Given: facts{taken("new", "p1")}, When: trial.Take{Taken: taken("new", "p2")}},
		{Name: "not under its new id", Given: facts{taken("old", "p1")}, When: trial.Take{Taken: taken("new", "p2"), Older: []domain.ProductID{"older", "old"}}},
		{Name: "another product is", Given: facts{taken("new", "p1")}, When: trial.Take{Taken: taken("other", "p2")}, Then: facts{taken("other", "p2")}},
	})
	s := trial.Decider.Fold(trial.State{}, taken("old", "p1"))
	assert.Equal(t, domain.PurchaseID("p1"), s.Used("new", "old"), "it is told whose trial it is")
	assert.Empty(t, s.Used("new"))
}
