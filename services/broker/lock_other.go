//go:build !unix

package broker

import (
	"errors"
	"os"
)

// lockFile refuses: without a lock that dies with its holder two servers could
// write the same files. Run NATS beside the program instead.
func lockFile(string) (*os.File, error) {
	return nil, errors.New("the embedded broker needs a Unix file lock; run a NATS server and connect to it")
}
