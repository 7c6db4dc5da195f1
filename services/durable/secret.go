package durable

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// secretSize is 256 bits: an AES-256 key, or the seed of an Ed25519 key.
const secretSize = 32

// Secret returns the 32 random bytes kept in the file at path, which only its
// owner may read. The first call makes them; whoever calls at the same time
// gets the same ones.
func Secret(path string) ([]byte, error) {
	secret, err := readSecret(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return secret, err
	}
	if err := makeSecret(path); err != nil {
		return nil, err
	}
	return readSecret(path)
}

func readSecret(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("%s can be read by others: run chmod 600 on it, and consider its secret known", path)
	}
	secret, err := os.ReadFile(path)
	if err == nil && len(secret) != secretSize {
		err = fmt.Errorf("%s holds %d bytes, not %d: restore it from a backup", path, len(secret), secretSize)
	}
	return secret, err
}

// makeSecret writes a complete file beside path and then links it there, so
// that nobody ever reads half a secret and the first maker wins.
func makeSecret(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*") // 0600
	if err != nil {
		return err
	}
	secret := make([]byte, secretSize)
	rand.Read(secret)
	_, err = f.Write(secret)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Link(f.Name(), path)
	}
	if errors.Is(err, fs.ErrExist) {
		err = nil // somebody else's is as good
	}
	return errors.Join(err, os.Remove(f.Name()), syncDir(filepath.Dir(path)))
}
