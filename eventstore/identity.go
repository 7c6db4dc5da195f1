package eventstore

import "github.com/google/uuid"

// Identified is the first fact of a history: the history's own name. Positions
// of one history mean nothing in another, so every stored position is kept
// beside this id and refused where it differs.
type Identified struct {
	ID uuid.UUID `json:"id"`
}

// EventType is the stored name.
func (Identified) EventType() string { return "store.identified.v1" }

// IdentityStream holds Identified as its only event.
const IdentityStream = "store-identity"
