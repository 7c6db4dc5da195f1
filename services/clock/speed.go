package clock

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Speed is how many times as fast as real time a clock goes, from 1 on. The zero
// Speed is that of real time.
type Speed float64

// In is how much business time passes in a stretch of real time.
func (s Speed) In(real time.Duration) time.Duration {
	return time.Duration(float64(real) * float64(max(s, 1)))
}

// fastest keeps a clock within the years that facts can be dated in, for as long
// as anybody watches: at ten years a minute, that is half a day.
const fastest = 10 * 365 * 24 * 60

// units are the spans of time that a speed can be given in.
var units = map[string]time.Duration{
	"s": time.Second, "m": time.Minute, "h": time.Hour, "d": 24 * time.Hour, "w": 7 * 24 * time.Hour, "y": 365 * 24 * time.Hour,
}

// UnmarshalText reads "3600x", or how much business time goes by in how much
// real time: "1y/1m" is a year in a minute.
func (s *Speed) UnmarshalText(text []byte) error {
	speed, err := parse(string(text))
	if err != nil {
		return err
	}
	if !(speed >= 1 && speed <= fastest) {
		return fmt.Errorf("a clock goes from 1 to %d times as fast as real time, not %s", int(fastest), text)
	}
	*s = Speed(speed)
	return nil
}

func parse(text string) (float64, error) {
	if times, ok := strings.CutSuffix(text, "x"); ok {
		if speed, err := strconv.ParseFloat(times, 64); err == nil {
			return speed, nil
		}
	}
	business, real, found := strings.Cut(text, "/")
	of, ok := span(business)
	in, too := span(real)
	if !found || !ok || !too || in == 0 {
		return 0, fmt.Errorf("%q is not the speed of a clock: write 3600x, or 1y/1m for a year in a minute (units s, m, h, d, w, y)", text)
	}
	return of / in, nil
}

// span is a number of units, in seconds.
func span(text string) (seconds float64, ok bool) {
	if text == "" {
		return 0, false
	}
	last := len(text) - 1
	unit, known := units[text[last:]]
	n, err := strconv.ParseFloat(text[:last], 64)
	return n * unit.Seconds(), known && err == nil
}

// String is what UnmarshalText reads.
func (s Speed) String() string { return strconv.FormatFloat(float64(s), 'f', -1, 64) + "x" }
