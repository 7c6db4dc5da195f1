package billing

import (
	"context"
	"errors"

	"kassa/domain"
	"kassa/domain/invoice"
	"kassa/domain/product"
	"kassa/projections"
	"kassa/projections/views"
	"kassa/services/document"
)

// Page is a bill as it is printed: with the names of its organisation and its
// products, as they were when it was issued, and of whoever pays.
func Page(ctx context.Context, p *projections.Projector, bill invoice.Issued, payer string) (page document.Bill, err error) {
	page = document.Bill{Issued: bill, Payer: payer, Products: map[domain.ProductID]string{}}
	if page.Credited, err = views.NewInvoices(p).Number(ctx, bill.Credits); err != nil {
		return page, err
	}
	names, err := views.NewDirectory(p).TenantNames(ctx, bill.Tenant)
	if err != nil {
		return page, err
	}
	page.Organisation = names[bill.Tenant]
	for _, l := range bill.Lines {
		sold, _, err := views.NewCatalogue(p).Product(ctx, l.Product, bill.At)
		if err != nil && !errors.Is(err, product.ErrUnknown) {
			return page, err
		}
		page.Products[l.Product] = sold.Name
	}
	return page, nil
}
