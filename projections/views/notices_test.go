package views_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/domain"
	"kassa/domain/cancelreq"
	"kassa/domain/mail"
	"kassa/domain/subscription"
	"kassa/projections/projectiontest"
	"kassa/projections/views"
)

// ask records that omar asks for anna's subscription to be cancelled, and what
// becomes of that.
func (c *company) ask(to cancelreq.To, number int, then ...domain.Event) cancelreq.ID {
	id := cancelreq.ID{Subscription: c.annas.Subscription, To: to, Number: number}
	at := projectiontest.Noon.Add(time.Duration(number) * time.Hour)
	c.Record(id.Stream(), projectiontest.Person(c.id, c.omar), append([]domain.Event{cancelreq.CancellationRequested{
		Number: number, To: to, Subscription: id.Subscription, Tenant: c.id, Purchaser: c.anna, By: c.omar,
		Reason: cancelreq.Centralised, ExpiresAt: at.AddDate(0, 0, 90), At: at,
	}}, then...)...)
	return id
}

func TestR47_RequestsAreListedForWhoeverTheyConcern(t *testing.T) {
	c := newCompany(t)
	no := c.ask(cancelreq.ToPurchaser, 1, cancelreq.RequestDeclined{By: c.anna, Reason: cancelreq.StillNeeded})
	open := c.ask(cancelreq.ToPurchaser, 2)
	support := c.ask(cancelreq.ToSupport, 3, cancelreq.RequestAccepted{By: "sue"})
	asked := views.NewCancellationRequests(c.Twice(t, views.CancellationRequestsView))
	ids := func(page views.Page[views.CancellationRequest], err error) (ids []cancelreq.ID) {
		require.NoError(t, err)
		for _, r := range page.Items {
			assert.Equal(t, powerBI, r.Product)
			ids = append(ids, r.ID)
		}
		return ids
	}
	all := views.CancellationRequestFilter{}
	assert.Equal(t, []cancelreq.ID{support, open, no}, ids(asked.List(t.Context(), c.id, all)))
	assert.Equal(t, []cancelreq.ID{open}, ids(asked.List(t.Context(), c.id, views.CancellationRequestFilter{Status: cancelreq.StatusOpen})))
	assert.Equal(t, []cancelreq.ID{open, no}, ids(asked.ToPurchaser(t.Context(), c.id, c.anna, all)))
	assert.Empty(t, ids(asked.ToPurchaser(t.Context(), c.id, c.omar, all)))
	assert.Equal(t, []cancelreq.ID{support}, ids(asked.ToSupport(t.Context(), all)))
	assert.Empty(t, ids(asked.List(t.Context(), c.Tenant("Fabrikam", "fabrikam.example"), all)))

	first, err := asked.List(t.Context(), c.id, views.CancellationRequestFilter{Limit: 2})
	require.NoError(t, err)
	assert.Equal(t, []cancelreq.ID{no}, ids(asked.List(t.Context(), c.id, views.CancellationRequestFilter{Next: first.Next})))
	assert.Equal(t, cancelreq.StillNeeded, itemsOf(asked.List(t.Context(), c.id, all))[2].Declined)
}

func itemsOf(page views.Page[views.CancellationRequest], _ error) []views.CancellationRequest {
	return page.Items
}

func TestWhatWaitsIsAYesOrOver(t *testing.T) {
	c := newCompany(t)
	open := c.ask(cancelreq.ToPurchaser, 1)
	yes := c.ask(cancelreq.ToSupport, 1, cancelreq.RequestAccepted{By: "sue"})
	waiting := func(at time.Time) []cancelreq.ID {
		ids, asOf, err := views.WaitingRequests(t.Context(), c.Twice(t, views.CancellationRequestsView), at, 10)
		require.NoError(t, err)
		assert.Equal(t, c.End(), asOf)
		return ids
	}
	assert.Equal(t, []cancelreq.ID{yes}, waiting(later))
	assert.ElementsMatch(t, []cancelreq.ID{open, yes}, waiting(later.AddDate(0, 0, 91)), "its time is over")
	c.Record(yes.Stream(), projectiontest.Importer, cancelreq.SupportCancellationExecuted{Subscription: c.annas.Subscription})
	assert.Empty(t, waiting(later))
	c.lives(expired)
	assert.Equal(t, []cancelreq.ID{open}, waiting(later), "its subscription has ended")
	c.lives(subscription.Reactivated{Period: july})
	assert.Empty(t, waiting(later), "and began anew")
	c.Record(open.Stream(), projectiontest.Importer, cancelreq.RequestExpired{Cause: cancelreq.Unanswered})
	assert.Empty(t, waiting(later.AddDate(0, 0, 91)))
}

