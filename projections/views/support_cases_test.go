package views_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/domain"
	"kassa/domain/support"
	"kassa/domain/tenant"
	"kassa/projections/projectiontest"
	"kassa/projections/views"
)

func TestR52_WhatPremierPaidForWaitsUntilItIsOpen(t *testing.T) {
	c := newCompany(t)
	by := projectiontest.Person(c.id, c.omar)
	paid, free := domain.CaseID(c.NewID()), domain.CaseID(c.NewID())
	c.Record(tenant.Stream(c.id), by, tenant.PremierContractRecorded{Incidents: 5}, tenant.PremierIncidentCharged{Case: paid, At: later})
	opened := func(id domain.CaseID, charge support.IncidentCharge) {
		c.Record(support.Stream(id), by, support.SupportCaseOpened{
			Case: id, Tenant: c.id, By: c.omar, Channel: domain.Central, SupportedBy: support.Organisation, IncidentCharge: charge, At: later,
		})
	}
	opened(free, support.NoIncident)
	waiting := func() []views.UnopenedCase {
		p := c.Twice(t, views.SupportCasesView)
		cases, asOf, err := views.UnopenedCases(t.Context(), p, 10)
		require.NoError(t, err)
		assert.Equal(t, c.End(), asOf)
		premier, err := views.NewSupportCases(p).Premier(t.Context(), c.id)
		require.NoError(t, err)
		assert.Equal(t, views.Premier{Incidents: 5, Charged: 1, AsOf: c.End()}, premier)
		return cases
	}
	assert.Equal(t, []views.UnopenedCase{{Tenant: c.id, Case: paid}}, waiting())
	opened(paid, support.PremierIncident)
	assert.Empty(t, waiting())
}

func TestR50_TheQueueHoldsWhatTheOrganisationLooksAfter(t *testing.T) {
	c := newCompany(t)
	open := func(person domain.PersonID, by support.SupportedBy) domain.CaseID {
		id := domain.CaseID(c.NewID())
		c.Record(support.Stream(id), projectiontest.Person(c.id, person), support.SupportCaseOpened{Case: id, Tenant: c.id, By: person, SupportedBy: by, At: later})
		return id
	}
	annas, theirs := open(c.anna, support.VendorStandard), open(c.omar, support.Organisation)
	c.Record(support.Stream(theirs), projectiontest.Importer, support.CaseEscalated{}, support.CaseClosed{Resolution: support.Solved})
	cases := views.NewSupportCases(c.Twice(t, views.SupportCasesView))
	ids := func(page views.Page[support.State], err error) (ids []domain.CaseID) {
		require.NoError(t, err)
		for _, k := range page.Items {
			ids = append(ids, k.Case)
		}
		return ids
	}
	all := views.SupportCaseFilter{}
	assert.Equal(t, []domain.CaseID{theirs}, ids(cases.Queue(t.Context(), c.id, c.omar, all)))
	assert.ElementsMatch(t, []domain.CaseID{annas, theirs}, ids(cases.Queue(t.Context(), c.id, c.anna, all)), "and one's own")
	assert.Equal(t, []domain.CaseID{annas}, ids(cases.OpenedBy(t.Context(), c.id, c.anna, all)))
	assert.Equal(t, []domain.CaseID{theirs}, ids(cases.All(t.Context(), views.SupportCaseFilter{Status: support.StatusClosed})))
	first, err := cases.All(t.Context(), views.SupportCaseFilter{Limit: 1})
	require.NoError(t, err)
	rest := ids(cases.All(t.Context(), views.SupportCaseFilter{Next: first.Next}))
	assert.ElementsMatch(t, []domain.CaseID{annas, theirs}, append(rest, first.Items[0].Case))
}
