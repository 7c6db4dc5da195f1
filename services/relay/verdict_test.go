package relay

import (
	"errors"
	"fmt"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Most of these answers need a cluster, or a race, to be given; what they lead
// to must be right all the same.
func TestVerdict(t *testing.T) {
	refused := func(status, code int) string {
		return fmt.Sprintf(`{"stream":"KASSA","seq":0,"error":{"code":%d,"err_code":%d,"description":"no"}}`, status, code)
	}
	const stored, rival, passing, final = "stored", "rival", "passing", "final"
	for _, c := range []struct{ name, answer, want string }{
		{"stored", `{"stream":"KASSA","seq":7}`, stored},
		{"a batch stored", `{"stream":"KASSA","seq":7,"batch":"b","count":3}`, stored},
		{"stored before", `{"stream":"KASSA","seq":7,"duplicate":true}`, rival},
		{"wrong last sequence", refused(400, 10071), rival},
		{"wrong last sequence, on a replica", refused(400, 10164), rival},
		{"id being stored", refused(409, 10158), rival},
		{"batch incomplete", refused(400, 10176), rival},
		{"batch repeats an id", refused(400, 10201), rival},
		{"stream full", refused(503, 10077), passing},
		{"no space", refused(500, 10047), passing},
		{"no leader", refused(503, 10008), passing},
		{"too many batches", refused(429, 10210), passing},
		{"unsupported header in a batch", refused(400, 10177), final},
		{"batch too large", refused(400, 10199), final},
		{"bad commit", refused(400, 10200), final},
		{"message too large", refused(400, 10054), final},
		{"another stream", refused(400, 10060), final},
	} {
		t.Run(c.name, func(t *testing.T) {
			var a ack
			require.NoError(t, json.Unmarshal([]byte(c.answer), &a))
			err := a.verdict()
			switch c.want {
			case stored:
				assert.NoError(t, err)
			case final:
				assert.ErrorIs(t, err, ErrRefused)
				assert.True(t, halts(err))
			default:
				require.Error(t, err)
				assert.Equal(t, c.want == rival, errors.Is(err, errRival))
				assert.False(t, halts(err))
			}
		})
	}
}
