package importer_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/domain"
	"kassa/services/importer"
)

const catalogueJSON = `{
  "products": [
    {"id": "CFQ7TTC0HD33", "name": "Visio Plan 1", "vendor": "Microsoft", "family": "Visio",
     "selfServiceEligible": true, "trialWithoutPayment": true, "maxQuantity": 300,
     "oldIds": ["CFQ7TTC0KXN9"], "productUrl": "https://visio.example/", "trainingUrls": ["https://learn.example/visio"],
     "prices": [
       {"channel": "self-service", "markets": ["US"], "amount": "5.00", "currency": "USD", "term": "P1M", "validFrom": "2020-01-14"},
       {"channel": "central", "markets": ["DE", "FR"], "amount": "4.2", "currency": "EUR", "term": "P1Y", "validFrom": "2020-01-14T01:00:00+01:00"}, {"channel": "central", "markets": ["DE"], "amount": "0.4", "currency": "EUR", "term": "P1Y", "frequency": "P1M", "validFrom": "2020-01-14"}
     ]},
    {"id": "PLAIN", "name": "Plain", "vendor": "Contoso", "family": "Plain", "selfServiceEligible": false, "maxQuantity": 1}
  ],
  "excludedMarkets": [{"family": "*", "markets": ["IN"], "from": "2020-01-14"}, {"family": "Visio", "markets": ["BR", "CD"], "from": "2020-01-14"}]
}`

const catalogueCSV = "type,id,name,vendor,family,selfServiceEligible,trialWithoutPayment,maxQuantity,oldIds,productUrl,trainingUrls," +
	"product,channel,markets,amount,currency,term,frequency,validFrom,from\n" +
	"price,,,,,,,,,,,CFQ7TTC0HD33,self-service,US,5.00,USD,P1M,,2020-01-14,\n" +
	"product,CFQ7TTC0HD33,Visio Plan 1,Microsoft,Visio,TRUE,true,300,CFQ7TTC0KXN9,https://visio.example/,https://learn.example/visio,,,,,,,,,\n" +
	"product,PLAIN,Plain,Contoso,Plain,false,,1,,,,,,,,,,,,\n" +
	"price,,,,,,,,,,,CFQ7TTC0HD33,central,DE FR,4.2,EUR,P1Y,,2020-01-14,\n" +
	"exclusion,,,,*,,,,,,,,,IN,,,,,,2020-01-14\n" +
	"exclusion,,,,Visio,,,,,,,,,BR CD,,,,,,2020-01-14\n" +
	"price,,,,,,,,,,,CFQ7TTC0HD33,central,DE,0.4,EUR,P1Y,P1M,2020-01-14,\n"

var launch = time.Date(2020, 1, 14, 0, 0, 0, 0, time.UTC)

func wantCatalogue() importer.Catalogue {
	return importer.Catalogue{
		Products: []importer.Product{{
			ID: "CFQ7TTC0HD33", Name: "Visio Plan 1", Vendor: "Microsoft", Family: "Visio",
			SelfServiceEligible: true, TrialWithoutPayment: true, MaxQuantity: 300,
			OldIDs: []domain.ProductID{"CFQ7TTC0KXN9"}, ProductURL: "https://visio.example/", TrainingURLs: []string{"https://learn.example/visio"},
			Prices: []importer.Price{
				{Channel: domain.SelfService, Market: "US", Amount: domain.Money{Minor: 500, Currency: "USD"}, Term: domain.Monthly, ValidFrom: launch},
				{Channel: domain.Central, Market: "DE", Amount: domain.Money{Minor: 420, Currency: "EUR"}, Term: domain.Yearly, ValidFrom: launch},
				{Channel: domain.Central, Market: "FR", Amount: domain.Money{Minor: 420, Currency: "EUR"}, Term: domain.Yearly, ValidFrom: launch},
				{Channel: domain.Central, Market: "DE", Amount: domain.Money{Minor: 40, Currency: "EUR"}, Term: domain.Yearly, Frequency: domain.Monthly, ValidFrom: launch},
			},
		}, {ID: "PLAIN", Name: "Plain", Vendor: "Contoso", Family: "Plain", MaxQuantity: 1}},
		ExcludedMarkets: []importer.Exclusion{{"*", "IN", launch}, {"Visio", "BR", launch}, {"Visio", "CD", launch}},
	}
}

