package domain

// Money is an exact amount in a currency's minor unit (cents, öre, whole yen).
// There is no float here and no arithmetic across currencies.
type Money struct {
	Minor    int64  `json:"minor"`
	Currency string `json:"currency"` // ISO 4217
}
