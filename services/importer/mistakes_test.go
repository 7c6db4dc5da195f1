package importer_test

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/services/importer"
)

// change is one edit of a good file, and what is to be reported of it.
type change struct {
	name, old, new string
	want           []string
}

func check(t *testing.T, good string, cases []change, read func(io.Reader) (rows int, err error)) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			require.Contains(t, good, c.old)
			rows, err := read(strings.NewReader(strings.Replace(good, c.old, c.new, 1)))
			assert.Equal(t, c.want, mistakes(t, err))
			assert.Zero(t, rows, "all or nothing")
		})
	}
}

func catalogue(name string) func(io.Reader) (int, error) {
	return func(r io.Reader) (int, error) {
		c, err := importer.ReadCatalogue(name, r)
		return len(c.Products) + len(c.ExcludedMarkets), err
	}
}

func directory(name string) func(io.Reader) (int, error) {
	return func(r io.Reader) (int, error) {
		d, err := importer.ReadDirectory(name, r)
		return len(d.Tenants) + len(d.People), err
	}
}

func TestMistakesInACatalogueOfJSON(t *testing.T) {
	check(t, catalogueJSON, []change{
		{"no JSON", `"PLAIN"`, `PLAIN`, []string{"10 json_syntax"}},
		{"cut off", "]\n}", ``, []string{"12 json_syntax"}},
		{"a second value", "]\n}", "]\n}\n{}", []string{"14 json_syntax"}},
		{"rubbish after the end", "]\n}", "]\n}\n x", []string{"14 json_syntax"}},
		{"a member twice", `"name": "Plain"`, `"name": "Plain", "name": "Other"`, []string{"10 json_syntax"}},
		{"an unknown list", `"excludedMarkets"`, `"markets"`, []string{"12 field_not_allowed"}},
		{"an unknown member", `"maxQuantity": 300`, `"maxQuantity": 300, "colour": "red"`, []string{"3 field_not_allowed"}},
		{"an unknown member of a price", `"term": "P1M"`, `"term": "P1M", "discount": "1"`, []string{"7 field_not_allowed"}},
		{"a price that names a product", `{"channel": "central"`, `{"product": "PLAIN", "channel": "central"`, []string{"8 field_not_allowed"}},
		{"a list that is none", `[{"family": "*", "markets": ["IN"], "from": "2020-01-14"}, {"family": "Visio", "markets": ["BR", "CD"], "from": "2020-01-14"}]`, `{}`, []string{"12 field_type"}},
		{"an element that is none", `{"family": "*", "markets": ["IN"], "from": "2020-01-14"}`, `"IN"`, []string{"12 field_type"}},
		{"a number for an amount", `"amount": "5.00"`, `"amount": 5.00`, []string{"7 field_type"}},
		{"a text for a flag", `"selfServiceEligible": true`, `"selfServiceEligible": "true"`, []string{"3 field_type"}},
		{"a text for a number", `"maxQuantity": 300`, `"maxQuantity": "300"`, []string{"3 field_type"}},
		{"a text for a list", `["CFQ7TTC0KXN9"]`, `"CFQ7TTC0KXN9"`, []string{"3 field_type"}},
		{"a list of numbers", `["CFQ7TTC0KXN9"]`, `[7]`, []string{"5 field_type"}},
		{"an object for a text", `"Visio Plan 1"`, `{"en": "Visio Plan 1"}`, []string{"3 field_type", "3 field_missing"}},
		{"null is absent", `"Visio Plan 1"`, `null`, []string{"3 field_missing"}},
		{"empty is absent", `"Visio Plan 1"`, `" "`, []string{"3 field_missing"}},
		{"several at once", `"maxQuantity": 300`, `"maxQuantity": 0, "x": 1`, []string{"3 field_not_allowed", "3 number_out_of_range"}},
		{"a quantity with decimals", `"maxQuantity": 300`, `"maxQuantity": 3.5`, []string{"3 number_out_of_range"}},
		{"a huge quantity", `"maxQuantity": 300`, `"maxQuantity": 1000001`, []string{"3 number_out_of_range"}},
		{"the same product twice", `"PLAIN"`, `"CFQ7TTC0HD33"`, []string{"10 duplicate"}},
		{"an old id that is a product", `"PLAIN"`, `"CFQ7TTC0KXN9"`, []string{"10 duplicate"}},
		{"a product that replaces itself", `["CFQ7TTC0KXN9"]`, `["CFQ7TTC0HD33"]`, []string{"3 duplicate", "7 product_unknown", "8 product_unknown", "8 product_unknown"}},
		{"an old id twice", `["CFQ7TTC0KXN9"]`, `["CFQ7TTC0KXN9", "CFQ7TTC0KXN9"]`, []string{"3 duplicate"}},
		{"an id that would name another stream", `"PLAIN"`, `"a b/$c"`, []string{"10 product_id_invalid"}},
		{"a market twice", `["DE", "FR"]`, `["DE", "FR", "DE"]`, []string{"8 duplicate"}},
		{"no market", `["DE", "FR"]`, `[]`, []string{"8 field_missing"}},
		{"an unknown market", `["US"]`, `["UK"]`, []string{"7 country_unknown"}},
		{"a market in small letters", `["US"]`, `["us"]`, []string{"7 country_unknown"}},
		{"a price twice", `{"channel": "central", "markets": ["DE", "FR"]`, `{"channel": "self-service", "markets": ["FR", "US"]`, []string{"8 duplicate"}},
		{"an unknown channel", `"self-service"`, `"partner"`, []string{"7 channel_unknown"}},
		{"an unknown term", `"P1M"`, `"P2W"`, []string{"7 term_unknown"}},
		{"an unknown frequency", `"frequency": "P1M"`, `"frequency": "P1Y"`, []string{"8 frequency_unknown", "8 duplicate"}},
		{"no date", `"validFrom": "2020-01-14"`, `"validFrom": "14/01/2020"`, []string{"7 instant_invalid"}},
		{"no such day", `"validFrom": "2020-01-14"`, `"validFrom": "2021-02-29"`, []string{"7 instant_invalid"}},
		{"an unknown family", `{"family": "Visio"`, `{"family": "visio"`, []string{"12 family_unknown"}},
		{"a family called *", `"family": "Plain"`, `"family": "*"`, []string{"10 name_unsafe"}},
		{"an exclusion twice", `{"family": "Visio", "markets": ["BR", "CD"]`, `{"family": "*", "markets": ["BR", "IN"]`, []string{"12 duplicate"}},
		{"a URL without TLS", `"https://visio.example/"`, `"http://visio.example/"`, []string{"3 url_invalid"}},
		{"a URL that is a script", `"https://visio.example/"`, `"javascript:alert(1)"`, []string{"3 url_invalid"}},
		{"a URL with a password", `"https://visio.example/"`, `"https://a:b@visio.example/"`, []string{"3 url_invalid"}},
		{"a formula", `"Visio Plan 1"`, `"=HYPERLINK(\"https://evil.example\")"`, []string{"3 name_unsafe"}},
		{"a formula after a space", `"Visio Plan 1"`, `" +1"`, []string{"3 name_unsafe"}},
		{"a formula in full width", `"Visio Plan 1"`, `"＝1+1"`, []string{"3 name_unsafe"}},
		{"a tab", `"Visio Plan 1"`, `"Visio\tPlan"`, []string{"3 text_invisible"}},
		{"a NUL", `"Visio Plan 1"`, `"Visio\u0000"`, []string{"3 text_invisible"}},
		{"text that runs backwards", `"Visio Plan 1"`, `"Visio \u202e1 nalP"`, []string{"3 text_invisible"}},
		{"a name too long", `"Visio Plan 1"`, `"` + strings.Repeat("å", 201) + `"`, []string{"3 name_unsafe"}},
		{"a text too long", `"Visio Plan 1"`, `"` + strings.Repeat("a", 2049) + `"`, []string{"3 text_too_long"}},
		{"an element too long", `"Visio Plan 1"`, `"` + strings.Repeat("a", 1<<20) + `"`, []string{"3 line_too_long", "3 text_too_long"}},
	}, catalogue("c.json"))
}

