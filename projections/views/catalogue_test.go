package views_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"kassa/domain"
	"kassa/domain/price"
	"kassa/domain/product"
	"kassa/projections/projectiontest"
	"kassa/projections/views"
)

func TestR33_ThePublicPriceListIsThatOfSelfService(t *testing.T) {
	s := projectiontest.New(t)
	s.Offer(powerBI, "Power BI Pro", projectiontest.Euros(1000))
	s.Record(price.Stream(powerBI, domain.Central, "SE"), projectiontest.Importer,
		price.Published{Product: powerBI, Channel: domain.Central, Market: "SE", Amount: projectiontest.Euros(800), Term: domain.Monthly, ValidFrom: later})
	catalogue := views.NewCatalogue(s.Twice(t, views.CatalogueView))

	public, asOf, err := catalogue.PublicPrices(t.Context(), "SE", later)
	require.NoError(t, err)
	assert.Equal(t, s.End(), asOf)
	assert.Equal(t, []views.Price{{
		Product: powerBI, ProductName: "Power BI Pro", Family: "Power Platform", Channel: domain.SelfService, Market: "SE",
		Amount: projectiontest.Euros(1000), Term: domain.Monthly, ValidFrom: projectiontest.Noon,
		Stream: price.Stream(powerBI, domain.SelfService, "SE"), Revision: 0,
	}}, public)

	central, _, err := catalogue.Prices(t.Context(), domain.Central, "SE", later)
	require.NoError(t, err)
	require.Len(t, central, 1)
	assert.Equal(t, projectiontest.Euros(800), central[0].Amount)
	elsewhere, _, err := catalogue.PublicPrices(t.Context(), "NO", later)
	require.NoError(t, err)
	assert.Empty(t, elsewhere)
}

func TestWhatIsNotSoldIsNotOnThePublicList(t *testing.T) {
	for _, c := range []struct {
		name string
		fact product.Event
	}{
		{"R05 a closed market", product.MarketExcluded{Market: "SE", From: later}},
		{"the end of sale", product.EndOfSale{From: later}},
		{"R04 not for self-service", product.Listed{Product: powerBI, Name: "Power BI Pro", MaxQuantity: 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := projectiontest.New(t)
			s.Offer(powerBI, "Power BI Pro", projectiontest.Euros(1000))
			s.Record(product.Stream(powerBI), projectiontest.Importer, c.fact)
			prices, _, err := views.NewCatalogue(s.Twice(t, views.CatalogueView)).PublicPrices(t.Context(), "SE", later)
			require.NoError(t, err)
			assert.Empty(t, prices)
		})
	}
}

func TestAnOlderIDLeadsToTheProduct(t *testing.T) {
	s := projectiontest.New(t)
	s.Offer(powerBI, "Power BI Pro", projectiontest.Euros(1000))
	oldest, old := domain.ProductID("OLD1"), domain.ProductID("OLD2")
	s.Record(product.Stream(powerBI), projectiontest.Importer, product.IDReplaced{OldID: old})
	s.Record(product.Stream(old), projectiontest.Importer, product.ReplacedBy{Product: powerBI})
	s.Record(product.Stream(oldest), projectiontest.Importer, product.ReplacedBy{Product: old})
	s.Record(product.Stream(powerBI), projectiontest.Importer, product.MarketExcluded{Market: "IN", From: projectiontest.Noon})
	catalogue := views.NewCatalogue(s.Twice(t, views.CatalogueView))

	for _, id := range []domain.ProductID{oldest, old, powerBI} {
		got, _, err := catalogue.Product(t.Context(), id, later)
		require.NoError(t, err, id)
		assert.Equal(t, views.Product{
			Product: powerBI, OldIDs: []domain.ProductID{old}, Name: "Power BI Pro", Vendor: "Microsoft", Family: "Power Platform",
			SelfServiceEligible: true, MaxQuantity: 300, ProductURL: "https://example.com/CFQ7TTC0H9MP",
			TrainingURLs: []string{"https://example.com/learn"}, ExcludedMarkets: []string{"IN"},
		}, got)
	}
	_, _, err := catalogue.Product(t.Context(), "NONE", later)
	assert.ErrorIs(t, err, product.ErrUnknown)
	all, _, err := catalogue.Products(t.Context(), later)
	require.NoError(t, err)
	assert.Len(t, all, 1)
}

func TestAReplacedProductIsListedOnce(t *testing.T) {
	s := projectiontest.New(t)
	s.Offer(powerBI, "Power BI Pro", projectiontest.Euros(1000))
	s.Offer(visio, "Power BI Pro, as it was once called", projectiontest.Euros(900))
	s.Record(product.Stream(visio), projectiontest.Importer, product.ReplacedBy{Product: powerBI})
	all, _, err := views.NewCatalogue(s.Twice(t, views.CatalogueView)).Products(t.Context(), later)
	require.NoError(t, err)
	require.Len(t, all, 1)
	assert.Equal(t, powerBI, all[0].Product)
}

// The list must answer as the aggregates decide, whatever is announced for
// whichever day in whichever order.
func TestPricesAndMarketsHoldAsTheAggregatesSay(t *testing.T) {
	day := func(n int) time.Time { return projectiontest.Noon.AddDate(0, 0, n) }
	days := rapid.IntRange(0, 5)
	rapid.Check(t, func(r *rapid.T) {
		s := projectiontest.New(t)
		s.Record(product.Stream(powerBI), projectiontest.Importer, product.Listed{Product: powerBI, Name: "Power BI Pro", SelfServiceEligible: true, MaxQuantity: 1})
		var prices price.State
		var markets product.State
		for i := range rapid.IntRange(1, 8).Draw(r, "facts") {
			from := day(days.Draw(r, "from"))
			switch rapid.IntRange(0, 3).Draw(r, "kind") {
			case 0:
				e := product.MarketExcluded{Market: "SE", From: from}
				markets = product.Decider.Fold(markets, product.Event(e))
				s.Record(product.Stream(powerBI), projectiontest.Importer, e)
			case 1:
				e := product.MarketReopened{Market: "SE", From: from}
				markets = product.Decider.Fold(markets, product.Event(e))
				s.Record(product.Stream(powerBI), projectiontest.Importer, e)
			case 2:
				e := price.Withdrawn{Product: powerBI, Channel: domain.SelfService, Market: "SE", From: from}
				prices = price.Decider.Fold(prices, price.Event(e))
				s.Record(price.Stream(powerBI, domain.SelfService, "SE"), projectiontest.Importer, e)
			default:
				e := price.Published{Product: powerBI, Channel: domain.SelfService, Market: "SE", Amount: projectiontest.Euros(int64(i)), Term: domain.Monthly, ValidFrom: from}
				prices = price.Decider.Fold(prices, price.Event(e))
				s.Record(price.Stream(powerBI, domain.SelfService, "SE"), projectiontest.Importer, e)
			}
		}
		catalogue := views.NewCatalogue(s.Twice(t, views.CatalogueView))
		for n := range 7 {
			got, _, err := catalogue.PublicPrices(t.Context(), "SE", day(n))
			require.NoError(r, err)
			want, revision, offered := prices.At(day(n))
			if !offered || markets.ExcludedIn("SE", day(n)) {
				require.Empty(r, got, "day %d", n)
				continue
			}
			require.Len(r, got, 1, "day %d", n)
			require.Equal(r, want.Amount, got[0].Amount)
			require.Equal(r, revision, int64(got[0].Revision))
		}
	})
}
