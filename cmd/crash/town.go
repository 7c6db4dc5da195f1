package main

import (
	"context"
	"fmt"

	"github.com/go-json-experiment/json"

	"kassa/domain"
	"kassa/services/client"
)

const book = domain.ProductID("CFQ7TTC0H9MP")

// colleagues is how many people of an organisation can be given a licence.
const colleagues = 10

// buyer is a person who buys, and the organisation they buy in.
type buyer struct {
	Tenant domain.TenantID
	Person domain.PersonID
	Mail   string
	Team   []string // mail addresses of whom to give licences
	Others string   // the address of somebody elsewhere, who must never get one
}

// buyers belong to two organisations, in turn.
func buyers(n int) []buyer {
	all := make([]buyer, n)
	for i := range all {
		home, away := 1+i%2, 1+(i+1)%2
		all[i] = buyer{
			Tenant: tenantOf(home), Person: personOf(home, 100+i), Mail: mailOf(home, 100+i),
			Others: mailOf(away, 0),
		}
		for c := range colleagues {
			all[i].Team = append(all[i].Team, mailOf(home, c))
		}
	}
	return all
}

func tenantOf(n int) domain.TenantID {
	return domain.TenantID(fmt.Sprintf("10000000-0000-4000-8000-%012d", n))
}

func personOf(tenant, n int) domain.PersonID {
	return domain.PersonID(fmt.Sprintf("20000000-0000-4000-8000-%08d%04d", tenant, n))
}

func mailOf(tenant, n int) string { return fmt.Sprintf("p%d@org%d.example", n, tenant) }

// populate brings in both organisations and everybody in them, and the product
// that they buy unless it is there.
func populate(ctx context.Context, operator *client.Client, all []buyer, product bool) (position uint64, err error) {
	type file struct {
		kind    string
		content map[string]any
	}
	files := []file{{"directory", directory(all)}}
	if product { // else the demonstration has it
		files = append(files, file{"catalogue", catalogue()})
	}
	for _, file := range files {
		b, err := json.Marshal(file.content)
		if err != nil {
			return 0, err
		}
		done, err := operator.Import(ctx, file.kind, "application/json", b)
		if err != nil {
			return 0, fmt.Errorf("import %s: %w", file.kind, err)
		}
		position = max(position, done.Position)
	}
	return position, nil
}

func catalogue() map[string]any {
	return map[string]any{"products": []any{map[string]any{
		"id": book, "name": "Power BI Pro", "vendor": "Microsoft", "family": "Power BI",
		"selfServiceEligible": true, "maxQuantity": 100,
		"prices": []any{map[string]any{
			"channel": "self-service", "markets": []string{"US"}, "amount": "9.99", "currency": "USD",
			"term": "P1M", "validFrom": "2020-01-01",
		}},
	}}}
}

func directory(all []buyer) map[string]any {
	var tenants, people []any
	person := func(tenant, n int) {
		people = append(people, map[string]any{
			"tenant": tenantOf(tenant), "id": personOf(tenant, n), "name": fmt.Sprintf("Person %d", n),
			"mail": mailOf(tenant, n), "guest": false, "enabled": true, "usageLocation": "US",
		})
	}
	for t := 1; t <= 2; t++ {
		tenants = append(tenants, map[string]any{
			"id": tenantOf(t), "name": fmt.Sprintf("Organisation %d", t), "domains": []string{fmt.Sprintf("org%d.example", t)},
			"kind": domain.Commercial, "managed": true, "country": "US", "zone": "America/New_York",
		})
		for n := range colleagues {
			person(t, n)
		}
	}
	for i := range all {
		person(1+i%2, 100+i)
	}
	return map[string]any{"tenants": tenants, "people": people}
}
