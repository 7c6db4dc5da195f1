package fulfilment_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"kassa/domain/purchase"
	"kassa/services/fulfilment"
)

func TestNext(t *testing.T) {
	for status, want := range map[purchase.Status]fulfilment.Step{
		purchase.StatusNone:      fulfilment.Nothing,
		purchase.StatusQuoted:    fulfilment.Nothing,
		purchase.StatusRefused:   fulfilment.Nothing,
		purchase.StatusDeclined:  fulfilment.Nothing,
		purchase.StatusSubmitted: fulfilment.Settle,
		purchase.StatusCompleted: fulfilment.Provision,
	} {
		assert.Equal(t, want, fulfilment.Next(purchase.State{Status: status}), "%q", status)
	}
}
