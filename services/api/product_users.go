package api

import (
	"context"
	"encoding/csv"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"kassa/commands"
	"kassa/domain"
	"kassa/projections/views"
	v1 "kassa/services/api/v1"
)

type (
	productUsersInput struct {
		Reading
		Product       string   `query:"product" doc:"Only the users of this product."`
		Subscriptions []string `query:"subscription" maxItems:"100" doc:"Only the users of these subscriptions, with commas between."`
	}
	productUsersOutput  struct{ Body v1.ProductUsers }
	productTotalsInput  struct{ Reading }
	productTotalsOutput struct{ Body v1.ProductTotals }
	csvOutput           struct {
		ContentType string `header:"Content-Type"`
		Disposition string `header:"Content-Disposition"`
		Body        []byte
	}
)

func (s *Server) registerProductUsers(api huma.API) {
	group := []string{"Products"}
	signed(s, api, huma.Operation{
		OperationID: "list-product-users", Method: http.MethodGet, Path: "/v1/products/users", Tags: group,
		Summary:     "Who uses what your organisation has",
		Description: "Everybody who holds a licence, grouped by who bought it. For global and billing administrators and global readers.",
	}, s.listProductUsers)
	signed(s, api, huma.Operation{
		OperationID: "export-product-users", Method: http.MethodGet, Path: "/v1/products/users.csv", Tags: group,
		Summary:     "The same as a table for a spreadsheet",
		Description: "One line for each licence, with a heading. Text that a spreadsheet would take for a formula begins with an apostrophe.",
		Responses:   csvResponse(),
	}, s.exportProductUsers)
	signed(s, api, huma.Operation{
		OperationID: "list-product-totals", Method: http.MethodGet, Path: "/v1/products/summary", Tags: group,
		Summary:     "Each product once",
		Description: "With all purchases of it together, whoever bought; not what is disabled or deleted. For global and billing administrators and global readers.",
	}, s.listProductTotals)
}

func (s *Server) listProductUsers(ctx context.Context, who commands.Principal, in *productUsersInput) (*productUsersOutput, error) {
	users, err := s.productUsers(ctx, who, in)
	if err != nil {
		return nil, err
	}
	return &productUsersOutput{users}, nil
}

func (s *Server) productUsers(ctx context.Context, who commands.Principal, in *productUsersInput) (out v1.ProductUsers, err error) {
	if !who.Has(admins...) {
		return out, errNotAdmin
	}
	if err := s.caughtUp(ctx, in.Reading, views.YourProductsView.Name, views.DirectoryView.Name); err != nil {
		return out, err
	}
	var chosen []domain.SubscriptionID
	for _, id := range in.Subscriptions {
		chosen = append(chosen, domain.SubscriptionID(id))
	}
	rows, asOf, err := views.NewYourProducts(s.Projector).Users(ctx, who.Tenant, domain.ProductID(in.Product), chosen)
	if err != nil {
		return out, err
	}
	var ids []domain.PersonID
	for _, row := range rows {
		ids = append(ids, row.Purchaser, row.User)
	}
	people, err := s.openPeople(ctx, who, ids...)
	if err != nil {
		return out, err
	}
	return v1.ProductUsers{Purchasers: byPurchaser(rows, people), AsOf: v1.AsOf{Position: asOf}}, nil
}

// byPurchaser groups rows that are sorted by purchaser.
func byPurchaser(rows []views.UserOf, people people) (groups []v1.PurchaserUsers) {
	for i, row := range rows {
		if i == 0 || rows[i-1].Purchaser != row.Purchaser {
			groups = append(groups, v1.PurchaserUsers{Purchaser: people.show(row.Purchaser)})
		}
		group := &groups[len(groups)-1]
		group.Users = append(group.Users, v1.ProductUser{
			User: people.show(row.User), ProductID: row.Product, ProductName: row.ProductName,
			SubscriptionID: row.Subscription, Channel: row.Channel, Since: row.Since,
		})
	}
	return groups
}

func (s *Server) exportProductUsers(ctx context.Context, who commands.Principal, in *productUsersInput) (*csvOutput, error) {
	users, err := s.productUsers(ctx, who, in)
	if err != nil {
		return nil, err
	}
	lines := [][]string{{"purchaser", "purchaser mail", "product", "product id", "subscription id", "channel", "user", "user mail", "user id", "since"}}
	for _, group := range users.Purchasers {
		for _, u := range group.Users {
			lines = append(lines, []string{
				cell(group.Purchaser.Name), cell(group.Purchaser.Mail), cell(u.ProductName), cell(string(u.ProductID)), string(u.SubscriptionID),
				string(u.Channel), cell(u.User.Name), cell(u.User.Mail), string(u.User.ID), u.Since.Format(time.RFC3339),
			})
		}
	}
	return table("users.csv", lines)
}

func csvResponse() map[string]*huma.Response {
	return map[string]*huma.Response{"200": {Description: "Comma-separated values (RFC 4180), in UTF-8.", Content: map[string]*huma.MediaType{
		"text/csv": {Schema: &huma.Schema{Type: huma.TypeString}},
	}}}
}

// table is lines, the first of them a heading, to be kept in a file.
func table(name string, lines [][]string) (*csvOutput, error) {
	var text strings.Builder
	if err := csv.NewWriter(&text).WriteAll(lines); err != nil {
		return nil, err
	}
	return &csvOutput{ContentType: "text/csv; charset=utf-8", Disposition: `attachment; filename="` + name + `"`, Body: []byte(text.String())}, nil
}

// cell is text that a spreadsheet shows and does not compute.
func cell(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}

func (s *Server) listProductTotals(ctx context.Context, who commands.Principal, in *productTotalsInput) (*productTotalsOutput, error) {
	if !who.Has(admins...) {
		return nil, errNotAdmin
	}
	if err := s.caughtUp(ctx, in.Reading, views.YourProductsView.Name); err != nil {
		return nil, err
	}
	totals, asOf, err := views.NewYourProducts(s.Projector).Totals(ctx, who.Tenant)
	if err != nil {
		return nil, err
	}
	body := v1.ProductTotals{AsOf: v1.AsOf{Position: asOf}}
	for _, t := range totals {
		body.Items = append(body.Items, v1.ProductTotal{
			ProductID: t.Product, ProductName: t.ProductName, Subscriptions: t.Subscriptions, AvailableQuantity: t.Quantity, Assigned: t.Assigned,
		})
	}
	return &productTotalsOutput{body}, nil
}
