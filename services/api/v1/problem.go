package v1

// Problem is an error as RFC 9457 wants it. Programs look at Code, people read
// Detail; Type leads to a page about the code.
type Problem struct {
	Type     string `json:"type" format:"uri-reference" doc:"Where this kind of problem is explained." example:"/docs#policy_disabled"`
	Title    string `json:"title" doc:"What sort of problem this is." example:"Refused"`
	Status   int    `json:"status" doc:"The HTTP status." example:"422"`
	Detail   string `json:"detail" doc:"One sentence that says what to do, in the language asked for." example:"Your organisation does not let people buy this product by themselves. Contact your IT admin."`
	Instance string `json:"instance" doc:"The request that met it." example:"/v1/purchases"`
	Code     string `json:"code" doc:"Stable name of the problem." example:"policy_disabled"`

	Errors []FieldError `json:"errors,omitempty" doc:"What is wrong with which part of the request."`

	// Of a refused purchase, or of more seats (R20).
	Rule              string  `json:"rule,omitempty" doc:"The rule that refused." example:"R41"`
	MessageKey        string  `json:"messageKey,omitempty" doc:"Names the text for a person, so that a front end may translate it." example:"contact_it_admin"`
	CanRequestLicense bool    `json:"canRequestLicense,omitempty,omitzero" doc:"A licence may be asked for instead."`
	RequestLicenseAt  string  `json:"requestLicenseAt,omitempty" doc:"Where to ask for it." example:"/v1/license-requests"`
	Checks            []Check `json:"checks,omitempty" doc:"Every question that was asked, with its answer."`
	PurchaseID        string  `json:"purchaseId,omitempty" doc:"Where the refusal is recorded."`
	MissingSeats      int64   `json:"missingSeats,omitempty,omitzero" doc:"How many free licences are missing to move everybody."`
	SubscriptionID    string  `json:"subscriptionId,omitempty" doc:"Where the refusal of more seats is recorded."`
	Position          uint64  `json:"position,omitempty,omitzero" doc:"Position of the recorded refusal."`

	// Of a licence request that is not taken here.
	RequestProcess *RequestProcess `json:"requestProcess,omitempty" doc:"What the organisation says to do instead."`
}

// FieldError is what is wrong with one part of a request.
type FieldError struct {
	Location string `json:"location" doc:"Path to the part." example:"body.quantity"`
	Message  string `json:"message" example:"expected integer"`
}

// Check is one question asked before a person may buy.
type Check struct {
	Code     string `json:"code" example:"policy_disabled"`
	Rule     string `json:"rule" example:"R41"`
	Passed   bool   `json:"passed"`
	Evidence string `json:"evidence" doc:"What was seen, without personal data." example:"Disabled for the product"`
	Source   string `json:"source,omitempty" doc:"The stream it was seen in."`
	Revision int64  `json:"revision" doc:"How far that stream had come; -1 if nothing was recorded."`
}

// Error is the sentence for a person.
func (p *Problem) Error() string { return p.Detail }

// GetStatus is the HTTP status to answer with.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType turns plain JSON into problem JSON.
func (p *Problem) ContentType(negotiated string) string {
	if negotiated == "application/json" {
		return "application/problem+json"
	}
	return negotiated
}
