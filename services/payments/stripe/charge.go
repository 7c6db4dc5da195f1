package stripe

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/stripe/stripe-go/v85"

	"kassa/domain"
	"kassa/services/payments"
)

// ourKey is the name in Stripe's metadata under which our key is kept.
const ourKey = "kassa_key"

// page is how many objects a list gives at once: Stripe's most.
const page = 100

// Charge charges the card behind token once per key: who asks again gets the
// first result, declines included. Where no answer comes it is
// payments.ErrTimeout, whether or not the charge was made.
func (g *Gateway) Charge(ctx context.Context, key, token string, amount domain.Money) (domain.Charge, error) {
	method, err := g.method(ctx, token)
	if err != nil {
		return domain.Charge{}, err
	}
	sum, err := check(key, amount)
	switch {
	case err != nil:
		return domain.Charge{}, err
	case method.Customer == nil: // it was never put on file, or removed
		return domain.Charge{}, payments.ErrCardUnknown
	}
	found, err := g.of(ctx, method.Customer.ID, key)
	if err != nil {
		return domain.Charge{}, payments.ErrUnavailable.Because(err)
	}
	if found == nil {
		found, err = remembered(g, key, method.Customer.ID, func() (*stripe.PaymentIntent, error) {
			return g.confirm(ctx, key, method, sum, amount.Currency)
		})
		if err != nil {
			return domain.Charge{}, err
		}
	}
	charge, known := charged(found)
	switch card := cardOf(found); {
	case card != "" && card != token || charge.Amount != amount:
		return domain.Charge{}, payments.ErrKeyReused
	case !known:
		return domain.Charge{}, payments.ErrTimeout.Because(fmt.Errorf("%s is %s", found.ID, found.Status))
	}
	return charge, nil
}

// remembered knows where to look for what a key made for as long as its answer is
// out: that is forgotten with the process, and only makes Lookup quicker.
func remembered[T any](g *Gateway, key, where string, ask func() (T, error)) (T, error) {
	g.asked.Store(key, where)
	made, err := ask()
	if domain.KindOf(err) != domain.Unavailable {
		g.asked.Delete(key)
	}
	return made, err
}

func check(key string, amount domain.Money) (int64, error) {
	if key == "" || len(key) > payments.MaxKey {
		return 0, payments.ErrKey
	}
	return minor(amount)
}

// confirm makes a charge and returns how it ended, declines included.
func (g *Gateway) confirm(ctx context.Context, key string, method *stripe.PaymentMethod, sum int64, currency string) (*stripe.PaymentIntent, error) {
	params := &stripe.PaymentIntentCreateParams{
		Amount: stripe.Int64(sum), Currency: stripe.String(strings.ToLower(currency)),
		Customer: stripe.String(method.Customer.ID), PaymentMethod: stripe.String(method.ID), PaymentMethodTypes: stripe.StringSlice([]string{"card"}),
		Confirm: stripe.Bool(true), OffSession: stripe.Bool(true), Metadata: map[string]string{ourKey: key},
	}
	params.SetIdempotencyKey(key)
	made, err := patiently(ctx, func() (*stripe.PaymentIntent, error) { return g.api.V1PaymentIntents.Create(ctx, params) })
	switch {
	case err == nil:
		return made, nil
	case declinedIntent(err) != nil:
		return declinedIntent(err), nil
	case otherBody(err):
		return nil, payments.ErrKeyReused.Because(err)
	case notTaken(err):
		return nil, payments.ErrAmountNotTaken.Because(err)
	}
	return nil, failed(err, payments.ErrTimeout)
}

// Lookup finds the charge made for key. Where this process asked for it, it looks
// at that card's charges; otherwise at the newest of all, which lists show at
// once, and at what search knows of everything older.
func (g *Gateway) Lookup(ctx context.Context, key string) (domain.Charge, bool, error) {
	found, err := g.find(ctx, key)
	switch {
	case err != nil:
		return domain.Charge{}, false, payments.ErrUnavailable.Because(err)
	case found == nil:
		return domain.Charge{}, false, nil
	}
	charge, known := charged(found)
	if !known {
		return domain.Charge{}, false, payments.ErrUnavailable.Because(fmt.Errorf("%s is %s", found.ID, found.Status))
	}
	return charge, true, nil
}

