package mail

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"

	gomail "github.com/wneessen/go-mail"
)

// Folder keeps mail as files, for a person to look at, instead of sending it. A
// mail that comes again replaces its file.
type Folder string

// Send writes the mail as NOTICE-ID.eml.
func (f Folder) Send(_ context.Context, m *gomail.Msg) error {
	if err := os.MkdirAll(string(f), 0o700); err != nil {
		return err
	}
	id, _, _ := strings.Cut(strings.Trim(m.GetMessageID(), "<>"), "@")
	part, err := os.CreateTemp(string(f), ".part-*")
	if err != nil {
		return err
	}
	_, err = m.WriteTo(part)
	if err = errors.Join(err, part.Close()); err != nil {
		return errors.Join(err, os.Remove(part.Name()))
	}
	return os.Rename(part.Name(), filepath.Join(string(f), strings.Join(append(m.GetGenHeader(headerNotice), id), "-")+".eml"))
}
