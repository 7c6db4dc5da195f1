package api

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"kassa/commands"
	"kassa/domain/license"
	"kassa/domain/user"
	"kassa/projections/views"
	v1 "kassa/services/api/v1"
)

// directory is the commands by which people leave and return.
type directory interface {
	Delete(ctx context.Context, r commands.Request, who commands.Leaver) (commands.Outcome[user.State], error)
	Restore(ctx context.Context, r commands.Request, who commands.Leaver) (commands.Outcome[user.State], error)
}

type (
	leaverInput struct {
		Writing
		User string `path:"user" doc:"Mail address or directory object id. An operator, who is of no organisation, gives an address." example:"anna@contoso.example"`
	}
	leaverOutput struct {
		Position uint64 `header:"Kassa-Position"`
		Body     v1.DirectoryPerson
	}
)

func (s *Server) registerLeavers(api huma.API) {
	group := []string{"People"}
	signed(s, api, huma.Operation{
		OperationID: "delete-person", Method: http.MethodDelete, Path: "/v1/people/{user}", Tags: group,
		Summary:     "Say that the directory has deleted somebody",
		Description: "They can do nothing any more, and their own seats are freed. Everybody else keeps theirs, and what they bought goes on until somebody cancels it (R57, R58), see /v1/orphaned. For user and global administrators, and operators.",
	}, s.deletePerson)
	signed(s, api, huma.Operation{
		OperationID: "restore-person", Method: http.MethodPost, Path: "/v1/people/{user}/restore", Tags: group,
		Summary:     "Say that the directory has restored somebody",
		Description: "What they bought is theirs again; seats that were freed have to be assigned anew. For user and global administrators, and operators.",
	}, s.restorePerson)
}

func (s *Server) deletePerson(ctx context.Context, who commands.Principal, in *leaverInput) (*leaverOutput, error) {
	return s.changePerson(ctx, who, in, "person.delete", s.Directory.Delete)
}

func (s *Server) restorePerson(ctx context.Context, who commands.Principal, in *leaverInput) (*leaverOutput, error) {
	return s.changePerson(ctx, who, in, "person.restore", s.Directory.Restore)
}

type leaverCommand func(context.Context, commands.Request, commands.Leaver) (commands.Outcome[user.State], error)

func (s *Server) changePerson(ctx context.Context, who commands.Principal, in *leaverInput, verb string, do leaverCommand) (*leaverOutput, error) {
	if err := commands.MayDeletePeople(who); err != nil {
		return nil, err // before anything can be learnt of who is there
	}
	leaver, err := s.findLeaver(ctx, who, in.User)
	if err != nil {
		return nil, err
	}
	r, err := in.request(who, verb, leaver)
	if err != nil {
		return nil, err
	}
	out, err := do(ctx, r, leaver)
	if err != nil {
		return nil, err
	}
	who.Tenant = leaver.Tenant
	people, err := s.openPeople(ctx, who, leaver.Person)
	if err != nil {
		return nil, err
	}
	return &leaverOutput{Position: out.Position, Body: v1.DirectoryPerson{
		User: people.show(leaver.Person), Deleted: out.State.Deleted, Position: out.Position,
	}}, nil
}

// findLeaver finds somebody of the caller's organisation. An operator means that
// of the address.
func (s *Server) findLeaver(ctx context.Context, who commands.Principal, typed string) (commands.Leaver, error) {
	if who.Has(commands.RoleOperator) && strings.Contains(typed, "@") {
		realm, err := domainOf(typed)
		if err != nil {
			return commands.Leaver{}, err
		}
		if who.Tenant, _, err = s.tenantOf(ctx, realm); err != nil {
			return commands.Leaver{}, err
		}
	}
	person, err := s.findPerson(ctx, who, typed)
	if errors.Is(err, license.ErrOtherTenant) { // which speaks of licences
		err = views.ErrPersonUnknown
	}
	return commands.Leaver{Tenant: who.Tenant, Person: person}, err
}
