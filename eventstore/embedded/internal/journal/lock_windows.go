package journal

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// lockDir takes dir for this process until the file is closed: a file opened
// without sharing cannot be opened again.
func lockDir(dir string) (*os.File, error) {
	name := filepath.Join(dir, "lock")
	p, err := syscall.UTF16PtrFromString(name)
	if err != nil {
		return nil, err
	}
	h, err := syscall.CreateFile(p, syscall.GENERIC_READ|syscall.GENERIC_WRITE, 0, nil, syscall.OPEN_ALWAYS, syscall.FILE_ATTRIBUTE_NORMAL, 0)
	if err != nil {
		return nil, fmt.Errorf("journal: %s is in use by another server: %w", dir, err)
	}
	return os.NewFile(uintptr(h), name), nil
}
