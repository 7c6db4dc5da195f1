package main

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/domain"
	"kassa/domain/subscription"
	"kassa/eventstore"
)

// Five kills, and then the checks themselves: each must notice what it is for.
func TestKassaSurvivesFiveKills(t *testing.T) {
	binary := filepath.Join(t.TempDir(), "kassa")
	out, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "kassa/cmd/kassa").CombinedOutput()
	require.NoError(t, err, "%s", out)

	c := campaign{binary: binary, data: t.TempDir(), kills: 5, workers: 6, seed: 5, tell: func(int, int) {}}
	require.NoError(t, c.prepare())
	e, err := c.run(t.Context())
	require.NoError(t, err)
	var table bytes.Buffer
	require.NoError(t, report(&c, e).print(&table, false))
	t.Logf("\n%s", &table)
	require.Empty(t, e.violations())

	noticed := map[string]bool{}
	for _, lie := range lies {
		t.Run(lie.name, func(t *testing.T) {
			forged := e.clone()
			lie.tell(t, &forged)
			var by []string
			for _, v := range forged.violations() {
				by = append(by, v.Check)
				noticed[v.Check] = true
			}
			assert.Contains(t, by, lie.by)
		})
	}
	for _, c := range checks {
		assert.True(t, noticed[c.name], "no lie shows that %q can fail", c.name)
	}
}

// Months go by between these, so they come upon renewals and dunning, too.
func TestKassaSurvivesASeason(t *testing.T) {
	binary := filepath.Join(t.TempDir(), "kassa")
	out, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "kassa/cmd/kassa").CombinedOutput()
	require.NoError(t, err, "%s", out)
	c := campaign{binary: binary, data: t.TempDir(), kills: 8, workers: 8, seed: 5, season: true, tell: func(int, int) {}}
	require.NoError(t, c.prepare())
	e, err := c.run(t.Context())
	require.NoError(t, err)
	var table bytes.Buffer
	require.NoError(t, report(&c, e).print(&table, false))
	t.Logf("\n%s", &table)
	require.Empty(t, e.violations())
	renewed := slices.ContainsFunc(e.facts, func(f eventstore.Fact) bool {
		months := []string{subscription.Renewed{}.EventType(), subscription.InstalmentPaid{}.EventType()}
		return slices.Contains(months, f.Type) && f.Meta.Actor.Kind == domain.ActorSystem
	})
	require.True(t, renewed, "no month went by")
}

func TestAKassaThatEndsByItselfIsReported(t *testing.T) {
	quitter, err := exec.LookPath("false")
	require.NoError(t, err)
	c := campaign{binary: quitter, data: t.TempDir(), kills: 1, workers: 1, tell: func(int, int) {}}
	_, err = c.run(t.Context())
	assert.ErrorContains(t, err, "kassa ended before it answered: exit status 1")
}

func TestACampaignNeedsAnEmptyDirectory(t *testing.T) {
	var stdout, stderr bytes.Buffer
	data := t.TempDir()
	require.NoError(t, exec.Command("touch", filepath.Join(data, "something")).Run())
	assert.Equal(t, 1, run(t.Context(), []string{"-data", data}, &stdout, &stderr))
	assert.Contains(t, stderr.String(), "is not empty")
}
