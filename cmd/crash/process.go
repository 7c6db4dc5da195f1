package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// process is one life of the Kassa under test.
type process struct {
	cmd              *exec.Cmd
	born             time.Time
	said             *announcement
	url, store, nats string
	answered         time.Duration // from its start to its first lines

	ended chan struct{} // closed once it has, with err set
	err   error
}

// launch starts a Kassa on data. Any error of a later life is to be found in
// log, like those of all before it.
func launch(binary, data string, log io.Writer, flags ...string) (*process, error) {
	p := &process{
		cmd:  exec.Command(binary, append([]string{"serve", "--data", data, "--listen", "127.0.0.1:0"}, flags...)...),
		born: time.Now(), said: &announcement{complete: make(chan struct{})}, ended: make(chan struct{}),
	}
	p.cmd.Stdout, p.cmd.Stderr = p.said, log
	p.cmd.SysProcAttr = dieWithUs
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		p.err = p.cmd.Wait()
		close(p.ended)
	}()
	return p, nil
}

// announced waits for the lines that say where everything is.
func (p *process) announced(ctx context.Context) error {
	select {
	case <-p.said.complete:
	case <-p.ended:
		return fmt.Errorf("kassa ended before it answered: %w", p.err)
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	if p.answered > 0 {
		return nil
	}
	p.answered = p.said.at.Sub(p.born)
	for i, at := range []struct {
		prefix string
		where  *string
	}{{"kassa: listening on ", &p.url}, {"eventstore: ", &p.store}, {"nats: ", &p.nats}} {
		found := false
		if *at.where, found = strings.CutPrefix(p.said.lines[i], at.prefix); !found {
			return fmt.Errorf("kassa's line %d is %q, which does not begin with %q", i+1, p.said.lines[i], at.prefix)
		}
	}
	return nil
}

// killAfter lets it live a while longer and kills it. It is an error if it has
// ended by itself before.
func (p *process) killAfter(ctx context.Context, d time.Duration, last func()) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-p.ended:
		return fmt.Errorf("kassa ended by itself: %w", cause(p.err))
	case <-ctx.Done():
		return errors.Join(context.Cause(ctx), p.kill())
	}
	last()
	return p.kill()
}

// end makes sure that it does not run any more.
func (p *process) end() error {
	if err := p.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	<-p.ended
	return nil
}

func (p *process) kill() error {
	if err := p.cmd.Process.Kill(); err != nil {
		return fmt.Errorf("kassa could not be killed: %w", cause(err))
	}
	<-p.ended
	return nil
}

// terminate asks it to stop and returns how it did.
func (p *process) terminate(ctx context.Context) error {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	select {
	case <-p.ended:
		return p.err
	case <-ctx.Done():
		return errors.Join(errors.New("kassa does not stop"), p.kill())
	}
}

// cause makes an exit without an error one to report.
func cause(err error) error {
	if err == nil {
		return errors.New("exit status 0")
	}
	return err
}

// announcement takes what a process prints until it has said three lines. It is
// written to by one goroutine, and read by others once complete.
type announcement struct {
	text     bytes.Buffer
	lines    []string
	at       time.Time
	complete chan struct{}
}

func (a *announcement) Write(b []byte) (int, error) {
	if a.lines != nil {
		return len(b), nil
	}
	a.text.Write(b)
	if lines := strings.Split(a.text.String(), "\n"); len(lines) > 3 {
		a.lines, a.at = lines[:3], time.Now()
		close(a.complete)
	}
	return len(b), nil
}

// done reports whether the three lines were said.
func (a *announcement) done() bool {
	select {
	case <-a.complete:
		return true
	default:
		return false
	}
}