// behind is more than Stripe's search ever is.
const behind = 2 * time.Hour

func (g *Gateway) find(ctx context.Context, key string) (*stripe.PaymentIntent, error) {
	if customer, ok := g.asked.Load(key); ok {
		return g.of(ctx, customer.(string), key)
	}
	newest := &stripe.PaymentIntentListParams{CreatedRange: &stripe.RangeQueryParams{GreaterThanOrEqual: g.now().Add(-behind).Unix()}}
	newest.Limit = stripe.Int64(page)
	found, err := named(key, g.api.V1PaymentIntents.List(ctx, newest).All(ctx))
	if found != nil || err != nil {
		return found, err
	}
	older := &stripe.PaymentIntentSearchParams{}
	older.Query = fmt.Sprintf("metadata['%s']:'%s'", ourKey, strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(key))
	return named(key, g.api.V1PaymentIntents.Search(ctx, older).All(ctx))
}

// of finds the charge made for key among those of a customer; nil: there is none.
func (g *Gateway) of(ctx context.Context, customer, key string) (*stripe.PaymentIntent, error) {
	params := &stripe.PaymentIntentListParams{Customer: stripe.String(customer)}
	params.Limit = stripe.Int64(page)
	return named(key, g.api.V1PaymentIntents.List(ctx, params).All(ctx))
}

func named(key string, all stripe.Seq2[*stripe.PaymentIntent, error]) (found *stripe.PaymentIntent, err error) {
	for p, err := range all {
		if err != nil {
			return nil, err
		}
		if p.Metadata[ourKey] == key {
			return p, nil
		}
	}
	return nil, nil
}

// charged is what a PaymentIntent came to; false: that is not known yet.
func charged(p *stripe.PaymentIntent) (domain.Charge, bool) {
	c := domain.Charge{ID: p.ID, Key: p.Metadata[ourKey], Amount: money(p.Amount, string(p.Currency)), At: at(p.Created)}
	switch p.Status {
	case stripe.PaymentIntentStatusSucceeded:
		c.Status = domain.ChargeSucceeded
	case stripe.PaymentIntentStatusRequiresPaymentMethod, stripe.PaymentIntentStatusRequiresAction, stripe.PaymentIntentStatusCanceled:
		c.Status = domain.ChargeDeclined
		c.DeclineCode, c.Retriable = reason(p)
	default:
		return c, false
	}
	return c, true
}

// cardOf is the card that a PaymentIntent was, or was to be, paid with: Stripe
// takes one off that was declined. Empty: it does not say.
func cardOf(p *stripe.PaymentIntent) string {
	switch failure := p.LastPaymentError; {
	case p.PaymentMethod != nil:
		return p.PaymentMethod.ID
	case failure != nil && failure.PaymentMethod != nil:
		return failure.PaymentMethod.ID
	}
	return ""
}

func at(seconds int64) time.Time { return time.Unix(seconds, 0).UTC() }

// Charges yields every charge that Kassa asked of this account, newest first, for
// audits: others may use the account as well. An error is the last thing it
// yields.
func (g *Gateway) Charges(ctx context.Context) iter.Seq2[domain.Charge, error] {
	params := &stripe.PaymentIntentListParams{}
	params.Limit = stripe.Int64(page)
	return rows(g.api.V1PaymentIntents.List(ctx, params).All(ctx), func(p *stripe.PaymentIntent) (domain.Charge, bool) {
		c, known := charged(p)
		return c, known && ours(p)
	})
}

func ours(p *stripe.PaymentIntent) bool { return p != nil && p.Metadata[ourKey] != "" }

// rows yields what is to be told of a list, and its error last.
func rows[T, E any](all stripe.Seq2[T, error], tell func(T) (E, bool)) iter.Seq2[E, error] {
	return func(yield func(E, error) bool) {
		for each, err := range all {
			if err != nil {
				yield(*new(E), payments.ErrUnavailable.Because(err))
				return
			}
			if e, told := tell(each); told && !yield(e, nil) {
				return
			}
		}
	}
}
