package importer

import (
	"fmt"
	"io"
	"time"

	"kassa/domain"
	"kassa/domain/product"
)

// Catalogue is a file's products, in its order, and where they are not sold.
type Catalogue struct {
	Products        []Product
	ExcludedMarkets []Exclusion
}

// Product is one thing to buy (R04), with its prices.
type Product struct {
	ID                  domain.ProductID
	Name                string
	Vendor              string
	Family              string
	SelfServiceEligible bool
	TrialWithoutPayment bool
	TrialWithPayment    bool
	TrialDays           int64              // 0: not said
	TrialSeats          int64              // at most, of one trial; 0: not said
	MaxQuantity         int64              // 1 to 1,000,000
	OldIDs              []domain.ProductID // ids it had before
	ProductURL          string
	TrainingURLs        []string // R53
	DatabaseMB, FileMB  int64    // that one licence adds to the organisation's storage (R39)
	Prices              []Price
}

// Price is per seat and payment in one channel and market (R35). It is more than
// zero, and so small that MaxQuantity times it fits 64 bits.
type Price struct {
	Channel   domain.Channel
	Market    string
	Amount    domain.Money
	Term      domain.Term
	Frequency domain.Term // of payments; empty: one pays for the term
	ValidFrom time.Time
}

// Exclusion keeps a family out of a market from an instant on (R05, R06).
type Exclusion struct {
	Family string // AnyFamily for every product
	Market string
	From   time.Time
}

// AnyFamily stands for every family.
const AnyFamily = "*"

var catalogueShape = shape{
	columns: map[string][]string{
		"product": {"id", "name", "vendor", "family", "selfServiceEligible", "maxQuantity",
			"trialWithoutPayment", "trialWithPayment", "trialDays", "trialSeats", "oldIds", "productUrl", "trainingUrls", "databaseMbPerSeat", "fileMbPerSeat"},
		"price":     {"product", "channel", "markets", "amount", "currency", "term", "frequency", "validFrom"},
		"exclusion": {"family", "markets", "from"},
	},
	lists: map[string]string{"products": "product", "product.prices": "price", "excludedMarkets": "exclusion"},
}

// ReadCatalogue reads a catalogue file. The error is a *Report where the file
// is wrong, and then nothing is returned.
func ReadCatalogue(name string, from io.Reader) (Catalogue, error) {
	c := catalogueReader{report: &Report{File: name}, ids: lines{}, prices: lines{}, exclusions: lines{},
		products: map[domain.ProductID]int{}, families: map[string]bool{AnyFamily: true}}
	records, err := read(name, from, catalogueShape, c.report)
	if err != nil {
		return Catalogue{}, err
	}
	// Prices and exclusions speak of products, wherever in the file these are.
	each(records, "product", c.report, c.product)
	each(records, "price", c.report, c.price)
	each(records, "exclusion", c.report, c.exclusion)
	if err := c.report.verdict(); err != nil {
		return Catalogue{}, err
	}
	return c.Catalogue, nil
}

type catalogueReader struct {
	Catalogue
	report                  *Report
	ids, prices, exclusions lines
	products                map[domain.ProductID]int // where in Products
	families                map[string]bool
}

func (c *catalogueReader) product(r row) {
	p := Product{
		ID: r.product("id"), Name: r.name("name"), Vendor: r.name("vendor"), Family: r.name("family"),
		SelfServiceEligible: r.flag("selfServiceEligible", true),
		TrialWithoutPayment: r.flag("trialWithoutPayment", false),
		TrialWithPayment:    r.flag("trialWithPayment", false),
		TrialDays:           r.countOrNone("trialDays", product.MaxTrialDays),
		TrialSeats:          r.countOrNone("trialSeats", maxQuantity),
		MaxQuantity:         r.count("maxQuantity", maxQuantity),
		OldIDs:              r.products("oldIds"),
		TrainingURLs:        r.each("trainingUrls", "url_invalid", httpsMessage, isHTTPS),
		DatabaseMB:          r.countOrNone("databaseMbPerSeat", product.MaxCapacity),
		FileMB:              r.countOrNone("fileMbPerSeat", product.MaxCapacity),
	}
	if _, ok := r.values["productUrl"]; ok {
		p.ProductURL = r.matched("productUrl", "url_invalid", httpsMessage, isHTTPS)
	}
	if p.Family == AnyFamily {
		r.fail("family", "name_unsafe", "No family may be called *: it stands for all of them.")
	}
	for _, old := range p.OldIDs {
		c.ids.unique(r, "oldIds", string(old))
	}
	if c.ids.unique(r, "id", string(p.ID)) {
		c.products[p.ID] = len(c.Products)
		c.Products = append(c.Products, p)
	}
	c.families[p.Family] = true
}

func (c *catalogueReader) price(r row) {
	p := Price{
		Channel: domain.Channel(r.matched("channel", "channel_unknown", "The channel is self-service or central.",
			func(s string) bool { return domain.Channel(s).Known() })),
		Term: domain.Term(r.matched("term", "term_unknown", "The term is P1M or P1Y.",
			func(s string) bool { return domain.Term(s).Known() })),
		Amount:    r.money("amount", "currency"),
		ValidFrom: r.instant("validFrom"),
	}
	if _, ok := r.values["frequency"]; ok {
		p.Frequency = domain.Term(r.matched("frequency", "frequency_unknown", domain.ErrFrequencyUnknown.Message,
			func(s string) bool { return p.Term.Payments(domain.Term(s)) > 0 }))
	}
	id, markets := r.product("product"), r.markets("markets")
	at, ok := c.products[id]
	if id != "" && !ok {
		r.fail("product", "product_unknown", "No product of this file has the id %s.", quote(string(id)))
	}
	if len(c.prices)+len(markets) > maxRows {
		r.fail("markets", "too_many_rows", "The file gives more than %d prices. Split it.", maxRows)
		return
	}
	for _, p.Market = range markets {
		key := fmt.Sprint(id, " ", p.Channel, " ", p.Market, " ", p.Frequency, " ", p.ValidFrom.UnixMicro())
		if c.prices.unique(r, "markets", key) && ok {
			c.Products[at].Prices = append(c.Products[at].Prices, p)
		}
	}
}

func (c *catalogueReader) exclusion(r row) {
	x := Exclusion{Family: r.required("family"), From: r.instant("from")}
	if x.Family != "" && !c.families[x.Family] {
		r.fail("family", "family_unknown", "No product of this file is of this family. Write it exactly so, or * for all.")
	}
	for _, x.Market = range r.markets("markets") {
		if c.exclusions.unique(r, "markets", fmt.Sprint(x.Market, " ", x.From.UnixMicro(), " ", x.Family)) {
			c.ExcludedMarkets = append(c.ExcludedMarkets, x)
		}
	}
}
