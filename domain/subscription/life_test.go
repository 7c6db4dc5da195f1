package subscription_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"kassa/domain"
	"kassa/domain/subscription"
)

// life is what random commands have made of a subscription, counted apart from
// its State.
type life struct {
	state   subscription.State
	history []subscription.Event
	at      time.Time
	asked   int // commands, to name them
	held    map[domain.PersonID]bool
	seats   int64
	charged int64 // minor units, of what was paid
	owed    int64 // of what is refunded
	repaid  int64
	pending bool
	passed  time.Time // the latest step or start
	ended   bool

	unpaid    int // number of the term that was declined last
	suspended bool

	payment int // of the term, the latest

	trying, extended bool // on trial; it has been given more time
	needsCard        bool // the trial becomes paid by itself

	taxPaid, taxBack int64
}

// command draws what may come next: mostly what fits, sometimes what does not.
func (l *life) command(t *rapid.T) subscription.Command {
	l.asked++
	id := subscription.ChangeID(strconv.Itoa(l.asked))
	person := rapid.SampledFrom([]domain.PersonID{"ann", "bob", "cid", "dan"}).Draw(t, "person")
	few := rapid.Int64Range(0, 4).Draw(t, "few")
	key := subscription.ChargeKey("s1", l.state.Pending)
	switch what := rapid.SampledFrom([]string{
		"reserve", "reserve", "reserve", "reserve", "release", "add", "add", "remove", "remove", "schedule", "schedule", "schedule", "withdraw", "off", "on", "cancel", "support cancels", "take control", "give up", "finish",
		"charged", "charged", "charged", "declined", "refunded", "refunded", "advance", "advance", "advance", "advance", "advance", "reactivate", "reactivate", "pay", "mark", "charge back",
		"extend", "extend", "convert", "convert", "stray",
	}).Draw(t, "command"); what {
	case "reserve":
		return subscription.Reserve{Person: person, At: l.at}
	case "release":
		return subscription.Release{Person: person, At: l.at}
	case "add":
		c := addSeats(id, few, l.at)
		c.Tax = taxRules().Draw(t, "rule")
		c.Verdict = rapid.SampledFrom([]domain.Verdict{allowed, allowed, allowed, blocked}).Draw(t, "verdict")
		return c
	case "remove":
		return remove(id, few, l.at)
	case "schedule":
		return subscription.ScheduleReduction{Change: id, Quantity: few, At: l.at}
	case "withdraw":
		return subscription.CancelScheduledChange{Change: l.state.Scheduled.Change, At: l.at}
	case "off", "on":
		return subscription.TurnRecurringBilling{On: what == "on", At: l.at}
	case "cancel":
		c := cancel(l.at)
		c.Cancellation = id
		return c
	case "support cancels":
		c := supportCancels(l.at)
		c.Cancellation = id
		return c
	case "take control":
		return takeControl(id, rapid.SampledFrom([]subscription.TakeoverOption{subscription.TakeoverMove, subscription.TakeoverCancel}).Draw(t, "option"), l.at)
	case "give up":
		return subscription.GiveUpMove{Admin: "gail", At: l.at}
	case "finish":
		return subscription.FinishTakeover{Zone: time.UTC, At: l.at}
	case "charged":
		return subscription.Charged{Key: key, Amount: l.state.Pending.Amount, Reference: "ch_" + key, At: l.at}
	case "declined":
		return subscription.Declined{Key: key, Code: "card_declined", Retriable: rapid.Bool().Draw(t, "retriable"), At: l.at}
	case "refunded":
		c := subscription.Refunded{Reference: "re", At: l.at}
		if len(l.state.Owed) > 0 {
			c.Of, c.Amount = l.state.Owed[0].Refund, l.state.Owed[0].Amount
		}
		return c
	case "advance":
		next, _ := l.state.Due()
		unit := money(rapid.Int64Range(0, 2000).Draw(t, "price"), l.state.UnitPrice.Currency)
		if rapid.Bool().Draw(t, "as it is") {
			unit = l.state.UnitPrice
		}
		return subscription.Advance{
			Due: next, Price: subscription.Price{Unit: unit, Term: l.state.Term, Frequency: l.state.Frequency}, Zone: time.UTC, At: l.at, Tax: taxRules().Draw(t, "rule"),
			Verdict: rapid.SampledFrom([]domain.Verdict{allowed, allowed, blocked}).Draw(t, "policy"),
		}
	case "extend":
		if opens := l.state.End.Add(-subscription.ExtensionWindow); l.trying && opens.After(l.at) {
			l.at = opens
		}
		return subscription.ExtendTrial{Extension: id, At: l.at}
	case "convert":
		c := convert(id, l.at)
		c.Tax = taxRules().Draw(t, "rule")
		c.Card = rapid.IntRange(0, 4).Draw(t, "card") > 0
		c.Verdict = rapid.SampledFrom([]domain.Verdict{allowed, allowed, blocked}).Draw(t, "verdict")
		return c
	case "reactivate":
		return subscription.Reactivate{
			Reactivation: id, Verdict: rapid.SampledFrom([]domain.Verdict{allowed, allowed, blocked}).Draw(t, "verdict"), Tax: taxRules().Draw(t, "rule"), Zone: time.UTC, At: l.at,
		}
	case "pay":
		return subscription.Pay{Payment: id, At: l.at}
	case "charge back":
		if rapid.IntRange(0, 4).Draw(t, "sure") > 0 {
			return subscription.ChargeBack{}
		}
		return subscription.ChargeBack{Dispute: string(id), Reference: "ch_1", Paid: "term/1", Amount: usd(1), At: l.at}
	case "mark":
		return subscription.MarkPurchaser{Purchaser: l.state.Purchaser, Left: !l.state.Orphaned, At: l.at}
	}
	return rapid.SampledFrom([]subscription.Command{
		subscription.Charged{Key: "s1/renewal/2", Amount: usd(1), Reference: "ch", At: l.at}, subscription.Declined{Key: "s1/addition/1", Code: "c", At: l.at},
		subscription.Refunded{Of: "1/1", Amount: usd(1), At: l.at}, subscription.Advance{Due: subscription.Due{Step: subscription.Delete, At: l.at}, Zone: time.UTC, At: l.at},
		subscription.Provision(february),
	}).Draw(t, "stray")
}

