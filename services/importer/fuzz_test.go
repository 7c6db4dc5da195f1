package importer_test

import (
	"bytes"
	"errors"
	"testing"

	"kassa/domain"
	"kassa/services/importer"
)

// Whatever the bytes, a reader gives either a report or rows that keep every
// promise of their types.

func FuzzCatalogue(f *testing.F) {
	f.Add("c.json", []byte(catalogueJSON))
	f.Add("c.csv", []byte(catalogueCSV))
	f.Add("", []byte(`{"products":[{"id":"a","prices":[{}]}]}`))
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		c, err := importer.ReadCatalogue(name, bytes.NewReader(data))
		if refused(t, err) {
			return
		}
		for _, p := range c.Products {
			if p.ID == "" || p.Name == "" || p.Family == "" || p.MaxQuantity < 1 {
				t.Errorf("%+v", p)
			}
			for _, price := range p.Prices {
				if total, err := price.Amount.Times(p.MaxQuantity); err != nil || total.Minor < 1 ||
					!price.Channel.Known() || !price.Term.Known() || !domain.KnownMarket(price.Market) || price.ValidFrom.IsZero() {
					t.Errorf("%+v", price)
				}
			}
		}
		for _, x := range c.ExcludedMarkets {
			if x.Family == "" || !domain.KnownMarket(x.Market) || x.From.IsZero() {
				t.Errorf("%+v", x)
			}
		}
	})
}

func FuzzDirectory(f *testing.F) {
	f.Add("d.json", []byte(directoryJSON))
	f.Add("d.csv", []byte(directoryCSV))
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		d, err := importer.ReadDirectory(name, bytes.NewReader(data))
		if refused(t, err) {
			return
		}
		for _, tenant := range d.Tenants {
			if len(tenant.ID) != 36 || len(tenant.Domains) == 0 || !tenant.Kind.Known() || tenant.Zone == "" {
				t.Errorf("%+v", tenant)
			}
		}
		for _, p := range d.People {
			if len(p.ID) != 36 || p.Tenant == "" || p.Name == "" || p.Mail == "" {
				t.Errorf("%+v", p)
			}
		}
	})
}

func refused(t *testing.T, err error) bool {
	if err == nil {
		return false
	}
	report := (*importer.Report)(nil)
	if !errors.As(err, &report) || len(report.Problems) == 0 {
		t.Fatalf("an error without a report: %v", err)
	}
	for _, p := range report.Problems {
		if p.Line < 1 || p.Code == "" || p.Message == "" {
			t.Errorf("%+v", p)
		}
	}
	return true
}
