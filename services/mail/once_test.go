package mail_test

import (
	"context"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	mailing "kassa/domain/mail"
	"kassa/projections/projectiontest"
	"kassa/projections/views"
	"kassa/services/mail/mailtest"
)

// copies counts the mails by their Message-ID.
func copies(mails []mailtest.Mail) map[string]int {
	n := map[string]int{}
	for _, m := range mails {
		n[m.ID]++
	}
	return n
}

func TestAMailIsSentOnce(t *testing.T) {
	c := newTown(t)
	for range 20 {
		c.buy(c.se, c.åsa)
	}
	c.settles()
	require.Len(t, c.server.Mails(), 20)
	require.Len(t, c.became(), 20)
	ids := copies(c.server.Mails())
	assert.Len(t, ids, 20, "each has its own Message-ID")

	t.Run("however often it is listed", func(t *testing.T) {
		page, err := views.NewNotices(c.Projector).Mails(t.Context(), c.now, views.MailFilter{Status: "sent"})
		require.NoError(t, err)
		require.Len(t, page.Items, 20)
		for _, m := range page.Items {
			require.NoError(t, c.manager(c.sender("smtp://"+c.server.Address(), nil)).Send(t.Context(), m))
		}
	})
	t.Run("whatever is rebuilt", func(t *testing.T) {
		stop := c.run(c.manager(c.sender("smtp://"+c.server.Address(), nil)))
		report, err := c.Rebuild(t.Context(), views.NoticesView.Name, nil)
		require.NoError(t, err)
		assert.Empty(t, report.Differences)
		stop()
	})
	t.Run("while views are built from nothing", func(t *testing.T) {
		c.T = t
		c.follow()
		c.settles()
	})
	assert.Len(t, c.server.Mails(), 20)
	assert.Len(t, c.became(), 20)
}

// The server has taken the mail; then everything dies before that is recorded.
func TestWhoeverIsKilledBetweenSendingAndRecordingSendsTheSameMailAgain(t *testing.T) {
	c := newTown(t)
	c.buy(c.se, c.åsa)
	m, kill := c.mortal()
	c.server.Took = kill
	waiting := c.waiting()
	require.Len(t, waiting, 1)
	require.Error(t, m.Send(t.Context(), waiting[0]))
	require.Empty(t, c.became(), "it is not on record")

	c.server.Took = nil
	c.settles()
	mails := c.server.Mails()
	require.Len(t, mails, 2, "nobody can know that it was sent")
	assert.Equal(t, mails[0].ID, mails[1].ID, "but everybody that it is the same")
	assert.Equal(t, mails[0].Text, mails[1].Text)
	assert.Equal(t, mails[0].Attachments, mails[1].Attachments)
	require.Len(t, c.became(), 1)
	c.settles()
	assert.Len(t, c.server.Mails(), 2)
}

// Killed at any moment, again and again: each mail arrives, one and the same
// arrives twice only where it had not been recorded, and each is recorded once.
func TestMailersThatAreKilledAnywhereSendEachMail(t *testing.T) {
	c := newTown(t)
	const mails = 60
	for range mails {
		c.buy(c.us, c.bob)
	}
	random := rand.New(rand.NewPCG(7, 1))
	kills, took := 0, atomic.Pointer[func()]{}
	c.server.Took = func() { (*took.Load())() }
	for waiting := c.waiting(); len(waiting) > 0; waiting = c.waiting() {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		m, kill := c.mortal()
		left, moment := new(atomic.Int64), time.Duration(random.IntN(30))*time.Millisecond
		left.Store(int64(1 + random.IntN(min(8, len(waiting))))) // mails, and then a moment
		strike := func() {
			if left.Add(-1) == 0 {
				time.AfterFunc(moment, func() { kill(); cancel() })
			}
		}
		took.Store(&strike)
		require.NoError(t, m.Run(ctx))
		require.ErrorIs(t, context.Cause(ctx), context.Canceled, "%d wait\n%s", len(waiting), c.log)
		kills++
	}
	sent := map[mailing.ID]int{}
	for _, e := range c.became() {
		sent[e.(mailing.Sent).Mail]++
	}
	require.Len(t, sent, mails)
	arrived := copies(c.server.Mails())
	require.Len(t, arrived, mails)
	for id, n := range sent {
		assert.Equal(t, 1, n, "%s is recorded once", id)
		assert.Positive(t, arrived[string(id)+"@vendor.example"])
	}
	again := len(c.server.Mails()) - mails
	assert.LessOrEqual(t, again, 4*kills, "no more than were being sent when somebody was killed")
	t.Logf("%d mails, %d kills, %d sent again", mails, kills, again)
}

// Whoever is only stopped records what is on its way, and nothing is sent again.
func TestAStopSendsNothingAgain(t *testing.T) {
	c := newTown(t)
	for range 10 {
		c.buy(c.us, c.bob)
	}
	ctx, stop := context.WithCancel(t.Context())
	c.server.Took = stop
	require.NoError(t, c.manager(c.sender("smtp://"+c.server.Address(), nil)).Run(ctx))
	c.settles()
	assert.Len(t, c.server.Mails(), 10)
}

func TestOldNewsIsNotSent(t *testing.T) {
	c := newTown(t)
	late := c.NewID()
	t.Run("what happened before mail was switched on", func(t *testing.T) {
		old := &town{T: t, Shop: projectiontest.Named(t, late), server: c.server, vault: c.vault, now: c.now, log: c.log}
		old.se = old.register("Kontoret AB", "SE")
		old.åsa = old.join(old.se, "Åsa Öberg", "asa@kontoret.example")
		old.buy(old.se, old.åsa)
		require.NoError(t, old.records().Start(t.Context()))
		old.buy(old.se, old.åsa)
		require.NoError(t, old.records().Start(t.Context()), "again")
		old.follow()
		old.settles()
		assert.Len(t, old.became(), 1)
		assert.Len(t, c.server.Mails(), 1)
		page, err := views.NewNotices(old.Projector).Mails(t.Context(), old.now, views.MailFilter{})
		require.NoError(t, err)
		assert.Len(t, page.Items, 1, "nobody ever waits for the others")
	})
	t.Run("nor what is older than a week", func(t *testing.T) {
		c.T = t
		c.buy(c.se, c.åsa)
		c.now = c.now.Add(7*24*time.Hour + time.Hour)
		c.settles()
		require.Len(t, c.became(), 1)
		assert.Equal(t, mailing.SkipStale, c.became()[0].(mailing.Skipped).Cause)
		assert.Len(t, c.server.Mails(), 1)
	})
	_, err := uuid.Parse(string(c.became()[0].(mailing.Skipped).Mail))
	assert.NoError(t, err)
}
