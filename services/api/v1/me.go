package v1

import "kassa/domain"

// Me is what the caller's own screen has to know of them.
type Me struct {
	TenantID  domain.TenantID `json:"tenantId"`
	Person    Person          `json:"person"`
	Roles     []string        `json:"roles" doc:"Directory roles by template id, as the token has them."`
	AdminTile bool            `json:"adminTile" doc:"Whether the app launcher shows the Admin tile (R25)."`
	View      string          `json:"view" enum:"none,limited,full" doc:"What is behind the tile: nothing, one's own purchases (R15), or the organisation's."`
	Sections  []string        `json:"sections" doc:"Of that view: each is a list at /v1/ and its name." example:"[\"purchases\"]"`
	AsOf      AsOf            `json:"asOf"`
}
