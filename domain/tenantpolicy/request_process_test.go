package tenantpolicy_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	. "kassa/domain/domaintest"
	"kassa/domain/tenantpolicy"
)

func TestRequestProcess(t *testing.T) {
	type is = Case[tenantpolicy.Command, tenantpolicy.Event]
	type facts = []tenantpolicy.Event
	const message, link = "Ask in the portal.", "https://portal.contoso.example/ask?a=1#top"
	set := func(message, link string) tenantpolicy.Command {
		return tenantpolicy.SetRequestProcess{Process: tenantpolicy.RequestProcess{Message: message, Link: link}, At: noon}
	}
	is1 := tenantpolicy.RequestProcessSet{Message: message, Link: link, At: noon}
	end, ended := tenantpolicy.EndRequestProcess{At: noon}, tenantpolicy.RequestProcessEnded{At: noon}
	long := strings.Repeat("å", 500)
	Run(t, tenantpolicy.Decider, []is{
		{Name: "an organisation has its own way", When: set(" "+message+" ", link), Then: facts{is1}},
		{Name: "the same again changes nothing", Given: facts{is1}, When: set(message, link)},
		{Name: "a link may be left out", When: set(long, ""), Then: facts{tenantpolicy.RequestProcessSet{Message: long, At: noon}}},
		{Name: "it ends", Given: facts{is1}, When: end, Then: facts{ended}},
		{Name: "what there is not cannot end", Given: facts{is1, ended}, When: end},
		{Name: "no message", When: set(" ", link), Rejects: tenantpolicy.ErrProcessMessage},
		{Name: "too long a message", When: set(long+"å", ""), Rejects: tenantpolicy.ErrProcessMessage},
		{Name: "a message of several lines", When: set("a\nb", ""), Rejects: tenantpolicy.ErrProcessMessage},
		{Name: "a message that is no text", When: set("\xff", ""), Rejects: tenantpolicy.ErrProcessMessage},
		{Name: "a link that others can read along", When: set(message, "http://portal.example"), Rejects: tenantpolicy.ErrProcessLink},
		{Name: "a script", When: set(message, "javascript:alert(1)"), Rejects: tenantpolicy.ErrProcessLink},
		{Name: "a link that pretends to lead elsewhere", When: set(message, "https://portal.example@evil.example/"), Rejects: tenantpolicy.ErrProcessLink},
		{Name: "a link that leaves its attribute", When: set(message, `https://portal.example/ "onclick`), Rejects: tenantpolicy.ErrProcessLink},
		{Name: "too long a link", When: set(message, "https://p.example/"+strings.Repeat("a", 500)), Rejects: tenantpolicy.ErrProcessLink},
	})
	assert.Equal(t, tenantpolicy.Change{Process: &tenantpolicy.RequestProcess{Message: message, Link: link}, At: noon}, is1.Change())
	assert.Equal(t, tenantpolicy.Change{Process: new(tenantpolicy.RequestProcess), At: noon}, ended.Change())
}
