package v1

import (
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

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
// the three.
type TokenRequest struct {
	Mail     string `json:"mail,omitempty" doc:"Address of somebody in the directory." example:"anna@contoso.example"`
	Operator bool   `json:"operator,omitempty" doc:"A token of whoever runs this Kassa."`
	Support  bool   `json:"support,omitempty" doc:"A token of the vendor's support."`
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
