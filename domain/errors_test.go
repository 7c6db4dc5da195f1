package domain_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"kassa/domain"
)

func TestAnErrorIsItselfHoweverDecorated(t *testing.T) {
	decorated := domain.ErrGuest.Because(domain.ErrCannotVerify)
	assert.ErrorIs(t, decorated, domain.ErrGuest)
	assert.ErrorIs(t, decorated, domain.ErrCannotVerify, "the cause can be found as well")
	assert.NoError(t, domain.ErrGuest.Err, "the declared error is not touched")
}

func TestAnErrorIsNoOther(t *testing.T) {
	assert.NotErrorIs(t, domain.ErrGuest, domain.ErrAccountDisabled)
	assert.NotErrorIs(t, domain.ErrGuest, errors.New("guest"))
}

func TestAnErrorReadsAsItsCodeAndReason(t *testing.T) {
	assert.EqualError(t, domain.Refuse("code", "Do this."), "code: Do this.")
	assert.EqualError(t, domain.Refuse("code", "Do this.").Because(errors.New("disk full")), "code: disk full")
}

func TestWhatNobodyClassifiedIsOurFault(t *testing.T) {
	assert.Equal(t, domain.Internal, domain.KindOf(errors.New("boom")))
	assert.Equal(t, domain.Internal, domain.KindOf(nil))
	assert.Equal(t, domain.Refused, domain.KindOf(fmt.Errorf("purchase p1: %w", domain.ErrGuest)))
}
