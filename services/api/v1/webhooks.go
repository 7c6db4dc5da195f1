package v1

// WebhookReceipt tells the payment service that it was heard.
type WebhookReceipt struct {
	Outcome string `json:"outcome" enum:"followed,ignored"`
}
