package importer

import (
	"cmp"
	"io"
	"strings"
	"time"

	"kassa/domain"
)

// Directory is a file's tenants and people, in its order.
type Directory struct {
	Tenants []Tenant
	People  []Person
}

// Tenant is one organisation's directory.
type Tenant struct {
	ID                domain.TenantID
	Name              string
	Domains           []string // lower case
	Kind              domain.TenantKind
	Managed           bool               // has an administrator (R19)
	Country           string             // ISO 3166-1 alpha-2
	Zone              string             // IANA
	GovernanceBlocked []domain.ProductID // R42
	PremierIncidents  int64              // that its Premier contract grants, in all; 0: it has none (R52)
}

// Person is somebody in a directory.
type Person struct {
	// Tenant is a tenant's id where the file gives it or one of its own tenants
	// has the domain; else it is the domain, which only the store can resolve.
	Tenant        string
	ID            domain.PersonID
	Name          string
	Mail          string
	Guest         bool
	Enabled       bool
	Synced        bool     // from an on-premises directory (R22)
	UsageLocation string   // ISO 3166-1 alpha-2, or empty
	Roles         []string // template ids
	Deleted       bool     // from the directory, which may restore them (R57)
}

var directoryShape = shape{
	columns: map[string][]string{
		"tenant": {"id", "name", "domains", "kind", "managed", "country", "zone", "governanceBlocked", "premierIncidents"},
		"person": {"tenant", "id", "name", "mail", "guest", "enabled", "synced", "usageLocation", "roles", "deleted"},
	},
	lists: map[string]string{"tenants": "tenant", "people": "person"},
}

// roles are the names by which a file may give directory roles.
var roles = map[string]string{
	"global-admin":          domain.RoleGlobalAdmin,
	"billing-admin":         domain.RoleBillingAdmin,
	"global-reader":         domain.RoleGlobalReader,
	"license-admin":         domain.RoleLicenseAdmin,
	"user-admin":            domain.RoleUserAdmin,
	"service-support-admin": domain.RoleServiceSupportAdmin,
	"power-platform-admin":  domain.RolePowerPlatformAdmin,
}

// RoleID is the template id of the directory role that files call name; empty
// if they call none so.
func RoleID(name string) string { return roles[name] }

// RoleName is what files call the directory role with a template id; the id
// itself where they have no name for it.
func RoleName(id string) string {
	for name, known := range roles {
		if known == id {
			return name
		}
	}
	return id
}

// ReadDirectory reads a directory file. The error is a *Report where the file
// is wrong, and then nothing is returned.
func ReadDirectory(name string, from io.Reader) (Directory, error) {
	d := directoryReader{report: &Report{File: name}, tenants: lines{}, people: lines{}, mails: lines{}, domains: lines{}, owner: map[string]string{}}
	records, err := read(name, from, directoryShape, d.report)
	if err != nil {
		return Directory{}, err
	}
	each(records, "tenant", d.report, d.tenant)
	each(records, "person", d.report, d.person)
	if err := d.report.verdict(); err != nil {
		return Directory{}, err
	}
	return d.Directory, nil
}

type directoryReader struct {
	Directory
	report                          *Report
	tenants, people, mails, domains lines
	owner                           map[string]string // domain -> tenant id
}

func (d *directoryReader) tenant(r row) {
	t := Tenant{
		ID: domain.TenantID(r.id("id")), Name: r.name("name"),
		Kind: domain.TenantKind(r.matched("kind", "kind_unknown", "The kind is commercial, education, nonprofit, gcc, gcch or dod.",
			func(s string) bool { return domain.TenantKind(s).Known() })),
		Managed: r.flag("managed", true), Country: r.country("country"),
		Zone:              r.matched("zone", "zone_unknown", "This must be an IANA time zone such as Europe/Stockholm.", isZone),
		GovernanceBlocked: r.products("governanceBlocked"),
		PremierIncidents:  r.countOrNone("premierIncidents", maxQuantity),
	}
	d.tenants.unique(r, "id", string(t.ID))
	for _, name := range r.needs("domains", r.each("domains", "domain_invalid", domainMessage, isDomain)) {
		name = strings.ToLower(name)
		if d.domains.unique(r, "domains", name) {
			d.owner[name] = string(t.ID)
			t.Domains = append(t.Domains, name)
		}
	}
	d.Tenants = append(d.Tenants, t)
}

func (d *directoryReader) person(r row) {
	p := Person{
		Tenant: d.tenantOf(r), ID: domain.PersonID(r.id("id")), Name: r.name("name"), Mail: r.mail("mail"),
		Guest: r.flag("guest", true), Enabled: r.flag("enabled", true), Synced: r.flag("synced", false),
		Roles: rolesOf(r), Deleted: r.flag("deleted", false),
	}
	if _, ok := r.values["usageLocation"]; ok {
		p.UsageLocation = r.country("usageLocation")
	}
	if p.ID != "" {
		d.people.unique(r, "id", p.Tenant+" "+string(p.ID))
	}
	if p.Mail != "" && !p.Deleted { // somebody else may have it by now
		d.mails.unique(r, "mail", p.Tenant+" "+strings.ToLower(p.Mail))
	}
	d.People = append(d.People, p)
}

// tenantOf reads a tenant's id or domain.
func (d *directoryReader) tenantOf(r row) string {
	text := strings.ToLower(r.matched("tenant", "tenant_invalid", "This must be a tenant's id or domain.", func(s string) bool {
		return isUUID(s) || isDomain(s)
	}))
	if id, ok := d.owner[text]; ok {
		return id
	}
	return text
}

func rolesOf(r row) []string {
	const message = "A role is a template id, or one of global-admin, billing-admin, global-reader, license-admin, user-admin, service-support-admin, power-platform-admin."
	var ids []string
	for _, role := range r.each("roles", "role_unknown", message, func(s string) bool { return roles[s] != "" || isUUID(s) }) {
		ids = append(ids, cmp.Or(roles[role], strings.ToLower(role)))
	}
	return ids
}

// isZone keeps out the names that mean another zone on another machine.
func isZone(s string) bool {
	_, err := time.LoadLocation(s)
	return err == nil && s != "Local"
}
