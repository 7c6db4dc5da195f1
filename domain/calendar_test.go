package domain_test

import (
	"testing"
	"time"
	_ "time/tzdata" // the calendar is the same on a machine without zones

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"kassa/domain"
)

func zone(t require.TestingT, name string) *time.Location {
	z, err := time.LoadLocation(name)
	require.NoError(t, err)
	return z
}

func TestV05_TermEndComesFromTheAnchorDay(t *testing.T) {
	noon := func(date string) time.Time {
		d, err := time.Parse(time.DateOnly, date)
		require.NoError(t, err)
		return d.Add(12 * time.Hour)
	}
	for _, c := range []struct {
		term   domain.Term
		anchor int
		chain  []string
	}{
		{domain.Monthly, 31, []string{"2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31"}},
		{domain.Monthly, 31, []string{"2028-01-31", "2028-02-29", "2028-03-31"}},
		{domain.Monthly, 30, []string{"2027-12-30", "2028-01-30", "2028-02-29", "2028-03-30"}},
		{domain.Monthly, 29, []string{"2026-01-29", "2026-02-28", "2026-03-29"}},
		{domain.Monthly, 15, []string{"2026-11-15", "2026-12-15", "2027-01-15"}},
		{domain.Yearly, 29, []string{"2028-02-29", "2029-02-28", "2030-02-28", "2031-02-28", "2032-02-29"}},
		{domain.Yearly, 1, []string{"2026-07-01", "2027-07-01", "2028-07-01"}},
		{domain.Yearly, 29, []string{"2099-02-28", "2100-02-28"}}, // 2100 is no leap year
	} {
		for i, start := range c.chain[:len(c.chain)-1] {
			assert.Equal(t, noon(c.chain[i+1]), c.term.End(noon(start), c.anchor, time.UTC), "%s of %s from %s", c.term, c.chain[0], start)
		}
	}
}

func TestTermEndKeepsTheWallClockAcrossSummerTime(t *testing.T) {
	stockholm := zone(t, "Europe/Stockholm")
	start := time.Date(2026, 3, 15, 9, 30, 0, 0, stockholm) // UTC+1
	end := domain.Monthly.End(start, 15, stockholm)         // UTC+2
	assert.Equal(t, time.Date(2026, 4, 15, 7, 30, 0, 0, time.UTC), end)
	assert.Equal(t, time.UTC, end.Location())
}

// In Havana the hour after midnight of 8 March 2020 does not exist.
func TestTermEndIsNeverADayEarly(t *testing.T) {
	havana := zone(t, "America/Havana")
	end := domain.Monthly.End(time.Date(2020, 2, 8, 0, 30, 0, 0, havana), 8, havana)
	assert.Equal(t, time.Date(2020, 3, 8, 1, 30, 0, 0, havana).UTC(), end)
}

// The day is the buyer's, not Greenwich's: late evening on 31 January in New
// York is February already in UTC.
func TestTermEndCountsInTheBillingZone(t *testing.T) {
	newYork := zone(t, "America/New_York")
	start := time.Date(2026, 1, 31, 22, 0, 0, 0, newYork)
	assert.Equal(t, time.Date(2026, 2, 28, 22, 0, 0, 0, newYork).UTC(), domain.Monthly.End(start.UTC(), 31, newYork))
}

func TestAnUnknownTermHasNoLength(t *testing.T) {
	start := time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)
	assert.Equal(t, start, domain.Term("P3Y").End(start, 31, time.UTC))
	assert.False(t, domain.Term("P3Y").Known())
}

func TestATermIsPaidInEqualParts(t *testing.T) {
	assert.Equal(t, 12, domain.Yearly.Payments(domain.Monthly))
	assert.Equal(t, 1, domain.Yearly.Payments(""), "at once")
	for term, frequency := range map[domain.Term]domain.Term{domain.Monthly: domain.Monthly, domain.Yearly: domain.Yearly, "P3Y": domain.Monthly, "P1W": domain.Monthly} {
		assert.Zero(t, term.Payments(frequency), "%s in %s", term, frequency)
	}
}

// Wherever and whenever a year begins, its months follow each other, and the
// twelfth ends when it does.
func TestTwelveMonthsAreAYear(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := zone(t, rapid.SampledFrom([]string{"UTC", "Europe/Stockholm", "America/Havana", "Asia/Beirut", "Pacific/Chatham"}).Draw(t, "zone"))
		start := time.Date(2024, 1, 1+rapid.IntRange(0, 1500).Draw(t, "day"), rapid.IntRange(0, 23).Draw(t, "hour"), 30, 0, 0, in)
		anchor := rapid.SampledFrom([]int{start.Day(), 31}).Draw(t, "anchor")
		last := start.UTC()
		for n := 1; n <= 12; n++ {
			next := domain.Monthly.Nth(start, n, anchor, in)
			require.True(t, next.After(last), "month %d", n)
			last = next
		}
		require.Equal(t, domain.Yearly.End(start, anchor, in), last)
	})
}

