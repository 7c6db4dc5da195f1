package v1

import (
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kassa/domain"
)

// PolicyID is the one policy there is, by the name existing scripts know.
const PolicyID = "AllowSelfServicePurchase"

// Policies is what a tenant lets its people buy by themselves (R03, R41).
type Policies struct {
	PolicyID   string             `json:"policyId" example:"AllowSelfServicePurchase"`
	Default    domain.PolicyValue `json:"default" doc:"For products without a value of their own."`
	Items      []ProductPolicy    `json:"items"`
	OfferTypes []OfferTypePolicy  `json:"offerTypes" doc:"Third-party offers, by their kind."`
	Position   uint64             `json:"position"`
	Revision   int64              `json:"revision" doc:"Of the policies; also the ETag. -1 while none was ever set."`
}

// ProductPolicy is what holds for one product.
type ProductPolicy struct {
	ProductID   domain.ProductID   `json:"productId"`
	ProductName string             `json:"productName"`
	Value       domain.PolicyValue `json:"value" doc:"Enabled, Disabled or OnlyTrialsWithoutPaymentMethod."`
	Own         bool               `json:"own" doc:"Set for this product; otherwise the default holds."`
}

// OfferTypePolicy is what holds for one kind of third-party offers.
type OfferTypePolicy struct {
	OfferType string             `json:"offerType" example:"SaaS"`
	Name      string             `json:"name" example:"Software as a Service"`
	Value     domain.PolicyValue `json:"value" doc:"Enabled or Disabled."`
	Own       bool               `json:"own" doc:"Set for this kind; otherwise the default holds."`
}

// SetPolicy changes the policy of one product or kind of offers.
type SetPolicy struct {
	Value domain.PolicyValue `json:"value" doc:"Enabled, Disabled or OnlyTrialsWithoutPaymentMethod." example:"Disabled"`
}

// SetDefaultPolicy changes what holds for all other products.
type SetDefaultPolicy struct {
	Default domain.PolicyValue `json:"default" doc:"Enabled, Disabled or OnlyTrialsWithoutPaymentMethod." example:"Disabled"`
}

// PolicySet is a policy after a change.
type PolicySet struct {
	ProductID domain.ProductID   `json:"productId,omitempty" doc:"Empty for the default and for offers."`
	OfferType string             `json:"offerType,omitempty" doc:"The kind of third-party offers that was set."`
	Value     domain.PolicyValue `json:"value"`
	Own       bool               `json:"own"`
	Position  uint64             `json:"position"`
	Revision  int64              `json:"revision"`
}

// SetProductPolicy is one item of a change of many policies.
type SetProductPolicy struct {
	Product domain.ProductID   `json:"productId" doc:"The product's id, or an older one of it." example:"CFQ7TTC0H9MP"`
	Value   domain.PolicyValue `json:"value" doc:"Enabled, Disabled or OnlyTrialsWithoutPaymentMethod." example:"Disabled"`
}

// PolicyResults says what came of each item, in their order.
type PolicyResults struct {
	Items    []PolicyResult `json:"items"`
	Position uint64         `json:"position" doc:"Of the last change; 0 if there was none."`
}

// PolicyResult has what came of an item: set or error.
type PolicyResult struct {
	ProductID domain.ProductID   `json:"productId" doc:"As it was asked for."`
	Value     domain.PolicyValue `json:"value" doc:"As it was asked for."`
	Set       *PolicySet         `json:"set,omitempty" doc:"It holds from now on."`
	Error     *Problem           `json:"error,omitempty" doc:"Why it does not."`
}

// Problems are those of the items that could not be set.
func (r PolicyResults) Problems() []*Problem {
	var all []*Problem
	for _, item := range r.Items {
		if item.Error != nil {
			all = append(all, item.Error)
		}
	}
	return all
}

// PolicyHistory is a page of the changes of a tenant's policies, oldest first.
type PolicyHistory struct {
	Items []PolicyChange `json:"items"`
	AsOf  AsOf           `json:"asOf"`
	Next  string         `json:"next" doc:"Give it as after to get the next page; empty on the last."`
}

// PolicyChange is one change: of a product's policy, of that of a kind of
// offers or, where both are empty, of the default.
type PolicyChange struct {
	ProductID     domain.ProductID   `json:"productId,omitempty"`
	AskedFor      domain.ProductID   `json:"askedFor,omitempty" doc:"The id that the administrator gave, perhaps an older one."`
	OfferType     string             `json:"offerType,omitempty"`
	Before        domain.PolicyValue `json:"before"`
	After         domain.PolicyValue `json:"after"`
	At            time.Time          `json:"at" doc:"From when it holds."`
	RecordedAt    time.Time          `json:"recordedAt" doc:"When the store kept it."`
	By            Person             `json:"by"`
	ByKind        string             `json:"byKind" example:"admin"`
	EventID       string             `json:"eventId"`
	CommandID     string             `json:"commandId" doc:"What was asked for."`
	CorrelationID string             `json:"correlationId" doc:"The whole conversation; a script's own x-ms-correlation-id."`
	Position      uint64             `json:"position"`
	Revision      int64              `json:"revision"`
}