const directoryJSON = `{
  "tenants": [{"id": "5D0D8C6E-0000-4000-8000-00000000000A", "name": "Contoso", "domains": ["Contoso.example", "contoso.test"], "kind": "commercial",
    "managed": true, "country": "SE", "zone": "Europe/Stockholm", "governanceBlocked": ["PLAIN"]}],
  "people": [
    {"tenant": "contoso.EXAMPLE", "id": "11111111-0000-4000-8000-000000000001", "name": "Åsa Öberg", "mail": "Asa@contoso.example", "guest": false,
     "enabled": true, "synced": true, "usageLocation": "SE", "roles": ["billing-admin", "88d8e3e3-8f55-4a1e-953a-9b9898b8876b"]},
    {"tenant": "elsewhere.example", "id": "11111111-0000-4000-8000-000000000002", "name": "Li", "mail": "li@home.example", "guest": true, "enabled": false},
    {"tenant": "elsewhere.example", "id": "11111111-0000-4000-8000-000000000003", "name": "Li", "mail": "li@home.example", "guest": true, "enabled": false, "deleted": true}
  ]
}`

const directoryCSV = "type,tenant,id,name,mail,guest,enabled,synced,usageLocation,roles,domains,kind,managed,country,zone,governanceBlocked,deleted\n" +
	"tenant,,5d0d8c6e-0000-4000-8000-00000000000a,Contoso,,,,,,,contoso.example contoso.test,commercial,true,SE,Europe/Stockholm,PLAIN,\n" +
	"person,contoso.example,11111111-0000-4000-8000-000000000001,Åsa Öberg,Asa@contoso.example,false,true,true,SE,billing-admin 88d8e3e3-8f55-4a1e-953a-9b9898b8876b,,,,,,,\n" +
	"person,elsewhere.example,11111111-0000-4000-8000-000000000002,Li,li@home.example,true,false,,,,,,,,,,\n" +
	"person,elsewhere.example,11111111-0000-4000-8000-000000000003,Li,li@home.example,true,false,,,,,,,,,,TRUE\n"

func wantDirectory() importer.Directory {
	return importer.Directory{
		Tenants: []importer.Tenant{{
			ID: "5d0d8c6e-0000-4000-8000-00000000000a", Name: "Contoso", Domains: []string{"contoso.example", "contoso.test"}, Kind: domain.Commercial,
			Managed: true, Country: "SE", Zone: "Europe/Stockholm", GovernanceBlocked: []domain.ProductID{"PLAIN"},
		}},
		People: []importer.Person{{
			Tenant: "5d0d8c6e-0000-4000-8000-00000000000a", ID: "11111111-0000-4000-8000-000000000001", Name: "Åsa Öberg", Mail: "Asa@contoso.example",
			Enabled: true, Synced: true, UsageLocation: "SE", Roles: []string{domain.RoleBillingAdmin, "88d8e3e3-8f55-4a1e-953a-9b9898b8876b"},
		}, {
			Tenant: "elsewhere.example", ID: "11111111-0000-4000-8000-000000000002", Name: "Li", Mail: "li@home.example", Guest: true,
		}, { // whoever is deleted leaves their address to others
			Tenant: "elsewhere.example", ID: "11111111-0000-4000-8000-000000000003", Name: "Li", Mail: "li@home.example", Guest: true, Deleted: true,
		}},
	}
}

