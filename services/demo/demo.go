package demo

import (
	"bytes"
	_ "embed"

	"github.com/google/uuid"

	"kassa/domain"
	"kassa/services/importer"
)

var (
	//go:embed catalogue.json
	catalogue []byte
	//go:embed directory.json
	directory []byte
)

// Catalogue is what there is to buy.
func Catalogue() (importer.Catalogue, error) {
	return importer.ReadCatalogue("demo/catalogue.json", bytes.NewReader(catalogue))
}

// Directory is who there is.
func Directory() (importer.Directory, error) {
	return importer.ReadDirectory("demo/directory.json", bytes.NewReader(directory))
}

// namespace makes every id of the demo a function of an address, so that a
// restart imports the same people and makes the same purchases.
var namespace = uuid.NewSHA1(uuid.NameSpaceURL, []byte("https://kassa.example/demo"))

// Purchase is one that somebody has made before the visitor comes.
type Purchase struct {
	By       string // mail
	Product  domain.ProductID
	Seats    int64
	Market   string
	Channel  domain.Channel
	Monthly  bool     // a year that is paid in months
	Trial    bool     // tried first: with a card it becomes paid by itself
	Card     string   // the payment simulator's token; empty for Central, and for a trial that just ends
	AssignBy string   // mail; empty where By assigns
	AssignTo []string // mails
}

// Command names the intent, the same at every start.
func (p Purchase) Command() uuid.UUID {
	return uuid.NewSHA1(namespace, []byte("purchase "+p.By+" "+string(p.Product)))
}

// Assigner is who assigns the seats. A billing administrator buys but may not
// assign.
func (p Purchase) Assigner() string {
	if p.AssignBy != "" {
		return p.AssignBy
	}
	return p.By
}

const (
	powerApps     domain.ProductID = "CFQ7TTC0LH2H"
	powerAutomate domain.ProductID = "CFQ7TTC0LH3L"
	powerBIPro    domain.ProductID = "CFQ7TTC0H9MP"
	plannerPlan1  domain.ProductID = "CFQ7TTC0HDB1"
	projectPlan3  domain.ProductID = "CFQ7TTC0HDB0"
	visioPlan1    domain.ProductID = "CFQ7TTC0HD33"
	visioPlan2    domain.ProductID = "CFQ7TTC0HD32"
	copilot       domain.ProductID = "CFQ7TTC0MM8R"
)

// Purchases are made in this order. Anna and Omar of Contoso own and use
// nothing: they are left to the visitor.
func Purchases() []Purchase {
	return []Purchase{
		{By: "hans@contoso.example", Product: powerBIPro, Seats: 5, Market: "DE", Channel: domain.SelfService, Card: "tok_mastercard",
			AssignTo: []string{"hans@contoso.example", "maja@contoso.example"}},
		{By: "maja@contoso.example", Product: visioPlan1, Seats: 3, Market: "SE", Channel: domain.SelfService, Card: "tok_visa",
			AssignTo: []string{"maja@contoso.example", "hans@contoso.example", "george@contoso.example"}},
		{By: "george@contoso.example", Product: projectPlan3, Seats: 2, Market: "GB", Channel: domain.SelfService, Card: "tok_visa",
			AssignTo: []string{"george@contoso.example"}},
		{By: "beatriz@contoso.example", Product: powerApps, Seats: 4, Market: "BR", Channel: domain.SelfService, Card: "tok_mastercard",
			AssignTo: []string{"beatriz@contoso.example", "priya@contoso.example"}},
		{By: "sync@contoso.example", Product: powerAutomate, Seats: 1, Market: "US", Channel: domain.SelfService, Card: "tok_visa",
			AssignTo: []string{"sync@contoso.example"}},
		{By: "bill@contoso.example", Product: powerBIPro, Seats: 25, Market: "US", Channel: domain.Central, AssignBy: "lena@contoso.example",
			AssignTo: []string{"rita@contoso.example", "ugo@contoso.example"}},
		{By: "gail@contoso.example", Product: visioPlan2, Seats: 5, Market: "US", Channel: domain.Central,
			AssignTo: []string{"lena@contoso.example"}},
		{By: "anna@fabrikam.example", Product: plannerPlan1, Seats: 2, Market: "SE", Channel: domain.SelfService, Card: "tok_visa",
			AssignTo: []string{"anna@fabrikam.example", "erik@fabrikam.example"}},
		{By: "gail@fabrikam.example", Product: powerBIPro, Seats: 10, Market: "SE", Channel: domain.Central,
			AssignTo: []string{"gail@fabrikam.example", "erik@fabrikam.example"}},
		{By: "priya@contoso.example", Product: powerBIPro, Seats: 2, Market: "US", Channel: domain.SelfService, Trial: true, Card: "tok_visa",
			AssignTo: []string{"priya@contoso.example"}},
		{By: "ugo@contoso.example", Product: projectPlan3, Seats: 1, Market: "IT", Channel: domain.SelfService, Trial: true, Card: "tok_insufficient_funds"},
		{By: "erik@fabrikam.example", Product: visioPlan1, Seats: 3, Market: "SE", Channel: domain.SelfService, Trial: true,
			AssignTo: []string{"erik@fabrikam.example", "anna@fabrikam.example"}},
		{By: "lena@contoso.example", Product: copilot, Seats: 2, Market: "US", Channel: domain.SelfService, Card: "tok_visa", Monthly: true,
			AssignTo: []string{"lena@contoso.example"}},
	}
}
