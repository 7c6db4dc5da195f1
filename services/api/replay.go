package api

import (
	"context"
	"time"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/partner"
	"kassa/eventstore"
)

var errEventsNotDelegated = &domain.Error{
	Kind: domain.Forbidden, Code: "events_not_delegated",
	Message: "A partner replays an organisation's history only as a global administrator or reader. Ask for a relation with that role.",
}

// mayReplay says who may read a whole history. Everything is in it, so a partner
// needs a role that was granted in so many words (R56); seeing purchases like an
// administrator is not enough.
func mayReplay(who commands.Principal) error {
	switch {
	case who.Partner != "" && !who.Has(domain.RoleGlobalAdmin, domain.RoleGlobalReader):
		return errEventsNotDelegated
	case who.Partner == "" && !who.Has(commands.RoleOperator) && !who.Has(admins...):
		return errNotAdmin
	}
	return nil
}

// recheck is how long a partner's replay goes on at most without the relation
// being looked at again.
const recheck = time.Second

// watched is a replay whose reader may lose the right to it on the way.
type watched struct {
	*Server
	who     commands.Principal
	checked time.Time
}

func (s *Server) watch(who commands.Principal) *watched {
	return &watched{Server: s, who: who, checked: time.Now()}
}

// lasts says whether the reader may have the next record. A partner loses the
// right with the relation, and not only to what comes after its end.
func (w *watched) lasts(ctx context.Context, next eventstore.Record) error {
	if w.who.Partner == "" {
		return nil
	}
	if !w.Now().Before(w.who.Until) {
		return partner.ErrExpired
	}
	if time.Since(w.checked) < recheck && next.Stream != partner.Stream(w.who.Tenant, w.who.Partner) {
		return nil
	}
	w.checked = time.Now()
	return w.Partners.Still(ctx, w.who)
}
