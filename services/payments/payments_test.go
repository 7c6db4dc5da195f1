package payments_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"kassa/services/payments"
)

func TestR13_CardNumbersAreRecognised(t *testing.T) {
	for _, s := range []string{
		"4242424242424242", "4242 4242 4242 4242", "4242-4242-4242-4242", " 4242.4242.4242.4242 ",
		"4242\u00a04242\u00a04242\u00a04242", "４２４２４２４２４２４２４２４２", // as pasted from a web page
		"5555555555554444", "378282246310005", "6011111111111117", "3056930009020004", "3566002020360505",
		"4222222222222", "6304000000000000000", "tok_4242424242424242", "card: 4000 0566 5566 5556 exp 12/34",
	} {
		assert.True(t, payments.LooksLikeCardNumber(s), s)
	}
}

func TestOrdinaryTextIsNoCardNumber(t *testing.T) {
	for _, s := range []string{
		"", "tok_visa", "pm_1N3x0000", "4242424242424241", "424242424242", "42424242424242424242",
		"CFQ7TTC0H9MP", "ch_3f1c5b0a-6d7e-4f8b-9a0b-1c2d3e4f5a6b", "+46 8 123 456 78", "2026-02-01T10:00:00Z",
	} {
		assert.False(t, payments.LooksLikeCardNumber(s), s)
	}
}
