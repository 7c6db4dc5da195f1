package relay_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/services/relay"
)

// files are the broker's, of one stream.
type files struct {
	t            *testing.T
	block, index string
}

// TestDamagedFiles damages the broker's files while it is stopped, in the ways
// that lose facts without an error. What is lost at the end is sent again, in
// order; what may have been delivered or not is left to a person; and a hole in
// the middle, which the relay cannot see, shows in the numbering.
func TestDamagedFiles(t *testing.T) {
	t.Parallel()
	const facts, more = 1000, 10
	for _, c := range []struct {
		name    string
		damage  func(files)
		resent  [2]uint64 // at least, at most
		last    uint64    // the stream's last sequence in the end
		losses  uint64
		missing int
		halts   bool
	}{
		{name: "the last 100 bytes cut off, index kept", damage: func(f files) { f.cut(100) },
			resent: [2]uint64{1, 1}, last: facts + 1 + more, losses: 1},
		{name: "the last 50 KB cut off, index kept", damage: func(f files) { f.cut(50 << 10) },
			resent: [2]uint64{40, 50}, last: 0, losses: 1},
		{name: "the last 100 bytes cut off, index gone", damage: func(f files) { f.cut(100); f.remove(f.index) },
			resent: [2]uint64{1, 1}, last: facts + more},
		{name: "the last 50 KB cut off, index gone", damage: func(f files) { f.cut(50 << 10); f.remove(f.index) },
			resent: [2]uint64{40, 50}, last: facts + more},
		{name: "a bit flipped in the middle, index kept", damage: func(f files) { f.flip(1, 2) },
			last: facts + more, missing: 1},
		{name: "a bit flipped in the middle, index gone", damage: func(f files) { f.flip(1, 2); f.remove(f.index) },
			resent: [2]uint64{400, 600}, last: facts + more},
		{name: "a bit flipped in the last message, index kept", damage: func(f files) { f.flip(9999, 10000) },
			resent: [2]uint64{1, 1}, last: facts + 1 + more, losses: 1},
		{name: "all messages gone, index kept", damage: func(f files) { f.remove(f.block) },
			resent: [2]uint64{facts, facts}, last: 2*facts + more, halts: true},
		{name: "everything gone", damage: func(f files) { f.remove(f.block); f.remove(f.index) },
			resent: [2]uint64{facts, facts}, last: facts + more},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir, store := t.TempDir(), filled(t, facts)
			b := embedded(t, dir)
			r, stop := run(t, relay.Config{Source: store, Conn: b.Conn()})
			settled(t, r, facts)
			require.NoError(t, stop())
			require.NoError(t, b.Close())
			msgs := filepath.Join(dir, "jetstream", "KASSA", "streams", "KASSA", "msgs")
			c.damage(files{t, filepath.Join(msgs, "1.blk"), filepath.Join(msgs, "index.db")})

			b = embedded(t, dir)
			cfg := relay.Config{Source: store, Conn: b.Conn()}
			if c.halts {
				require.ErrorIs(t, halted(t, cfg), relay.ErrEmptied)
				cfg.RepublishAll = true
			}
			r, _ = run(t, cfg)
			settled(t, r, facts)
			resent := r.Status().Published
			fill(t, store, facts, facts+more)
			settled(t, r, facts+more)

			assert.GreaterOrEqual(t, resent, c.resent[0])
			assert.LessOrEqual(t, resent, c.resent[1])
			assert.Equal(t, c.losses, r.Status().Losses)
			got := read(t, jetStream(t, b.Conn()))
			_, last := sequences(got)
			if c.last == 0 {
				c.last = facts + resent + more // the broker's numbers moved on, ours did not
			}
			assert.Equal(t, c.last, last)
			if c.missing > 0 {
				assert.Len(t, got, facts+more-c.missing)
				assert.ErrorContains(t, differs(got, store), "fact ", "a consumer that counts sees the hole")
				return
			}
			assert.NoError(t, differs(got, store))
		})
	}
}

func (f files) cut(n int64) {
	info, err := os.Stat(f.block)
	require.NoError(f.t, err)
	require.NoError(f.t, os.Truncate(f.block, info.Size()-n))
}

// flip changes one bit, part/of through the messages.
func (f files) flip(part, of int) {
	b, err := os.ReadFile(f.block)
	require.NoError(f.t, err)
	b[len(b)*part/of] ^= 1
	require.NoError(f.t, os.WriteFile(f.block, b, 0o600))
}

func (f files) remove(path string) { require.NoError(f.t, os.Remove(path)) }
