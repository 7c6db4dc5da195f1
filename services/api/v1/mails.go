package v1

import (
	"time"

	"kassa/domain"
)

// Mail is a mail that somebody gets, or was to get. It says neither who nor
// where.
type Mail struct {
	ID       string          `json:"id" doc:"Also the first part of its Message-ID."`
	FactID   string          `json:"factId" doc:"What it tells."`
	TenantID domain.TenantID `json:"tenantId"`
	At       time.Time       `json:"at" doc:"From when on it is told."`
	Code     string          `json:"code" doc:"Of the notice." example:"receipt"`
	Status   string          `json:"status" enum:"waiting,sent,failed,skipped"`
	Why      string          `json:"why,omitempty" doc:"It failed: the mail server's reply code. Skipped: stale, erased, deleted, unknown or address." example:"550"`
	DoneAt   *time.Time      `json:"doneAt,omitempty" doc:"It was sent, refused or skipped."`
}

// Mails is a page of them.
type Mails struct {
	Items []Mail `json:"items"`
	AsOf  AsOf   `json:"asOf"`
	Next  string `json:"next" doc:"Give it as after to get the next page; empty on the last."`
}