func TestMistakesInACatalogueOfCSV(t *testing.T) {
	check(t, catalogueCSV, []change{
		{"an unknown column", "type,id,name", "type,id,title", []string{"1 column_unknown"}},
		{"a column twice", ",maxQuantity,oldIds", ",maxQuantity,maxQuantity", []string{"1 column_twice"}},
		{"no type", "type,id", "id,id", []string{"1 column_twice", "1 column_missing"}},
		{"semicolons", "type,id,name,vendor", "type;id;name;vendor", []string{"1 column_unknown", "1 column_missing"}},
		{"an unknown type", "product,PLAIN", "bundle,PLAIN", []string{"4 type_unknown"}},
		{"a cell too many", "Plain,Contoso,Plain", "Plain,Contoso,Plain,", []string{"4 columns"}},
		{"a stray quote", "Plain,Contoso", "Pl\"ain,Contoso", []string{"4 csv_syntax"}},
		{"a quote that never ends", "Plain,Contoso", "\"Plain,Contoso", []string{"8 csv_syntax"}},
		{"a cell of another type", "price,,,", "price,,Visio,", []string{"2 field_not_allowed"}},
		{"a price of no product", ",CFQ7TTC0HD33,self-service", ",OTHER,self-service", []string{"2 product_unknown"}},
		{"neither true nor false", ",TRUE,", ",yes,", []string{"3 field_type"}},
		{"a formula in a cell", "Plain,Contoso", "@SUM(1),Contoso", []string{"4 name_unsafe"}},
		{"a line too long", "Plain,Contoso", strings.Repeat("x", 1<<20) + ",Contoso", []string{"4 line_too_long"}},
		{"not UTF-8", "Plain,Contoso", "Pl\xe5in,Contoso", []string{"4 encoding"}},
		{"UTF-16", "type,id", "\xff\xfet\x00y\x00", []string{"1 encoding"}},
	}, catalogue("c.csv"))
}

