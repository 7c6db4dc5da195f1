package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What goes wrong on the way to Kassa is told with what to do about it.
func TestMessagesSayWhatToDo(t *testing.T) {
	_, errs, code := offline(t, "products")
	assert.Equal(t, exitFailed, code)
	assert.Equal(t, "kassa: reach Kassa at http://127.0.0.1:1: dial tcp 127.0.0.1:1: connect: connection refused\n"+
		"Is it running there? Start it with kassa serve, or say where it is with --url or KASSA_URL=http://HOST:PORT.\n", errs)

	interrupted, cancel := context.WithCancel(t.Context())
	cancel()
	var said bytes.Buffer
	assert.Equal(t, exitFailed, run(interrupted, []string{"products"}, noEnv, io.Discard, &said))
	assert.Equal(t, "kassa: stopped before there was an answer\n", said.String())

	_, errs, code = offline(t, "serve", "--data", t.TempDir(), "--listen", "0.0.0.0:0")
	assert.Equal(t, exitFailed, code)
	assert.Contains(t, errs, "--dev-identity-on-any-address")

	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	_, errs, code = offline(t, "serve", "--data", t.TempDir(), "--listen", taken.Addr().String())
	assert.Equal(t, exitFailed, code)
	assert.Contains(t, errs, "choose another with --listen")

	out, _, code := offline(t, "version")
	assert.Equal(t, exitOK, code)
	assert.Regexp(t, `^kassa \S+ \(go1\.\S+\)\n$`, out)
}

func TestAnswersForPeople(t *testing.T) {
	p := start(t, t.TempDir(), "--demo")
	out, code := p.kassa("", "purchases")
	assert.Equal(t, exitRefused, code)
	assert.Contains(t, out, "export KASSA_TOKEN=$(kassa token --as MAIL)")

	out, code = p.kassa(p.token("omar@contoso.example"), "purchases")
	assert.Equal(t, exitOK, code)
	assert.Equal(t, "Nothing to show.\n", out)

	bill := p.token("bill@contoso.example")
	for _, args := range [][]string{{"products", "--limit=-1"}, {"events", "tail", "--limit=-1"}} {
		out, code = p.kassa(bill, args...)
		assert.Equal(t, exitRefused, code, "%v: %s", args, out)
		assert.Contains(t, out, "query.limit", "%v", args)
	}

	t.Run("a follower hears that Kassa stops, and from where to go on", func(t *testing.T) {
		lines, in := io.Pipe()
		var errs bytes.Buffer
		ended := make(chan int, 1)
		go func() {
			env := map[string]string{"KASSA_URL": p.url, "KASSA_TOKEN": bill}
			ended <- run(context.Background(), []string{"events", "tail", "--follow"}, func(name string) string { return env[name] }, in, &errs)
			_ = in.Close()
		}()
		_, err := bufio.NewReader(lines).ReadString('\n')
		require.NoError(t, err)
		go func() { _, _ = io.Copy(io.Discard, lines) }()
		p.stop()
		assert.Equal(t, exitFailed, <-ended)
		assert.Regexp(t, `^Go on with --from \d+\.\nUnavailable: Kassa is being stopped.* \(stopping\)\n$`, errs.String())
	})
}
