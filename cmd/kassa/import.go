package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

type importCmd struct {
	Kind string `arg:"" enum:"catalogue,directory" help:"catalogue or directory."`
	File string `arg:"" type:"existingfile" help:"A .json or .csv file."`
}

// Help shows how it is used.
func (importCmd) Help() string {
	return `Every line is checked first: one bad line, and nothing is written.
Importing the same file again changes nothing.

Examples:
  kassa import catalogue catalogue.json
  kassa import directory people.csv`
}

func (c *importCmd) Run(ctx context.Context, s *session) error {
	media, known := map[string]string{".json": "application/json", ".csv": "text/csv"}[strings.ToLower(filepath.Ext(c.File))]
	if !known {
		return fmt.Errorf("%s: the file's name must end in .json or .csv", c.File)
	}
	file, err := os.ReadFile(c.File)
	if err != nil {
		return err
	}
	out, err := s.client.Import(ctx, c.Kind, media, file)
	if err != nil {
		return err
	}
	return s.show(out, func() {
		fmt.Fprintf(s.stdout, "%s: %d rows, %d facts recorded, %d rows unchanged.\n", c.Kind, out.Rows, out.Written, out.Unchanged)
	})
}