// hear checks one more fact against the laws of a subscription's life.
func (l *life) hear(t *rapid.T, e subscription.Event) {
	_, bank := e.(subscription.ChargedBack) // it has months to change its mind
	require.False(t, l.ended && !bank, "%T after the last fact", e)
	before := l.state
	l.state = subscription.Decider.Evolve(l.state, e)
	l.history = append(l.history, e)
	l.people(t, e)
	l.money(t, e)
	l.time(t, e)
	l.trial(t, e)
	l.taxes(t, e)
	l.prices(t, before, e)
	l.instalments(t, e)
	require.LessOrEqual(t, int64(len(l.held)), l.seats, "%T: more people than seats", e)
	require.GreaterOrEqual(t, l.seats, int64(1))
	require.Equal(t, l.seats, l.state.Quantity)
	require.Equal(t, before, subscription.Decider.Fold(subscription.State{}, l.history[:len(l.history)-1]...), "evolve changed an older state, or a replay differs")
}

func (l *life) people(t *rapid.T, e subscription.Event) {
	switch e := e.(type) {
	case subscription.SeatReserved:
		require.False(t, l.held[e.Person], "%s got a second seat", e.Person)
		l.held[e.Person] = true
	case subscription.SeatReleased:
		require.True(t, l.held[e.Person], "%s gave back a seat they did not have", e.Person)
		delete(l.held, e.Person)
	case subscription.Provisioned:
		l.seats = e.Quantity
	case subscription.SeatsAdded:
		l.seats += e.Delta
		require.Equal(t, l.seats, e.Quantity)
	case subscription.SeatsRemoved:
		l.seats -= e.Delta
		require.Equal(t, l.seats, e.Quantity)
	case subscription.Renewed:
		require.LessOrEqual(t, e.Quantity, l.seats, "nobody asked for more")
		l.seats = e.Quantity
	case subscription.TrialConverted:
		require.Equal(t, l.seats, e.Quantity)
	case subscription.Reactivated:
		require.LessOrEqual(t, e.Quantity, l.seats, "nobody asked for more")
		l.seats = e.Quantity
	}
}

