package api_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/domain"
	v1 "kassa/services/api/v1"
)

func (h *house) helps(as string, id domain.SubscriptionID, more string) answer {
	h.Helper()
	return h.ask(as, "POST", "/v1/support/cases", `{"subscriptionId":"`+string(id)+`","topic":"access"`+more+`}`)
}

func (h *house) cases(as, query string) []v1.SupportCase {
	h.Helper()
	return is[v1.SupportCases](h.ask(as, "GET", "/v1/support/cases"+query, ""), 200).Items
}

// incidents are what is left of contoso's Premier contract.
func (h *house) incidents() int64 {
	h.Helper()
	return is[v1.Premier](h.ask(admin, "GET", "/v1/support/premier", ""), 200).Left
}

func TestR50_WhatPeopleAskTheVendorIsNotInTheOrganisationsQueue(t *testing.T) {
	h := newHouse(t)
	id, _ := h.bought()
	own := is[v1.SupportCase](h.helps(buyer, id, ""), 200)
	assert.Equal(t, "vendor_standard", own.SupportedBy)
	central := is[v1.SupportCase](h.helps(billing, h.central(admin, "5").SubscriptionID, ""), 200)
	assert.Equal(t, "organisation", central.SupportedBy)
	ids := func(cases []v1.SupportCase) (ids []domain.CaseID) {
		for _, c := range cases {
			ids = append(ids, c.ID)
		}
		return ids
	}
	assert.Equal(t, []domain.CaseID{central.ID}, ids(h.cases(admin, "")), "administrators see what they look after")
	assert.Equal(t, []domain.CaseID{own.ID}, ids(h.cases(buyer, "")))
	assert.Empty(t, h.cases("omar@contoso.example", ""))
	assert.Empty(t, h.cases("gail@fabrikam.example", ""))
	assert.ElementsMatch(t, []domain.CaseID{own.ID, central.ID}, ids(h.cases("support", "")))
	h.ask(admin, "POST", "/v1/support/cases/"+string(own.ID)+"/close", `{"resolution":"solved"}`).problem(404, "support_case_unknown")
	h.helps(admin, id, "").problem(403, "not_case_opener")
	h.helps("omar@contoso.example", id, "").problem(403, "not_case_opener")
	h.helps(buyer, central.SubscriptionID, "").problem(403, "not_case_opener")
}

func TestR51_ThePurchaserHasTheVendorsStandardSupport(t *testing.T) {
	h := newHouse(t)
	id, _ := h.bought()
	opened := is[v1.SupportCase](h.helps(buyer, id, ""), 200)
	assert.Equal(t, "standard", opened.Entitlement)
	assert.Equal(t, "open", opened.Status)
	assert.Equal(t, "Anna Andersson", opened.OpenedBy.Name)
	h.ask(buyer, "POST", "/v1/support/cases", `{"subscriptionId":"`+string(id)+`","topic":"my card is 4242"}`).problem(400, "support_topic_unknown")

	act := func(as, verb, body string) answer {
		return h.ask(as, "POST", "/v1/support/cases/"+string(opened.ID)+"/"+verb, body)
	}
	assert.Equal(t, "escalated", is[v1.SupportCase](act(buyer, "escalate", ""), 200).Status)
	act("support", "close", `{"resolution":"it was her fault"}`).problem(400, "support_resolution_unknown")
	closed := is[v1.SupportCase](act("support", "close", `{"resolution":"worked_around"}`), 200)
	assert.Equal(t, "closed", closed.Status)
	assert.Equal(t, "worked_around", closed.Resolution)
	assert.Equal(t, "Anna Andersson", closed.OpenedBy.Name, "support sees whom it helps")
	act(buyer, "escalate", "").problem(409, "support_case_closed")
	assert.Empty(t, h.cases(buyer, "?status=open"))
	assert.Len(t, h.cases(buyer, "?status=closed"), 1)
}

func TestR52_V20_ASupportCallOfAPurchaserUsesNoPremierIncident(t *testing.T) {
	h := newHouse(t)
	id, _ := h.bought()
	require.EqualValues(t, 2, h.incidents(), "the tenant owns Premier")
	for range 3 {
		opened := is[v1.SupportCase](h.helps(buyer, id, ""), 200)
		assert.Equal(t, "none", opened.IncidentCharge)
	}
	h.helps(buyer, id, `,"premier":true`).problem(422, "premier_not_for_self_service")
	assert.EqualValues(t, 2, h.incidents(), "the balance is unchanged")

	central := h.central(admin, "5").SubscriptionID
	assert.Equal(t, "none", is[v1.SupportCase](h.helps(billing, central, ""), 200).IncidentCharge)
	premier := func(key string) answer {
		return h.ask(billing, "POST", "/v1/support/cases", `{"subscriptionId":"`+string(central)+`","topic":"technical","premier":true}`, "Idempotency-Key", key)
	}
	first := is[v1.SupportCase](premier("1"), 200)
	assert.Equal(t, "premier", first.IncidentCharge)
	assert.Equal(t, first, is[v1.SupportCase](premier("1"), 200), "asked twice, charged once")
	assert.EqualValues(t, 1, h.incidents())
	is[v1.SupportCase](premier("2"), 200)
	premier("3").problem(422, "premier_incidents_used_up")
	assert.Equal(t, "none", is[v1.SupportCase](h.helps(buyer, id, ""), 200).IncidentCharge, "the purchaser still has support")
	assert.EqualValues(t, 0, h.incidents())
	h.ask(buyer, "GET", "/v1/support/premier", "").problem(403, "not_admin")
	assert.Zero(t, is[v1.Premier](h.ask("gail@fabrikam.example", "GET", "/v1/support/premier", ""), 200).Incidents, "another tenant's")
}
