package access_test

import (
	"testing"
	"time"

	"kassa/domain/access"
	. "kassa/domain/domaintest"
)

func TestAccess(t *testing.T) {
	seen := access.Recorded{Customer: "c", Partner: "p", Person: "pat", Relation: "r", Operation: "list-products", At: time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)}
	Run(t, access.Decider, []Case[access.Command, access.Event]{
		{Name: "R54 a partner's request is recorded", When: access.Record(seen), Then: []access.Event{seen}},
		{Name: "once", Given: []access.Event{seen}, When: access.Record(seen)},
	})
}
