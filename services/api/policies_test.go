package api_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/domain"
	v1 "kassa/services/api/v1"
)

func TestR03_ManyPoliciesAtOnceWithAResultForEach(t *testing.T) {
	h := newHouse(t)
	const gail, many = "gail@contoso.example", "/v1/policies/products"
	const body = `[{"productId":"CFQ7TTC0H9MP","value":"Disabled"},{"productId":"NOPE","value":"Disabled"},` +
		`{"productId":"CFQ7TTC0HD32","value":"Off"},{"productId":"CFQ7TTC0MM8R","value":"OnlyTrialsWithoutPaymentMethod"}]`
	a := h.ask(gail, "PUT", many, body, "Idempotency-Key", "k", "Accept-Language", "sv")
	first := is[v1.PolicyResults](a, 200)
	require.Len(t, first.Items, 4)
	assert.Equal(t, domain.PolicyDisabled, first.Items[0].Set.Value)
	assert.Nil(t, first.Items[0].Error)
	for i, code := range map[int]string{1: "product_unknown", 2: "policy_value_invalid"} {
		assert.Nil(t, first.Items[i].Set)
		assert.Equal(t, code, first.Items[i].Error.Code)
		assert.Equal(t, many, first.Items[i].Error.Instance)
	}
	assert.Contains(t, first.Items[1].Error.Detail, "Det finns ingen sådan produkt")
	assert.Equal(t, first.Items[3].Set.Position, first.Position, "an error stops nothing")
	assert.Equal(t, uintText(first.Position), a.header.Get("Kassa-Position"))

	at := h.head()
	again := is[v1.PolicyResults](h.ask(gail, "PUT", many, body, "Idempotency-Key", "k", "Accept-Language", "sv"), 200)
	assert.Equal(t, first, again)
	assert.Equal(t, at, h.head(), "and nothing is written twice")

	is[v1.PolicySet](h.ask(gail, "PUT", "/v1/policies/CFQ7TTC0H9MP", `{"value":"Enabled"}`), 200)
	assert.Equal(t, first, is[v1.PolicyResults](h.ask(gail, "PUT", many, body, "Idempotency-Key", "k", "Accept-Language", "sv"), 200))
	one := is[v1.ProductPolicy](h.ask(gail, "GET", "/v1/policies/CFQ7TTC0H9MP", ""), 200)
	assert.Equal(t, domain.PolicyEnabled, one.Value, "a late retry undoes nothing that came after")

	other := is[v1.PolicyResults](h.ask(gail, "PUT", many, `[{"productId":"CFQ7TTC0H9MP","value":"Enabled"}]`, "Idempotency-Key", "k"), 200)
	assert.Equal(t, "idempotency_key_reused", other.Items[0].Error.Code)
}

func TestManyPoliciesOrNone(t *testing.T) {
	h := newHouse(t)
	const gail, many = "gail@contoso.example", "/v1/policies/products"
	item := `{"productId":"CFQ7TTC0H9MP","value":"Disabled"}`
	at := h.head()
	h.ask("anna@contoso.example", "PUT", many, "["+item+"]").problem(403, "not_policy_admin")
	h.ask(gail, "PUT", many, item).problem(400, "body_invalid")
	h.ask(gail, "PUT", many, `[]`).problem(400, "body_invalid")
	h.ask(gail, "PUT", many, `[{"productId":"CFQ7TTC0H9MP"}]`).problem(400, "body_invalid")
	h.ask(gail, "PUT", many, "["+strings.Repeat(item+",", 100)+item+"]").problem(400, "body_invalid")
	assert.Equal(t, at, h.head())
	hundred := is[v1.PolicyResults](h.ask(gail, "PUT", many, "["+strings.Repeat(item+",", 99)+item+"]"), 200)
	assert.Len(t, hundred.Items, 100)
	assert.Len(t, is[v1.PolicyHistory](h.ask(gail, "GET", "/v1/policies/history", ""), 200).Items, 1, "the same a hundred times is one change")
}

func TestR03_EveryChangeWithWhoWhenBeforeAndAfter(t *testing.T) {
	h := newHouse(t)
	const gail, bill = "gail@contoso.example", "bill@contoso.example"
	empty := is[v1.PolicyHistory](h.ask(gail, "GET", "/v1/policies/history", ""), 200)
	assert.Empty(t, empty.Items)
	is[v1.PolicySet](h.ask(gail, "PUT", "/v1/policies/CFQ7TTC0L3PB", `{"value":"Disabled"}`), 200)
	is[v1.PolicySet](h.ask(bill, "PUT", "/v1/policies", `{"default":"OnlyTrialsWithoutPaymentMethod"}`), 200)
	is[v1.PolicySet](h.ask(bill, "PUT", "/v1/policies/offer-types/SaaS", `{"value":"Enabled"}`), 200)
	is[v1.PolicySet](h.ask(gail, "PUT", "/v1/policies/CFQ7TTC0HD32", `{"value":"Enabled"}`), 200)
	is[v1.PolicySet](h.ask("gail@fabrikam.example", "PUT", "/v1/policies", `{"default":"Disabled"}`), 200)

	all := is[v1.PolicyHistory](h.ask(bill, "GET", "/v1/policies/history", ""), 200)
	var told []string
	for i, c := range all.Items {
		told = append(told, fmt.Sprintf("%s%s%s: %s to %s by %s", c.ProductID, c.OfferType, c.AskedFor, c.Before, c.After, c.By.Name))
		assert.EqualValues(t, i, c.Revision)
		assert.True(t, now.Equal(c.At))
		assert.Equal(t, "admin", c.ByKind)
	}
	assert.Equal(t, []string{
		"CFQ7TTC0H9MPCFQ7TTC0L3PB: Enabled to Disabled by Gail Boss",
		": Enabled to OnlyTrialsWithoutPaymentMethod by Bill Payne",
		"SaaS: Disabled to Enabled by Bill Payne",
		"CFQ7TTC0HD32CFQ7TTC0HD32: OnlyTrialsWithoutPaymentMethod to Enabled by Gail Boss",
	}, told)
	assert.Equal(t, all.Items[3].Position, all.AsOf.Position)

	var paged []v1.PolicyChange
	next := ""
	for range 3 {
		page := is[v1.PolicyHistory](h.ask(bill, "GET", "/v1/policies/history?limit=2&after="+next, ""), 200)
		paged = append(paged, page.Items...)
		if next = page.Next; next == "" {
			break
		}
	}
	assert.Equal(t, all.Items, paged)
	for _, after := range []string{"5", "-1", "x"} {
		h.ask(bill, "GET", "/v1/policies/history?after="+after, "").problem(400, "bad_cursor")
	}
	h.ask("anna@contoso.example", "GET", "/v1/policies/history", "").problem(403, "not_policy_reader")
}
