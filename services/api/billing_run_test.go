package api_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	v1 "kassa/services/api/v1"
)

// run is what is left of what was due before a day; "": by now.
func (h *house) run(until string) v1.BillingRun {
	h.Helper()
	return is[v1.BillingRun](h.ask("operator", "GET", "/v1/billing/run"+until, "", "Kassa-Position", uintText(h.head())), 200)
}

// A run is told to the end: what is due, what has no number, what is not written.
func TestR29_NothingIsLeftOfARunOnceEveryBillIsWritten(t *testing.T) {
	h := newHouse(t)
	h.bought()
	end := h.clock.AddDate(0, 1, 1).UTC().Truncate(24 * time.Hour)
	day := "?until=" + end.Format(time.DateOnly)

	now := h.run("")
	assert.Equal(t, []int64{0, 1, 0}, []int64{now.Due, now.Unnumbered, now.Behind}, "the purchase is not billed yet")
	assert.Equal(t, now.Now, now.Until)
	assert.EqualValues(t, 2, h.run(day).Left(), "and its renewal is to come")
	assert.Equal(t, end.Add(-time.Microsecond), h.run(day).Until)
	h.bill()
	assert.EqualValues(t, 1, h.run(day).Due)
	assert.Zero(t, h.run("").Left())

	h.passes(end)
	then := h.run(day)
	assert.Equal(t, []int64{0, 1, 0}, []int64{then.Due, then.Unnumbered, then.Behind}, "it is renewed, and has to be billed")
	h.bill()
	assert.Zero(t, h.run(day).Left())

	h.ask("operator", "GET", "/v1/billing/run?until=soon", "").problem(400, "day_invalid")
	h.ask("gail@contoso.example", "GET", "/v1/billing/run", "").problem(403, "not_operator")
}
