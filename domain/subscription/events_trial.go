package subscription

import (
	"time"

	"kassa/domain"
)

// These structs are the storage format, too.
type (
	// TrialStarted says that nothing is paid before End, and what is to be after
	// that: what checkout displayed (R34, R36).
	TrialStarted struct {
		End                time.Time    `json:"end"`                // first instant not covered
		NeedsPaymentMethod bool         `json:"needsPaymentMethod"` // it becomes paid by itself
		UnitPrice          domain.Money `json:"unitPrice"`          // of a seat and term, once it does
		PriceStream        string       `json:"priceStream"`
		PriceRevision      int64        `json:"priceRevision"`
		At                 time.Time    `json:"at"`
	}
	// TrialExtended gives it more time, once.
	TrialExtended struct {
		Extension ChangeID  `json:"extension"`
		End       time.Time `json:"end"` // from now on
		Previous  time.Time `json:"previousEnd"`
		At        time.Time `json:"at"`
	}
	// ConversionRequested asks for the first term that is paid.
	ConversionRequested struct {
		Conversion ChangeID `json:"conversion,omitempty"` // empty: the trial's end asked for it
		Period
		AnchorDay int            `json:"anchorDay"`
		Checks    []domain.Check `json:"checks"` // why it is allowed (R41)
		At        time.Time      `json:"at"`
	}
	// ConversionRefused says that a rule forbids to buy what was tried (R20, R41).
	// The failed check is among Checks.
	ConversionRefused struct {
		Conversion ChangeID       `json:"conversion"`
		Code       string         `json:"code"`
		Rule       string         `json:"rule"`
		MessageKey string         `json:"messageKey"`
		CanRequest bool           `json:"canRequestLicense"` // a licence may be asked for instead
		Checks     []domain.Check `json:"checks"`
		At         time.Time      `json:"at"`
	}
	// ConversionDeclined says that the card was not charged for it.
	ConversionDeclined struct {
		Conversion ChangeID  `json:"conversion,omitempty"`
		Code       string    `json:"code"` // the gateway's reason: card_declined, expired_card
		Retriable  bool      `json:"retriable"`
		At         time.Time `json:"at"`
	}
	// TrialConverted begins that term: from here on it is a subscription like any
	// other, with recurring billing on and days to cancel in.
	TrialConverted struct {
		Conversion ChangeID `json:"conversion,omitempty"`
		Period
		AnchorDay         int       `json:"anchorDay"`
		CancellationUntil time.Time `json:"cancellationAllowedUntil"`
		Reference         string    `json:"reference,omitempty"` // the gateway's id of the charge; empty: nothing to charge
	}
	// TrialEnded says that it was not converted, and why. How the subscription
	// goes on to its end is told by the facts that follow.
	TrialEnded struct {
		Cause  EndCause       `json:"cause"`
		Checks []domain.Check `json:"checks,omitempty"` // of cause refused: the failed one is among them
		At     time.Time      `json:"at"`
	}
)

// Why a trial ends, besides the causes that any subscription ends for.
const (
	EndTrial   EndCause = "trial"   // it never becomes paid by itself
	EndRefused EndCause = "refused" // the organisation allows no purchases of the product
)

func (TrialStarted) EventType() string        { return "subscription.trial_started.v1" }
func (TrialExtended) EventType() string       { return "subscription.trial_extended.v1" }
func (ConversionRequested) EventType() string { return "subscription.conversion_requested.v1" }
func (ConversionRefused) EventType() string   { return "subscription.conversion_refused.v1" }
func (ConversionDeclined) EventType() string  { return "subscription.conversion_declined.v1" }
func (TrialConverted) EventType() string      { return "subscription.trial_converted.v1" }
func (TrialEnded) EventType() string          { return "subscription.trial_ended.v1" }
