package stripetest

import (
	"bufio"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
)

// mock starts stripe-mock once for all tests of this process and returns its
// address.
var mock = sync.OnceValues(func() (string, error) {
	_, here, _, _ := runtime.Caller(0)
	root := filepath.Join(filepath.Dir(here), "..", "..", "..", "..")
	find := exec.Command("go", "tool", "-modfile="+filepath.Join(root, "tools", "stripe", "go.mod"), "-n", "stripe-mock")
	find.Dir = root
	binary, err := find.Output()
	if err != nil {
		return "", fmt.Errorf("build it: %w", err)
	}
	type start struct {
		address string
		err     error
	}
	started := make(chan start)
	go func() {
		runtime.LockOSThread() // it ends with the thread that started it
		address, err := run(strings.TrimSpace(string(binary)))
		started <- start{address, err}
		select {}
	}()
	s := <-started
	return s.address, s.err
})

func run(binary string) (address string, err error) {
	c := exec.Command(binary, "-http-addr", "127.0.0.1:0", "-https-addr", "127.0.0.1:0")
	c.SysProcAttr = dieWithUs
	out, err := c.StdoutPipe()
	if err != nil {
		return "", err
	}
	if err := c.Start(); err != nil {
		return "", err
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if at, ok := strings.CutPrefix(lines.Text(), "Listening for HTTP at address: "); ok {
			go func() { // so that it can go on writing
				for lines.Scan() {
				}
			}()
			return "http://" + at, nil
		}
	}
	return "", errors.New("it ended before it listened")
}

// Mock is the address of stripe-mock alone, which knows no state.
func Mock() (string, error) { return mock() }
