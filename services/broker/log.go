package broker

import (
	"fmt"
	"log/slog"
)

// serverLog hands the server's own log lines on, and its fatal one to whoever
// is waiting for the server to come up: the server itself only logs it.
type serverLog struct {
	log   *slog.Logger
	fatal chan error
}

func newServerLog(log *slog.Logger) serverLog {
	return serverLog{log: log.With("server", "nats"), fatal: make(chan error, 1)}
}

func (l serverLog) Fatalf(format string, v ...any) {
	err := fmt.Errorf(format, v...)
	l.log.Error(err.Error())
	select {
	case l.fatal <- err:
	default:
	}
}

func (l serverLog) Errorf(format string, v ...any)  { l.log.Error(fmt.Sprintf(format, v...)) }
func (l serverLog) Warnf(format string, v ...any)   { l.log.Warn(fmt.Sprintf(format, v...)) }
func (l serverLog) Noticef(format string, v ...any) { l.log.Debug(fmt.Sprintf(format, v...)) }
func (l serverLog) Debugf(format string, v ...any)  { l.log.Debug(fmt.Sprintf(format, v...)) }
func (l serverLog) Tracef(format string, v ...any)  { l.log.Debug(fmt.Sprintf(format, v...)) }