func TestNoticesAreForWhomTheyConcern(t *testing.T) {
	c := newCompany(t)
	request := c.ask(cancelreq.ToPurchaser, 1, cancelreq.RequestWithdrawn{By: c.omar})
	c.ask(cancelreq.ToSupport, 1, cancelreq.RequestAccepted{By: "sue"})
	c.lives(subscription.Cancelled{By: subscription.BySupport})
	notices := views.NewNotices(c.Twice(t, views.NoticesView))
	list := func(person domain.PersonID) (codes []string) {
		page, err := notices.List(t.Context(), c.id, person, later, "", 0)
		require.NoError(t, err)
		for _, n := range page.Items {
			assert.Equal(t, c.annas.Subscription, n.Subscription)
			codes = append(codes, n.Code)
		}
		return codes
	}
	assert.ElementsMatch(t, []string{"cancelled_by_support", "cancellation_request_withdrawn", "cancellation_requested"}, list(c.anna))
	assert.Equal(t, []string{"cancellation_request_accepted"}, list(c.omar))
	page, err := notices.List(t.Context(), c.id, c.anna, later, "", 1)
	require.NoError(t, err)
	assert.Equal(t, "cancelled_by_support", page.Items[0].Code)
	assert.Empty(t, page.Items[0].Request)
	page, err = notices.List(t.Context(), c.id, c.anna, later, page.Next, 1)
	require.NoError(t, err)
	assert.Equal(t, request.String(), page.Items[0].Request)
}

func TestMailWaitsFromItsStartUntilSomethingBecameOfIt(t *testing.T) {
	c := newCompany(t)
	c.lives(subscription.Suspended{})
	c.Record(mail.StartStream, projectiontest.Importer, mail.Started{})
	c.lives(subscription.Resumed{}, subscription.Cancelled{By: subscription.ByPurchaser})
	c.Record(subscription.Stream(c.annas.Subscription), projectiontest.Person(c.id, c.anna), subscription.Cancelled{By: subscription.ByPurchaser})
	c.lives(subscription.Cancelled{By: subscription.BySupport})
	notices := views.NewNotices(c.Twice(t, views.NoticesView))
	codes := func(mails []views.Mail) (codes []string) {
		for _, m := range mails {
			codes = append(codes, m.Code)
		}
		return codes
	}
	waiting, asOf, err := notices.MailToSend(t.Context(), later, 10)
	require.NoError(t, err)
	assert.Equal(t, c.End(), asOf)
	require.Equal(t, []string{"subscription_resumed", "cancelled_by_purchaser", "cancelled_by_support"}, codes(waiting), "oldest first, and hers once: the other was not hers")
	n, err := notices.MailWaiting(t.Context(), later)
	require.NoError(t, err)
	assert.Equal(t, 3, n)
	early, _, err := notices.MailToSend(t.Context(), projectiontest.Noon.Add(-time.Hour), 10)
	require.NoError(t, err)
	assert.Empty(t, early, "before its time")

	of := func(n int) (string, mail.Of) { return mail.Stream(waiting[n].Of.Mail), waiting[n].Of }
	stream, sent := of(0)
	c.Record(stream, projectiontest.Importer, mail.Sent{Of: sent, Language: "sv", At: later})
	stream, skipped := of(2)
	c.Record(stream, projectiontest.Importer, mail.Skipped{Of: skipped, Cause: mail.SkipDeleted, At: later})
	notices = views.NewNotices(c.Twice(t, views.NoticesView))
	list := func(status string) []views.Mail {
		page, err := notices.Mails(t.Context(), later, views.MailFilter{Status: status})
		require.NoError(t, err)
		return page.Items
	}
	assert.Equal(t, []string{"cancelled_by_purchaser"}, codes(list(views.MailStatusWaiting)))
	assert.Equal(t, []string{"subscription_resumed"}, codes(list("sent")))
	assert.Equal(t, "deleted", list("skipped")[0].Why)
	assert.Equal(t, []string{"cancelled_by_support", "cancelled_by_purchaser", "subscription_resumed"}, codes(list("")))

	page, err := notices.List(t.Context(), c.id, c.anna, later, "", 0)
	require.NoError(t, err)
	assert.Len(t, page.Items, 3, "what she did herself is not among them; the rest is, mailed or not")
}
