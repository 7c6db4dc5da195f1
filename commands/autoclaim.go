package commands

import (
	"context"
	"time"

	"kassa/domain"
	"kassa/domain/autoclaim"
)

// AutoClaims carries out what an administrator decides about giving licences to
// whoever opens a product, and those claims themselves.
type AutoClaims struct {
	Log
	Licenses *Licenses
	Now      func() time.Time
}

// SetAutoClaim turns auto-claim on for a product, and others in order for when
// it has no seat left.
type SetAutoClaim struct {
	Primary domain.ProductID // its id, or an older one; so with the others
	Backups []domain.ProductID
}

// ErrNotAutoClaimAdmin: this gives out what the whole organisation pays.
var ErrNotAutoClaimAdmin = &domain.Error{
	Kind: domain.Forbidden, Code: "not_auto_claim_admin",
	Message: "Only a global administrator may change who gets a licence for opening a product. Ask one of them.",
}

// autoClaimAdmins set the policy; autoClaimReaders see it, and what came of it.
var (
	autoClaimAdmins  = []string{domain.RoleGlobalAdmin}
	autoClaimReaders = []string{domain.RoleGlobalAdmin, domain.RoleGlobalReader, domain.RoleLicenseAdmin, domain.RoleUserAdmin}
)

// ErrNotAutoClaimReader: what people claim is for those who give licences.
var ErrNotAutoClaimReader = &domain.Error{
	Kind: domain.Forbidden, Code: "not_auto_claim_reader",
	Message: "Only a global, license or user administrator or a global reader may see this. Ask one of them.",
}

type autoClaimPolicy = Outcome[autoclaim.State]

// Set turns auto-claim on for these products, from now on.
func (a *AutoClaims) Set(ctx context.Context, r Request, c SetAutoClaim) (autoClaimPolicy, error) {
	return a.change(ctx, r, func(at time.Time) (autoclaim.Command, error) {
		set := autoclaim.Set{At: at}
		if c.Primary == "" {
			return set, nil // which is refused
		}
		var err error
		if set.Primary, _, err = findProduct(ctx, a.Log, c.Primary); err != nil {
			return set, err
		}
		for _, asked := range c.Backups {
			id, _, err := findProduct(ctx, a.Log, asked)
			if err != nil {
				return set, err
			}
			set.Backups = append(set.Backups, id)
		}
		return set, nil
	})
}

// TurnOff ends auto-claim. Nobody loses a licence.
func (a *AutoClaims) TurnOff(ctx context.Context, r Request) (autoClaimPolicy, error) {
	return a.change(ctx, r, func(at time.Time) (autoclaim.Command, error) { return autoclaim.TurnOff{At: at}, nil })
}

// Policy returns what holds for the caller's tenant.
func (a *AutoClaims) Policy(ctx context.Context, who Principal) (autoClaimPolicy, error) {
	if err := MayReadAutoClaim(who); err != nil {
		return autoClaimPolicy{}, err
	}
	return read(ctx, a.Log, autoclaim.Decider, autoclaim.Stream(who.Tenant))
}

// MayReadAutoClaim refuses who may not see the policy, nor what came of it.
func MayReadAutoClaim(who Principal) error {
	if !who.Has(autoClaimReaders...) {
		return ErrNotAutoClaimReader
	}
	return nil
}

func (a *AutoClaims) change(ctx context.Context, r Request, command func(time.Time) (autoclaim.Command, error)) (autoClaimPolicy, error) {
	if !r.Who.Has(autoClaimAdmins...) {
		return autoClaimPolicy{}, ErrNotAutoClaimAdmin
	}
	at := now(a.Now)
	return run(ctx, a.Log, autoclaim.Decider, autoclaim.Stream(r.Who.Tenant), r.meta(domain.ActorAdmin, at),
		func(s autoclaim.State) ([]autoclaim.Event, error) {
			c, err := command(at)
			if err != nil {
				return nil, err
			}
			return autoclaim.Decider.Decide(s, c)
		})
}
