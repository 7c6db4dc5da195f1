package api

import (
	"context"
	"strconv"
	"strings"

	"kassa/commands"
	"kassa/projections/views"
	v1 "kassa/services/api/v1"
)

// exportProducts collects all pages before it answers.
func (s *Server) exportProducts(ctx context.Context, who commands.Principal, in *exportInput) (*csvOutput, error) {
	list, f, err := s.chosen(ctx, who, in.Reading, in.Kinds, in.Narrowed)
	if err != nil {
		return nil, err
	}
	lines := [][]string{{
		"product", "product id", "channel", "kind", "purchaser", "purchaser id", "purchaser state", "seats", "assigned", "status", "start", "expiry",
		"recurring billing", "term", "unit price", "purchase price", "currency", "assigned users", "orders", "subscription id",
	}}
	at := s.Now()
	for f.Limit = views.MaxLimit; ; {
		page, err := list.List(ctx, who.Tenant, f, at)
		if err != nil {
			return nil, err
		}
		shown, err := s.products(ctx, who, page)
		if err != nil {
			return nil, err
		}
		for _, p := range shown.Body.Items {
			lines = append(lines, productLine(p))
		}
		if f.Next = page.Next; f.Next == "" {
			return table("products.csv", lines)
		}
	}
}

func productLine(p v1.Product) []string {
	var users []string
	for _, u := range p.AssignedUsers {
		users = append(users, u.Name)
	}
	return []string{
		cell(p.ProductName), cell(string(p.ProductID)), string(p.Channel), string(p.Kind), cell(p.PurchaserName), string(p.PurchaserID), p.PurchaserState,
		strconv.FormatInt(p.Quantity, 10), strconv.FormatInt(p.Assigned, 10), p.Status, day(p.StartDate), day(p.ExpiryDate),
		strconv.FormatBool(p.RecurringBilling), string(p.Term), plain(p.UnitPrice), plain(p.PurchasePrice), p.PurchasePrice.Currency,
		cell(strings.Join(users, ", ")), strings.Join(p.OrderNumbers, " "), string(p.SubscriptionID),
	}
}
