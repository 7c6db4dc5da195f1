package views

import (
	"github.com/go-json-experiment/json"

	"kassa/domain/price"
	"kassa/domain/product"
	"kassa/eventstore"
	"kassa/projections"
)

// CatalogueView answers: what can be bought, where, and at what price? It is
// shared by all tenants (R33).
//
// Rules that hold from an instant on (prices, closed markets) are kept with
// that instant; which of them holds is asked with the time in question, and is
// decided as the aggregates decide it: the latest instant, then the latest fact.
var CatalogueView = projections.Projection{
	Name: "catalogue", Version: 2,
	Tables: []projections.Table{
		{Name: "products", Key: []string{"product"}, DDL: catalogueProductsTable},
		{Name: "aliases", Key: []string{"old"}, DDL: aliasesTable},
		{Name: "markets", Key: []string{"product", "revision"}, DDL: marketsTable},
		{Name: "prices", Key: []string{"stream", "revision"}, DDL: pricesTable},
	},
	On: projections.Hears(
		projections.On(catalogueListed),
		projections.On(catalogueRenamed),
		projections.On(catalogueIDReplaced),
		projections.On(catalogueReplacedBy),
		projections.On(catalogueEndOfSale),
		projections.On(func(tx *projections.Tx, e product.MarketExcluded, f eventstore.Fact) error {
			return setMarket(tx, f, e.Market, micros(e.From), true)
		}),
		projections.On(func(tx *projections.Tx, e product.MarketReopened, f eventstore.Fact) error {
			return setMarket(tx, f, e.Market, micros(e.From), false)
		}),
		projections.On(pricePublished),
		projections.On(priceWithdrawn),
	),
}

const (
	catalogueProductsTable = `CREATE TABLE products (
		product      TEXT    PRIMARY KEY,
		name         TEXT    NOT NULL,
		vendor       TEXT    NOT NULL,
		family       TEXT    NOT NULL,
		self_service BOOLEAN NOT NULL,
		trial        BOOLEAN NOT NULL,
		max_quantity BIGINT  NOT NULL,
		url          TEXT    NOT NULL,
		training     TEXT    NOT NULL, -- addresses, as JSON
		sale_ends    BIGINT            -- null: not foreseen
	)`
	aliasesTable = `CREATE TABLE aliases (
		old     TEXT PRIMARY KEY,
		product TEXT NOT NULL
	);
	CREATE INDEX aliases_by_product ON aliases (product)`
	marketsTable = `CREATE TABLE markets (
		product  TEXT    NOT NULL,
		revision BIGINT  NOT NULL,
		market   TEXT    NOT NULL,
		from_at  BIGINT  NOT NULL,
		excluded BOOLEAN NOT NULL,
		PRIMARY KEY (product, revision)
	)`
	pricesTable = `CREATE TABLE prices (
		stream    TEXT    NOT NULL,
		revision  BIGINT  NOT NULL,
		product   TEXT    NOT NULL,
		channel   TEXT    NOT NULL,
		market    TEXT    NOT NULL,
		from_at   BIGINT  NOT NULL,
		withdrawn BOOLEAN NOT NULL,
		minor     BIGINT  NOT NULL,
		currency  TEXT    NOT NULL,
		term      TEXT    NOT NULL,
		frequency TEXT    NOT NULL, -- of payments; empty: a term is paid at once
		PRIMARY KEY (stream, revision)
	);
	CREATE INDEX prices_by_market ON prices (market, channel, product)`
)

func catalogueListed(tx *projections.Tx, e product.Listed, _ eventstore.Fact) error {
	training, err := json.Marshal(e.TrainingURLs)
	if err != nil {
		return err
	}
	return tx.Exec(`INSERT INTO products (product, name, vendor, family, self_service, trial, max_quantity, url, training)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (product) DO UPDATE SET name = excluded.name, vendor = excluded.vendor, family = excluded.family,
			self_service = excluded.self_service, trial = excluded.trial, max_quantity = excluded.max_quantity,
			url = excluded.url, training = excluded.training`,
		e.Product, e.Name, e.Vendor, e.Family, e.SelfServiceEligible, e.TrialWithoutPayment, e.MaxQuantity, e.ProductURL, string(training))
}

func catalogueRenamed(tx *projections.Tx, e product.Renamed, f eventstore.Fact) error {
	return tx.Change(`UPDATE products SET name = $2 WHERE product = $1`, idOf(f), e.Name)
}

func catalogueIDReplaced(tx *projections.Tx, e product.IDReplaced, f eventstore.Fact) error {
	return setAlias(tx, string(e.OldID), idOf(f))
}

// catalogueReplacedBy hears the same fact from the older id's own stream, which
// may be the only one to tell it if the other is quarantined.
func catalogueReplacedBy(tx *projections.Tx, e product.ReplacedBy, f eventstore.Fact) error {
	return setAlias(tx, idOf(f), string(e.Product))
}

func setAlias(tx *projections.Tx, old, current string) error {
	return tx.Exec(`INSERT INTO aliases (old, product) VALUES ($1, $2)
		ON CONFLICT (old) DO UPDATE SET product = excluded.product`, old, current)
}

func catalogueEndOfSale(tx *projections.Tx, e product.EndOfSale, f eventstore.Fact) error {
	return tx.Change(`UPDATE products SET sale_ends = $2 WHERE product = $1`, idOf(f), micros(e.From))
}

func setMarket(tx *projections.Tx, f eventstore.Fact, market string, from int64, excluded bool) error {
	return tx.Exec(`INSERT INTO markets (product, revision, market, from_at, excluded) VALUES ($1, $2, $3, $4, $5)`,
		idOf(f), int64(f.Revision), market, from, excluded)
}

func pricePublished(tx *projections.Tx, e price.Published, f eventstore.Fact) error {
	return tx.Exec(`INSERT INTO prices (stream, revision, product, channel, market, from_at, withdrawn, minor, currency, term, frequency)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		f.Stream, int64(f.Revision), e.Product, e.Channel, e.Market, micros(e.ValidFrom), false, e.Amount.Minor, e.Amount.Currency, e.Term, e.Frequency)
}

func priceWithdrawn(tx *projections.Tx, e price.Withdrawn, f eventstore.Fact) error {
	return tx.Exec(`INSERT INTO prices (stream, revision, product, channel, market, from_at, withdrawn, minor, currency, term, frequency)
		VALUES ($1, $2, $3, $4, $5, $6, $7, 0, '', '', '')`,
		f.Stream, int64(f.Revision), e.Product, e.Channel, e.Market, micros(e.From), true)
}