func TestBothFormatsSayTheSame(t *testing.T) {
	windows := func(s string) string { return "\ufeff" + strings.ReplaceAll(s, "\n", "\r\n") }
	for name, text := range map[string]string{
		"catalogue.json": catalogueJSON, "catalogue.csv": catalogueCSV, "CATALOGUE.CSV": catalogueCSV,
		"json by content": catalogueJSON, "csv by content": catalogueCSV,
		"windows.json": windows(catalogueJSON), "windows.csv": windows(catalogueCSV), "windows json by content": windows(catalogueJSON),
	} {
		t.Run(name, func(t *testing.T) {
			got, err := importer.ReadCatalogue(name, strings.NewReader(text))
			require.NoError(t, err)
			want := wantCatalogue()
			assert.ElementsMatch(t, want.Products[0].Prices, got.Products[0].Prices)
			want.Products[0].Prices, got.Products[0].Prices = nil, nil
			assert.Equal(t, want, got)
		})
	}
	for name, text := range map[string]string{"d.json": directoryJSON, "d.csv": directoryCSV, "w.json": windows(directoryJSON), "w.csv": windows(directoryCSV)} {
		t.Run(name, func(t *testing.T) {
			got, err := importer.ReadDirectory(name, strings.NewReader(text))
			require.NoError(t, err)
			assert.Equal(t, wantDirectory(), got)
		})
	}
}

func TestAmountsAreExact(t *testing.T) {
	for _, c := range []struct {
		amount, currency string
		minor            int64
		code             string
	}{
		{"9.99", "USD", 999, ""}, {"9.9", "USD", 990, ""}, {"10", "USD", 1000, ""}, {"0.01", "USD", 1, ""}, {"007.10", "USD", 710, ""},
		{"1250", "JPY", 1250, ""}, {"1.234", "KWD", 1234, ""}, {"9999999999.99", "SEK", 999999999999, ""},
		{"0.29", "EUR", 29, ""}, {"1.005", "BHD", 1005, ""}, {"4.35", "GBP", 435, ""}, // all wrong by a cent in binary floats
		{"9.999", "USD", 0, "amount_too_precise"}, {"1250.5", "JPY", 0, "amount_too_precise"}, {"9.990", "USD", 0, "amount_too_precise"},
		{"0", "USD", 0, "amount_out_of_range"}, {"0.00", "USD", 0, "amount_out_of_range"}, {"10000000000.01", "USD", 0, "amount_out_of_range"},
		{"-1", "USD", 0, "amount_invalid"}, {"+1", "USD", 0, "amount_invalid"}, {"1e3", "USD", 0, "amount_invalid"}, {"1,50", "USD", 0, "amount_invalid"},
		{"1 000", "USD", 0, "amount_invalid"}, {".5", "USD", 0, "amount_invalid"}, {"5.", "USD", 0, "amount_invalid"}, {"NaN", "USD", 0, "amount_invalid"},
		{"Infinity", "USD", 0, "amount_invalid"}, {"٣", "USD", 0, "amount_invalid"}, {"9999999999999999", "USD", 0, "amount_invalid"},
		{"9.99", "usd", 0, "currency_unknown"}, {"9.99", "XYZ", 0, "currency_unknown"}, {"9.99", "€", 0, "currency_unknown"},
	} {
		t.Run(c.amount+" "+c.currency, func(t *testing.T) {
			text := strings.Replace(catalogueJSON, `"amount": "5.00", "currency": "USD"`, fmt.Sprintf(`"amount": %q, "currency": %q`, c.amount, c.currency), 1)
			got, err := importer.ReadCatalogue("c.json", strings.NewReader(text))
			if c.code != "" {
				assert.Equal(t, []string{"7 " + c.code}, mistakes(t, err))
				return
			}
			require.NoError(t, err)
			assert.Equal(t, domain.Money{Minor: c.minor, Currency: c.currency}, got.Products[0].Prices[0].Amount)
		})
	}
}

// mistakes renders a report as "line code".
func mistakes(t *testing.T, err error) (found []string) {
	t.Helper()
	report := (*importer.Report)(nil)
	require.ErrorAs(t, err, &report)
	require.ErrorIs(t, err, importer.ErrFile)
	for _, p := range report.Problems {
		assert.NotEmpty(t, p.Message)
		found = append(found, fmt.Sprint(p.Line, " ", p.Code))
	}
	return found
}

func TestAFailingReaderIsNotAMistakeInTheFile(t *testing.T) {
	_, err := importer.ReadDirectory("d.csv", iotest.ErrReader(errors.New("network")))
	require.ErrorContains(t, err, "network")
	assert.NotErrorIs(t, err, importer.ErrFile)
}
