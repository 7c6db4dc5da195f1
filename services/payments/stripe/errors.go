package stripe

import (
	"context"
	"errors"
	"net"
	"net/http"
	"slices"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/stripe/stripe-go/v85"

	"kassa/domain"
	"kassa/services/payments"
)

// failed turns a failed request into what the caller may conclude from it: what
// was refused, that nothing was done, or that nobody knows.
func failed(err error, unknown *domain.Error) error {
	e, connection := (*stripe.Error)(nil), (*net.OpError)(nil)
	switch {
	case errors.As(err, &connection) && connection.Op == "dial":
		return payments.ErrUnavailable.Because(err) // nobody heard it
	case !errors.As(err, &e):
		return unknown.Because(err)
	}
	switch e.HTTPStatusCode {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests:
		return payments.ErrUnavailable.Because(err)
	case http.StatusBadRequest, http.StatusPaymentRequired, http.StatusNotFound:
		return err // asked wrongly: it will be no better another time
	}
	return unknown.Because(err)
}

func asked(err error, codes ...stripe.ErrorCode) bool {
	e := (*stripe.Error)(nil)
	return errors.As(err, &e) && slices.Contains(codes, e.Code)
}

func missing(err error) bool { return asked(err, stripe.ErrorCodeResourceMissing) }

// otherBody is a key that stood for another request within the last day.
func otherBody(err error) bool {
	e := (*stripe.Error)(nil)
	return errors.As(err, &e) && e.Type == stripe.ErrorTypeIdempotency
}

// notTaken is an amount that Stripe takes from nobody in that currency.
func notTaken(err error) bool {
	return asked(err, stripe.ErrorCodeAmountTooSmall, stripe.ErrorCodeAmountTooLarge, stripe.ErrorCodeInvalidChargeAmount)
}

// refusedByBank is a card that its bank said no to, for one of these reasons or,
// without any, for whichever.
func refusedByBank(err error, codes ...stripe.ErrorCode) bool {
	e := (*stripe.Error)(nil)
	return errors.As(err, &e) && e.Type == stripe.ErrorTypeCard && (len(codes) == 0 || slices.Contains(codes, e.Code))
}

// How often, and for how long, a request is repeated that meets another one for
// the same key or object.
const (
	between = 25 * time.Millisecond
	busyFor = 10 * time.Second
)

// patiently asks until Stripe is not busy any more with the same key or the same
// object on somebody else's behalf.
func patiently[T any](ctx context.Context, ask func() (T, error)) (T, error) {
	return backoff.Retry(ctx, func() (T, error) {
		answer, err := ask()
		if err != nil && !asked(err, stripe.ErrorCodeIdempotencyKeyInUse, stripe.ErrorCodeLockTimeout) {
			err = backoff.Permanent(err)
		}
		return answer, err
	}, backoff.WithBackOff(backoff.NewConstantBackOff(between)), backoff.WithMaxElapsedTime(busyFor))
}
