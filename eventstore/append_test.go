package eventstore_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"

	"kassa/eventstore"
	"kassa/eventstore/message"
)

// What may be appended can be published: the limits of the store leave room for
// those of NATS.
func TestWhatFitsTheStoreFitsAMessage(t *testing.T) {
	const around = `{"a":""}`
	escaped := strings.Repeat("%", eventstore.MaxMetadata-len(around)) // becomes three times as long
	meta := []byte(`{"a":"` + escaped + `"}`)
	draft := eventstore.Draft{ID: uuid.New(), Type: "purchase.completed.v1", Data: []byte(`{}`), Metadata: meta}
	assert.NoError(t, eventstore.CheckAppend("purchase-1", eventstore.NoStream, []eventstore.Draft{draft}))
	_, err := message.Encode(message.Numbered{Record: eventstore.Record{
		ID: draft.ID, Stream: "purchase-1", Position: 1, Type: draft.Type, Data: draft.Data, Metadata: draft.Metadata,
	}, Gseq: 1, Prev: message.Genesis})
	assert.NoError(t, err)

	draft.Metadata = append(meta, ' ')
	assert.ErrorIs(t, eventstore.CheckAppend("purchase-1", eventstore.NoStream, []eventstore.Draft{draft}), eventstore.ErrTooLarge)
}