// However many terms follow each other, in whatever zone: the nth end is in the
// nth month, on the anchor day or the month's last, and later than the one before.
func TestTermsFollowEachOtherOnTheAnchorDay(t *testing.T) {
	zones := []string{"UTC", "Europe/Stockholm", "America/New_York", "America/Sao_Paulo", "America/Havana", "Africa/Cairo", "Asia/Beirut", "Australia/Lord_Howe", "Pacific/Chatham"}
	rapid.Check(t, func(t *rapid.T) {
		z := zone(t, rapid.SampledFrom(zones).Draw(t, "zone"))
		term := rapid.SampledFrom([]domain.Term{domain.Monthly, domain.Yearly}).Draw(t, "term")
		at := time.Unix(rapid.Int64Range(1_577_836_800, 2_208_988_800).Draw(t, "start"), 0).UTC() // 2020-2040
		if rapid.Bool().Draw(t, "after midnight") {                                               // an hour that summer time takes away in Havana, Cairo and Beirut
			y, m, d := at.In(z).Date()
			at = time.Date(y, m, d, 0, 30, 0, 0, z).UTC()
		}
		first := at.In(z)
		step := map[domain.Term]int{domain.Monthly: 1, domain.Yearly: 12}[term]
		for n := 1; n <= 30; n++ {
			end := term.End(at, first.Day(), z)
			require.True(t, end.After(at), "%s ends before it starts", at)
			month := time.Date(first.Year(), first.Month()+time.Month(n*step), 1, 0, 0, 0, 0, time.UTC)
			local := end.In(z)
			require.Equal(t, month.Month(), local.Month())
			require.Equal(t, month.Year(), local.Year())
			require.Equal(t, min(first.Day(), month.AddDate(0, 1, -1).Day()), local.Day())
			at = end
		}
	})
}

func TestCancellationEndsWithTheSeventhDay(t *testing.T) {
	until := time.Date(2026, 3, 8, 23, 59, 59, 0, time.UTC)
	assert.Equal(t, until, domain.CancellationUntil(time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)))
	assert.Equal(t, until, domain.CancellationUntil(time.Date(2026, 3, 1, 23, 59, 59, 999, time.UTC)))
	// The day is counted in UTC wherever the buyer sits.
	assert.Equal(t, until, domain.CancellationUntil(time.Date(2026, 3, 2, 0, 30, 0, 0, zone(t, "Europe/Stockholm"))))
	assert.Equal(t, time.Date(2027, 1, 4, 23, 59, 59, 0, time.UTC), domain.CancellationUntil(time.Date(2026, 12, 28, 9, 0, 0, 0, time.UTC)))
}

func TestDaysAreThoseOfTheBillingZone(t *testing.T) {
	at := func(text string) time.Time {
		instant, err := time.Parse(time.RFC3339, text)
		require.NoError(t, err)
		return instant
	}
	for _, c := range []struct {
		from, to, zone string
		want           int64
	}{
		{"2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z", "UTC", 28},
		{"2028-01-01T09:00:00Z", "2029-01-01T09:00:00Z", "UTC", 366},
		{"2028-07-01T23:59:59Z", "2029-01-01T00:00:00Z", "UTC", 184},
		{"2026-02-15T00:00:00Z", "2026-02-15T23:59:59Z", "UTC", 0},
		{"2026-02-15T00:00:00Z", "2026-02-14T00:00:00Z", "UTC", -1},
		{"2026-02-14T23:30:00Z", "2026-03-01T12:00:00Z", "Europe/Stockholm", 14}, // the 15th already
		{"2026-02-15T04:30:00Z", "2026-03-01T12:00:00Z", "America/New_York", 15}, // still the 14th
		{"2026-03-28T12:00:00Z", "2026-03-30T11:00:00Z", "Europe/Stockholm", 2},  // over a day of 23 hours
		{"2026-10-24T12:00:00Z", "2026-10-26T11:30:00Z", "Europe/Stockholm", 2},  // and one of 25
	} {
		assert.Equal(t, c.want, domain.Days(at(c.from), at(c.to), zone(t, c.zone)), "%s to %s in %s", c.from, c.to, c.zone)
	}
}

// Days of consecutive periods add up, wherever and whenever they meet.
func TestDaysAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		z := zone(t, rapid.SampledFrom([]string{"UTC", "Europe/Stockholm", "America/Havana", "Australia/Lord_Howe"}).Draw(t, "zone"))
		instants := rapid.SliceOfN(rapid.Int64Range(1_293_840_000, 2_208_988_800), 3, 3).Draw(t, "instants")
		a, b, c := time.Unix(instants[0], 0), time.Unix(instants[1], 0), time.Unix(instants[2], 0)
		require.Equal(t, domain.Days(a, c, z), domain.Days(a, b, z)+domain.Days(b, c, z))
		require.Equal(t, int64(1), domain.Days(a, a.In(z).AddDate(0, 0, 1), z))
	})
}
