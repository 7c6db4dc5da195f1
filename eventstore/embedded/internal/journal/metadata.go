package journal

import (
	"math"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// metaPrefix in front of a stream's name makes the name of the stream that
// holds its metadata.
const metaPrefix = "$$"

// MetaStream is where the metadata of stream is kept.
func MetaStream(stream string) string { return metaPrefix + stream }

// IsMeta reports whether stream holds another stream's metadata.
func IsMeta(stream string) bool { return strings.HasPrefix(stream, metaPrefix) }

// subjectOf is the stream that a metadata stream is about.
func subjectOf(meta string) string { return strings.TrimPrefix(meta, metaPrefix) }

// softDeleted as $tb hides every event there is, until the next append.
const softDeleted = math.MaxInt64

// rules is what a stream's metadata says about reading it. The zero value
// hides nothing.
type rules struct {
	maxCount       int64         // keep the newest n; 0: all
	maxAge         time.Duration // hide what is older; 0: nothing
	truncateBefore int64         // hide revisions below
}

func (r rules) deleted() bool { return r.truncateBefore == softDeleted }

// first is the lowest revision a reader may see in a stream that ends at last.
func (r rules) first(last int64) int64 {
	if r.maxCount > 0 {
		return max(r.truncateBefore, last-r.maxCount+1)
	}
	return r.truncateBefore
}

// since is the tick before which events have expired at the tick now.
func (r rules) since(now int64) int64 {
	if r.maxAge == 0 {
		return math.MinInt64
	}
	return now - int64(r.maxAge/100)
}

// metaRules are those of every metadata stream: only the newest counts.
var metaRules = rules{maxCount: 1}

// parseRules reads stream metadata. One value that is not a whole number, or
// text that is not JSON, makes all of it void: half a rule is worse than none.
// Access control lists are kept and returned, not obeyed: nobody logs in here.
func parseRules(data []byte) rules {
	var m struct {
		MaxCount       *int64 `json:"$maxCount"`
		MaxAge         *int64 `json:"$maxAge"`
		TruncateBefore *int64 `json:"$tb"`
		CacheControl   *int64 `json:"$cacheControl"` // for HTTP caches; here it only has to be a number
	}
	if err := json.Unmarshal(data, &m); err != nil {
		return rules{}
	}
	var r rules
	if m.MaxCount != nil && *m.MaxCount > 0 {
		r.maxCount = *m.MaxCount
	}
	if m.MaxAge != nil && *m.MaxAge > 0 && *m.MaxAge < math.MaxInt64/int64(time.Second) {
		r.maxAge = time.Duration(*m.MaxAge) * time.Second
	}
	if m.TruncateBefore != nil && *m.TruncateBefore > 0 {
		r.truncateBefore = *m.TruncateBefore
	}
	return r
}

// withTruncateBefore is metadata with $tb set to revision and all else kept.
func withTruncateBefore(metadata []byte, revision int64) []byte {
	m := map[string]jsontext.Value{}
	if err := json.Unmarshal(metadata, &m); err != nil {
		m = map[string]jsontext.Value{}
	}
	tb, _ := json.Marshal(revision)
	m["$tb"] = tb
	out, _ := json.Marshal(m, json.Deterministic(true))
	return out
}