func (l *life) money(t *rapid.T, e subscription.Event) {
	asks, settles := false, true
	switch e := e.(type) {
	case subscription.Provisioned:
		l.charged, settles = e.Price.Minor, false
	case subscription.SeatAdditionRequested, subscription.RenewalRequested, subscription.ReactivationRequested, subscription.ConversionRequested,
		subscription.InstalmentRequested:
		asks, settles = true, false
	case subscription.SeatsAdded:
		stated := e.Charge.Minor
		if e.Tax.Exclusive {
			stated = e.Tax.Net.Minor
		}
		require.LessOrEqual(t, stated, l.state.UnitPrice.Minor*e.Delta, "more than the full price")
		require.GreaterOrEqual(t, e.Charge.Minor, int64(0))
		l.charged += e.Charge.Minor
	case subscription.Renewed:
		l.charged += e.Charge.Minor
	case subscription.TrialConverted:
		l.charged += e.Charge.Minor
	case subscription.Reactivated:
		l.charged += e.Charge.Minor
	case subscription.InstalmentPaid:
		l.charged += e.Charge.Minor
	case subscription.SeatAdditionDeclined, subscription.RenewalDeclined, subscription.ReactivationDeclined, subscription.ConversionDeclined,
		subscription.InstalmentDeclined:
	case subscription.SeatsRemoved:
		l.refund(t, e.Refund, e.Lines)
		settles = false
	case subscription.Cancelled:
		l.refund(t, e.Refund, e.Lines)
		settles = false
	case subscription.RefundIssued:
		l.repaid += e.Amount.Minor
		settles = false
	default:
		settles = false
	}
	require.False(t, asks && l.pending, "two charges at a time")
	require.False(t, settles && !l.pending, "%T: nobody asked for it", e)
	l.pending = asks || l.pending && !settles
	require.Equal(t, l.pending, l.state.Pending.Kind != "")
	require.LessOrEqual(t, l.owed, l.charged, "more refunded than was paid")
	var owed int64
	for _, o := range l.state.Owed {
		owed += o.Amount.Minor
	}
	if l.state.Channel == domain.Central {
		require.Zero(t, owed, "R46: there is no card to pay back to")
		require.Zero(t, l.repaid)
		return
	}
	require.Equal(t, l.owed-l.repaid, owed)
}

func (l *life) refund(t *rapid.T, total domain.Money, lines []subscription.RefundLine) {
	var sum int64
	for _, line := range lines {
		require.GreaterOrEqual(t, line.Amount.Minor, int64(0))
		require.LessOrEqual(t, line.Days, line.OfDays)
		require.GreaterOrEqual(t, line.Days, int64(0))
		sum += line.Amount.Minor
	}
	require.Equal(t, total.Minor, sum)
	l.owed += total.Minor
}

// time holds the steps to their order, and what is due to what has been.
func (l *life) time(t *rapid.T, e subscription.Event) {
	pass := func(at time.Time) {
		require.False(t, at.Before(l.passed), "%T as of %s, after %s", e, at, l.passed)
		l.passed = at
	}
	switch e := e.(type) {
	case subscription.Provisioned:
		pass(e.Start)
	case subscription.PriceChangeAnnounced:
		pass(e.At)
	case subscription.RenewalPriceKept:
		pass(e.At)
	case subscription.RenewalRequested:
		require.Equal(t, l.state.End, e.Start, "a term follows the one before at once")
		pass(e.Start)
	case subscription.Reactivated:
		if late := e.Number == l.unpaid; !late {
			pass(e.Start)
		}
	case subscription.RenewalDeclined:
		l.unpaid = e.Number
	case subscription.DunningStarted:
		require.LessOrEqual(t, e.DisabledAt.Sub(e.At), subscription.Grace)
		require.GreaterOrEqual(t, e.DisabledAt.Sub(e.At), 2*24*time.Hour)
	case subscription.DunningStepReached:
		pass(e.At)
		require.True(t, e.NextAt.After(e.At))
	case subscription.Suspended:
		require.False(t, l.suspended, "suspended twice")
		l.suspended = true
	case subscription.Resumed:
		require.True(t, l.suspended)
		l.suspended = false
	case subscription.Cancelled:
		judged := e.At
		if e.By == subscription.ByTakeover {
			judged = l.state.Takeover.At
			require.Empty(t, l.held, "somebody was forgotten")
		}
		if !e.InsideWindow {
			require.Contains(t, []subscription.CancelledBy{subscription.BySupport, subscription.ByTakeover}, e.By, "outside the window")
			require.Zero(t, e.Refund.Minor)
		} else {
			require.True(t, l.trying || l.state.Start.AddDate(0, 0, 8).After(judged), "outside the window")
		}
		pass(e.At)
	case subscription.Expired:
		require.Equal(t, l.state.PaidUntil, e.At)
		pass(e.At)
	case subscription.Disabled:
		pass(e.At)
		l.suspended = false
	case subscription.Deleted:
		pass(e.At)
		require.Empty(t, l.state.Owed, "deleted before its refunds were paid")
		l.ended = true
	}
	_, cancelled := e.(subscription.Cancelled) // its end comes with the same write,
	_, tried := e.(subscription.TrialEnded)    // as that of a trial does
	if next, ok := l.state.Due(); ok && !cancelled && !tried {
		require.False(t, next.At.Before(l.passed), "%s is due before what has happened", next.Step)
	}
}