func TestMistakesInADirectory(t *testing.T) {
	check(t, directoryJSON, []change{
		{"a tenant without id", `"id": "5D0D8C6E-0000-4000-8000-00000000000A", `, ``, []string{"2 field_missing"}},
		{"an id that is none", `"11111111-0000-4000-8000-000000000001"`, `"anna"`, []string{"5 id_invalid"}},
		{"an id in braces", `"11111111-0000-4000-8000-000000000001"`, `"{11111111-0000-4000-8000-000000000001}"`, []string{"5 id_invalid"}},
		{"the nil id", `"11111111-0000-4000-8000-000000000001"`, `"00000000-0000-0000-0000-000000000000"`, []string{"5 id_invalid"}},
		{"no domain", `["Contoso.example", "contoso.test"]`, `[]`, []string{"2 field_missing"}},
		{"a domain twice", `"contoso.test"`, `"contoso.EXAMPLE"`, []string{"2 duplicate"}},
		{"a domain that is none", `"contoso.test"`, `"https://contoso.test"`, []string{"2 domain_invalid"}},
		{"an unknown kind", `"commercial"`, `"government"`, []string{"2 kind_unknown"}},
		{"managed left open", `"managed": true, `, ``, []string{"2 field_missing"}},
		{"an unknown country", `"country": "SE"`, `"country": "Sweden"`, []string{"2 country_unknown"}},
		{"an unknown zone", `"Europe/Stockholm"`, `"Stockholm"`, []string{"2 zone_unknown"}},
		{"the machine's own zone", `"Europe/Stockholm"`, `"Local"`, []string{"2 zone_unknown"}},
		{"a blocked product that is none", `["PLAIN"]`, `["*"]`, []string{"2 product_id_invalid"}},
		{"a person of no tenant", `"tenant": "elsewhere.example", `, ``, []string{"7 field_missing"}},
		{"a tenant that is neither", `"elsewhere.example"`, `"elsewhere"`, []string{"7 tenant_invalid"}},
		{"guest left open (R19)", `"guest": true, `, ``, []string{"7 field_missing"}},
		{"enabled left open (R22)", `, "enabled": false`, ``, []string{"7 field_missing"}},
		{"an address that is none", `"li@home.example"`, `"li"`, []string{"7 mail_invalid"}},
		{"an address with a name", `"li@home.example"`, `"Li <li@home.example>"`, []string{"7 mail_invalid"}},
		{"an address that is a formula", `"li@home.example"`, `"=li@home.example"`, []string{"7 mail_invalid"}},
		{"an unknown role", `"billing-admin"`, `"boss"`, []string{"5 role_unknown"}},
		{"a role twice", `"billing-admin"`, `"88d8e3e3-8f55-4a1e-953a-9b9898b8876b"`, []string{"5 duplicate"}},
		{"an unknown location", `"usageLocation": "SE"`, `"usageLocation": "EU"`, []string{"5 country_unknown"}},
		{"a person twice", `"elsewhere.example", "id": "11111111-0000-4000-8000-000000000002"`, `"contoso.test", "id": "11111111-0000-4000-8000-000000000001"`, []string{"7 duplicate"}},
		{"an address twice", `"elsewhere.example", "id": "11111111-0000-4000-8000-000000000002", "name": "Li", "mail": "li@home.example"`,
			`"5d0d8c6e-0000-4000-8000-00000000000a", "id": "11111111-0000-4000-8000-000000000002", "name": "Li", "mail": "asa@CONTOSO.example"`, []string{"7 duplicate"}},
	}, directory("d.json"))
}

