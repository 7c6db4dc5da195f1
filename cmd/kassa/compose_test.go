package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestCompose_SaysWhatTheBinaryUnderstands loads docker-compose.yml as compose
// itself would, and parses Kassa's command with the binary's own flags.
func TestCompose_SaysWhatTheBinaryUnderstands(t *testing.T) {
	root := filepath.Join("..", "..")
	options, err := cli.NewProjectOptions([]string{filepath.Join(root, "docker-compose.yml")}, cli.WithProfiles([]string{"*"}))
	require.NoError(t, err)
	project, err := options.LoadProject(t.Context())
	require.NoError(t, err)

	for _, s := range project.Services {
		assert.NotNil(t, s.HealthCheck, "%s has a health check", s.Name)
		assert.NotEmpty(t, s.Volumes, "%s keeps its data", s.Name)
		for _, port := range s.Ports {
			assert.Equal(t, "127.0.0.1", port.HostIP, "%s is not open to the network", s.Name)
		}
	}
	kassa, err := project.GetService("kassa")
	require.NoError(t, err)
	serve := parse(t, kassa.Command).Serve
	t.Run("it finds the engines by their names", func(t *testing.T) {
		assert.True(t, strings.HasPrefix(serve.Eventstore, "esdb://eventstore:2113"))
		assert.Equal(t, "nats://nats:4222", serve.Nats)
		for _, engine := range []string{"eventstore", "nats"} {
			assert.Equal(t, types.ServiceConditionHealthy, kassa.DependsOn[engine].Condition)
		}
	})
	t.Run("its directory is its volume", func(t *testing.T) {
		assert.Equal(t, serve.Data, kassa.Volumes[0].Target)
	})
	t.Run("its health check is a command of the binary", func(t *testing.T) {
		check := kassa.HealthCheck.Test
		require.Equal(t, []string{"CMD", "/kassa"}, []string(check[:2]))
		parse(t, check[2:])
	})
	t.Run("so is what the image runs", func(t *testing.T) {
		parse(t, cmdOf(t, filepath.Join(root, "Dockerfile")))
	})
}

// parse reads args with the binary's own flags.
func parse(t *testing.T, args []string) commandLine {
	t.Helper()
	var c commandLine
	parser, err := kong.New(&c, kong.WithHyphenPrefixedParameters(true))
	require.NoError(t, err)
	_, err = parser.Parse(args)
	require.NoError(t, err, "kassa %s", strings.Join(args, " "))
	return c
}

// cmdOf is the CMD of a Dockerfile, which is a JSON list of words.
func cmdOf(t *testing.T, file string) []string {
	t.Helper()
	content, err := os.ReadFile(file)
	require.NoError(t, err)
	for line := range strings.Lines(string(content)) {
		if list, ok := strings.CutPrefix(strings.TrimSpace(line), "CMD ["); ok {
			var words []string
			for word := range strings.SplitSeq(strings.TrimSuffix(list, "]"), ",") {
				words = append(words, strings.Trim(word, ` "`))
			}
			return words
		}
	}
	require.Fail(t, "no CMD in "+file)
	return nil
}