// CloudEvent is a fact in the JSON format of CloudEvents 1.0. Data is the
// stored payload, byte for byte.
type CloudEvent struct {
	SpecVersion     string         `json:"specversion" example:"1.0"`
	ID              string         `json:"id"`
	Source          string         `json:"source" example:"/kassa/6b0a…/purchase"`
	Type            string         `json:"type" example:"kassa.purchase.completed.v1"`
	Subject         string         `json:"subject" doc:"The stream."`
	Time            time.Time      `json:"time"`
	DataContentType string         `json:"datacontenttype" example:"application/json"`
	DataSchema      string         `json:"dataschema" example:"urn:kassa:schema:purchase.completed.v1"`
	Position        string         `json:"kassaposition" doc:"Global position: follow from here."`
	Revision        string         `json:"kassarevision" doc:"Number within the stream, from 0."`
	Data            jsontext.Value `json:"data"`
}

// View is how one view is doing.
type View struct {
	Name       string `json:"name"`
	Version    int    `json:"version" doc:"Of its declaration."`
	Generation int64  `json:"generation" doc:"Raised by each rebuild."`
	State      string `json:"state" example:"following"`
	Position   uint64 `json:"position" doc:"Shows every fact up to here."`
	Lag        uint64 `json:"lag" doc:"Published facts not yet shown."`
	Parked     int    `json:"parked" doc:"Facts set aside because they, or one before them in their stream, could not be applied."`
	// Quarantined is their number only: a stream's name may hold a person's id.
	Quarantined int    `json:"quarantined" doc:"Streams held back."`
	Detail      string `json:"detail,omitempty" doc:"Why it is not following."`
}

// Views lists all of them.
type Views struct {
	Items []View `json:"items"`
}

// Progress is one line of a rebuild. The last line has Report or Error.
type Progress struct {
	View       string   `json:"view"`
	Phase      string   `json:"phase" example:"building"`
	Events     uint64   `json:"events" doc:"Facts applied so far."`
	Position   uint64   `json:"position"`
	Target     uint64   `json:"target" doc:"Where it is going; grows while others write."`
	PerSecond  float64  `json:"perSecond" doc:"Facts a second, since the beginning."`
	ETASeconds float64  `json:"etaSeconds"`
	Report     *Report  `json:"report,omitempty"`
	Error      *Problem `json:"error,omitempty" doc:"Why it stopped."`
}

// Report says how a rebuild or a verification ended.
type Report struct {
	View        string       `json:"view"`
	Generation  int64        `json:"generation,omitempty" doc:"The one built; absent from a verification."`
	Position    uint64       `json:"position" doc:"Of the last fact in it."`
	Events      uint64       `json:"events"`
	Rows        int64        `json:"rows"`
	Parked      int          `json:"parked"`
	Hash        string       `json:"hash" doc:"Of all rows in the order of their keys."`
	Compared    bool         `json:"compared" doc:"There were live rows to compare with."`
	Equal       bool         `json:"equal" doc:"Row for row."`
	Differences []Difference `json:"differences" doc:"The first few."`
	TookSeconds float64      `json:"tookSeconds"`
	PerSecond   float64      `json:"perSecond"`
}

// Difference is a row in which a view and its history do not agree.
type Difference struct {
	Table string `json:"table"`
	Key   string `json:"key"`
	Kind  string `json:"kind" enum:"missing,extra,changed" doc:"Of the live row."`
}

// Dropped says how many replaced generations of a view were removed.
type Dropped struct {
	View        string `json:"view"`
	Generations int    `json:"generations"`
}

// Import says what a file changed.
type Import struct {
	Kind      string `json:"kind" enum:"catalogue,directory"`
	Rows      int    `json:"rows" doc:"Rows read."`
	Written   int    `json:"written" doc:"Facts recorded."`
	Unchanged int    `json:"unchanged" doc:"Rows that said nothing new."`
	Position  uint64 `json:"position"`
}

// TokenRequest asks the development identity provider for a token. Give one of
// the two.
type TokenRequest struct {
	Mail     string `json:"mail,omitempty" doc:"Address of somebody in the directory." example:"anna@contoso.example"`
	Operator bool   `json:"operator,omitempty" doc:"A token of whoever runs this Kassa."`
}

// Token is a bearer token.
type Token struct {
	Token     string    `json:"token"`
	ExpiresAt time.Time `json:"expiresAt"`
}

// Health is the answer of /healthz and /readyz.
type Health struct {
	Status string `json:"status" enum:"ok,unready"`
	Reason string `json:"reason,omitempty" doc:"Why it is not ready, in one sentence."`
	Parts  []Part `json:"parts"`
}

// Part is how one part of Kassa is doing.
type Part struct {
	Name     string `json:"name" example:"relay"`
	Ready    bool   `json:"ready"`
	Position uint64 `json:"position" doc:"How far it has come."`
	Lag      uint64 `json:"lag" doc:"Facts it is behind."`
	Detail   string `json:"detail,omitempty"`
}
