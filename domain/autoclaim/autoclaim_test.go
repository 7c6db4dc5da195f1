package autoclaim_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"kassa/domain"
	"kassa/domain/autoclaim"
	. "kassa/domain/domaintest"
)

func TestAutoClaimPolicy(t *testing.T) {
	type is = Case[autoclaim.Command, autoclaim.Event]
	type facts = []autoclaim.Event
	noon := time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
	set := func(primary domain.ProductID, backups ...domain.ProductID) autoclaim.Command {
		return autoclaim.Set{Primary: primary, Backups: backups, At: noon}
	}
	ab := autoclaim.PolicySet{Primary: "a", Backups: []domain.ProductID{"b"}, At: noon}
	ba := autoclaim.PolicySet{Primary: "b", Backups: []domain.ProductID{"a"}, At: noon}
	off := autoclaim.TurnedOff{At: noon}
	Run(t, autoclaim.Decider, []is{
		{Name: "it is turned on for products in their order", When: set("a", "b"), Then: facts{ab}},
		{Name: "the same again changes nothing", Given: facts{ab}, When: set("a", "b")},
		{Name: "the order is part of it", Given: facts{ab}, When: set("b", "a"), Then: facts{ba}},
		{Name: "there is always a product", When: set(""), Rejects: autoclaim.ErrNoProduct},
		{Name: "four backups are enough", When: set("a", "b", "c", "d", "e"), Then: facts{autoclaim.PolicySet{Primary: "a", Backups: []domain.ProductID{"b", "c", "d", "e"}, At: noon}}},
		{Name: "five are not allowed", When: set("a", "b", "c", "d", "e", "f"), Rejects: autoclaim.ErrTooManyBackups},
		{Name: "a product has one place", When: set("a", "b", "a"), Rejects: autoclaim.ErrTwice},
		{Name: "it is off at first", When: autoclaim.TurnOff{At: noon}},
		{Name: "it is turned off", Given: facts{ab}, When: autoclaim.TurnOff{At: noon}, Then: facts{off}},
		{Name: "off is off", Given: facts{ab, off}, When: autoclaim.TurnOff{At: noon}},
		{Name: "and on again, though with the same products", Given: facts{ab, off}, When: set("a", "b"), Then: facts{ab}},
	})
	s := autoclaim.Decider.Fold(autoclaim.State{}, ab)
	assert.Equal(t, autoclaim.State{On: true, Products: []domain.ProductID{"a", "b"}}, s)
	assert.Equal(t, "autoclaim-t", autoclaim.Stream("t"))
}
