package clock_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/eventstore"
	"kassa/eventstore/memory"
	"kassa/services/clock"
)

func TestAYearGoesByInAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := clock.From(time.Time{})
		began := c.Now()
		assert.Equal(t, time.Now().Round(0).UTC(), began)
		time.Sleep(time.Hour)
		assert.Equal(t, began.Add(time.Hour), c.Now(), "at first as fast as real time")

		c.Run(525_600)
		time.Sleep(time.Minute)
		assert.Equal(t, began.Add(time.Hour+365*24*time.Hour), c.Now())
		assert.Equal(t, 525_600*time.Second, c.Speed().In(time.Second))
		time.Sleep(24 * time.Hour)
		assert.Equal(t, began.Year()+1440, c.Now().Year(), "further than one duration reaches")
	})
}

func TestAClockGoesOnFromTheLastFact(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		last := time.Now().AddDate(3, 0, 0).Round(0).UTC()
		assert.Equal(t, last, clock.From(last).Now())
		assert.Equal(t, time.Now().Round(0).UTC(), clock.From(time.Now().Add(-time.Hour)).Now())
	})
}

func TestTheZeroClockIsTheRealOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := new(clock.Clock)
		assert.Equal(t, time.Now(), c.Now())
		assert.Equal(t, time.Second, c.Speed().In(time.Second))
		assert.Zero(t, c.Speed())
		began := time.Now()
		require.NoError(t, c.Wait(t.Context(), began.Add(40*24*time.Hour)))
		assert.Equal(t, 40*24*time.Hour, time.Since(began))
	})
}

func TestWaitingIsForBusinessTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := clock.From(time.Time{})
		began := time.Now()
		until := c.Now().AddDate(0, 0, 10)
		require.NoError(t, c.Wait(t.Context(), c.Now()))
		assert.Zero(t, time.Since(began), "that is now")

		woken := make(chan time.Duration)
		go func() {
			assert.NoError(t, c.Wait(t.Context(), until))
			woken <- time.Since(began)
		}()
		time.Sleep(time.Hour)
		c.Run(86_400) // a day in a second
		assert.InDelta(t, time.Hour+10*time.Second, <-woken, float64(time.Second), "the wait is as short as the clock is fast")
		assert.False(t, c.Now().Before(until), "and not a moment too short")

		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		assert.ErrorIs(t, c.Wait(ctx, until.AddDate(1, 0, 0)), context.DeadlineExceeded)
	})
}

func TestSpeeds(t *testing.T) {
	for text, want := range map[string]clock.Speed{
		"1x": 1, "525600x": 525_600, "1y/1m": 525_600, "2.5x": 2.5, "1d/1s": 86_400, "10y/1m": 5_256_000, "1w/0.5h": 336,
	} {
		var got clock.Speed
		require.NoError(t, got.UnmarshalText([]byte(text)), text)
		assert.Equal(t, want, got, text)
		var again clock.Speed
		require.NoError(t, again.UnmarshalText([]byte(got.String())))
		assert.Equal(t, got, again)
	}
	for _, text := range []string{"", "x", "0x", "-1x", "0.5x", "NaNx", "Infx", "100y/1m", "1y", "1y/", "/1m", "1y/0m", "1q/1m", "year/minute", "525600"} {
		var got clock.Speed
		assert.Error(t, got.UnmarshalText([]byte(text)), text)
		assert.Zero(t, got, text)
	}
}

func TestTheLatestFactNeedNotBeTheLast(t *testing.T) {
	store := new(memory.Store)
	latest, err := clock.Latest(t.Context(), store)
	require.NoError(t, err)
	assert.Zero(t, latest)

	at := time.Date(2027, 3, 4, 5, 6, 7, 8000, time.UTC)
	for i, at := range []time.Time{at.Add(-time.Hour), at, at.AddDate(0, 0, -200)} {
		drafts, err := eventstore.Drafts(eventstore.IdentityStream, eventstore.Meta{Command: uuid.New(), At: at}, eventstore.Identified{})
		require.NoError(t, err)
		_, err = store.Append(t.Context(), eventstore.IdentityStream, eventstore.Revision(i-1), drafts)
		require.NoError(t, err)
	}
	latest, err = clock.Latest(t.Context(), store)
	require.NoError(t, err)
	assert.Equal(t, at, latest)
}
