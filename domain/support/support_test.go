package support_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"kassa/domain"
	. "kassa/domain/domaintest"
	"kassa/domain/support"
)

var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

func TestSupportCase(t *testing.T) {
	type is = Case[support.Command, support.Event]
	type facts = []support.Event
	open := support.Open{Case: "k", Subscription: "s1", Tenant: "t", By: "ann", Topic: support.Billing, Channel: domain.SelfService, At: noon}
	opened := support.SupportCaseOpened{
		Case: "k", Subscription: "s1", Tenant: "t", By: "ann", Topic: support.Billing, Channel: domain.SelfService,
		SupportedBy: support.VendorStandard, Entitlement: support.Standard, IncidentCharge: support.NoIncident, At: noon,
	}
	central, premier := open, open
	central.Channel, premier.Channel, premier.Premier = domain.Central, domain.Central, true
	ofCentral, ofPremier := opened, opened
	ofCentral.Channel, ofCentral.SupportedBy = domain.Central, support.Organisation
	ofPremier.Channel, ofPremier.SupportedBy, ofPremier.IncidentCharge = domain.Central, support.Organisation, support.PremierIncident
	never := open
	never.Premier = true
	wordy := open
	wordy.Topic = "Ann cannot sign in"
	up := support.CaseEscalated{By: "sue", At: noon}
	done := support.CaseClosed{By: "sue", Resolution: support.Solved, At: noon}
	escalate, end := support.Escalate{By: "sue", At: noon}, support.Close{By: "sue", Resolution: support.Solved, At: noon}
	Run(t, support.Decider, []is{
		{Name: "R50 R51 R52 the vendor looks after what a person bought, with standard support, for no incident", When: open, Then: facts{opened}},
		{Name: "R52 never for one", When: never, Rejects: support.ErrPremier},
		{Name: "R50 the organisation looks after what it bought", When: central, Then: facts{ofCentral}},
		{Name: "and may pay with an incident", When: premier, Then: facts{ofPremier}},
		{Name: "a topic is on the list", When: wordy, Rejects: support.ErrTopic},
		{Name: "a case is opened once", Given: facts{opened}, When: premier},
		{Name: "it is passed on", Given: facts{opened}, When: escalate, Then: facts{up}},
		{Name: "once", Given: facts{opened, up}, When: escalate},
		{Name: "not when it is closed", Given: facts{opened, done}, When: escalate, Rejects: support.ErrClosed},
		{Name: "nor when it was never opened", When: escalate, Rejects: support.ErrUnknown},
		{Name: "it is closed", Given: facts{opened, up}, When: end, Then: facts{done}},
		{Name: "once as well", Given: facts{opened, done}, When: end},
		{Name: "with one resolution", Given: facts{opened, done}, When: support.Close{By: "sue", Resolution: support.NoFault, At: noon}, Rejects: support.ErrClosed},
		{Name: "from the list", Given: facts{opened}, When: support.Close{By: "sue", Resolution: "she was wrong", At: noon}, Rejects: support.ErrResolution},
		{Name: "where there is one", When: end, Rejects: support.ErrUnknown},
	})
}

// Whatever is asked: only what the organisation bought itself can cost it a
// Premier incident.
func TestR52_NoSelfServiceCaseCostsAnIncident(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events, err := support.Decider.Decide(support.State{}, support.Open{
			Case: "k", Subscription: "s1", Tenant: "t", By: "ann", At: noon,
			Topic:   rapid.SampledFrom([]support.Topic{support.Access, support.Billing, "?"}).Draw(t, "topic"),
			Channel: rapid.SampledFrom([]domain.Channel{domain.SelfService, domain.Central, ""}).Draw(t, "channel"),
			Premier: rapid.Bool().Draw(t, "premier"),
		})
		if err != nil {
			require.Empty(t, events)
			return
		}
		opened := events[0].(support.SupportCaseOpened)
		if opened.Channel != domain.Central {
			require.Equal(t, support.NoIncident, opened.IncidentCharge)
			require.Equal(t, support.VendorStandard, opened.SupportedBy)
		}
		require.Equal(t, support.Standard, opened.Entitlement)
	})
}
