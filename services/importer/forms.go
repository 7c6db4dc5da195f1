package importer

import (
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/google/uuid"

	"kassa/domain"
)

// name is what people will read. A name that a spreadsheet would take for a
// formula is refused, so that no export has to disfigure it.
func (r row) name(field string) string {
	return r.matched(field, "name_unsafe", "A name has at most 200 characters and does not begin with = + - or @.", func(s string) bool {
		return len([]rune(s)) <= 200 && !strings.ContainsAny(s[:1], "=+-@") && !strings.ContainsAny(string([]rune(s)[:1]), "＝＋－＠")
	})
}

// id is a UUID, given in any case.
func (r row) id(field string) string {
	return strings.ToLower(r.matched(field, "id_invalid", "This must be a UUID such as 6f9619ff-8b86-4d01-b42d-00cf4fc964ff.", isUUID))
}

func isUUID(s string) bool {
	id, err := uuid.Parse(s)
	return err == nil && id != uuid.Nil && id.String() == strings.ToLower(s)
}

const productIDMessage = "A product id has 1 to 64 letters, digits, dots, dashes and underscores, and begins with a letter or digit."

func isProductID(s string) bool { return domain.ProductID(s).Valid() }

func (r row) product(field string) domain.ProductID {
	return domain.ProductID(r.matched(field, "product_id_invalid", productIDMessage, isProductID))
}

func (r row) products(field string) []domain.ProductID {
	var ids []domain.ProductID
	for _, id := range r.each(field, "product_id_invalid", productIDMessage, isProductID) {
		ids = append(ids, domain.ProductID(id))
	}
	return ids
}

var host = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])$`)

func isDomain(s string) bool { return len(s) <= 253 && host.MatchString(strings.ToLower(s)) }

const domainMessage = "This must be a domain such as contoso.example; write an international one in its xn-- form."

// mail is an address; upper and lower case are kept, but mean the same.
func (r row) mail(field string) string {
	return r.matched(field, "mail_invalid", "This must be an e-mail address.", func(s string) bool {
		local, domain, ok := strings.Cut(s, "@")
		return ok && local != "" && len(local) <= 64 && !strings.ContainsAny(local, " \"(),:;<>[\\]") &&
			!strings.ContainsAny(local[:1], "=+-") && isDomain(domain)
	})
}

func isHTTPS(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Scheme == "https" && u.Hostname() != "" && u.User == nil
}

const httpsMessage = "This must be a URL that begins with https://."

// instant is a date, from its first moment in UTC, or an RFC 3339 time.
func (r row) instant(field string) time.Time {
	text := r.required(field)
	if text == "" {
		return time.Time{}
	}
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		t, err = time.Parse(time.RFC3339, text)
	}
	if err != nil || t.Year() < 1970 {
		r.fail(field, "instant_invalid", "This must be a date such as 2026-01-31, or an RFC 3339 time.")
		return time.Time{}
	}
	return t.UTC().Truncate(time.Microsecond)
}

const countryMessage = "This must be an ISO 3166-1 country in capitals, such as SE."

func (r row) country(field string) string {
	return r.matched(field, "country_unknown", countryMessage, domain.KnownMarket)
}

func (r row) markets(field string) []string {
	return r.needs(field, r.each(field, "country_unknown", countryMessage, domain.KnownMarket))
}
