package api_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	v1 "kassa/services/api/v1"
)

func TestR25_WhoBoughtGetsTheAdminTile(t *testing.T) {
	h := newHouse(t)
	me := func(as string) v1.Me { return is[v1.Me](h.ask(as, "GET", "/v1/me", ""), 200) }
	before := me(buyer)
	assert.False(t, before.AdminTile)
	assert.Equal(t, "none", before.View)
	assert.Equal(t, "Anna Andersson", before.Person.Name)
	h.buy(buyer, "1")
	after := me(buyer)
	assert.True(t, after.AdminTile)
	assert.Equal(t, "limited", after.View)
	assert.False(t, me("omar@contoso.example").AdminTile)
	assert.Equal(t, "full", me("gail@contoso.example").View)
	assert.False(t, me("petra@contoso.example").AdminTile, "capacity is elsewhere than in the admin center")
}

// What is promised in the menu is there, and nothing else that is anybody's.
func TestR15_SectionsAreWhatTheCallerMaySee(t *testing.T) {
	h := newHouse(t)
	h.buy(buyer, "1")
	h.buy("gail@contoso.example", "1")
	ones := is[v1.Me](h.ask(buyer, "GET", "/v1/me", ""), 200).Sections
	all := is[v1.Me](h.ask("gail@contoso.example", "GET", "/v1/me", ""), 200).Sections
	for _, as := range []string{buyer, "gail@contoso.example", "omar@contoso.example"} {
		mine := is[v1.Me](h.ask(as, "GET", "/v1/me", ""), 200).Sections
		for _, section := range all {
			status := h.ask(as, "GET", "/v1/"+section, "").status
			want := 200
			if !slices.Contains(mine, section) && !slices.Contains(ones, section) {
				want = 403
			}
			assert.Equal(t, want, status, "%s %s", as, section)
		}
	}
}
