package user_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/domain"
	. "kassa/domain/domaintest"
	"kassa/domain/user"
)

type facts = []user.Event

var observed = user.Observed{
	Tenant: "t", Person: "ann", Enabled: true, Synced: true, UsageLocation: "SE",
	Name: []byte("sealed once"), Mail: []byte("sealed once"), MailIndex: "m1", ProfileIndex: "p1",
}

func with(change func(*user.Observed)) user.Observed {
	c := observed
	change(&c)
	return c
}

func TestUser(t *testing.T) {
	type is = Case[user.Command, user.Event]
	resealed := with(func(c *user.Observed) { c.Name, c.Mail = []byte("sealed again"), []byte("sealed again") })
	closed := with(func(c *user.Observed) { c.Enabled = false })
	closedAnew := with(func(c *user.Observed) { c.Enabled, c.ProfileIndex = false, "p2" })
	words := user.FeedbackGiven{Feedback: "f1", Words: []byte("sealed")}
	roles := user.RolesChanged{Roles: []string{"a", "b"}}
	Run(t, user.Decider, []is{
		{Name: "a person is observed", When: user.Observe(observed), Then: facts{observed}},
		{Name: "the same again changes nothing", Given: facts{observed}, When: user.Observe(observed)},
		{Name: "however their name is sealed", Given: facts{observed}, When: user.Observe(resealed)},
		{Name: "a person has an id", When: user.Observe(with(func(c *user.Observed) { c.Person = "" })), Rejects: user.ErrInvalid},
		{Name: "in a directory", When: user.Observe(with(func(c *user.Observed) { c.Tenant = "" })), Rejects: user.ErrInvalid},
		{Name: "R22 an account is closed", Given: facts{observed}, When: user.Observe(closed), Then: facts{user.Disabled{}}},
		{Name: "closed is closed", Given: facts{observed, user.Disabled{}}, When: user.Observe(closed)},
		{Name: "R22 and opened", Given: facts{closed}, When: user.Observe(observed), Then: facts{user.Enabled{}}},
		{Name: "open is open", Given: facts{observed, user.Disabled{}, user.Enabled{}}, When: user.Observe(observed)},
		{Name: "closed under another name", Given: facts{observed}, When: user.Observe(closedAnew), Then: facts{user.Disabled{}, closedAnew}},
		{Name: "R48 roles are kept in order, each once", Given: facts{observed}, When: user.SetRoles{Roles: []string{"b", "a", "b"}}, Then: facts{roles}},
		{Name: "the same roles change nothing", Given: facts{observed, roles}, When: user.SetRoles{Roles: []string{"b", "a"}}},
		{Name: "no roles are no news at first", Given: facts{observed}, When: user.SetRoles{}},
		{Name: "R48 roles are taken away", Given: facts{observed, roles}, When: user.SetRoles{}, Then: facts{user.RolesChanged{}}},
		{Name: "roles outlive an observation", Given: facts{observed, roles, closed}, When: user.SetRoles{Roles: []string{"a", "b"}}},
		{Name: "R57 a person is deleted", Given: facts{observed}, When: user.Delete{}, Then: facts{user.Deleted{}}},
		{Name: "deleted is deleted", Given: facts{observed, user.Deleted{}}, When: user.Delete{}},
		{Name: "R57 and restored", Given: facts{observed, user.Deleted{}}, When: user.Restore{}, Then: facts{user.Restored{}}},
		{Name: "who was not deleted stays", Given: facts{observed, user.Deleted{}, user.Restored{}}, When: user.Restore{}},
		{Name: "whom the directory names again is restored", Given: facts{observed, user.Deleted{}}, When: user.Observe(observed), Then: facts{user.Restored{}}},
		{Name: "with what is new of them", Given: facts{observed, user.Deleted{}}, When: user.Observe(closedAnew), Then: facts{user.Restored{}, user.Disabled{}, closedAnew}},
		{Name: "a closed account is restored closed", Given: facts{closed, user.Deleted{}}, When: user.Observe(closed), Then: facts{user.Restored{}}},
		{Name: "R32 what they write is kept sealed", Given: facts{observed}, When: user.GiveFeedback(words), Then: facts{words}},
		{Name: "R32 once", Given: facts{observed, words}, When: user.GiveFeedback(words)},
		{Name: "but not nothing", Given: facts{observed}, When: user.GiveFeedback{Feedback: "f1"}, Rejects: user.ErrInvalid},
		{Name: "nor of somebody who is not known", When: user.GiveFeedback(words), Rejects: user.ErrUnknown},
		{Name: "nobody is deleted who is not known", When: user.Delete{}, Rejects: user.ErrUnknown},
		{Name: "nor restored", When: user.Restore{}, Rejects: user.ErrUnknown},
		{Name: "nobody is given roles who is not known", When: user.SetRoles{Roles: []string{"a"}}, Rejects: user.ErrUnknown},
	})
	assert.Equal(t, "user-t-ann", user.Stream("t", "ann"))
}

// Every field that can be told apart is compared: leaving one out would lose
// its changes.
func TestEveryChangeOfAPersonIsNews(t *testing.T) {
	for name, change := range map[string]func(*user.Observed){
		"guest":    func(c *user.Observed) { c.Guest = true },
		"synced":   func(c *user.Observed) { c.Synced = false },
		"location": func(c *user.Observed) { c.UsageLocation = "NO" },
		"mail":     func(c *user.Observed) { c.MailIndex = "m2" },
		"profile":  func(c *user.Observed) { c.ProfileIndex = "p2" },
	} {
		s := user.Decider.Fold(user.State{}, observed)
		events, err := user.Decider.Decide(s, user.Observe(with(change)))
		require.NoError(t, err)
		assert.Equal(t, facts{with(change)}, events, name)
	}
}

// The caller may go on using the slice it gave.
func TestRolesAreNotShared(t *testing.T) {
	roles := []string{"b", "a"}
	s := user.Decider.Fold(user.State{}, observed)
	events, err := user.Decider.Decide(s, user.SetRoles{Roles: roles})
	require.NoError(t, err)
	s = user.Decider.Fold(s, events...)
	roles[0], roles[1] = "x", "y"
	events[0].(user.RolesChanged).Roles[0] = "z"
	assert.Equal(t, []string{"a", "b"}, s.Roles)
}

func TestStateTellsWhoeverJudges(t *testing.T) {
	s := user.Decider.Fold(user.State{}, observed)
	assert.True(t, s.Known)
	assert.Equal(t, domain.TenantID("t"), s.Tenant)
	assert.True(t, s.Enabled && s.Synced && !s.Guest)
	s = user.Decider.Fold(s, user.Deleted{})
	assert.True(t, s.Deleted && !s.Enabled, "whoever is deleted has no account")
	s = user.Decider.Fold(s, user.Enabled{})
	assert.False(t, s.Enabled, "whatever is said of it")
	s = user.Decider.Fold(s, user.Disabled{}, user.Restored{})
	assert.True(t, !s.Deleted && !s.Enabled, "and gets back the one there is")
}
