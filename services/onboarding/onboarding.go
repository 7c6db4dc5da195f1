// Package onboarding brings what an importer has read into history: rows become
// commands. Files are checked whole before the first command is sent; a command
// that says nothing new leaves no fact, so an import that a crash cut short is
// simply sent again. No file format may be known here, and no rule.
package onboarding

import (
	"cmp"
	"context"
	"io"
	"slices"
	"sync"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/price"
	"kassa/domain/product"
	"kassa/domain/tenant"
	v1 "kassa/services/api/v1"
	"kassa/services/importer"
)

// Onboarding sends the commands of an import.
type Onboarding struct {
	Commands struct {
		Catalogue *commands.Catalogue
		Directory *commands.Directory
	}
	// TenantByDomain resolves an organisation that a file names by its domain.
	TenantByDomain func(ctx context.Context, name string) (domain.TenantID, error)
}

// parallel is how many rows are on their way at once: the event store commits
// them together.
const parallel = 16

// enrolled is how many people get their keys in one transaction.
const enrolled = 1000

// ImportCatalogue reads a catalogue ("json" or "csv") and puts every product.
func (o *Onboarding) ImportCatalogue(ctx context.Context, r commands.Request, format string, body io.Reader) (v1.Import, error) {
	file, err := importer.ReadCatalogue("catalogue."+format, body)
	if err != nil {
		return v1.Import{}, err
	}
	return o.PutCatalogue(ctx, r, file)
}

// PutCatalogue puts every product of a catalogue.
func (o *Onboarding) PutCatalogue(ctx context.Context, r commands.Request, file importer.Catalogue) (v1.Import, error) {
	t := tally{Import: v1.Import{Kind: "catalogue"}}
	err := t.each(ctx, len(file.Products), func(ctx context.Context, i int) (commands.Applied, error) {
		return o.Commands.Catalogue.Put(ctx, r, offer(file.Products[i], file.ExcludedMarkets))
	})
	return t.Import, err
}

// ImportDirectory reads a directory ("json" or "csv") and puts every tenant, and
// then every person.
func (o *Onboarding) ImportDirectory(ctx context.Context, r commands.Request, format string, body io.Reader) (v1.Import, error) {
	file, err := importer.ReadDirectory("directory."+format, body)
	if err != nil {
		return v1.Import{}, err
	}
	return o.PutDirectory(ctx, r, file)
}

// PutDirectory puts every tenant and person of a directory.
func (o *Onboarding) PutDirectory(ctx context.Context, r commands.Request, file importer.Directory) (v1.Import, error) {
	t := tally{Import: v1.Import{Kind: "directory"}}
	people, err := o.people(ctx, file.People)
	if err != nil {
		return t.Import, err
	}
	err = t.each(ctx, len(file.Tenants), func(ctx context.Context, i int) (commands.Applied, error) {
		return o.Commands.Directory.PutTenant(ctx, r, organisation(file.Tenants[i]))
	})
	if err != nil {
		return t.Import, err
	}
	for some := range slices.Chunk(people, enrolled) {
		if err := o.Commands.Directory.Enrol(ctx, r, some); err != nil {
			return t.Import, err
		}
		err := t.each(ctx, len(some), func(ctx context.Context, i int) (commands.Applied, error) {
			return o.Commands.Directory.PutPerson(ctx, r, some[i])
		})
		if err != nil {
			return t.Import, err
		}
	}
	return t.Import, nil
}

func (o *Onboarding) people(ctx context.Context, rows []importer.Person) ([]commands.Person, error) {
	people := make([]commands.Person, len(rows))
	for i, p := range rows {
		id := domain.TenantID(p.Tenant)
		if uuid.Validate(p.Tenant) != nil {
			found, err := o.TenantByDomain(ctx, p.Tenant)
			if err != nil {
				return nil, err
			}
			id = found
		}
		people[i] = commands.Person{
			Tenant: id, Person: p.ID, Name: p.Name, Mail: p.Mail, Guest: p.Guest, Enabled: p.Enabled,
			Synced: p.Synced, UsageLocation: p.UsageLocation, Roles: p.Roles, Deleted: p.Deleted,
		}
	}
	return people, nil
}

func organisation(t importer.Tenant) commands.Organisation {
	return commands.Organisation{
		Tenant: tenant.Register{
			Tenant: t.ID, Name: t.Name, Domains: t.Domains, Kind: t.Kind, Managed: t.Managed, Country: t.Country, Zone: t.Zone,
		},
		Blocked: t.GovernanceBlocked, PremierIncidents: t.PremierIncidents,
	}
}

func offer(p importer.Product, excluded []importer.Exclusion) commands.Offer {
	o := commands.Offer{
		Product: product.List{
			Product: p.ID, Name: p.Name, Vendor: p.Vendor, Family: p.Family, SelfServiceEligible: p.SelfServiceEligible,
			TrialWithoutPayment: p.TrialWithoutPayment, MaxQuantity: p.MaxQuantity, ProductURL: p.ProductURL, TrainingURLs: p.TrainingURLs,
		},
		Trial: product.Trial{
			Days: cmp.Or(p.TrialDays, product.TrialDays), Seats: cmp.Or(p.TrialSeats, product.TrialSeats),
			WithoutPaymentMethod: p.TrialWithoutPayment, WithPaymentMethod: p.TrialWithPayment,
		},
		Capacity: product.Capacity{DatabaseMB: p.DatabaseMB, FileMB: p.FileMB},
		OldIDs:   p.OldIDs,
	}
	for _, x := range excluded {
		if x.Family == importer.AnyFamily || x.Family == p.Family {
			o.Exclusions = append(o.Exclusions, product.ExcludeMarket{Market: x.Market, From: x.From})
		}
	}
	for _, tag := range p.Prices {
		o.Prices = append(o.Prices, price.Publish{
			Product: p.ID, Channel: tag.Channel, Market: tag.Market, Amount: tag.Amount, Term: tag.Term, ValidFrom: tag.ValidFrom, Frequency: tag.Frequency,
		})
	}
	return o
}

// tally counts what an import came to.
type tally struct {
	mu sync.Mutex
	v1.Import
}

func (t *tally) each(ctx context.Context, n int, put func(context.Context, int) (commands.Applied, error)) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(parallel)
	for i := range n {
		g.Go(func() error {
			applied, err := put(ctx, i)
			t.mu.Lock()
			defer t.mu.Unlock()
			t.Rows++
			t.Written += applied.Facts
			t.Position = max(t.Position, applied.Position)
			if applied.Facts == 0 && err == nil {
				t.Unchanged++
			}
			return err
		})
	}
	return g.Wait()
}