func (l *life) live(t *rapid.T) {
	l.held, l.at = map[domain.PersonID]bool{}, february.Start
	l.obey(t, begins(t))
	for range rapid.IntRange(30, 90).Draw(t, "commands") {
		if next, ok := l.state.Due(); ok && next.At.After(l.at) && rapid.IntRange(0, 3).Draw(t, "wait") == 0 {
			l.at = next.At
		}
		l.at = l.at.Add(time.Duration(rapid.SampledFrom([]int{0, 0, 1, 10, 50, 200}).Draw(t, "hours")) * time.Hour)
		l.obey(t, l.command(t))
	}
}

func (l *life) obey(t *rapid.T, c subscription.Command) {
	events, err := subscription.Decider.Decide(l.state, c)
	require.False(t, err != nil && len(events) > 0, "both refused and recorded")
	for _, e := range events {
		l.hear(t, e)
	}
	again, _ := subscription.Decider.Decide(l.state, c)
	require.Empty(t, again, "%T twice", c)
}

// Whatever is asked in whatever order, at every fact: no more people than seats,
// no refund beyond what was paid, one charge at a time, steps in the order of
// their times, nothing after the last.
func TestEveryLifeObeysTheLaws(t *testing.T) {
	for range 10 { // a hundred lives each: what goes wrong may be rare
		rapid.Check(t, func(t *rapid.T) { new(life).live(t) })
	}
}

// The laws above would hold of lives in which nothing happens; in these,
// everything does.
func TestRandomLivesReachEveryFact(t *testing.T) {
	reached := map[string]int{}
	lives := rapid.Custom(func(t *rapid.T) *life {
		l := new(life)
		l.live(t)
		return l
	})
	for seed := range 3_000 {
		for _, e := range lives.Example(seed).history {
			reached[e.EventType()]++
		}
	}
	for _, e := range []subscription.Event{
		subscription.SeatReserved{}, subscription.SeatReleased{}, subscription.SeatAdditionRequested{}, subscription.SeatAdditionRefused{},
		subscription.SeatAdditionDeclined{}, subscription.SeatsAdded{}, subscription.SeatsRemoved{}, subscription.SeatReductionScheduled{},
		subscription.ScheduledChangeCancelled{}, subscription.RecurringBillingTurnedOff{}, subscription.RecurringBillingTurnedOn{},
		subscription.RenewalRequested{}, subscription.RenewalDeclined{}, subscription.Renewed{}, subscription.ReactivationRequested{},
		subscription.ReactivationRefused{}, subscription.ReactivationDeclined{}, subscription.Reactivated{}, subscription.Cancelled{}, subscription.RefundIssued{},
		subscription.Expired{}, subscription.Disabled{}, subscription.Deleted{}, subscription.ControlTaken{}, subscription.MoveGivenUp{},
		subscription.TrialStarted{}, subscription.TrialExtended{}, subscription.ConversionRequested{}, subscription.ConversionRefused{},
		subscription.ConversionDeclined{}, subscription.TrialConverted{}, subscription.TrialEnded{},
		subscription.InstalmentRequested{}, subscription.InstalmentDeclined{}, subscription.InstalmentPaid{},
		subscription.DunningStarted{}, subscription.DunningStepReached{}, subscription.Suspended{}, subscription.Resumed{}, subscription.ChargedBack{},
		subscription.PriceChangeAnnounced{}, subscription.RenewalPriceKept{},
	} {
		assert.NotZero(t, reached[e.EventType()], "no random life led to %s: the generator is too tame", e.EventType())
	}
}
