package main

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestAMonthsEndGoesOnAfterKill9: killed while subscriptions are sold, and twice
// while they are renewed and billed, it comes to its end: each is
// renewed, charged and billed once, under numbers without a gap, and the ledger
// agrees. The measurement itself holds that against the whole history, and fails
// where it is not so.
func TestAMonthsEndGoesOnAfterKill9(t *testing.T) {
	binary, err := built()
	require.NoError(t, err)
	dir := t.TempDir()
	start := func() (c *exec.Cmd, out *bytes.Buffer, told *bufio.Scanner) {
		c, out = exec.Command(binary, "bench", "--only", "month-end", "--subscriptions", "200", "--seconds", "0.01", "--dir", filepath.Join(dir, "kassa"), "--json"), new(bytes.Buffer)
		c.Stdout, c.Env = out, append(os.Environ(), "TMPDIR="+dir)
		errs, err := c.StderrPipe()
		require.NoError(t, err)
		require.NoError(t, c.Start())
		return c, out, bufio.NewScanner(errs)
	}
	for _, kill := range []struct {
		said  string
		after time.Duration
	}{
		{"append", 500 * time.Millisecond}, {"renewing", 100 * time.Millisecond}, {"renewing", 400 * time.Millisecond},
	} {
		c, _, told := start()
		for told.Scan() && !strings.Contains(told.Text(), kill.said) {
		}
		time.AfterFunc(kill.after, func() { _ = c.Process.Kill() }) // when it is over it is not killed
		_, _ = io.Copy(io.Discard, c.Stderr.(io.Reader))
		_ = c.Wait()
	}
	c, out, told := start()
	var progress []string
	for told.Scan() {
		progress = append(progress, told.Text())
	}
	require.NoError(t, c.Wait(), strings.Join(progress, "\n"))
	var got measured
	require.NoError(t, json.Unmarshal(out.Bytes(), &got))
	require.Len(t, got.Items, 2)
	for _, f := range got.Items {
		require.NotNil(t, f.Limit, f.Name)
	}
	assert.Positive(t, got.Items[1].Objects)
}
