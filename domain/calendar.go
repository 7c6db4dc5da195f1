package domain

import "time"

// ErrFromMissing: a rule with validity dates was given without its first one.
var ErrFromMissing = &Error{Kind: Invalid, Code: "from_missing", Message: "Say from when this holds."}

// ErrTermUnknown: the term is not one that products are sold in.
var ErrTermUnknown = &Error{Kind: Invalid, Code: "term_unknown", Message: "Give the term as P1M or P1Y."}

// ErrFrequencyUnknown: no term is paid so often.
var ErrFrequencyUnknown = &Error{Kind: Invalid, Code: "frequency_unknown", Message: "A term of P1Y can be paid with frequency P1M. Leave the frequency out where the whole term is paid at once."}

// months is the term's length, 0 when it is unknown.
func (t Term) months() int {
	switch t {
	case Monthly:
		return 1
	case Yearly:
		return 12
	}
	return 0
}

// Known says whether products are sold in this term.
func (t Term) Known() bool { return t.months() > 0 }

// Payments is how many a term is paid in: one, where frequency is empty, and
// none where no term is paid so.
func (t Term) Payments(frequency Term) int {
	switch {
	case frequency == "":
		return 1
	case !frequency.Known() || frequency.months() >= t.months():
		return 0
	}
	return t.months() / frequency.months()
}

// End is the first instant after a term that begins at start, in UTC. The day
// comes from anchorDay (1-31), the day the first term began, and not from
// start: 31 January leads to 28 February and from there to 31 March. The wall
// clock of start is kept in zone, across changes to and from summer time. An
// unknown term ends where it starts.
func (t Term) End(start time.Time, anchorDay int, zone *time.Location) time.Time {
	return t.Nth(start, 1, anchorDay, zone)
}

// Nth is the end of the nth of such terms that follow each other from start on.
// Twelve months end when the year does.
func (t Term) Nth(start time.Time, n, anchorDay int, zone *time.Location) time.Time {
	if !t.Known() || n == 0 {
		return start.UTC()
	}
	local := start.In(zone)
	month := time.Month(int(local.Month()) + n*t.months())
	last := time.Date(local.Year(), month+1, 0, 0, 0, 0, 0, time.UTC).Day()
	wall := time.Date(local.Year(), month, min(anchorDay, last), local.Hour(), local.Minute(), local.Second(), local.Nanosecond(), time.UTC)
	return onClock(wall, zone).UTC()
}

// onClock is the instant at which clocks in zone show wall. An hour that summer
// time skips is moved forward: where it is the first of a day, moving it back
// would end a term a day early.
func onClock(wall time.Time, zone *time.Location) time.Time {
	read := func(t time.Time, in *time.Location) time.Time {
		return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), in)
	}
	at := read(wall, zone)
	shown := read(at, time.UTC)
	return at.Add(max(0, wall.Sub(shown)))
}

// CancellationUntil is the last second at which a term that began at start can
// be cancelled for a refund: the end of the seventh day after, in UTC.
func CancellationUntil(start time.Time) time.Time {
	year, month, day := start.UTC().Date()
	return time.Date(year, month, day+7, 23, 59, 59, 0, time.UTC)
}

// Days counts the calendar days from the date of one instant to the date of
// another, as clocks in zone show them: the first day counts, the last does not.
// It is negative where to is the earlier date.
func Days(from, to time.Time, zone *time.Location) int64 {
	date := func(t time.Time) time.Time {
		year, month, day := t.In(zone).Date()
		return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	}
	return int64(date(to).Sub(date(from)) / (24 * time.Hour))
}
