// Package main writes the pages of docs that are made from the code: which test
// shows which rule, and every error there is. Each page is a function of the
// sources alone, so a test can tell whether it is current. It must not import
// anything of Kassa: it reads, it does not run.
package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

func main() {
	if err := write("."); err != nil {
		fmt.Fprintln(os.Stderr, "docs:", err)
		os.Exit(1)
	}
}

// write brings every page below root up to date.
func write(root string) error {
	pages, err := pages(os.DirFS(root))
	if err != nil {
		return err
	}
	for name, text := range pages {
		if err := os.WriteFile(filepath.Join(root, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// pages are the texts of all pages, by file.
func pages(root fs.FS) (map[string]string, error) {
	tests, err := readTests(root)
	if err != nil {
		return nil, err
	}
	errors, err := readErrors(root)
	if err != nil {
		return nil, err
	}
	return map[string]string{"docs/rules.md": rulesPage(tests), "docs/errors.md": errorsPage(errors, tests)}, nil
}
