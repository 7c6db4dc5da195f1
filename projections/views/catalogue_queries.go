package views

import (
	"context"
	"slices"
	"time"

	"github.com/go-json-experiment/json"

	"kassa/domain"
	"kassa/domain/product"
	"kassa/eventstore"
	"kassa/projections"
)

// Product is an entry of the catalogue.
type Product struct {
	Product             domain.ProductID
	OldIDs              []domain.ProductID // that lead here, sorted
	Name                string
	Vendor              string
	Family              string
	SelfServiceEligible bool
	TrialWithoutPayment bool
	MaxQuantity         int64
	ProductURL          string
	TrainingURLs        []string
	SaleEnds            time.Time // zero: not foreseen
	ExcludedMarkets     []string  // at the time that was asked for, sorted
}

// Price is what one seat costs for one term, or one payment of it, in one channel
// and market. Stream
// and Revision name the fact that says so.
type Price struct {
	Product     domain.ProductID
	ProductName string
	Family      string
	Channel     domain.Channel
	Market      string
	Amount      domain.Money
	Term        domain.Term
	Frequency   domain.Term // of payments; empty: the term is paid at once
	ValidFrom   time.Time
	Stream      string
	Revision    eventstore.Revision
}

// Catalogue asks the catalogue.
type Catalogue struct{ table }

// NewCatalogue asks the live rows of p.
func NewCatalogue(p *projections.Projector) Catalogue {
	return Catalogue{table{p, CatalogueView.Name}}
}

// Products lists the catalogue by product id, as it is at that time. A product
// that another replaced is listed as that one only.
func (v Catalogue) Products(ctx context.Context, at time.Time) (products []Product, asOf uint64, err error) {
	asOf, err = v.ask(ctx, func(q query) (err error) {
		products, err = q.products(` WHERE product NOT IN (SELECT old FROM aliases)`, nil, at)
		return err
	})
	return products, asOf, err
}

// Product returns a product by its id or an older one, or product.ErrUnknown.
func (v Catalogue) Product(ctx context.Context, id domain.ProductID, at time.Time) (found Product, asOf uint64, err error) {
	asOf, err = v.ask(ctx, func(q query) error {
		current, err := q.current(id)
		if err != nil {
			return err
		}
		products, err := q.products(` WHERE product = $1`, []any{string(current)}, at)
		if err == nil && len(products) == 0 {
			err = product.ErrUnknown
		}
		if err == nil {
			found = products[0]
		}
		return err
	})
	return found, asOf, err
}

// PublicPrices is the price list that needs no sign-in (R33): what a person can
// buy by themselves in a market at that time. Products that are not sold there,
// or no longer, are left out.
func (v Catalogue) PublicPrices(ctx context.Context, market string, at time.Time) ([]Price, uint64, error) {
	return v.Prices(ctx, domain.SelfService, market, at)
}

// Prices is the price list of one channel, in the order of product ids.
func (v Catalogue) Prices(ctx context.Context, channel domain.Channel, market string, at time.Time) (prices []Price, asOf uint64, err error) {
	asOf, err = v.ask(ctx, func(q query) (err error) {
		prices, err = q.prices(channel, market, at)
		return err
	})
	return prices, asOf, err
}

// prices takes, of the facts that hold by then, the one with the latest first
// instant, and of two with the same the later one; so with closed markets.
func (q query) prices(channel domain.Channel, market string, at time.Time) (prices []Price, err error) {
	err = q.each(`SELECT o.product, p.name, p.family, o.channel, o.market, o.minor, o.currency, o.term, o.frequency, o.from_at, o.stream, o.revision
		FROM prices o JOIN products p ON p.product = o.product
		WHERE o.market = $1 AND o.channel = $2 AND o.from_at <= $3 AND NOT o.withdrawn
			AND NOT EXISTS (SELECT 1 FROM prices n WHERE n.stream = o.stream AND n.from_at <= $3
				AND (n.from_at, n.revision) > (o.from_at, o.revision))
			AND (p.self_service OR o.channel <> 'self-service')
			AND (p.sale_ends IS NULL OR p.sale_ends > $3)
			AND NOT EXISTS (SELECT 1 FROM markets m WHERE m.product = o.product AND m.market = $1 AND m.from_at <= $3 AND m.excluded
				AND NOT EXISTS (SELECT 1 FROM markets n WHERE n.product = m.product AND n.market = m.market AND n.from_at <= $3
					AND (n.from_at, n.revision) > (m.from_at, m.revision)))
		ORDER BY o.product, o.stream`, []any{market, string(channel), micros(at)}, func(scan func(...any) error) error {
		var p Price
		var from int64
		err := scan(&p.Product, &p.ProductName, &p.Family, &p.Channel, &p.Market, &p.Amount.Minor, &p.Amount.Currency, &p.Term, &p.Frequency, &from, &p.Stream, &p.Revision)
		p.ValidFrom = instant(from)
		prices = append(prices, p)
		return err
	})
	return prices, err
}

// current follows older ids to the newest one. A product replaces ids it knows,
// so the chain is short; the bound only guards against a circle.
func (q query) current(id domain.ProductID) (domain.ProductID, error) {
	for range 16 {
		next := id
		err := q.each(`SELECT product FROM aliases WHERE old = $1`, []any{string(id)}, func(scan func(...any) error) error { return scan(&next) })
		if err != nil || next == id {
			return id, err
		}
		id = next
	}
	return "", product.ErrUnknown
}

func (q query) products(where string, args []any, at time.Time) (products []Product, err error) {
	err = q.each(`SELECT product, name, vendor, family, self_service, trial, max_quantity, url, training, sale_ends
		FROM products`+where+` ORDER BY product`, args, func(scan func(...any) error) error {
		var p Product
		var training string
		var ends *int64
		err := scan(&p.Product, &p.Name, &p.Vendor, &p.Family, &p.SelfServiceEligible, &p.TrialWithoutPayment, &p.MaxQuantity, &p.ProductURL, &training, &ends)
		if err == nil {
			err = json.Unmarshal([]byte(training), &p.TrainingURLs)
		}
		if ends != nil {
			p.SaleEnds = instant(*ends)
		}
		products = append(products, p)
		return err
	})
	if err != nil {
		return nil, err
	}
	return products, q.withMarkets(products, at)
}

// withMarkets adds older ids and closed markets.
func (q query) withMarkets(products []Product, at time.Time) error {
	place := make(map[domain.ProductID]*Product, len(products))
	for i := range products {
		place[products[i].Product] = &products[i]
	}
	err := q.each(`SELECT product, old FROM aliases ORDER BY product, old`, nil, func(scan func(...any) error) error {
		var id, old domain.ProductID
		err := scan(&id, &old)
		if p := place[id]; p != nil {
			p.OldIDs = append(p.OldIDs, old)
		}
		return err
	})
	if err != nil {
		return err
	}
	return q.each(`SELECT m.product, m.market FROM markets m WHERE m.from_at <= $1 AND m.excluded
			AND NOT EXISTS (SELECT 1 FROM markets n WHERE n.product = m.product AND n.market = m.market AND n.from_at <= $1
				AND (n.from_at, n.revision) > (m.from_at, m.revision))
		ORDER BY m.product, m.market`, []any{micros(at)}, func(scan func(...any) error) error {
		var id domain.ProductID
		var market string
		err := scan(&id, &market)
		if p := place[id]; p != nil && !slices.Contains(p.ExcludedMarkets, market) {
			p.ExcludedMarkets = append(p.ExcludedMarkets, market)
		}
		return err
	})
}