func TestFilesThatAreNoFiles(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"empty.csv":  {"", "1 file_empty"},
		"blank.json": {"\ufeff \n\n", "1 file_empty"},
		"huge.csv":   {strings.Repeat("x", 64<<20+1), "1 file_too_large"},
		"list.json":  {"[]", "1 json_syntax"},
		"csv.json":   {catalogueCSV, "1 json_syntax"},
		"json.csv":   {catalogueJSON, "1 column_unknown"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := importer.ReadCatalogue(name, strings.NewReader(c.text))
			assert.Equal(t, c.want, mistakes(t, err)[0])
		})
	}
}

func TestALongReportIsCut(t *testing.T) {
	var file bytes.Buffer
	file.WriteString("type,id\n")
	for range 1500 {
		file.WriteString("product,!\n")
	}
	_, err := importer.ReadCatalogue("c.csv", &file)
	report := (*importer.Report)(nil)
	require.ErrorAs(t, err, &report)
	assert.Len(t, report.Problems, 1000)
	assert.Positive(t, report.More)
	assert.Equal(t, fmt.Sprintf("c.csv: %d mistakes; nothing was imported", 1000+report.More), strings.SplitN(report.Error(), "\n", 2)[0])
	assert.Less(t, strings.Count(report.Error(), "\n"), 30)
}

func TestAReportHoldsNoPersonalData(t *testing.T) {
	text := strings.NewReplacer(`"Åsa Öberg"`, `"=Canary"`, `"li@home.example"`, `"canary"`, `"Li"`, `"\u202eCanary"`).Replace(directoryJSON)
	_, err := importer.ReadDirectory("d.json", strings.NewReader(text))
	assert.Len(t, mistakes(t, err), 5, "a name of one, and a name and an address of each of two")
	assert.NotContains(t, strings.ToLower(err.Error()), "canary")
}
