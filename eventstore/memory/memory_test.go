package memory_test

import (
	"testing"

	"kassa/eventstore/memory"
	"kassa/eventstore/storetest"
)

func TestContract(t *testing.T) {
	storetest.Run(t, func(*testing.T) storetest.Store { return new(memory.Store) })
}
