// Package protocoltest is what an EventStoreDB server does, as a suite written
// from the rules of its expected-revision check and its streams. It speaks
// through the official client only, and to any address, so that a server of our
// own and a cluster are held to the same sentences. It must never know how a
// server works inside: what one server alone promises is tested beside it.
//
// The server may hold other events and may be written to meanwhile; every test
// names its own streams.
package protocoltest

import (
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
)

// Run holds the server that connect reaches to the contract, as far as the
// official client can see. connect is called once for each test and closes what
// it opened when the test ends.
func Run(t *testing.T, connect func(*testing.T) *esdb.Client) {
	for _, part := range []struct {
		name string
		test func(*testing.T, fixture)
	}{
		{"expected revision and repetition", expectations},
		{"any sequence of operations agrees with the model", agreesWithModel},
		{"an event comes back as it was appended", roundTrip},
		{"positions increase with every append", positionsIncrease},
		{"an id of another stream is no repetition", idsBelongToStreams},
		{"of rivals at one revision one wins", rivals},
		{"parallel appends are all kept", parallelAppends},
		{"an append beyond the limit is refused and told so", oversize},
		{"a stream reads both ways from any revision", streamReads},
		{"an absent stream is not found", absentStream},
		{"everything reads both ways from any position", allReads},
		{"a deleted stream is hidden until appended to", softDelete},
		{"a deletion checks its expected revision", deleteExpectations},
		{"a tombstone is for ever", tombstone},
		{"metadata round trip and its own revisions", metadata},
		{"$maxCount and $tb hide the oldest", truncation},
		{"$maxAge hides what is old", maxAge},
		{"metadata that is not whole numbers is void", voidMetadata},
		{"a stream is followed from any revision", followStream},
		{"a tombstone ends a subscription", followToTombstone},
		{"everything is followed from any position", followAll},
		{"catching up and going live leaves no gap", handOver},
		{"filters pick by stream and type", filters},
		{"checkpoints pass over what a filter drops", checkpoints},
		{"closing a subscription unblocks its reader", closing},
		{"links are resolved on request", links},
	} {
		t.Run(part.name, func(t *testing.T) { part.test(t, newFixture(t, connect(t))) })
	}
}

// RunWire holds a server to what the Go client does not show or never asks:
// trailers, the fields of both generations of clients, and BatchAppend.
func RunWire(t *testing.T, connect func(*testing.T) streams.StreamsClient) {
	for _, part := range []struct {
		name string
		test func(*testing.T, streams.StreamsClient)
	}{
		{"a wrong expected version is said in both field sets", wrongVersionFields},
		{"refusals carry their trailers", trailers},
		{"ids come in the form asked for", idForms},
		{"a subscription begins with its confirmation", confirmation},
		{"a filter that cannot work is refused", voidFilters},
		{"batches are answered one by one", batches},
		{"a batch may come in pieces, between others", batchPieces},
		{"a batch is refused by itself", batchRefusals},
		{"a batch past its deadline is not written", batchDeadline},
	} {
		t.Run(part.name, func(t *testing.T) { part.test(t, connect(t)) })
	}
}
